//! Why a reconcile of an installation failed. Refusals by GitHub are not such errors: the status reports them.

use std::any::Any;

use crate::{kubernetes::client::CallError, services::tokens::TokenError};

/// Why a reconcile of an installation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server.
    #[error(transparent)]
    Kubernetes(#[from] CallError),
    /// A Secret could not be read or written.
    #[error("a token's Secret: {0}")]
    Token(#[from] TokenError),
    /// The reconcile panicked.
    #[error("the reconcile broke: {0}")]
    Panic(String),
}

impl Error {
    /// A caught panic.
    pub(super) fn panic(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        Self::Panic(text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default())
    }

    /// The kind, for the metric.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Kubernetes(_) | Self::Token(TokenError::Kubernetes(_)) => "kubernetes",
            Self::Token(_) => "token",
            Self::Panic(_) => "panic",
        }
    }

    /// Whether the object has changed meanwhile; the watch delivers the newer version.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if error.is_conflict())
    }
}
