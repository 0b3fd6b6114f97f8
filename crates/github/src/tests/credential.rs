//! A token that GitHub no longer accepts is replaced by a newer one, once a request.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;
use secrecy::SecretString;
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::json as answer;
use crate::{AppId, Client, Error, GitHubConfig, TokenSource};

/// A file that has these tokens, one after another; the last one stays.
struct File(Mutex<VecDeque<&'static str>>);

impl TokenSource for File {
    fn newest(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        let mut tokens = self.0.lock().unwrap();
        let token = if tokens.len() > 1 { tokens.pop_front() } else { tokens.front().copied() };
        std::future::ready(Ok(token.unwrap().into())).boxed()
    }
}

/// A GitHub that accepts one token.
async fn server(accepted: &str) -> MockServer {
    let server = MockServer::start().await;
    let bearer = format!("Bearer {accepted}");
    Mock::given(method("GET"))
        .and(path("/orgs/acme/repos"))
        .and(header("authorization", bearer.as_str()))
        .respond_with(answer(json!([])))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(401).set_body_json(json!({"message": "Bad credentials"})))
        .mount(&server)
        .await;
    server
}

async fn client(server: &MockServer, tokens: &[&'static str]) -> Client {
    let config = GitHubConfig::new(AppId(42), server.uri().parse().unwrap());
    let file = File(Mutex::new(tokens.iter().copied().collect()));
    Client::connect_renewing(&config, Arc::new(file)).await.unwrap()
}

#[tokio::test]
async fn a_token_that_has_expired_is_read_again_and_then_kept() {
    let server = server("new").await;
    let client = client(&server, &["old", "new"]).await;
    for _ in 0..2 {
        client.list_org_repos(&"acme".parse().unwrap()).await.unwrap();
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_second_401_for_the_same_request_is_an_error() {
    let server = server("another").await;
    let client = client(&server, &["old", "new", "newer"]).await;
    let error = client.list_org_repos(&"acme".parse().unwrap()).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}
