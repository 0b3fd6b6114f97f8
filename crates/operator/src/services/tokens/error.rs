//! Why there is no token, and when a retry is worthwhile.

use jiff::Timestamp;
use peribolos_api::Reason;
use peribolos_core::installation_status::Finding;
use peribolos_github::Retry;

use crate::kubernetes::client::CallError;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The installation is not entitled to one: something else has to change first.
    #[error("{}", .0.message)]
    NotEntitled(Finding),
    /// A Secret of that name belongs to another owner.
    #[error(
        "a Secret {0} exists that this installation does not own, so it is left alone; delete it or set spec.token.secretName"
    )]
    SecretConflict(String),
    /// GitHub did not issue one.
    #[error("{}", finding.message)]
    Refused {
        /// GitHub's message.
        finding: Finding,
        /// When it is retried.
        until: Timestamp,
    },
    /// GitHub has just issued one; the next one is minted only later.
    #[error("the last token was minted a moment ago; the next one is at {until}")]
    TooSoon {
        /// The earliest time.
        until: Timestamp,
    },
    /// The rate of mints has reached GitHub's limit: this one has to wait for its turn.
    #[error("GitHub allows so many tokens a minute; this one is minted at {until}")]
    Paced {
        /// The earliest time.
        until: Timestamp,
    },
    /// Nothing needs one, and GitHub's limits do not allow tokens for all installations.
    #[error("nothing needs a token now")]
    OnDemand,
    /// GitHub can't give a token of this scope.
    #[error("GitHub gives no token for this run: {0}")]
    Scope(String),
    /// The API server.
    #[error(transparent)]
    Kubernetes(#[from] CallError),
}

impl TokenError {
    /// The reason to show for it.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NotEntitled(finding) | Self::Refused { finding, .. } => finding.reason,
            Self::SecretConflict(_) => Reason::SecretConflict,
            Self::Scope(_) => Reason::PermissionsMissing,
            Self::OnDemand => Reason::OnDemand,
            Self::TooSoon { .. } | Self::Paced { .. } | Self::Kubernetes(_) => Reason::Progressing,
        }
    }

    /// Whether and when a retry can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::NotEntitled(_) | Self::Scope(_) => Retry::Never,
            Self::SecretConflict(_) | Self::OnDemand | Self::Kubernetes(_) => Retry::Backoff,
            Self::Refused { until, .. } | Self::TooSoon { until } | Self::Paced { until } => {
                Retry::AtReset(*until)
            }
        }
    }
}
