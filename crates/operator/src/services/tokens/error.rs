//! Why there is no token, and when it is worth asking again.

use jiff::Timestamp;
use peribolos_api::Reason;
use peribolos_core::installation_status::Finding;
use peribolos_github::Retry;

use crate::kubernetes::client::CallError;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The installation gets none as things are: something else has to change first.
    #[error("{}", .0.message)]
    NotEntitled(Finding),
    /// A Secret of that name belongs to somebody else.
    #[error(
        "a Secret {0} exists that this installation does not own, so it is left alone; delete it or set spec.token.secretName"
    )]
    SecretConflict(String),
    /// GitHub gave none.
    #[error("{}", finding.message)]
    Refused {
        /// What GitHub said.
        finding: Finding,
        /// When it is asked again.
        until: Timestamp,
    },
    /// GitHub has given one a moment ago and is asked again later only.
    #[error("the last token was minted a moment ago; the next one is at {until}")]
    TooSoon {
        /// From when on.
        until: Timestamp,
    },
    /// As many tokens are minted as GitHub allows: this one has to wait for its turn.
    #[error("GitHub allows so many tokens a minute; this one is minted at {until}")]
    Paced {
        /// From when on.
        until: Timestamp,
    },
    /// Nothing needs one, and there are more installations than GitHub gives tokens to.
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

    /// Whether and when asking again can help.
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
