//! The answers, as GitHub's delivery log shows them to the App's owner.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use peribolos_core::event::IgnoreReason;
use serde::Serialize;

use crate::services::writer::{Outcome, Persisted};

/// Seconds after which a delivery that failed for our reasons may be tried again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("10");

/// The result of a delivery.
#[derive(Debug)]
pub(super) enum Answer {
    /// 202: these custom resources are persisted.
    Persisted(Vec<Persisted>),
    /// 200: there was nothing to do.
    Ignored(IgnoreReason),
    /// 400 to 415: the sender's fault; with a sentence.
    Refused(StatusCode, String),
    /// 503: ours, or Kubernetes'.
    Unavailable(&'static str),
}

/// An answer's body: an object of one field.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Word<'a> {
    Results(Vec<Persisted>),
    Ignored(&'a str),
    Error(&'a str),
}

impl Answer {
    /// The kind of answer, for metrics: of several results, the most significant.
    pub(super) fn result(&self) -> &'static str {
        match self {
            Self::Persisted(results) => {
                results.iter().map(|persisted| persisted.result).max().unwrap_or(Outcome::Absent).as_str()
            }
            Self::Ignored(_) => "ignored",
            Self::Refused(StatusCode::UNAUTHORIZED, _) => "unauthorized",
            Self::Refused(..) => "invalid",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Persisted(results) => (StatusCode::ACCEPTED, Json(Word::Results(results))).into_response(),
            Self::Ignored(reason) => Json(Word::Ignored(reason.as_str())).into_response(),
            Self::Refused(status, sentence) => error(status, &sentence),
            Self::Unavailable(sentence) => {
                let mut response = error(StatusCode::SERVICE_UNAVAILABLE, sentence);
                response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
                response
            }
        }
    }
}

fn error(status: StatusCode, sentence: &str) -> Response {
    (status, Json(Word::Error(sentence))).into_response()
}
