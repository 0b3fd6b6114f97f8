//! Why a look or a write for a run failed, and what kind of trouble that is.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::Reason;
use peribolos_core::run::{
    status::Why,
    trouble::{Kind, Trouble},
};

use crate::{
    kubernetes::client::CallError,
    services::{config::ConfigError, tokens::TokenError},
};

/// Why a look or a write for a run failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server.
    #[error(transparent)]
    Kubernetes(#[from] CallError),
    /// The API server rejects the attempt's TaskRun.
    #[error("{source}")]
    NoTaskRun {
        /// Whether it rejects it as invalid: only another Task or other settings help.
        invalid: bool,
        /// The message of the API server.
        source: CallError,
    },
    /// The API server left out a part of a status that was written.
    #[error(
        "the API server does not keep all of a PeribolosRun's status: its CustomResourceDefinition is not this controller's; apply the definitions of its version"
    )]
    OtherDefinition,
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] peribolos_github::Error),
    /// No config repository was chosen.
    #[error("the repository that holds the organization's file was not found yet")]
    NotChosen,
    /// The installation's token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A name from GitHub is not valid where it is needed.
    #[error("GitHub's answer can't be used: {0}")]
    Name(#[from] peribolos_github::IdError),
    /// GitHub has not answered in the time that is left for a check.
    #[error("GitHub did not answer before the installation or the run was to go")]
    TooLate,
    /// The reconcile panicked.
    #[error("the reconcile broke: {0}")]
    Panic(String),
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::GitHub(error) => Self::GitHub(error),
            ConfigError::Name(error) => Self::Name(error),
        }
    }
}

/// The operation in which an error occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum During {
    /// A read, or a write to Kubernetes.
    Look,
    /// Creating something on GitHub that the run depends on.
    Creation,
    /// A write to GitHub that publishes the run's status.
    Publication,
}

impl Error {
    /// The kind, for the metric.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Kubernetes(_) | Self::NoTaskRun { .. } | Self::OtherDefinition => "kubernetes",
            Self::GitHub(_) | Self::TooLate => "github",
            Self::Token(_) => "token",
            Self::Name(_) | Self::NotChosen => "name",
            Self::Panic(_) => "panic",
        }
    }

    /// Whether the object was changed concurrently; the watch delivers the newer version.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if error.is_conflict())
    }

    /// Whether the run was deleted concurrently.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if error.is_not_found())
    }

    /// Whether GitHub no longer accepts the installation's token.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::GitHub(error) if error.is_unauthorized())
    }

    /// The trouble that this means for the run, if a decision follows from it: after errors of the API server the whole
    /// reconcile is retried. `pause` is the default wait.
    pub(super) fn trouble(&self, during: During, pause: Duration, now: Timestamp) -> Option<Trouble> {
        let kind = match self {
            Self::Kubernetes(_) | Self::OtherDefinition | Self::Panic(_) => return None,
            Self::NoTaskRun { invalid, .. } => Kind::NoTaskRun { invalid: *invalid },
            Self::GitHub(error) => of_github(error, during),
            Self::Token(TokenError::NotEntitled(_)) => Kind::NoAccess,
            Self::TooLate => Kind::Unknown,
            Self::Token(_) | Self::Name(_) | Self::NotChosen => Kind::Passing,
        };
        let wait = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
        let own = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        let until = self.not_before(now).map_or(own, |named| named.max(own));
        Some(Trouble { kind, why: Why::new(self.reason(), self.to_string()), until })
    }

    /// The reason that a waiting run shows for it.
    fn reason(&self) -> Reason {
        match self {
            Self::GitHub(error) if error.is_rate_limited() => Reason::RateLimited,
            Self::GitHub(error) if error.is_suspended() => Reason::InstallationSuspended,
            // Its access rules block the App: no permission is missing.
            Self::GitHub(error) if error.is_access_blocked() => Reason::AccessBlocked,
            Self::GitHub(error) if error.is_forbidden() => Reason::PermissionsMissing,
            Self::Token(error) => error.reason(),
            Self::NotChosen => Reason::ConfigMissing,
            Self::GitHub(_) | Self::TooLate | Self::Name(_) => Reason::GitHubUnavailable,
            Self::Kubernetes(_) | Self::NoTaskRun { .. } | Self::OtherDefinition | Self::Panic(_) => {
                Reason::PodFailed
            }
        }
    }

    /// Before this time, a retry can't succeed.
    fn not_before(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::GitHub(error) => error.retry().not_before(now),
            Self::Token(error) => error.retry().not_before(now),
            _ => None,
        }
    }
}

fn of_github(error: &peribolos_github::Error, during: During) -> Kind {
    if error.is_moved() {
        return Kind::Moved(error.moved_to());
    }
    if error.is_rate_limited() {
        return Kind::Passing;
    }
    // GitHub refuses every request of a suspended installation; the run waits.
    if error.is_suspended() || error.is_unauthorized() {
        return Kind::NoAccess;
    }
    // An owner must grant what is missing.
    if error.is_forbidden() {
        return Kind::Permission;
    }
    match (during, error.status()) {
        // It was not sent.
        _ if error.is_withheld() => Kind::Passing,
        (During::Publication, Some(404 | 410 | 422)) => Kind::Hopeless,
        (During::Publication | During::Creation, None | Some(500..)) => Kind::Unknown,
        _ => Kind::Passing,
    }
}
