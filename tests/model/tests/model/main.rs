//! A model of the whole: GitHub with its pushes and deliveries, the receiver, two controllers, the API server, Tekton, the healer.
//! What the operator does in it is decided by `peribolos-core`'s own functions; the rest is here. Within the bounds of each check
//! every order of events is gone through, with every fault at every place.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests end by panicking, and say what they are at"
)]

mod begin;
mod check;
mod clock;
mod controller;
mod effect;
mod event;
mod github;
mod healer;
mod known;
mod look;
mod receiver;
mod request;
mod scope;
mod server;
mod settle;
mod tekton;
mod world;
mod written;

use std::{sync::Mutex, thread, time::Duration};

use crate::{
    check::check,
    scope::{broken, scopes},
};

/// No check takes so long, on a busy machine either, but where it is told to go far.
const LONGEST: Duration = Duration::from_mins(20);
/// … and there.
const LONGEST_FAR: Duration = Duration::from_hours(2);

#[test]
fn whatever_the_order_of_events_everything_ends_well() {
    let far = std::env::var("MODEL").is_ok_and(|how| how == "far");
    let only = std::env::var("MODEL_ONLY").unwrap_or_default();
    let longest = if far { LONGEST_FAR } else { LONGEST };
    let left = Mutex::new(scopes(far).into_iter().filter(|scope| scope.name.contains(&only)));
    let next = || left.lock().unwrap().next();
    let bad = Mutex::new(Vec::new());
    let side_by_side = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|threads| {
        for _ in 0..side_by_side {
            threads.spawn(|| {
                while let Some(scope) = next() {
                    let found = check(&scope, None, longest);
                    println!("{found}");
                    if !found.violated.is_empty() || !found.is_complete {
                        bad.lock().unwrap().push(scope.name);
                    }
                }
            });
        }
    });
    let bad = bad.into_inner().unwrap();
    assert!(
        bad.is_empty(),
        "a property does not hold, or not all states were gone through: see above: {bad:?}"
    );
}

/// Each part that is broken on purpose is found: the properties can fail.
#[test]
fn what_is_broken_is_found() {
    let only = std::env::var("MODEL_BROKEN").unwrap_or_default();
    for (scope, expected) in broken().into_iter().filter(|(s, _)| format!("{:?}", s.broken).contains(&only)) {
        let found = check(&scope, Some(expected), LONGEST);
        println!("{:?}: {found}", scope.broken);
        let names: Vec<_> = found.violated.iter().map(|(name, _)| *name).collect();
        assert!(names.contains(&expected), "{:?} breaks {names:?}, not: {expected}", scope.broken);
    }
}
