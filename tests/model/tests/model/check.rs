//! Goes through all states within a scope's bounds, and says what was found.

use std::{
    fmt::{Display, Formatter, Result, Write},
    time::{Duration, Instant},
};

use stateright::{Checker, HasDiscoveries, Model, Property};

use crate::{
    event::Event,
    scope::Scope,
    settle::{self, Endings},
    world::World,
};

/// What must hold in every state.
pub const ORDER: &str = "no older commit is applied over a newer one";
/// See [`ORDER`].
pub const ALONE: &str = "one Apply at a time";
/// See [`ORDER`].
pub const ONCE: &str = "one TaskRun for an attempt";
/// See [`ORDER`].
pub const TOKEN: &str = "no pod without a token that is good";
/// See [`ORDER`].
pub const WAIT: &str = "every reconcile comes to a wait";
/// The head's file is applied, the slot is free, every check is as its run's status says, and every run is labelled as ended.
pub const ENDING: &str = "whatever has happened, it ends well";

struct Whole {
    scope: Scope,
    endings: Endings,
}

impl Model for Whole {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(&self.scope)]
    }

    fn actions(&self, world: &World, events: &mut Vec<Event>) {
        // Nothing is to be learnt after what must never happen.
        if !world.is_broken() {
            world.events(&self.scope, events);
        }
    }

    fn next_state(&self, world: &World, event: Event) -> Option<World> {
        let after = world.after(&self.scope, &event);
        (after != *world).then_some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ORDER, |_, world: &World| !world.monitor.rolled_back),
            Property::always(ALONE, |_, world: &World| world.pods.len() <= 1),
            Property::always(ONCE, |_, world: &World| !world.monitor.made_twice),
            Property::always(TOKEN, |_, world: &World| !world.monitor.without_token),
            Property::always(WAIT, |_, world: &World| !world.monitor.restless),
            Property::always(ENDING, |whole: &Self, world: &World| {
                // A reconcile that is going on comes to a state of its own, and a broken state is told of by another property.
                let is_judged = world.running.is_none() && !world.is_broken();
                !is_judged || whole.endings.of(&whole.scope, world).is_none()
            }),
        ]
    }
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    scope: &'static str,
    unique: usize,
    visited: usize,
    depth: usize,
    took: Duration,
    /// Whether all states within the bounds were gone through, or something was found before.
    pub is_complete: bool,
    /// What does not hold, with the shortest way there.
    pub violated: Vec<(&'static str, String)>,
}

/// Goes through the states, until a property does not hold or the time is up. `awaited`: only that property ends it.
pub fn check(scope: &Scope, awaited: Option<&'static str>, longest: Duration) -> Found {
    let started = Instant::now();
    let whole = Whole { scope: scope.clone(), endings: Endings::default() };
    let end = awaited.map_or(HasDiscoveries::AnyFailures, |name| HasDiscoveries::AnyOf([name].into()));
    let builder = whole.checker().finish_when(end).timeout(longest);
    let checker = builder.spawn_bfs().join();
    let mut violated: Vec<_> =
        checker.discoveries().into_iter().map(|(name, path)| (name, way(scope, path.into_vec()))).collect();
    violated.sort();
    Found {
        scope: scope.name,
        unique: checker.unique_state_count(),
        visited: checker.state_count(),
        depth: checker.max_depth(),
        took: started.elapsed(),
        is_complete: started.elapsed() < longest,
        violated,
    }
}

/// A way through the states in words, and how it ends if nothing comes from outside any more.
fn way(scope: &Scope, path: Vec<(World, Option<Event>)>) -> String {
    let mut text = String::new();
    for (world, event) in &path {
        let Some(event) = event else { continue };
        let _ = writeln!(text, "  {}", world.text(event));
    }
    let Some((last, _)) = path.last() else { return text };
    let _ = writeln!(text, "  then: {}", settle::left(last));
    if let Some(ending) = Endings::default().of(scope, last) {
        let _ = writeln!(text, "  it ends so: {ending}");
        let _ = write!(text, "{}", settle::story(scope, last));
    }
    text
}

impl Display for Found {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let Self { scope, unique, visited, depth, took, .. } = self;
        let how = match (self.violated.is_empty(), self.is_complete) {
            (false, _) => "something is wrong within the first",
            (true, true) => "all hold in all",
            (true, false) => "not all were gone through, but",
        };
        write!(formatter, "{scope}: {how} {unique} states ({visited} reached, depth {depth}) in {took:.1?}")?;
        for (name, way) in &self.violated {
            write!(formatter, "\nviolated: {name}\n{way}")?;
        }
        Ok(())
    }
}
