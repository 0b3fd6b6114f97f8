//! Two controllers on a real API server: one leads, the other one takes over, and whoever was thought dead writes nothing.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests end by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod candidate;
#[allow(dead_code, reason = "the tests of runs use the rest")]
#[path = "../runs/world.rs"]
mod world;

mod away;
mod blind;
mod takeover;
