//! What is recorded of requests, and which of them meets the fault.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use super::{Disturbance, Refusal, Route, Sender, Server};
use crate::{
    fault::{Away, Fault, Moment, Times},
    world::{Program, Scale},
};

/// A request that has passed.
#[derive(Clone, Debug)]
pub struct Passed {
    pub route: Route,
    /// The path, for people.
    pub path: String,
    /// Whether faults could happen then.
    pub counts: bool,
}

/// What happens to a request.
pub enum Act {
    /// It passes.
    Pass,
    /// It fails so.
    Refuse(Refusal),
    /// Its sender is killed, before or after it takes effect.
    Kill(Arc<Program>, Moment),
    /// Its sender is killed, and the request takes effect [`Scale::LATE`].
    KillAndDeliverLate(Arc<Program>),
    /// Its sender stands still for a while, and the request takes effect.
    Pause(Arc<Program>),
    /// A server is taken away for a minute, and then the request passes.
    TakeAway(Away),
    /// It is a watch, which is disturbed so.
    Disturb(Disturbance),
}

/// Decides what happens to each request of a world's programs.
pub struct Switchboard {
    fault: Fault,
    /// How fast time goes.
    pub scale: Scale,
    programs: OnceLock<BTreeMap<Sender, Arc<Program>>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_armed: bool,
    passed: Vec<Passed>,
    /// When the route that fails was asked first.
    first: Option<Instant>,
    is_over: bool,
    happened_at: Option<Passed>,
    last_write: Option<Instant>,
}

impl Switchboard {
    /// Nothing happens before [`Self::arm`].
    pub fn new(fault: Fault, scale: Scale) -> Self {
        Self { fault, scale, programs: OnceLock::new(), state: Mutex::default() }
    }

    /// Names the programs that a fault may kill.
    pub fn know(&self, programs: BTreeMap<Sender, Arc<Program>>) {
        self.programs.set(programs).ok();
    }

    /// From now on requests count.
    pub fn arm(&self) {
        self.state.lock().unwrap().is_armed = true;
    }

    /// The request at which the fault happened.
    pub fn happened_at(&self) -> Option<Passed> {
        self.state.lock().unwrap().happened_at.clone()
    }

    /// What has passed.
    pub fn passed(&self) -> Vec<Passed> {
        self.state.lock().unwrap().passed.clone()
    }

    /// What is done from now on is waited for, whenever the last write was.
    pub fn stir(&self) {
        self.state.lock().unwrap().last_write = Some(Instant::now());
    }

    /// How long ago the last request was that changes something.
    pub fn quiet_for(&self) -> Duration {
        self.state.lock().unwrap().last_write.map_or(Duration::MAX, |at| at.elapsed())
    }

    /// Records a request and decides what happens to it.
    pub fn decide(&self, route: &Route, path: &str) -> Act {
        let mut state = self.state.lock().unwrap();
        if route.is_write() {
            state.last_write = Some(Instant::now());
        }
        // What a program asks for when it starts has to fail then.
        let counts = state.is_armed;
        state.passed.push(Passed { route: route.clone(), path: path.to_owned(), counts });
        if !counts && !route.is_of_a_start() {
            return Act::Pass;
        }
        match &self.fault {
            Fault::Crash { sender, moment, write } if state.is_nth_write(route, Some(*sender), *write) => {
                Act::Kill(self.program(*sender), *moment)
            }
            Fault::Late { sender, write } if state.is_nth_write(route, Some(*sender), *write) => {
                // Nothing is quiet before it has come.
                state.last_write = Some(Instant::now() + Scale::LATE);
                Act::KillAndDeliverLate(self.program(*sender))
            }
            Fault::Paused { write } if state.is_nth_write(route, Some(Sender::Controller), *write) => {
                // Nothing is quiet before it has gone on.
                state.last_write = Some(Instant::now() + self.scale.pause());
                Act::Pause(self.program(Sender::Controller))
            }
            Fault::Outage { of: Away::GitHub, write } => {
                if state.is_nth_write(route, None, *write) {
                    state.first = Some(Instant::now());
                }
                let is_away = state.first.is_some_and(|first| first.elapsed() < self.scale.minute());
                if is_away && route.server == Server::GitHub {
                    Act::Refuse(Refusal::DropBefore)
                } else {
                    Act::Pass
                }
            }
            Fault::Outage { of, write } if state.is_nth_write(route, None, *write) => Act::TakeAway(*of),
            Fault::Refused { route: of, refusal, times } if of == route => {
                let is_first = state.first.is_none();
                let first = *state.first.get_or_insert_with(Instant::now);
                if is_first {
                    state.happened_at = state.passed.last().cloned();
                }
                let fails = match times {
                    Times::Once => is_first,
                    Times::AMinute => first.elapsed() < self.scale.minute(),
                };
                if fails { Act::Refuse(*refusal) } else { Act::Pass }
            }
            Fault::Watches(disturbance) if route.is_watch() => {
                state.happened_at = state.passed.last().cloned();
                Act::Disturb(*disturbance)
            }
            _ => Act::Pass,
        }
    }

    fn program(&self, sender: Sender) -> Arc<Program> {
        Arc::clone(&self.programs.get().expect("programs are named before requests count")[&sender])
    }
}

impl State {
    /// Whether the newest request is the n-th write of that sender, or of all. It is found once.
    fn is_nth_write(&mut self, route: &Route, sender: Option<Sender>, number: usize) -> bool {
        let is_of_it = |route: &Route| sender.is_none_or(|sender| route.sender == sender) && route.is_write();
        if self.is_over || !is_of_it(route) {
            return false;
        }
        let its = |passed: &&Passed| passed.counts && is_of_it(&passed.route);
        self.is_over = self.passed.iter().filter(its).count() == number;
        if self.is_over {
            self.happened_at = self.passed.last().cloned();
        }
        self.is_over
    }
}
