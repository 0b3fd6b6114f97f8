//! The steps, run as a pod runs them: the real binary, the real simulator of GitHub, and real upstream peribolos.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

#[path = "steps/apply.rs"]
mod apply;
#[path = "steps/bench.rs"]
mod bench;
#[path = "steps/dump.rs"]
mod dump;
#[path = "steps/faults.rs"]
mod faults;
#[path = "steps/invitations.rs"]
mod invitations;
#[path = "steps/limits.rs"]
mod limits;
#[path = "steps/merges.rs"]
mod merges;
#[path = "steps/organizations.rs"]
mod organizations;
#[path = "steps/pending.rs"]
mod pending;
#[path = "steps/plan.rs"]
mod plan;
#[path = "steps/rest.rs"]
mod rest;
#[path = "steps/round_trip.rs"]
mod round_trip;
#[path = "steps/snapshot.rs"]
mod snapshot;
mod support;
#[path = "steps/unseen.rs"]
mod unseen;
