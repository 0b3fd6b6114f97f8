//! Limits are waited out, failures that pass are tried again, and closed doors are named.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::super::support::json as answer;
use super::{GitHub, all, member, of_org, quick, repository};
use crate::Retry;
use crate::snapshot::{Part, Patience, Progress, ReadOptions};

const SECONDARY: &str =
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

/// A secondary limit, in the ways in which GitHub answers one.
fn limited(how: &str) -> ResponseTemplate {
    let json = |status, message| ResponseTemplate::new(status).set_body_json(json!({"message": message}));
    match how {
        "403 with a time" => json(403, SECONDARY).insert_header("retry-after", "0"),
        "403 without" => json(403, SECONDARY),
        "429 without" => json(429, "Too many requests"),
        "a page of 429" => {
            ResponseTemplate::new(429).set_body_string("<html><body>Whoa there!</body></html>")
        }
        "a page of 403" => ResponseTemplate::new(403)
            .set_body_string("<html>You have triggered an abuse detection mechanism.</html>"),
        "GraphQL's" => answer(json!({"errors": [{"type": "RATE_LIMIT", "message": SECONDARY}]})),
        other => panic!("{other}?"),
    }
}

#[derive(Default)]
struct Waits(Mutex<usize>);

impl Progress for Waits {
    fn read(&self, _: Part, _: usize, _: usize) {}

    fn waits(&self, _: Duration) {
        *self.0.lock().unwrap() += 1;
    }
}

#[rstest]
#[tokio::test]
async fn a_secondary_limit_is_waited_out_in_a_query_and_in_a_list(
    #[values("403 with a time", "403 without", "429 without", "a page of 429", "a page of 403", "GraphQL's")]
    how: &'static str,
) {
    let times = AtomicUsize::new(0);
    let github = GitHub::start(move |kind, _| {
        let first = kind == "members" && times.fetch_add(1, Ordering::SeqCst) == 0;
        let members = || of_org("membersWithRole", &[member("ann", "ADMIN")], None, 1);
        (kind == "members").then(|| if first { limited(how) } else { members() })
    })
    .await;
    if how != "GraphQL's" {
        let once = limited(how);
        wiremock::Mock::given(wiremock::matchers::path("/orgs/Acme/public_members"))
            .respond_with(once)
            .up_to_n_times(1)
            .mount(&github.server)
            .await;
    }
    let waits = Arc::new(Waits::default());
    let options = ReadOptions { progress: Some(Arc::clone(&waits) as Arc<dyn Progress>), ..quick() };
    let snapshot = github.read_with(&options).await.unwrap();
    assert_eq!(snapshot.admins.len(), 1);
    assert!(*waits.0.lock().unwrap() > 0, "who is told of the read is told of the wait");
}

#[tokio::test]
async fn a_limit_longer_than_the_patience_is_the_caller_s() {
    let github = GitHub::start(|kind, _| {
        (kind == "members").then(|| {
            ResponseTemplate::new(403)
                .set_body_json(json!({"message": SECONDARY}))
                .insert_header("retry-after", "60")
        })
    })
    .await;
    let deadline = Some(Instant::now() + Duration::from_secs(30));
    let options = ReadOptions { patience: Patience { deadline, ..Patience::default() }, ..quick() };
    let error = github.read_with(&options).await.unwrap_err();
    assert_eq!((error.retry(), error.says_when()), (Retry::After(Duration::from_mins(1)), true));
    assert_eq!(github.variables("members", "first").len(), 1);
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again() {
    let github = GitHub::start(|_, _| None).await;
    wiremock::Mock::given(wiremock::matchers::path("/orgs/Acme/invitations"))
        .respond_with(ResponseTemplate::new(500))
        .up_to_n_times(2)
        .mount(&github.server)
        .await;
    github.read().await.unwrap();
    assert_eq!(github.request_count("/orgs/Acme/invitations").await, 3);
}

#[tokio::test]
async fn a_failure_that_stays_ends_the_read() {
    let github = GitHub::start(|_, _| None).await;
    github.answers("/orgs/Acme/invitations", ResponseTemplate::new(503)).await;
    let error = github.read().await.unwrap_err();
    assert_eq!((error.status(), error.retry()), (Some(503), Retry::Backoff));
    assert_eq!(github.request_count("/orgs/Acme/invitations").await, 3);
}

#[rstest]
#[case::list_of_addresses(
    "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list \
     enabled, and your IP address is not permitted to access this resource."
)]
#[case::single_sign_on(
    "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization."
)]
#[tokio::test]
async fn a_closed_door_is_no_missing_permission(#[case] sentence: &'static str) {
    let by_graphql = GitHub::start(move |kind, _| {
        let error = json!({"type": "FORBIDDEN", "path": ["organization", "teams"], "message": sentence});
        (kind == "teams").then(|| answer(json!({"data": {"organization": null}, "errors": [error]})))
    })
    .await;
    // Where null would be taken for what this token may not see.
    let of_collaborators = GitHub::start(move |kind, _| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site")])),
        "collaborators" => {
            let error =
                json!({"type": "FORBIDDEN", "path": ["nodes", 0, "collaborators"], "message": sentence});
            Some(answer(
                json!({"data": {"nodes": [{"id": "R_7", "collaborators": null}]}, "errors": [error]}),
            ))
        }
        _ => None,
    })
    .await;
    let by_rest = GitHub::start(|_, _| None).await;
    let refused = ResponseTemplate::new(403).set_body_json(json!({"message": sentence}));
    by_rest.answers("/orgs/Acme/invitations", refused).await;
    for github in [by_graphql, of_collaborators, by_rest] {
        let options = ReadOptions { collaborators_of: ["site".into()].into(), ..quick() };
        let error = github.read_with(&options).await.unwrap_err();
        assert!(error.is_access_blocked() && !error.is_permission_missing(), "{error}");
        assert!(error.to_string().contains(sentence.trim_end_matches('.')), "{error}");
    }
}
