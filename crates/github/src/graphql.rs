//! GraphQL: one endpoint, answers of status 200 that may hold errors.

use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::error::{Error, Retry};
use crate::refusal::{SECONDARY_LIMIT_PAUSE, rate_limit, shorten};
use crate::transport::Answer;

/// How errors and metrics name the endpoint.
pub(crate) const ROUTE: &str = "/graphql";

#[derive(Serialize)]
struct Request<'a, V> {
    query: &'a str,
    variables: V,
}

#[derive(Deserialize)]
struct Body<T> {
    data: Option<T>,
    errors: Option<Vec<Problem>>,
}

#[derive(Deserialize)]
struct Problem {
    message: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

pub(crate) fn call(query: &str, variables: impl Serialize) -> Result<Call, Error> {
    Call::new(Method::POST, ROUTE, &[])?.body(&Request { query, variables })
}

/// The `data` of an answer without errors.
pub(crate) fn data<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    // The errors first: with them `data` may be of any shape, and would hide what they say.
    let problems = answer.json::<Body<serde::de::IgnoredAny>>()?.errors.unwrap_or_default();
    if !problems.is_empty() {
        return Err(refused(answer, &problems));
    }
    answer.json::<Body<T>>()?.data.ok_or_else(|| answer.unreadable("it has neither data nor errors"))
}

/// The `data` of an answer whose only errors say that something is not there (any more): it is null there.
pub(crate) fn found<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    let problems = answer.json::<Body<serde::de::IgnoredAny>>()?.errors.unwrap_or_default();
    if problems.iter().any(|problem| problem.kind.as_deref() != Some("NOT_FOUND")) {
        return Err(refused(answer, &problems));
    }
    match answer.json::<Body<T>>()?.data {
        Some(data) => Ok(data),
        None if problems.is_empty() => Err(answer.unreadable("it has neither data nor errors")),
        None => Err(refused(answer, &problems)),
    }
}

fn refused(answer: &Answer, problems: &[Problem]) -> Error {
    let message = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ");
    Error::GraphQl {
        message: shorten(&message, 500),
        request_id: answer.header("x-github-request-id").map(|id| shorten(id, 100)),
        retry: classify(&answer.headers, problems),
    }
}

fn classify(headers: &HeaderMap, problems: &[Problem]) -> Retry {
    let limited = |problem: &Problem| {
        matches!(problem.kind.as_deref(), Some("RATE_LIMITED" | "RATE_LIMIT"))
            || problem.message.to_ascii_lowercase().contains("secondary rate limit")
    };
    if problems.iter().any(limited) {
        return rate_limit(headers).unwrap_or(Retry::After(SECONDARY_LIMIT_PAUSE));
    }
    // A query that ran out of GitHub's time has no type, only this sentence.
    let broke = |problem: &Problem| problem.message.starts_with("Something went wrong");
    if problems.iter().any(broke) { Retry::Backoff } else { Retry::Never }
}
