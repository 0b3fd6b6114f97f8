//! GraphQL: one endpoint, answers of status 200 that may hold errors.

use http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::error::{Error, QueryRefusal, Retry};
use crate::refusal::{
    SECONDARY_LIMIT_PAUSE, blocks_access, names_secondary_limit, rate_limit, shorten, sso_url,
};
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
    #[serde(default)]
    path: Vec<serde_json::Value>,
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
    if problems.iter().any(|problem| problem.cause() != QueryRefusal::NotFound) {
        return Err(refused(answer, &problems));
    }
    despite(answer, &problems)
}

/// The `data` of an answer as far as this token may see it, with GitHub's sentence about what it may not: that and what
/// is not there (any more) is null.
pub(crate) fn visible<T: DeserializeOwned>(answer: &Answer) -> Result<(T, Option<String>), Error> {
    let problems = answer.json::<Body<serde::de::IgnoredAny>>()?.errors.unwrap_or_default();
    if !problems.iter().all(Problem::leaves_null) {
        return Err(refused(answer, &problems));
    }
    let hidden = problems.iter().find(|problem| problem.cause() == QueryRefusal::Forbidden);
    Ok((despite(answer, &problems)?, hidden.map(|problem| shorten(&problem.message, 500))))
}

/// The `data` beside errors that leave it whole.
fn despite<T: DeserializeOwned>(answer: &Answer, problems: &[Problem]) -> Result<T, Error> {
    match answer.json::<Body<T>>()?.data {
        Some(data) => Ok(data),
        None if problems.is_empty() => Err(answer.unreadable("it has neither data nor errors")),
        None => Err(refused(answer, problems)),
    }
}

fn refused(answer: &Answer, problems: &[Problem]) -> Error {
    let message = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ");
    let cause = problems.iter().map(Problem::cause).min().unwrap_or(QueryRefusal::Other);
    let named = rate_limit(&answer.headers);
    let retry = match cause {
        QueryRefusal::RateLimited => named.unwrap_or(Retry::After(SECONDARY_LIMIT_PAUSE)),
        QueryRefusal::TooMuch => Retry::Backoff,
        QueryRefusal::Forbidden | QueryRefusal::Other | QueryRefusal::NotFound => Retry::Never,
    };
    Error::GraphQl {
        message: shorten(&message, 500),
        request_id: answer.header("x-github-request-id").map(|id| shorten(id, 100)),
        cause,
        retry,
        says_when: cause == QueryRefusal::RateLimited && named.is_some(),
        sso_url: sso_url(&answer.headers),
    }
}

impl Problem {
    fn cause(&self) -> QueryRefusal {
        match self.kind.as_deref() {
            Some("RATE_LIMITED" | "RATE_LIMIT") => QueryRefusal::RateLimited,
            _ if names_secondary_limit(&self.message) => QueryRefusal::RateLimited,
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => QueryRefusal::Forbidden,
            // With data of which nobody knows how much is missing: it is never used.
            Some("RESOURCE_LIMITS_EXCEEDED") => QueryRefusal::TooMuch,
            // A query that ran out of GitHub's time has no type, only this sentence.
            _ if self.message.starts_with("Something went wrong") => QueryRefusal::TooMuch,
            Some("NOT_FOUND") => QueryRefusal::NotFound,
            _ => QueryRefusal::Other,
        }
    }

    /// Whether `data` is complete but for null at this place: nothing is there, or this token may not see that one.
    fn leaves_null(&self) -> bool {
        match self.cause() {
            QueryRefusal::NotFound => true,
            QueryRefusal::Forbidden => !blocks_access(&self.message) && !self.path.is_empty(),
            QueryRefusal::RateLimited | QueryRefusal::TooMuch | QueryRefusal::Other => false,
        }
    }
}
