//! A simulator of GitHub for development and tests: state in memory, answers shaped as GitHub's,
//! deliveries signed as GitHub's.
//!
//! [`Sim::new`] makes one, [`serve`] answers for it on a socket. How to steer it is in the `control` module:
//! everything under `/_sim/`. An endpoint it lacks answers 501 and is listed by `GET /_sim/unknown`.
//!
//! It simplifies or assumes, where GitHub does more or does not say:
//! - there are no forks, so every branch is in its repository;
//! - a person's token has all scopes; who owns no organization reads its members and teams, and repositories by role;
//! - a file is merged whole: two sides that changed one file conflict; a rebase merge is a squash;
//! - taking somebody out of a team whose membership comes from a child team is 204 and changes nothing;
//! - a new invitation takes the place of a failed one; demoting or removing the last owner is 403;
//! - minting a token is no change of state: the log of requests has it, the audit has not;
//! - a change that changes nothing leaves no entry in the audit, only in the log of requests.

#![recursion_limit = "256"] // serde_json::json! of the large shapes

mod api;
mod auth;
mod clock;
mod config;
mod control;
mod fixture;
mod ghes;
mod git;
mod graphql;
mod hooks;
mod http;
mod ops;
mod render;
mod sim;
mod state;

pub use config::{AppConfig, Config, ConfigError, Webhook};
pub use ghes::{Ghes, GhesError};
pub use http::{
    secondary::{SecondaryLimits, SecondaryLimitsError},
    serve::{ServeError, serve},
};
pub use sim::Sim;
