//! The operator's decisions, as pure functions with the clock passed in: which event becomes what,
//! when a token is due, which run is next, how a run ended, what the status says.
//!
//! No I/O, no runtime: everything here is tested by plain tables.

pub mod accounts;
pub mod adopt;
pub mod apply;
pub mod config;
pub mod defaults;
pub mod drift;
pub mod event;
pub mod heal;
pub mod installation_status;
pub mod lease;
pub mod names;
pub mod ownership;
pub mod run;
pub mod tekton;
pub mod time_scale;
pub mod token;
pub mod watching;
