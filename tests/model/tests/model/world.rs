//! One state of the whole: GitHub, the deliveries, the API server, the pods, the controllers, and what is on its way.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_api::PeribolosRun;

use crate::{
    controller::{Cache, Controller},
    event::Event,
    github::{GitHub, blob, sha},
    healer::Look,
    known::Known,
    request::Request,
    scope::{Faults, Scope},
    server::Server,
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

/// The result of a delivery.
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

impl World {
    /// The beginning: what is there was applied.
    pub fn new(scope: &Scope) -> Self {
        let mut server = Server::new(&sha(0), &blob(scope.files[0]));
        server.versions = (scope.faults.stale > 0 && scope.faults.crashes > 0).then(BTreeMap::new);
        let cache = (scope.faults.stale > 0).then(|| Cache::of(&server));
        let controller = Controller { cache, ..Controller::default() };
        let beginning = Self {
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
        };
        let pushed =
            |world: Self, index| world.after(scope, &Event::Push).after(scope, &Event::Deliver(index));
        (0..scope.given).fold(beginning, pushed)
    }

    /// Whether a reconcile can be stopped before a write. If not, it is one event.
    pub const fn may_stop_reconciles(&self) -> bool {
        self.left.pauses > 0 || self.left.crashes > 0 || self.left.unanswered > 0
    }

    /// The pods whose TaskRun was deleted: they are, too.
    pub fn orphans(&self) -> impl Iterator<Item = &String> {
        let has_task_run =
            |name: &String| self.server.task_runs.get(name).is_some_and(|there| !there.is_closed);
        self.pods.keys().filter(move |name| !has_task_run(name))
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
}
