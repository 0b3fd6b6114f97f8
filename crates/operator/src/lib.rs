//! The operator's I/O: the webhook receiver, the controllers, the steps that run in pods, and the command line.
//! Decisions are made in `peribolos-core` and `peribolos-org`; this crate gathers facts and carries decisions out.

pub mod admin;
pub mod apply;
pub mod cli;
pub mod controller;
pub mod defaults;
pub mod kubernetes;
pub mod listen;
pub mod mapping;
pub mod metrics;
pub mod planning;
pub mod readiness;
pub mod receiver;
pub mod rules;
pub mod services;
pub mod shutdown;
pub mod state;
pub mod step;
