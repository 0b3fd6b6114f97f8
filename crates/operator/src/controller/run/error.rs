//! Why a reconcile of a run did not come to its end, and when it is worth another try.

use std::time::Duration;

use peribolos_api::Reason;
use peribolos_github::Retry;

use crate::{kubernetes::client::CallError, services::tokens::TokenError};

/// Why a reconcile of a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server.
    #[error(transparent)]
    Kubernetes(#[from] CallError),
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] peribolos_github::Error),
    /// The installation's token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A name that GitHub gave does not fit where it is needed.
    #[error("GitHub's answer can't be used: {0}")]
    Name(#[from] peribolos_github::IdError),
    /// A TaskRun of this name exists that is not this run's.
    #[error("a TaskRun {0} exists that does not belong to this run; delete it")]
    ForeignTaskRun(String),
    /// GitHub has no organization of the installation's name, and its repositories answer from elsewhere.
    #[error("the organization {0} seems to have another name by now; the installation is looked at again")]
    OrganizationRenamed(String),
    /// The reconcile itself broke.
    #[error("the reconcile broke: {0}")]
    Panic(String),
}

impl Error {
    /// The kind, for the metric.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Kubernetes(_) => "kubernetes",
            Self::GitHub(_) => "github",
            Self::Token(_) => "token",
            Self::Name(_) => "name",
            Self::ForeignTaskRun(_) => "foreign_taskrun",
            Self::OrganizationRenamed(_) => "organization_renamed",
            Self::Panic(_) => "panic",
        }
    }

    /// Whether there will be no TaskRun of that name, however often it is tried: it is somebody else's, a quota or an admission
    /// webhook forbids it, or it is not valid or too large.
    pub fn refuses_task_run(&self) -> bool {
        match self {
            Self::ForeignTaskRun(_) => true,
            Self::Kubernetes(error) => error.is_forbidden_or_invalid(),
            _ => false,
        }
    }

    /// Whether the API server finds the TaskRun invalid: only another Task or other settings help.
    pub fn finds_task_run_invalid(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if error.is_invalid())
    }

    /// Whether the object changed under our hands: the watch brings the newer one.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if error.is_conflict())
    }

    /// Whether GitHub no longer takes the installation's token.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::GitHub(error) if error.is_unauthorized())
    }

    /// Whether the organization has not granted what GitHub was asked for: no wait mends that. A suspended installation is
    /// refused everything, and waits.
    pub fn lacks_permission(&self) -> bool {
        matches!(self, Self::GitHub(error) if error.is_forbidden() && !error.is_suspended())
    }

    /// Whether it came from asking GitHub: asking again at once would only make it worse. The look at a renamed
    /// organization, which this run has asked for, wakes it every time.
    pub const fn is_githubs(&self) -> bool {
        matches!(self, Self::GitHub(_) | Self::Token(_) | Self::OrganizationRenamed(_))
    }

    /// The reason a waiting run shows for it.
    pub fn reason(&self) -> Reason {
        match self {
            Self::GitHub(error) if error.is_rate_limited() => Reason::RateLimited,
            Self::GitHub(error) if error.is_suspended() => Reason::InstallationSuspended,
            Self::GitHub(error) if error.is_forbidden() => Reason::PermissionsMissing,
            Self::Token(error) => error.reason(),
            Self::OrganizationRenamed(_) => Reason::WaitingForInstallation,
            Self::GitHub(_) | Self::Name(_) => Reason::GitHubUnavailable,
            Self::Kubernetes(_) | Self::ForeignTaskRun(_) | Self::Panic(_) => Reason::PodFailed,
        }
    }

    /// How long to wait at least before the next try.
    pub fn not_before(&self) -> Option<Duration> {
        let retry = match self {
            Self::GitHub(error) => error.retry(),
            Self::Token(error) => error.retry(),
            _ => return None,
        };
        match retry {
            Retry::After(wait) => Some(wait),
            Retry::AtReset(at) => {
                Some(Duration::try_from(at.duration_since(jiff::Timestamp::now())).unwrap_or_default())
            }
            Retry::Never | Retry::Backoff => None,
        }
    }
}
