//! Which faults the stories can meet, from what passed when nothing went wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use crate::{
    fault::{Away, Fault, Moment, Times},
    lots::Lots,
    proxy::{Disturbance, Order, Passed, Refusal, Route, Sender},
    story::Story,
};

/// A story and what goes wrong in it.
#[derive(Clone)]
pub struct Case {
    pub story: &'static Story,
    pub fault: Fault,
}

impl Case {
    /// Whether the end has to be the one without the fault. Where GitHub refuses something for its own reason it may be another,
    /// but an orderly one.
    pub fn has_the_same_end(&self) -> bool {
        !matches!(&self.fault, Fault::Refused { route, refusal, .. } if refusal.is_meant(route.server))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.story.name, self.fault)
    }
}

/// Every case, from what passed in each story. A route that fails in a certain way does so in one story, by lot: in all of
/// them the matrix would take days.
pub fn all(clean: &[(&'static Story, Vec<Passed>)], lots: Lots) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut by_route: BTreeMap<&Route, Vec<&'static Story>> = BTreeMap::new();
    for (story, passed) in clean {
        for faults in [outages(passed), pauses(passed)].concat() {
            let of_story = faults.into_iter().map(|fault| Case { story, fault });
            cases.extend(lots.some(of_story, OUTAGES, Case::to_string));
        }
        cases.extend(of_story(passed).into_iter().map(|fault| Case { story, fault }));
        let can_fail = |passed: &&Passed| passed.counts || passed.route.is_of_a_start();
        let routes: BTreeSet<&Route> = passed.iter().filter(can_fail).map(|passed| &passed.route).collect();
        for route in routes {
            by_route.entry(route).or_default().push(story);
        }
    }
    for (route, stories) in by_route {
        for refusal in Refusal::of(route) {
            for times in [Times::Once, Times::AMinute] {
                let fault = Fault::Refused { route: route.clone(), refusal, times };
                let in_each = stories.iter().map(|story| Case { story, fault: fault.clone() });
                cases.extend(lots.some(in_each, 1, Case::to_string));
            }
        }
    }
    cases
}

/// How many moments of a story each server goes away at, and the controller stands still at.
const OUTAGES: usize = 4;

/// A controller that stands still, at each moment.
fn pauses(passed: &[Passed]) -> Vec<Vec<Fault>> {
    let is_its = |passed: &&Passed| {
        passed.counts && passed.route.sender == Sender::Controller && passed.route.is_write()
    };
    let writes = passed.iter().filter(is_its).count();
    vec![(1..=writes).map(|write| Fault::Paused { write }).collect()]
}

/// Servers that go away, each at each moment.
fn outages(passed: &[Passed]) -> Vec<Vec<Fault>> {
    let writes = passed.iter().filter(|passed| passed.counts && passed.route.is_write()).count();
    let away = |of| (1..=writes).map(|write| Fault::Outage { of, write }).collect();
    [Away::ApiServer, Away::Etcd, Away::GitHub].map(away).into()
}

/// What can go wrong in a story beside routes that fail and servers that go away.
fn of_story(passed: &[Passed]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for sender in [Sender::Controller, Sender::Receiver] {
        let is_its =
            |passed: &&Passed| passed.counts && passed.route.sender == sender && passed.route.is_write();
        for write in 1..=passed.iter().filter(is_its).count() {
            for moment in [Moment::Before, Moment::After] {
                faults.push(Fault::Crash { sender, moment, write });
            }
            faults.push(Fault::Late { sender, write });
        }
    }
    faults.extend(
        [
            Disturbance::Late(Duration::from_millis(250)),
            Disturbance::Late(Duration::from_secs(1)),
            Disturbance::Twice,
            Disturbance::Swapped,
            Disturbance::EndsAfter(1),
            Disturbance::EndsAfter(5),
        ]
        .map(Fault::Watches),
    );
    faults.push(Fault::ClockAhead(Duration::from_mins(5)));
    faults.extend((1..=3).map(|seed| Fault::Deliveries(Order::TripledAndShuffled(seed))));
    faults
}
