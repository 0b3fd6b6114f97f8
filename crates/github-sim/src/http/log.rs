//! The log of requests, and of those that no endpoint takes.

use std::collections::BTreeMap;

use serde::Serialize;

/// One answered request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) time: String,
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) status: u16,
    /// `app`, `installation`, `user` or `anonymous`.
    pub(crate) actor: &'static str,
    pub(crate) installation: Option<u64>,
    /// What a write carried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<serde_json::Value>,
}

/// All requests since the last `DELETE /_sim/requests`.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    pub(crate) entries: Vec<Entry>,
    /// `METHOD /path` of unknown endpoints, with how often.
    pub(crate) unknown: BTreeMap<String, u64>,
}
