//! What is known of an installation: first what the status remembers, then what GitHub said just now.

use peribolos_api::{
    ConditionType, GitHubInstallation, GitHubInstallationStatus, Reason, installation::Account,
};
use peribolos_github::{AccountType, Installation, Permissions, RepositorySelection};

/// What is known of an installation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct View {
    pub(crate) account: Option<Account>,
    pub(crate) permissions: Permissions,
    pub(crate) repository_selection: Option<String>,
    pub(crate) suspended_at: Option<String>,
    /// GitHub does not know it any more.
    pub(crate) gone: bool,
    /// The recheck annotation that GitHub was last asked for.
    pub(crate) recheck: Option<String>,
}

impl View {
    /// What the status remembers.
    pub(crate) fn remembered(installation: &GitHubInstallation) -> Self {
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

    /// What GitHub says now.
    pub(super) fn see(&mut self, seen: &Installation, recheck: Option<String>) {
        *self = Self {
            account: Some(Account {
                login: seen.account.login.to_string(),
                id: i64::try_from(seen.account.id).unwrap_or(i64::MAX),
                kind: kind(seen.account.kind).to_owned(),
            }),
            permissions: seen.permissions.clone(),
            repository_selection: Some(
                match seen.repository_selection {
                    RepositorySelection::All => "all",
                    RepositorySelection::Selected => "selected",
                }
                .to_owned(),
            ),
            suspended_at: seen.suspended_at.map(|at| at.to_string()),
            gone: false,
            recheck,
        };
    }

    /// Whether it is unusable for a reason that ends on GitHub, so that it is looked at now and then.
    pub(super) fn waits_for_github(&self) -> bool {
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

fn kind(kind: AccountType) -> &'static str {
    match kind {
        AccountType::Organization => "Organization",
        AccountType::User => "User",
        AccountType::Enterprise => "Enterprise",
        AccountType::Bot => "Bot",
        AccountType::Other => "Other",
    }
}
