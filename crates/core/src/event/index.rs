//! What decisions read: a view of the objects there are.

use std::sync::Arc;

use peribolos_api::GitHubInstallation;

/// What is there. It may lag behind: nothing that it lacks is taken as absent for good.
pub trait Index {
    /// Every object of this `installationId`.
    fn installations(&self, id: i64) -> Vec<Arc<GitHubInstallation>>;

    /// Every object of an installation on this account, as far as the controller has found out.
    fn on_account(&self, login: &str) -> Vec<Arc<GitHubInstallation>>;
}
