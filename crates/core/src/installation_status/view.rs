//! What is known about an installation: first from its status, then from GitHub's latest answer.

use std::collections::BTreeMap;

use peribolos_api::{
    ConditionType, GitHubInstallation, GitHubInstallationStatus, Reason, installation::Account,
};

/// What is known of an installation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// The account it is on.
    pub account: Option<Account>,
    /// What the organization has granted.
    pub permissions: BTreeMap<String, String>,
    /// Whether the App reaches all repositories or selected ones.
    pub repository_selection: Option<String>,
    /// Since when the organization has suspended the App.
    pub suspended_at: Option<String>,
    /// GitHub does not know it any more.
    pub gone: bool,
    /// The value of the recheck annotation for which the installation was last fetched.
    pub recheck: Option<String>,
}

impl View {
    /// What the status remembers.
    pub fn remembered(installation: &GitHubInstallation) -> Self {
        let Some(status) = &installation.status else { return Self::default() };
        Self {
            account: status.account.clone(),
            permissions: status.app_permissions.clone(),
            repository_selection: status.repository_selection.clone(),
            suspended_at: status.suspended_at.clone(),
            gone: was_gone(status),
            recheck: status.observed_recheck.clone(),
        }
    }

    /// Whether it is unusable for a reason that only GitHub can end, so that it is checked periodically.
    pub fn waits_for_github(&self) -> bool {
        self.gone || self.suspended_at.is_some()
    }
}

/// Gone is what was seen twice: once is no more than a pause.
fn was_gone(status: &GitHubInstallationStatus) -> bool {
    status.conditions.iter().any(|condition| {
        condition.type_ == ConditionType::TokenIssued.as_str()
            && condition.status == "False"
            && condition.reason == Reason::InstallationNotFound.as_str()
    })
}
