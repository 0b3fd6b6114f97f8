//! One state of the whole: GitHub, the deliveries, the API server, the pods, the controllers, and what is on its way; and what can
//! happen in it.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_api::PeribolosRun;
use peribolos_core::run::{
    Attempted,
    state::phase,
    status::Why,
    step::{Step, Verdict},
    trouble::{Kind, Trouble},
};

use crate::{
    clock,
    controller::{self, Cache, Controller, Work, begin, keep, perform, turn},
    github::{GitHub, blob, sha},
    healer::{Look, run_for},
    known::Known,
    receiver,
    request::Request,
    scope::{Broken, Faults, Scope},
    server::{PodEnd, Server, TaskRun},
};

/// One state.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct World {
    /// How often twenty minutes have passed.
    pub tick: u8,
    /// The faults that may still happen.
    pub left: Faults,
    /// Whether nothing comes from outside any more: no push, no fault.
    pub is_quiet: bool,
    /// GitHub.
    pub github: GitHub,
    /// What became of the delivery of each push.
    pub deliveries: Vec<Delivery>,
    /// The API server.
    pub server: Server,
    /// The pods that are running, by the name of their TaskRun, with the commit that they apply.
    pub pods: BTreeMap<String, usize>,
    /// The controllers.
    pub controllers: [Controller; 2],
    /// Which of them leads.
    pub leader: usize,
    /// The reconcile that is going on: nothing else happens until it waits, is paused or is broken off.
    pub running: Option<(usize, String)>,
    /// The healer's look.
    pub look: Option<Look>,
    /// The writes that nobody waits for any more, and that may still take effect.
    pub late: Vec<Known<Request>>,
    /// When the token was made fresh.
    pub token: Option<u8>,
    /// What must never have happened.
    pub monitor: Monitor,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Delivery {
    /// It is on its way.
    Sent,
    /// It became a run.
    Taken,
    /// It was lost.
    Lost,
}

/// What is noted of what has happened.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
pub struct Monitor {
    /// The place in the order of heads of the newest commit whose apply began.
    pub newest: usize,
    /// An older one began after it.
    pub rolled_back: bool,
    /// The TaskRuns that were made, by run and attempt.
    pub made: BTreeSet<String>,
    /// One was made twice.
    pub made_twice: bool,
    /// A pod was running without a token that is good.
    pub without_token: bool,
    /// A reconcile went on without coming to a wait.
    pub restless: bool,
}

/// So many ticks a token is good.
const TOKEN_TICKS: u8 = 3;

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
    /// Twenty minutes pass.
    TimePasses,
}

impl World {
    /// The beginning: what is there was applied.
    pub fn new(scope: &Scope) -> Self {
        let server = Server::new(&sha(0), &blob(scope.files[0]));
        let cache = (scope.faults.stale > 0).then(|| Cache::of(&server));
        let controller = Controller { cache, ..Controller::default() };
        Self {
            tick: 0,
            left: scope.faults,
            is_quiet: false,
            github: GitHub::new(),
            deliveries: Vec::new(),
            server,
            pods: BTreeMap::new(),
            controllers: [controller.clone(), controller],
            leader: 0,
            running: None,
            look: None,
            late: Vec::new(),
            token: None,
            monitor: Monitor::default(),
        }
    }

    /// Whether a reconcile can be stopped before a write. If not, it is one event.
    pub const fn may_stop_reconciles(&self) -> bool {
        self.left.pauses > 0 || self.left.crashes > 0 || self.left.unanswered > 0
    }

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

    /// The pods whose TaskRun was deleted: they are, too.
    pub fn orphans(&self) -> impl Iterator<Item = &String> {
        let has_task_run =
            |name: &String| self.server.task_runs.get(name).is_some_and(|there| !there.is_closed);
        self.pods.keys().filter(move |name| !has_task_run(name))
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

    /// What comes of an event.
    pub fn after(&self, scope: &Scope, event: &Event) -> Self {
        let mut world = self.clone();
        match event {
            Event::Push => {
                let commit = scope.pushes[world.github.heads.len() - 1];
                world.github.heads.push(commit);
                world.deliveries.push(Delivery::Sent);
            }
            Event::Deliver(index) => world.deliver(*index),
            Event::Lose(index) => {
                world.left.lost -= 1;
                world.deliveries[*index] = Delivery::Lost;
            }
            Event::Repeat(index) => world.repeat(*index),
            Event::Begin(who, name, seen) => world.begin(scope, *who, name, *seen),
            Event::Turn(who, name) => turn(scope, &mut world, *who, name),
            Event::Pause => {
                world.left.pauses -= 1;
                world.running = None;
            }
            Event::NoAnswer(who, name, fate) => world.no_answer(scope, *who, name, *fate),
            Event::Crash(sent) => world.crash(sent.as_ref()),
            Event::Land(index) => {
                let request = world.late.remove(*index);
                let _ = perform(scope, &mut world, &request);
            }
            Event::StartPod(name) => world.start_pod(name),
            Event::EndPod(name, end) => world.end_pod(scope, name, *end),
            Event::RemovePod(name) => {
                world.pods.remove(name);
            }
            Event::Delete(name) => {
                world.left.deleted -= 1;
                world.server.task_runs.remove(name);
            }
            Event::Cancel(name) => {
                world.left.cancelled -= 1;
                let _ = world.server.change_run(name, None, |run| run.spec.cancel = true);
            }
            Event::Heal => world.heal(scope),
            Event::TimePasses => {
                world.left.ticks = world.left.ticks.saturating_sub(1);
                world.tick += 1;
                // GitHub carries a write out within seconds, or never.
                world.late.retain(|request| !request.is_to_github());
            }
        }
        if world.left.stale == 0 {
            world.controllers.iter_mut().for_each(|controller| controller.cache = None);
        }
        world.watch_token();
        world
    }

    fn deliver(&mut self, index: usize) {
        let at = clock::fraction(self.tick, self.server.runs.len());
        let run = receiver::run_of(&self.server, index, self.github.heads[index + 1], at);
        self.server.ensure_run(&run, self.tick);
        self.deliveries[index] = Delivery::Taken;
    }

    fn repeat(&mut self, index: usize) {
        let at = clock::fraction(self.tick, self.server.runs.len());
        let run = receiver::run_of(&self.server, index, self.github.heads[index + 1], at);
        let is_over =
            self.server.runs.contains_key(&run.name) && !self.server.watched().contains_key(&run.name);
        if is_over {
            self.left.repeated -= 1;
            self.server.prune(&run.name);
            self.server.ensure_run(&run, self.tick);
        }
    }

    fn begin(&mut self, scope: &Scope, who: usize, name: &str, seen: Seen) {
        let now = Cache::of(&self.server);
        let before = self.controllers[who].cache.clone().unwrap_or_else(|| now.clone());
        let (runs, installation) = match seen {
            Seen::Fresh => (now.runs, now.installation),
            Seen::Old => (before.runs, before.installation),
            Seen::OldRuns => (before.runs, now.installation),
            Seen::OldInstallation => (now.runs, before.installation),
        };
        if seen != Seen::Fresh {
            self.left.stale -= 1;
        }
        if who != self.leader {
            self.left.second -= 1;
        }
        let cache = Cache { installation, runs };
        if self.left.stale > 0 {
            self.controllers[who].cache = Some(cache.clone());
        }
        begin(scope, self, who, name, &cache);
    }

    fn no_answer(&mut self, scope: &Scope, who: usize, name: &str, fate: Fate) {
        self.left.unanswered -= 1;
        let Some(work) = self.controllers[who].work.remove(name) else { return };
        let Some(request) = work.request(&self.server) else { return };
        match fate {
            Fate::Taken => {
                let _ = perform(scope, self, &request);
            }
            Fate::Lost => {}
            Fate::Late => self.send(request),
        }
        let Work { mut facts, next } = (*work).clone();
        if let Verdict::Do(step) = &next {
            facts.sends(step);
        }
        let Verdict::Do(step @ Step::WriteCheck(..)) = &next else { return keep(self, who, &facts) };
        let now = clock::at(self.tick);
        if scope.is(Broken::NoDoubt) {
            let Step::WriteCheck(id, check) = step else { return };
            facts.published.check = Some((**check).clone());
            facts.published.check_id = id.or(facts.published.check_id);
            return keep(self, who, &facts);
        }
        let until = clock::fraction(self.tick, 1000);
        let why = Why::new(peribolos_api::Reason::GitHubUnavailable, "no answer");
        facts.fail(Attempted::Write(step), Trouble { kind: Kind::Unknown, why, until }, now);
        controller::go_on(scope, self, who, facts);
    }

    /// Nobody waits for this write any more.
    fn send(&mut self, request: Request) {
        self.left.late -= 1;
        self.late.push(Known::new(request));
        self.late.sort_by_key(Known::hash);
    }

    fn crash(&mut self, sent: Option<&String>) {
        self.left.crashes -= 1;
        let dead = std::mem::take(&mut self.controllers[self.leader]);
        let work = sent.and_then(|name| dead.work.get(name));
        if let Some(request) = work.and_then(|work| work.request(&self.server)) {
            self.send(request);
        }
        // What starts in its place has caches that are not older.
        self.controllers[self.leader].cache = dead.cache;
        self.leader = 1 - self.leader;
        self.running = None;
        self.look = None;
    }

    /// Makes a TaskRun, unless it is there. True: its name was made unusable.
    pub fn make_task_run(&mut self, scope: &Scope, name: &str, run: &str, commit: usize) -> bool {
        let mut name = name.to_owned();
        if scope.is(Broken::NewNames) {
            name = format!("{name}-{}", self.server.task_runs.len());
        } else if let Some(there) = self.server.task_runs.get(&name) {
            return there.is_closed;
        }
        let attempt = self.attempt_of(run, &name);
        self.monitor.made_twice |= !self.monitor.made.insert(attempt);
        let task_run = TaskRun {
            run: run.to_owned(),
            commit,
            made: self.tick,
            version: 1,
            cancelled: false,
            is_closed: false,
            has_pod: false,
            end: None,
        };
        self.server.task_runs.insert(name, task_run);
        false
    }

    /// Makes a TaskRun that has no pod, unless one is there. Its pods are deleted, which takes its time. True: its name is unusable.
    pub fn close_task_run(&mut self, scope: &Scope, name: &str, run: &str) -> bool {
        if scope.is(Broken::NoClosing) {
            return true;
        }
        if let Some(there) = self.server.task_runs.get(name) {
            return there.is_closed;
        }
        let task_run = TaskRun {
            run: run.to_owned(),
            commit: 0,
            made: self.tick,
            version: 1,
            cancelled: true,
            is_closed: true,
            has_pod: false,
            end: None,
        };
        self.server.task_runs.insert(name.to_owned(), task_run);
        true
    }

    /// The attempt that a TaskRun is for: the run's UID, and the number in the name.
    fn attempt_of(&self, run: &str, name: &str) -> String {
        let uid = self.server.runs.get(run).and_then(|run| run.metadata.uid.clone()).unwrap_or_default();
        let number = name.strip_prefix(run).and_then(|rest| rest.split('-').nth(1)).unwrap_or_default();
        format!("{uid}, attempt {number}")
    }

    fn start_pod(&mut self, name: &str) {
        let Some(task_run) = self.server.task_runs.get_mut(name) else { return };
        task_run.has_pod = true;
        task_run.version += 1;
        let place = self.github.place(task_run.commit);
        self.monitor.rolled_back |= place < self.monitor.newest;
        self.monitor.newest = self.monitor.newest.max(place);
        self.pods.insert(name.to_owned(), task_run.commit);
        self.github.applied = None;
    }

    fn end_pod(&mut self, scope: &Scope, name: &str, end: PodEnd) {
        let Some(task_run) = self.server.task_runs.get_mut(name) else { return };
        task_run.end = Some(end);
        task_run.version += 1;
        let was_running = self.pods.remove(name).is_some();
        match end {
            PodEnd::Applied if was_running => self.github.applied = Some(scope.files[task_run.commit]),
            PodEnd::Lost => self.left.pods = self.left.pods.saturating_sub(1),
            PodEnd::Applied | PodEnd::HeadMoved | PodEnd::Stopped => {}
        }
    }

    fn heal(&mut self, scope: &Scope) {
        match self.look.take() {
            None => {
                self.left.looks = self.left.looks.saturating_sub(1);
                self.look = Some(Look::Head(self.github.head()));
            }
            Some(Look::Head(head)) => {
                self.look = run_for(scope, self, head).map(|run| Look::Make(Known::new(run)));
            }
            Some(Look::Make(run)) => {
                self.server.ensure_run(&run, self.tick);
            }
        }
    }

    /// A pod needs a token that is good for as long as it is running.
    fn watch_token(&mut self) {
        let is_good = self.token.is_some_and(|made| self.tick < made + TOKEN_TICKS);
        self.monitor.without_token |= !self.pods.is_empty() && !is_good;
    }

    /// The runs of which something is left to be done.
    pub fn alive(&self) -> BTreeMap<String, Known<PeribolosRun>> {
        self.server.watched()
    }

    /// Whether something has happened that never must.
    pub fn is_broken(&self) -> bool {
        let Monitor { rolled_back, made_twice, without_token, restless, .. } = &self.monitor;
        *rolled_back || *made_twice || *without_token || *restless || self.pods.len() > 1
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
