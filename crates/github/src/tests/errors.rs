//! What a failed call says, and what the observer is told.

use std::time::Duration;

use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::{self, Recorder, json as answer};
use crate::client::MemberRole;
use crate::{AppId, Error, GitHubConfig, Login, Retry};

fn acme() -> Login {
    "acme".parse().unwrap()
}

#[tokio::test]
async fn a_refusal_says_everything_but_the_token() {
    let server = MockServer::start().await;
    let refusal = ResponseTemplate::new(403)
        .set_body_json(json!({"message": "Resource not accessible by integration"}))
        .insert_header("x-github-request-id", "A1B2:C3");
    Mock::given(method("GET")).respond_with(refusal).mount(&server).await;
    let error = support::client(&server).list_members(&acme(), MemberRole::All).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "GitHub answered 403 to GET /orgs/{org}/members: Resource not accessible by integration (request A1B2:C3)"
    );
    assert!(error.is_forbidden() && !error.is_rate_limited());
    assert_eq!(
        (error.status(), error.route(), error.request_id()),
        (Some(403), Some("/orgs/{org}/members"), Some("A1B2:C3"))
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_used_up_limit_says_until_when() {
    let server = MockServer::start().await;
    let limited = ResponseTemplate::new(403)
        .insert_header("x-ratelimit-remaining", "0")
        .insert_header("x-ratelimit-limit", "5000")
        .insert_header("x-ratelimit-reset", "1795000000");
    Mock::given(method("GET")).respond_with(limited).mount(&server).await;
    let (config, recorder) = Recorder::config(&server);
    let client = support::app_with(&config).with_token(support::token());
    let error = client.list_org_repos(&acme()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::AtReset(jiff::Timestamp::from_second(1_795_000_000).unwrap()));
    assert!(error.is_rate_limited() && !error.is_forbidden());
    assert_eq!(*recorder.0.lock().unwrap(), ["0 of 5000", "/orgs/{org}/repos 403"]);
}

#[tokio::test]
async fn nothing_is_sent_twice_by_itself() {
    let server = MockServer::start().await;
    Mock::given(path("/orgs/acme/members"))
        .respond_with(ResponseTemplate::new(503))
        .expect(1)
        .mount(&server)
        .await;
    let error = support::client(&server).list_members(&acme(), MemberRole::All).await.unwrap_err();
    assert_eq!(error.retry(), Retry::Backoff);
}

#[tokio::test]
async fn a_redirect_is_no_success() {
    let server = MockServer::start().await;
    let moved = ResponseTemplate::new(301).insert_header("location", "https://elsewhere.example/");
    Mock::given(method("GET")).respond_with(moved).mount(&server).await;
    let error = support::client(&server).list_members(&acme(), MemberRole::All).await.unwrap_err();
    assert_eq!((error.status(), error.retry()), (Some(301), Retry::Never));
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_unreachable() {
    // A port nobody listens on: it was ours a moment ago.
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    drop(socket);
    let app = support::app_with(&GitHubConfig::new(AppId(1), url.parse().unwrap()));
    let error = app.with_token(support::token()).list_members(&acme(), MemberRole::All).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().to_lowercase().contains("connection refused"), "{error}");
    assert_eq!(error.retry(), Retry::Backoff);
}

#[tokio::test]
async fn a_host_that_keeps_silent_is_given_up() {
    let server = MockServer::start().await;
    let late = answer(json!({})).set_delay(Duration::from_hours(1));
    Mock::given(method("GET")).respond_with(late).mount(&server).await;
    for total in [Duration::from_millis(100), Duration::from_mins(1)] {
        let (mut config, recorder) = Recorder::config(&server);
        config.timeouts.read = Duration::from_millis(200);
        config.timeouts.total = total;
        let client = support::app_with(&config).with_token(support::token());
        let error = client.list_members(&acme(), MemberRole::All).await.unwrap_err();
        assert_eq!(error.retry(), Retry::Backoff);
        assert_eq!(*recorder.0.lock().unwrap(), ["/orgs/{org}/members 0"]);
        assert_eq!(matches!(error, Error::TimedOut { .. }), total < Duration::from_secs(1), "{error}");
    }
}

#[tokio::test]
async fn an_answer_of_another_shape_says_where() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(answer(json!([{"login": "acme", "id": "x"}])))
        .mount(&server)
        .await;
    let error = support::client(&server).list_members(&acme(), MemberRole::All).await.unwrap_err();
    assert!(
        error.to_string().starts_with("GitHub's answer to /orgs/{org}/members can't be read: invalid type"),
        "{error}"
    );
}

#[tokio::test]
async fn graphql_errors_fail_the_query() {
    let server = MockServer::start().await;
    let errors =
        json!({"data": {"a": null}, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve"}]});
    Mock::given(path("/graphql")).respond_with(answer(errors)).up_to_n_times(1).mount(&server).await;
    let limited = json!({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]});
    Mock::given(path("/graphql")).respond_with(answer(limited)).mount(&server).await;
    let client = support::client(&server);
    let error = client.graphql::<serde_json::Value>("{ a }", json!({})).await.unwrap_err();
    assert_eq!(error.to_string(), "GitHub's GraphQL refused the query: Could not resolve");
    assert_eq!(error.retry(), Retry::Never);
    let error = client.graphql::<serde_json::Value>("{ a }", json!({})).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_mins(1)));
    assert!(error.is_rate_limited());
}
