//! Faults on demand: wrong answers, late answers, none at all.

use std::{collections::BTreeMap, time::Duration};

use axum::response::{IntoResponse, Response};
use globset::{GlobBuilder, GlobMatcher};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of `POST /_sim/faults`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FaultSpec {
    /// Any method if absent.
    method: Option<String>,
    /// A glob over the path without its query; `*` stops at a slash, `**` does not.
    path: String,
    /// Answered in place of the endpoint; the endpoint answers if absent.
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    #[serde(default)]
    delay_ms: u64,
    /// Close the connection without an answer.
    #[serde(default)]
    drop: bool,
    /// How many matching requests pass before the first that fails.
    #[serde(default)]
    skip: u64,
    /// How often; for ever if absent.
    count: Option<u64>,
    /// Whether the endpoint does its work first.
    #[serde(default)]
    when: When,
}

/// When a request fails.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    /// Before it took effect: the endpoint never sees it.
    #[default]
    Before,
    /// After it took effect: only the answer is lost.
    After,
}

/// Why a fault can't be set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FaultError {
    #[error("path {path:?} is no glob: {reason}")]
    Glob { path: String, reason: String },
    #[error("status {0} is no HTTP status")]
    Status(u16),
    #[error("{0:?} is no header, or its value is not one")]
    Header(String),
}

/// What is answered in place of the endpoint.
type Instead = (StatusCode, Vec<(HeaderName, HeaderValue)>, Value);

/// What a fault does to one request.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) delay: Duration,
    pub(crate) drop: bool,
    pub(crate) when: When,
    answer: Option<Instead>,
}

impl Effect {
    /// The answer in place of the endpoint's.
    pub(crate) fn response(&self) -> Option<Response> {
        let (status, headers, body) = self.answer.clone()?;
        let mut response = match body {
            Value::String(text) => (status, text).into_response(),
            other => (status, axum::Json(other)).into_response(),
        };
        response.headers_mut().extend(headers);
        Some(response)
    }
}

#[derive(Debug)]
struct Fault {
    method: Option<String>,
    path: GlobMatcher,
    skip: u64,
    left: Option<u64>,
    taken: u64,
    effect: Effect,
}

/// A fault in force, as `GET /_sim/faults` has it.
#[derive(Debug, Serialize)]
pub(crate) struct InForce {
    method: Option<String>,
    path: String,
    /// How many requests it has met, those that it still delays among them.
    taken: u64,
}

/// The faults in force, oldest first: the first that matches is taken.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, spec: FaultSpec) -> Result<(), FaultError> {
        let glob = GlobBuilder::new(&spec.path).literal_separator(true).build();
        let path = glob
            .map_err(|e| FaultError::Glob { path: spec.path.clone(), reason: e.to_string() })?
            .compile_matcher();
        let mut headers = Vec::new();
        for (name, value) in spec.headers {
            match (name.parse(), value.parse()) {
                (Ok(n), Ok(v)) => headers.push((n, v)),
                _ => return Err(FaultError::Header(name)),
            }
        }
        let status = spec.status.map(|s| StatusCode::from_u16(s).map_err(|_| FaultError::Status(s)));
        let body = spec.body.unwrap_or_else(|| serde_json::json!({"message": "A fault was asked for"}));
        let answer = status.transpose()?.map(|status| (status, headers, body));
        let delay = Duration::from_millis(spec.delay_ms);
        let effect = Effect { delay, drop: spec.drop, when: spec.when, answer };
        self.list.push(Fault {
            method: spec.method,
            path,
            skip: spec.skip,
            left: spec.count,
            taken: 0,
            effect,
        });
        Ok(())
    }

    /// All of them, oldest first; also those whose count is used up.
    pub(crate) fn all(&self) -> Vec<InForce> {
        let shown = |fault: &Fault| InForce {
            method: fault.method.clone(),
            path: fault.path.glob().glob().to_owned(),
            taken: fault.taken,
        };
        self.list.iter().map(shown).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
    }

    /// The fault for this request, counted down. One that lets this request pass leaves it to those after it.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Option<Effect> {
        for fault in &mut self.list {
            let matches = fault.left != Some(0)
                && fault.method.as_ref().is_none_or(|m| m.eq_ignore_ascii_case(method.as_str()))
                && fault.path.is_match(path);
            if !matches {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.left = fault.left.map(|n| n - 1);
            fault.taken += 1;
            return Some(fault.effect.clone());
        }
        None
    }
}
