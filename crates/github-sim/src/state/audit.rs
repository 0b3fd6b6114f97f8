//! The list of what changed, in order.

use serde::Serialize;
use serde_json::Value;

/// One change of state.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AuditEntry {
    pub(crate) seq: u64,
    pub(crate) time: String,
    /// `slug[bot]` for the App, `sim` for the control endpoints.
    pub(crate) actor: String,
    pub(crate) installation: Option<u64>,
    /// As `team.create`.
    pub(crate) action: String,
    /// As `orgs/acme/teams/core`.
    pub(crate) target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<Value>,
}

/// A change about to be written down.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

impl Change {
    pub(crate) fn made(after: Value) -> Self {
        Self { before: None, after: Some(after) }
    }

    pub(crate) fn gone(before: Value) -> Self {
        Self { before: Some(before), after: None }
    }

    pub(crate) fn from_to(before: Value, after: Value) -> Self {
        Self { before: Some(before), after: Some(after) }
    }

    /// Whether nothing changed: then there is nothing to write down.
    pub(crate) fn is_none(&self) -> bool {
        self.before.is_some() && self.before == self.after
    }
}
