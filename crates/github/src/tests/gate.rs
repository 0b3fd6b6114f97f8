//! The gate before writes: what it withholds is not sent, and it learns which of them were answered.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::{self, json as answer};
use crate::client::Reaction;
use crate::{
    AppId, Effect, Error, FullName, Gate, GitHubConfig, InstallationId, Pass, Retry, TokenScope, Withheld,
};

/// Lets through what it is open for, and records what becomes of it.
#[derive(Default)]
struct Door {
    open: bool,
    record: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the door is closed")]
struct Closed;

struct Passed(Arc<Mutex<Vec<String>>>);

impl Gate for Door {
    fn pass(&self, effect: Effect) -> Result<Box<dyn Pass>, Withheld> {
        self.record.lock().unwrap().push(format!("{effect:?}"));
        if self.open {
            return Ok(Box::new(Passed(Arc::clone(&self.record))));
        }
        Err(Withheld { cause: Arc::new(Closed), after: Some(Duration::from_secs(7)) })
    }
}

impl Pass for Passed {
    fn answered(self: Box<Self>) {
        self.0.lock().unwrap().push("answered".to_owned());
    }
}

fn config(server: &MockServer, open: bool) -> (GitHubConfig, Arc<Mutex<Vec<String>>>) {
    let door = Door { open, ..Door::default() };
    let record = Arc::clone(&door.record);
    let mut config = GitHubConfig::new(AppId(42), server.uri().parse().unwrap());
    config.timeouts.total = Duration::from_millis(300);
    config.gate = Some(Arc::new(door));
    (config, record)
}

fn repo() -> FullName {
    "acme/.github".parse().unwrap()
}

#[tokio::test]
async fn what_is_withheld_is_not_sent() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer(json!({}))).expect(0).mount(&server).await;
    let (config, record) = config(&server, false);
    let app = support::app_with(&config);
    let client = app.with_token(support::token());
    let error = client.create_reaction(&repo(), 1, Reaction::Eyes).await.unwrap_err();
    assert!(error.is_withheld() && error.status().is_none(), "{error}");
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
    assert!(error.retry().not_before(Timestamp::UNIX_EPOCH).is_some());
    let sentence = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions was not sent to GitHub: the door is closed";
    assert_eq!(error.to_string(), sentence);
    let minted = app.mint(InstallationId(1), &TokenScope::default()).await;
    assert!(matches!(minted, Err(Error::Withheld { .. })), "{minted:?}");
    assert_eq!(*record.lock().unwrap(), ["Write", "Mint"]);
}

#[tokio::test]
async fn reads_do_not_ask() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/app"))
        .respond_with(answer(json!({"id": 42, "slug": "x", "name": "X"})))
        .mount(&server)
        .await;
    Mock::given(path("/graphql")).respond_with(answer(json!({"data": {"viewer": 1}}))).mount(&server).await;
    let (config, record) = config(&server, false);
    let app = support::app_with(&config);
    app.get_app().await.unwrap();
    let client = app.with_token(support::token());
    client.graphql::<serde_json::Value>("{viewer}", json!({})).await.unwrap();
    assert_eq!(*record.lock().unwrap(), Vec::<String>::new());
}

#[rstest::rstest]
#[case::done(ResponseTemplate::new(200).set_body_json(json!({})), &["Write", "answered"])]
#[case::refused(ResponseTemplate::new(422).set_body_json(json!({"message": "no"})), &["Write", "answered"])]
#[case::silent(ResponseTemplate::new(200).set_delay(Duration::from_mins(1)), &["Write"])]
#[tokio::test]
async fn the_gate_learns_of_answers(#[case] template: ResponseTemplate, #[case] expected: &[&str]) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    let (config, record) = config(&server, true);
    let client = support::app_with(&config).with_token(support::token());
    client.create_reaction(&repo(), 1, Reaction::Eyes).await.ok();
    assert_eq!(*record.lock().unwrap(), expected);
}
