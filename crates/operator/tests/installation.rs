//! The installation controller on a real API server and a simulated GitHub: tokens, Secrets, status.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

#[path = "installation/blocked.rs"]
mod blocked;
#[path = "installation/failing.rs"]
mod failing;
#[path = "installation/key.rs"]
mod key;
#[path = "support/only_watch.rs"]
mod only_watch;
#[path = "installation/runs.rs"]
mod runs;
#[path = "installation/sim.rs"]
mod sim;
mod support;
#[path = "installation/token.rs"]
mod token;
#[path = "installation/world.rs"]
mod world;
