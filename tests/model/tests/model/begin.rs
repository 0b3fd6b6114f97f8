//! How a reconcile begins, as `controller/run` does: with which version of the run, and with what is known besides.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use peribolos_api::PeribolosRun;
use peribolos_core::{
    run::{
        budget::Budget,
        facts::{Facts, Found, Settings, is_labelled_ended},
        published::Published,
        state::{State, phase},
        status::Writer,
    },
    time_scale::TimeScale,
};

use crate::{
    clock,
    controller::{Cache, go_on},
    known::Known,
    scope::{Broken, Scope},
    server::uid,
    world::World,
    written::Standing,
};

/// What the version of a run that the cache has is worth to a controller.
pub fn standing(scope: &Scope, world: &World, who: usize, run: &PeribolosRun) -> Standing {
    if scope.is(Broken::NoGuard) {
        return Standing::Current;
    }
    world.controllers[who].written.standing(run, world.tick, scope.is(Broken::NoOthers))
}

/// A reconcile of this run begins.
pub fn begin(scope: &Scope, world: &mut World, who: usize, name: &str, cache: &Cache) {
    let Some(run) = cache.runs.get(name) else { return };
    let run = match standing(scope, world, who, run) {
        Standing::Old => return,
        Standing::Unread => {
            let newest = world.server.runs.get(name).filter(|newest| uid(newest) == uid(run));
            let Some(newest) = newest.cloned() else { return };
            world.controllers[who].written.know(run.metadata.resource_version.clone(), &newest);
            newest
        }
        Standing::Current => run.clone(),
    };
    if is_labelled_ended(&run) {
        return;
    }
    let facts = known(world, who, &run, cache);
    go_on(scope, world, who, facts);
}

/// The facts that the watches and this process have.
fn known(world: &mut World, who: usize, run: &Known<PeribolosRun>, cache: &Cache) -> Facts {
    let now = clock::at(world.tick);
    let controller = &mut world.controllers[who];
    let name = run.metadata.name.clone().unwrap_or_default();
    let first = || {
        Known::new(Published {
            first_seen: Some(now),
            inherited_at: (State::of(run) != State::New).then_some(now),
            taken_over_at: (State::of(run) != State::New).then_some(now),
            ..Published::default()
        })
    };
    let published = controller.memory.entry(name.clone()).or_insert_with(first).clone();
    let others = cache.runs.iter().filter(|(other, _)| **other != name).map(|(_, other)| other.shared());
    Facts {
        run: (**run).clone(),
        installation: Some(cache.installation.shared()),
        others: others.map(|other| overlaid(other, &controller.taken, now)).collect(),
        published: (*published).clone(),
        budget: Budget::default(),
        found: Found::default(),
        tekton: None,
        trouble: None,
        settings: settings(),
    }
}

fn settings() -> Arc<Settings> {
    Arc::new(Settings {
        namespace: "ns".to_owned(),
        capacity: 20,
        time_scale: TimeScale::REAL,
        late: SignedDuration::from_secs(15),
        details_url_template: None,
        support_url: None,
        docs_url: None,
    })
}

/// The run as it is once it is started, where it took a place.
fn overlaid(run: Arc<PeribolosRun>, taken: &BTreeSet<String>, now: Timestamp) -> Arc<PeribolosRun> {
    let is_taken = run.metadata.name.as_ref().is_some_and(|name| taken.contains(name));
    if !is_taken || State::of(&run).is_active() || phase(&run).is_final() {
        return run;
    }
    let status = Some(Writer::new(&run, now).starting(""));
    Arc::new(PeribolosRun { status, ..(*run).clone() })
}
