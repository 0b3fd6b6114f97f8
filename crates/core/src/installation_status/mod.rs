//! What an installation's status says: its conditions from plain facts, with the clock passed in.

mod conditions;
mod config;
mod deletion;
pub mod entitlement;
mod last_apply;
mod permissions;
mod synced;
mod view;

pub use conditions::{CONDITION_TYPES, Facts, Failure, Finding, TokenFacts, conditions};
pub use config::{config_problem, config_public};
pub use deletion::{is_waited_for, of_deletion};
pub use last_apply::{approval, inheriting, is_of, last_apply};
pub use permissions::{Missing, missing, read_only};
pub use synced::{Synced, pending_runs, synced};
pub use view::View;
