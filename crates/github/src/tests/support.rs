//! A GitHub that answers what a test tells it to.

use std::sync::{Arc, Mutex};

use peribolos_org::{OrgSetting, RepoSettingName};
use secrecy::SecretString;
use serde_json::Value;
use wiremock::{MockServer, ResponseTemplate};

use crate::{App, AppId, Client, GitHubConfig, Observer, testing};

/// A token that must show up nowhere but in the Authorization header.
pub(super) const TOKEN: &str = "ghs_hunter2hunter2";

pub(super) fn app(server: &MockServer) -> App {
    app_with(&GitHubConfig::new(AppId(42), server.uri().parse().unwrap()))
}

pub(super) fn app_with(config: &GitHubConfig) -> App {
    App::new(config, testing::key()).unwrap()
}

pub(super) fn client(server: &MockServer) -> Client {
    app(server).with_token(token())
}

pub(super) fn token() -> SecretString {
    TOKEN.into()
}

pub(super) fn json(value: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(value)
}

/// The query strings that the server was asked with, in order.
pub(super) async fn queries(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.url.query().unwrap_or("").to_owned()).collect()
}

/// Remembers what it is told.
#[derive(Default)]
pub(super) struct Recorder(pub(super) Mutex<Vec<String>>);

impl Recorder {
    pub(super) fn config(server: &MockServer) -> (GitHubConfig, Arc<Self>) {
        let recorder = Arc::new(Self::default());
        let mut config = GitHubConfig::new(AppId(42), server.uri().parse().unwrap());
        config.observer = Some(Arc::clone(&recorder) as Arc<dyn Observer>);
        (config, recorder)
    }
}

impl Observer for Recorder {
    fn request(&self, route: &'static str, status: u16) {
        self.0.lock().unwrap().push(format!("{route} {status}"));
    }

    fn rate_limit(&self, remaining: u64, limit: u64) {
        self.0.lock().unwrap().push(format!("{remaining} of {limit}"));
    }
}

pub(super) fn org_setting(key: &str) -> OrgSetting {
    OrgSetting::of_key(key).unwrap()
}

pub(super) fn repo_setting(key: &str) -> RepoSettingName {
    RepoSettingName::of_key(key).unwrap()
}
