//! What can happen in a state.

use peribolos_core::run::state::phase;

use crate::{
    controller::Cache,
    scope::Scope,
    server::PodEnd,
    world::{Delivery, World},
};

/// What a reconcile begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// All as it is.
    Fresh,
    /// All as it was when this controller looked last.
    Old,
    /// The runs as they were then.
    OldRuns,
    /// The installation as it was then.
    OldInstallation,
    /// All as it was then, but for the run: one of the versions between that one and the newest.
    Between(usize),
}

/// What becomes of a write that gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It took effect.
    Taken,
    /// It never does.
    Lost,
    /// It may later.
    Late,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next commit is pushed.
    Push,
    /// A delivery comes to the receiver.
    Deliver(usize),
    /// A delivery is lost.
    Lose(usize),
    /// A delivery comes once more, when the run that it became is not kept any more.
    Repeat(usize),
    /// A reconcile begins.
    Begin(usize, String, Seen),
    /// A reconcile does what it was about to do.
    Turn(usize, String),
    /// The reconcile that is going on is paused: other things happen before it goes on.
    Pause,
    /// The same as a turn, without an answer.
    NoAnswer(usize, String, Fate),
    /// A controller is killed, and another one goes on. The write of this run was sent.
    Crash(Option<String>),
    /// A write takes effect late.
    Land(usize),
    /// Tekton makes the pod of a TaskRun.
    StartPod(String),
    /// A pod ends.
    EndPod(String, PodEnd),
    /// The pod of a deleted TaskRun is removed.
    RemovePod(String),
    /// Somebody deletes a TaskRun.
    Delete(String),
    /// Somebody cancels a run.
    Cancel(String),
    /// The healer does its next step.
    Heal,
    /// The hourly sweep takes the label off a run that is labelled as ended although something is left to be done for it.
    Sweep,
    /// Twenty minutes pass.
    TimePasses,
}

impl World {
    /// All that can happen.
    pub fn events(&self, scope: &Scope, events: &mut Vec<Event>) {
        if let Some((who, name)) = &self.running {
            return self.events_of_running(*who, name, events);
        }
        if !self.is_quiet && self.github.heads.len() <= scope.pushes.len() {
            events.push(Event::Push);
        }
        for (index, delivery) in self.deliveries.iter().enumerate() {
            match delivery {
                Delivery::Sent => {
                    events.push(Event::Deliver(index));
                    if self.left.lost > 0 {
                        events.push(Event::Lose(index));
                    }
                }
                Delivery::Taken if self.left.repeated > 0 => events.push(Event::Repeat(index)),
                Delivery::Taken | Delivery::Lost => {}
            }
        }
        self.events_of(self.leader, true, events);
        self.events_of(1 - self.leader, self.left.second > 0, events);
        self.events_of_tekton(scope, events);
        if self.left.crashes > 0 {
            events.push(Event::Crash(None));
        }
        events.extend((0..self.late.len()).map(Event::Land));
        if self.look.is_some() || self.left.looks > 0 {
            events.push(Event::Heal);
        }
        if self.left.ticks > 0 {
            events.push(Event::TimePasses);
        }
        if self.left.cancelled > 0 {
            let alive = self.server.runs.iter().filter(|(_, run)| !phase(run).is_final() && !run.spec.cancel);
            events.extend(alive.map(|(name, _)| Event::Cancel(name.clone())));
        }
    }

    fn events_of(&self, who: usize, may_begin: bool, events: &mut Vec<Event>) {
        let controller = &self.controllers[who];
        events.extend(controller.work.keys().map(|name| Event::Turn(who, name.clone())));
        if !may_begin {
            return;
        }
        let idle = |name: &&String| !controller.work.contains_key(*name);
        for name in self.server.watched().keys().filter(idle) {
            events.push(Event::Begin(who, name.clone(), Seen::Fresh));
        }
        if let Some(cache) = controller.cache.as_ref().filter(|_| self.left.stale > 0) {
            let now = Cache::of(&self.server);
            for name in cache.runs.keys().filter(idle) {
                let (runs, installation) = (cache.runs != now.runs, cache.installation != now.installation);
                if runs {
                    events.push(Event::Begin(who, name.clone(), Seen::OldRuns));
                }
                let between = self.server.versions_between(&cache.runs[name]).len();
                events.extend((0..between).map(|at| Event::Begin(who, name.clone(), Seen::Between(at))));
                if installation && now.runs.contains_key(name) {
                    events.push(Event::Begin(who, name.clone(), Seen::OldInstallation));
                }
                if runs && installation {
                    events.push(Event::Begin(who, name.clone(), Seen::Old));
                }
            }
        }
    }

    fn events_of_tekton(&self, scope: &Scope, events: &mut Vec<Event>) {
        for (name, task_run) in &self.server.task_runs {
            let end = |end| Event::EndPod(name.clone(), end);
            if task_run.end.is_some() {
                continue;
            }
            if task_run.cancelled {
                events.push(end(PodEnd::Stopped));
            } else if !task_run.has_pod && !self.pods.contains_key(name) {
                events.push(Event::StartPod(name.clone()));
            } else if task_run.has_pod {
                events.push(end(PodEnd::Applied));
                let file = |commit: usize| scope.files[commit];
                if file(task_run.commit) != file(self.github.head()) {
                    events.push(end(PodEnd::HeadMoved));
                }
                if self.left.pods > 0 {
                    events.push(end(PodEnd::Lost));
                }
            }
            if self.left.deleted > 0 && !task_run.is_closed {
                events.push(Event::Delete(name.clone()));
            }
        }
        events.extend(self.orphans().map(|name| Event::RemovePod(name.clone())));
    }

    fn events_of_running(&self, who: usize, name: &str, events: &mut Vec<Event>) {
        events.push(Event::Turn(who, name.to_owned()));
        if self.left.pauses > 0 {
            events.push(Event::Pause);
        }
        let may_crash = self.left.crashes > 0 && who == self.leader;
        if may_crash {
            events.push(Event::Crash(None));
        }
        let work = self.controllers[who].work.get(name);
        if work.and_then(|work| work.request(&self.server)).is_none() {
            return;
        }
        let may_be_late = self.left.late > 0;
        if may_crash && may_be_late {
            events.push(Event::Crash(Some(name.to_owned())));
        }
        if self.left.unanswered > 0 {
            events.push(Event::NoAnswer(who, name.to_owned(), Fate::Taken));
            events.push(Event::NoAnswer(who, name.to_owned(), Fate::Lost));
            if may_be_late {
                events.push(Event::NoAnswer(who, name.to_owned(), Fate::Late));
            }
        }
    }

    /// What an event is, in words.
    pub fn text(&self, event: &Event) -> String {
        let next = |who: &usize, name: &String| {
            let work = self.controllers[*who].work.get(name);
            work.map_or_else(String::new, |work| match work.request(&self.server) {
                Some(request) => request.text(),
                None => format!("{:?}", work.next),
            })
        };
        match event {
            Event::Turn(who, name) => format!("controller {who}: {}", next(who, name)),
            Event::NoAnswer(who, name, fate) => {
                format!("controller {who}: no answer ({fate:?}): {}", next(who, name))
            }
            Event::Crash(Some(name)) => {
                format!("controller {} is killed; on its way: {}", self.leader, next(&self.leader, name))
            }
            Event::Crash(None) => format!("controller {} is killed", self.leader),
            Event::Land(index) => format!("takes effect late: {}", self.late[*index].text()),
            other => format!("{other:?}"),
        }
    }
}
