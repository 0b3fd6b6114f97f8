//! The run reconciler on a real API server and a simulated GitHub; the tests play Tekton by writing TaskRuns' statuses.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests end by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod comments;
mod crashes;
mod definitions;
mod deletion;
mod first;
mod moved;
mod outcomes;
mod previews;
mod queue;
mod restore;
mod review;
mod suspended;
mod tekton;
mod world;
