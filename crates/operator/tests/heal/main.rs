//! The healer between a real API server and the simulated GitHub: what no webhook told of is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

#[path = "../support/only_watch.rs"]
mod only_watch;
#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod deliveries;
mod files;
mod history;
mod installations;
mod world;
