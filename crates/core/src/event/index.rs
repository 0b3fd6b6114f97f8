//! What decisions read: a view of the objects there are.

use std::sync::Arc;

use peribolos_api::{GitHubInstallation, run::Mode};

/// What is there. It may lag behind: nothing that it lacks is taken as absent for good.
pub trait Index {
    /// Every object of this `installationId`.
    fn installations(&self, id: i64) -> Vec<Arc<GitHubInstallation>>;

    /// Every object of an installation on this account, as far as the controller has found out.
    fn on_account(&self, login: &str) -> Vec<Arc<GitHubInstallation>>;

    /// The runs of an installation that are labelled with this commit.
    fn runs(&self, installation: &str, sha: &str) -> Vec<RunEntry>;
}

/// What a run's metadata tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEntry {
    /// Its uid, which is its check's external id.
    pub uid: String,
    /// What it does.
    pub mode: Mode,
    /// The pull request it is a preview of.
    pub pull_request: Option<i64>,
}
