//! Reading and changing an organization on the simulator of GitHub, which is as strict as GitHub.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

mod changes;
mod checked;
#[path = "../../../operator/tests/support/port.rs"]
mod port;
mod reading;
mod world;
