//! A simulator of GitHub for development and tests: state in memory, answers shaped as GitHub's,
//! deliveries signed as GitHub's.
//!
//! [`Sim::new`] makes one, [`serve`] answers for it on a socket. What is simulated is in `docs/`; how to steer
//! it is in the `control` module: everything under `/_sim/`.

#![recursion_limit = "256"] // serde_json::json! of the large shapes

mod api;
mod auth;
mod clock;
mod config;
mod control;
mod fixture;
mod git;
mod graphql;
mod hooks;
mod http;
mod ops;
mod render;
mod sim;
mod state;

pub use config::{AppConfig, Config, ConfigError, Webhook};
pub use http::serve::{ServeError, serve};
pub use sim::Sim;
