//! A simulated GitHub of a test's own.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::key::AppKey;
use crate::support::{Process, eventually, free_port};

/// The App's id everywhere in these tests.
pub const APP_ID: u64 = 4711;
/// The installation of the organization `Acme`.
pub const INSTALLATION: u64 = 1_234_567;

/// A simulated GitHub with the organization `Acme`, on which the App is installed.
pub struct Sim {
    pub url: String,
    control: kube::Client,
    _process: Process,
    _directory: TempDir,
}

impl Sim {
    /// Starts one whose tokens live that long (`1h`).
    pub async fn start(key: &AppKey, token_ttl: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let public_key = directory.path().join("app.pub");
        std::fs::write(&public_key, key.public()).unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let args = [
            format!("--listen={address}"),
            format!("--app-id={APP_ID}"),
            format!("--app-public-key={}", public_key.display()),
            "--app-slug=peribolos".to_owned(),
            format!("--token-ttl={token_ttl}"),
        ];
        let process = Process::start(&program(), args, &directory.path().join("github-sim.log"));
        let url = format!("http://{address}");
        // Any client of HTTP does; this one is at hand.
        let control = kube::Client::try_from(kube::Config::new(url.parse().unwrap())).unwrap();
        let sim = Self { url, control, _process: process, _directory: directory };
        eventually("the simulator's start", async || sim.try_ask("GET", "/healthz", Value::Null).await).await;
        let acme = json!({
            "id": 9001,
            "members": {"alice": "admin", "bob": "admin"},
            "repos": {".github": {"visibility": "private", "default_branch": "main", "files": {"README.md": "hello\n"}}},
            "installation": {"id": INSTALLATION, "repository_selection": "all"},
        });
        sim.control("PUT", "/orgs/Acme", acme).await;
        sim.forget_requests().await;
        sim
    }

    /// Asks a control endpoint, below `/_sim`.
    pub async fn control(&self, method: &str, path: &str, body: Value) -> String {
        self.try_ask(method, path, body).await.unwrap()
    }

    async fn try_ask(&self, method: &str, path: &str, body: Value) -> kube::Result<String> {
        let body = if body.is_null() { vec![] } else { serde_json::to_vec(&body).unwrap() };
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/_sim{path}"))
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        self.control.request_text(request).await
    }

    pub async fn forget_requests(&self) {
        self.control("DELETE", "/requests", Value::Null).await;
    }

    /// How many requests of that method went to a path with that end, with which statuses.
    pub async fn requests(&self, method: &str, path_end: &str) -> Vec<u64> {
        let log: Value = serde_json::from_str(&self.control("GET", "/requests", Value::Null).await).unwrap();
        let entries = log.as_array().unwrap().iter();
        entries
            .filter(|entry| {
                entry["method"] == method
                    && entry["path"].as_str().is_some_and(|path| path.ends_with(path_end))
            })
            .map(|entry| entry["status"].as_u64().unwrap())
            .collect()
    }

    /// The answers to requests for a token.
    pub async fn mints(&self) -> Vec<u64> {
        self.requests("POST", "/access_tokens").await
    }
}

/// `GITHUB_SIM_BIN`, or the one that was built beside this test.
fn program() -> PathBuf {
    let beside = || {
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).unwrap().join("github-sim")
    };
    let program = std::env::var_os("GITHUB_SIM_BIN").map_or_else(beside, PathBuf::from);
    assert!(
        program.is_file(),
        "{} is not there: run `cargo build -p github-sim`, or name it by GITHUB_SIM_BIN",
        program.display()
    );
    program
}
