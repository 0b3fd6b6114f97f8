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

/// What each refusal is, and nothing else. Sentences are GitHub's where they are known.
#[rstest::rstest]
#[case::permission(403, "Resource not accessible by integration", "permission")]
#[case::right(403, "Must have admin rights to Repository.", "permission")]
#[case::addresses(
    403,
    "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
    "blocked"
)]
#[case::single_sign_on(
    403,
    "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.",
    "blocked"
)]
#[case::oauth_apps(
    403,
    "Although you appear to have the correct authorization credentials, the `acme` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited.",
    "blocked"
)]
#[case::classic_tokens(
    403,
    "`acme` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.",
    "blocked"
)]
#[case::right_by_scope(
    403,
    "You must be an admin to add or update an organization membership.",
    "permission"
)]
#[case::archived(403, "Repository was archived so is read-only.", "archived")]
#[case::seats(422, "You must purchase at least one more seat to add this user as a member.", "seats")]
#[case::invitations(422, "You have exceeded the limit of invitations per 24 hours.", "invitations")]
#[case::invitations_by_403(403, "Organization invitation rate limit exceeded.", "invitations")]
#[case::team_of_the_name(422, "Validation Failed; Team name already_exists", "taken")]
#[case::unique_name(422, "Validation Failed; Name must be unique for this org", "taken")]
#[case::repository_of_the_name(
    422,
    "Repository creation failed.; name already exists on this account",
    "taken"
)]
#[case::provider(403, "This team is externally managed. Learn more at https://docs.github.com/", "managed")]
#[case::enterprise(422, "This team is managed by the enterprise.", "managed")]
#[case::not_linked(403, "This team is not externally managed.", "")]
#[case::security_managers(403, "You cannot remove repositories from a security manager team", "")]
#[case::blocked_person(422, "User is blocked", "")]
#[case::secondary(403, "You have exceeded a secondary rate limit.", "limit")]
#[case::nothing(404, "Not Found", "")]
#[tokio::test]
async fn a_refusal_is_one_kind(#[case] status: u16, #[case] message: &str, #[case] expected: &str) {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status)
        .set_body_json(json!({"message": message}))
        .insert_header("x-accepted-github-permissions", "members=write");
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    let error = support::client(&server).list_org_repos(&acme()).await.unwrap_err();
    let kinds = [
        ("permission", error.is_permission_missing()),
        ("blocked", error.is_access_blocked()),
        ("archived", error.is_archived()),
        ("seats", error.is_out_of_seats()),
        ("invitations", error.is_invitation_limit()),
        ("taken", error.is_name_taken()),
        ("managed", error.is_externally_managed()),
        ("limit", error.is_rate_limited()),
    ];
    let found: Vec<&str> = kinds.iter().filter(|(_, is)| *is).map(|(kind, _)| *kind).collect();
    assert_eq!(found, Vec::from_iter(Some(expected).filter(|it| !it.is_empty())), "{error}");
    assert_eq!(error.accepted_permissions(), Some("members=write"));
}
