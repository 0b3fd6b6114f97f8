//! `GitHubInstallation`: one installation of the App on an organization.

mod defaults;
mod spec;
mod status;

pub use spec::*;
pub use status::*;

#[cfg(test)]
mod rules;
