//! The receiver on a real API server: every answer, every event, every bound.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod defaults;
mod events;
mod examples;
mod harness;
mod http;
mod limits;
mod outage;
mod payloads;
mod program;
