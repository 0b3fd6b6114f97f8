//! `GitHubInstallation`: one installation of the App on an organization.

mod defaults;
mod spec;
mod status;

pub use peribolos_vocab::{Allow, Ignore, Kind};
pub use spec::*;
pub use status::*;

#[cfg(test)]
mod rules;
