//! Why a reconcile of an installation broke off. What GitHub refuses is no such error: the status tells it.

use std::any::Any;

use crate::{kubernetes::client::CallError, services::tokens::TokenError};

/// Why a reconcile of an installation broke off.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server.
    #[error(transparent)]
    Kubernetes(#[from] CallError),
    /// A Secret could not be read or written.
    #[error("a token's Secret: {0}")]
    Token(#[from] TokenError),
    /// The reconcile itself broke.
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

    /// Whether the object changed meanwhile: the watch brings the newer one.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Kubernetes(error) if error.is_conflict())
    }
}
