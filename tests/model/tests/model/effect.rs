//! The effect of an event.

use peribolos_api::{PeribolosRun, names::LABEL_ENDED};
use peribolos_core::run::{
    Attempted,
    facts::is_labelled_ended,
    status::Why,
    step::{Step, Verdict},
    trouble::{Kind, Trouble},
};

use crate::{
    begin::{begin, standing},
    clock,
    controller::{self, Cache, Work, keep, perform, turn},
    event::{Event, Fate, Seen},
    healer::{Look, run_for},
    known::Known,
    receiver,
    request::Request,
    scope::{Broken, Scope},
    world::{Delivery, World},
    written::{Standing, Written},
};

impl World {
    /// The effect of an event.
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
            Event::Sweep => world.sweep(),
            Event::TimePasses => {
                world.left.ticks = world.left.ticks.saturating_sub(1);
                world.tick += 1;
                // No watch is late by so much.
                let now = Cache::of(&world.server);
                for cache in world.controllers.iter_mut().filter_map(|controller| controller.cache.as_mut()) {
                    *cache = now.clone();
                }
                // GitHub carries a write out within seconds, or never.
                world.late.retain(|request| !request.is_to_github());
            }
        }
        if world.left.stale == 0 {
            // No version is old any more.
            world.server.versions = None;
            for controller in &mut world.controllers {
                controller.cache = None;
                controller.written = Written::default();
            }
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
            Seen::Between(at) => {
                let mut runs = before.runs;
                let run = runs.get(name).and_then(|run| self.server.versions_between(run).get(at).cloned());
                runs.extend(run.map(|run| (name.to_owned(), run)));
                (runs, before.installation)
            }
        };
        let cache = Cache { installation, runs };
        let Some(run) = cache.runs.get(name) else { return };
        if standing(scope, self, who, run) == Standing::Old {
            // The watch delivers the newer version.
            return;
        }
        if seen != Seen::Fresh {
            self.left.stale -= 1;
        }
        if who != self.leader {
            self.left.second -= 1;
        }
        let controller = &mut self.controllers[who];
        controller.written.begin(self.tick);
        if self.left.stale > 0 {
            controller.written.follow(&cache);
            controller.cache = Some(cache.clone());
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
        let Verdict::Do(step @ Step::WriteCheck(..)) = &next else {
            return controller::fail(self, who, &facts);
        };
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
        // The other one has followed, as late as a watch may be.
        if self.server.versions.is_some()
            && let Some(cache) = &mut self.controllers[1 - self.leader].cache
        {
            cache.runs = self.server.first_versions();
        }
        self.leader = 1 - self.leader;
        self.running = None;
        self.look = None;
    }

    /// As `controller/heal/history` does.
    fn sweep(&mut self) {
        for name in self.contradicted() {
            let take_off = |run: &mut PeribolosRun| {
                if let Some(labels) = &mut run.metadata.labels {
                    labels.remove(LABEL_ENDED);
                }
            };
            let _ = self.server.change_run(&name, None, take_off);
        }
    }

    /// The runs that are labelled as ended although they have the slot.
    pub fn contradicted(&self) -> Vec<String> {
        let status = self.server.installation.status.as_ref();
        let active = status.and_then(|status| status.active_run.as_ref());
        let runs = self.server.runs.iter().filter(|(_, run)| is_labelled_ended(run));
        let holders = runs.filter(|(_, run)| run.metadata.uid == active.map(|active| active.uid.clone()));
        holders.map(|(name, _)| name.clone()).collect()
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
}
