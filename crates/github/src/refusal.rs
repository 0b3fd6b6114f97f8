//! From an answer that is no success to a [`Refusal`]: GitHub's message, and whether asking again can help.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;

use crate::error::{Error, Refusal, Retry};

/// GitHub's advice for a secondary limit that names no time: wait at least a minute.
/// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>
pub(crate) const SECONDARY_LIMIT_PAUSE: Duration = Duration::from_mins(1);

/// The longest pause that is believed: no limit of GitHub's lasts longer.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// The longest message kept, in characters.
const MESSAGE_LIMIT: usize = 500;

/// How GitHub speaks of secondary limits, in lower case.
const SECONDARY_LIMIT_WORDS: [&str; 2] = ["secondary rate limit", "abuse detection mechanism"];

/// Whether a message speaks of a secondary limit.
pub(crate) fn names_secondary_limit(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    SECONDARY_LIMIT_WORDS.iter().any(|words| message.contains(words))
}

/// How GitHub says that an organization does not let a token in, in lower case: by its address, by single sign-on, for the
/// OAuth app that it is of, and for its kind.
const BLOCKING_WORDS: [&str; 4] =
    ["ip allow list", "saml enforcement", "oauth app access restrictions", "forbids access via"];

/// Whether a message says that the organization's access rules block the token, regardless of its permissions.
pub(crate) fn blocks_access(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    BLOCKING_WORDS.iter().any(|words| message.contains(words))
}

#[derive(Deserialize)]
struct Body {
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

/// The error for an answer with `status`.
pub(crate) fn refusal(
    method: &'static str,
    route: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Error {
    let message = message(status, body);
    let retry = classify(status, headers, &message);
    let request_id = text(headers, "x-github-request-id").map(|id| shorten(id, 100));
    let says_when = retry_after(headers).is_some() || matches!(retry, Retry::AtReset(_));
    let accepted_permissions = text(headers, "x-accepted-github-permissions").map(|it| shorten(it, 200));
    let moved_to = if status.is_redirection() { moved_to(headers) } else { None };
    let sso_url = sso_url(headers);
    let status = status.as_u16();
    Error::Status(Arc::new(Refusal {
        method,
        route,
        status,
        message,
        request_id,
        retry,
        says_when,
        accepted_permissions,
        moved_to,
        sso_url,
    }))
}

/// The address in `X-GitHub-SSO: required; url=…`.
pub(crate) fn sso_url(headers: &HeaderMap) -> Option<String> {
    let (_, url) = text(headers, "x-github-sso")?.split_once("url=")?;
    url.starts_with("http").then(|| shorten(url, 500))
}

/// The repository's number in `Location: …/repositories/{number}/…`. Nothing else of the header is used.
fn moved_to(headers: &HeaderMap) -> Option<u64> {
    let (_, rest) = text(headers, "location")?.split_once("/repositories/")?;
    rest.split(['/', '?', '#']).next()?.parse().ok()
}

fn classify(status: StatusCode, headers: &HeaderMap, message: &str) -> Retry {
    match status.as_u16() {
        403 | 429 => rate_limit(headers).unwrap_or_else(|| {
            let secondary = status == StatusCode::TOO_MANY_REQUESTS || names_secondary_limit(message);
            if secondary { Retry::After(SECONDARY_LIMIT_PAUSE) } else { Retry::Never }
        }),
        // Not implemented: no time helps.
        501 => Retry::Never,
        408 | 500..=599 => retry_after(headers).map_or(Retry::Backoff, Retry::After),
        _ => Retry::Never,
    }
}

/// When the limit these headers speak of ends; `None` where they speak of none that is used up.
/// `Retry-After` comes first: only secondary limits carry it, and their end is not the window's.
pub(crate) fn rate_limit(headers: &HeaderMap) -> Option<Retry> {
    if let Some(pause) = retry_after(headers) {
        return Some(Retry::After(pause));
    }
    if text(headers, "x-ratelimit-remaining") != Some("0") {
        return None;
    }
    let reset = text(headers, "x-ratelimit-reset")
        .and_then(|seconds| seconds.parse().ok())
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    Some(reset.map_or(Retry::After(SECONDARY_LIMIT_PAUSE), Retry::AtReset))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    // GitHub sends seconds; the HTTP date that the header also allows is not used by it. Whoever adds this to a
    // time must not overflow, whatever stands in the header.
    let seconds: u64 = text(headers, "retry-after")?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn message(status: StatusCode, body: &[u8]) -> String {
    let Ok(body) = serde_json::from_slice::<Body>(body) else {
        // A page for people: GitHub's proxies answer with one, for some secondary limits too.
        let page = String::from_utf8_lossy(body).to_ascii_lowercase();
        let limit = SECONDARY_LIMIT_WORDS.iter().find(|words| page.contains(**words));
        return limit.copied().or(status.canonical_reason()).unwrap_or("no message").to_owned();
    };
    let mut message = body.message;
    for error in &body.errors {
        let _ = match error {
            serde_json::Value::String(text) => write!(message, "; {text}"),
            detail => {
                let field = |name: &str| detail.get(name).and_then(serde_json::Value::as_str).unwrap_or("");
                // A sentence, where there is one, needs none of the others.
                let what = match field("message") {
                    "" => [field("resource"), field("field"), field("code")].to_vec(),
                    sentence => vec![sentence],
                };
                let what: Vec<_> = what.into_iter().filter(|part| !part.is_empty()).collect();
                write!(message, "; {}", what.join(" "))
            }
        };
    }
    shorten(&message, MESSAGE_LIMIT)
}

/// One line of at most `limit` characters.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    text.chars().take(limit).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[rstest::rstest]
    #[case(404, &[], "", Retry::Never)]
    #[case(401, &[], "", Retry::Never)]
    #[case(422, &[], "", Retry::Never)]
    #[case(409, &[], "", Retry::Never)]
    #[case(403, &[("x-ratelimit-remaining", "12")], "Resource not accessible by integration", Retry::Never)]
    #[case(403, &[], "You have exceeded a secondary rate limit.", Retry::After(SECONDARY_LIMIT_PAUSE))]
    #[case(429, &[], "", Retry::After(SECONDARY_LIMIT_PAUSE))]
    #[case(403, &[("retry-after", "17"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000000")], "",
           Retry::After(Duration::from_secs(17)))]
    #[case(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000000")], "",
           Retry::AtReset(Timestamp::constant(1_700_000_000, 0)))]
    #[case(429, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "soon")], "",
           Retry::After(SECONDARY_LIMIT_PAUSE))]
    #[case(500, &[], "", Retry::Backoff)]
    #[case(501, &[], "", Retry::Never)]
    #[case(503, &[("retry-after", "5")], "", Retry::After(Duration::from_secs(5)))]
    #[case(503, &[("retry-after", "18446744073709551615")], "", Retry::After(LONGEST_PAUSE))]
    #[case(503, &[("retry-after", "Mon, 23 Nov 2026 12:00:00 GMT")], "", Retry::Backoff)]
    #[case(502, &[("x-ratelimit-remaining", "0")], "", Retry::Backoff)]
    fn whether_to_ask_again(
        #[case] status: u16,
        #[case] pairs: &[(&'static str, &str)],
        #[case] message: &str,
        #[case] expected: Retry,
    ) {
        assert_eq!(classify(StatusCode::from_u16(status).unwrap(), &headers(pairs), message), expected);
    }

    #[rstest::rstest]
    #[case(301, "https://api.github.com/repositories/42", Some(42))]
    #[case(307, "https://api.github.com/repositories/42/check-runs?x=1", Some(42))]
    #[case(301, "https://api.github.com/repositories/42?ref=main", Some(42))]
    #[case(301, "https://elsewhere.example/", None)]
    #[case(404, "https://api.github.com/repositories/42", None)]
    fn where_a_repository_went(#[case] status: u16, #[case] location: &str, #[case] expected: Option<u64>) {
        let status = StatusCode::from_u16(status).unwrap();
        let error = refusal("GET", "/repos/{owner}/{repo}", status, &headers(&[("location", location)]), b"");
        assert_eq!(error.moved_to(), expected);
        assert_eq!(error.is_moved(), status.is_redirection());
    }

    #[test]
    fn the_message_has_githubs_details() {
        let body = br#"{"message":"Validation Failed","errors":[{"resource":"Label","field":"name","code":"missing"},
                        "and text",{"message":"x","code":"custom"}],"documentation_url":"https://x"}"#;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        assert_eq!(message(status, body), "Validation Failed; Label name missing; and text; x");
    }

    #[test]
    fn a_page_instead_of_json_is_not_repeated() {
        assert_eq!(message(StatusCode::BAD_GATEWAY, b"<html>nginx</html>"), "Bad Gateway");
    }

    #[test]
    fn a_message_stays_one_short_line() {
        let body = serde_json::to_vec(&serde_json::json!({"message": "a\n".repeat(9_000)})).unwrap();
        let message = message(StatusCode::FORBIDDEN, &body);
        assert!(message.len() <= MESSAGE_LIMIT && !message.contains('\n'));
    }
}
