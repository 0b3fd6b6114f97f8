//! `plan`, `dump` and `apply` as people call them, against the simulator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod apply;
mod desk;
mod plan;
mod token;
