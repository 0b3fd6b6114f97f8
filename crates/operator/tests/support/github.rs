//! The real simulator of GitHub as a process, and its controls.

use std::path::{Path, PathBuf};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy, rt::TokioExecutor};
use serde_json::Value;
use tempfile::TempDir;

use super::{Process, eventually, free_port, pem::pem};

/// The App's id in every test.
pub const APP_ID: u64 = 4711;
/// The secret that signs deliveries.
pub const WEBHOOK_SECRET: &str = "a-webhook-secret-for-tests";

/// A GitHub of its own for one test.
pub struct GitHub {
    directory: TempDir,
    url: String,
    _process: Process,
}

impl GitHub {
    /// A GitHub with these users and organizations (YAML), and more of the simulator's own arguments.
    pub async fn start(fixture: &str, more: &[&str]) -> Self {
        let directory = tempfile::Builder::new().prefix("peribolos-github-").tempdir().unwrap();
        let at = directory.path();
        write_key(at);
        std::fs::write(at.join("fixture.yaml"), fixture).unwrap();
        std::fs::write(at.join("webhook-secret"), WEBHOOK_SECRET).unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let file = |name: &str| at.join(name).display().to_string();
        let mut args: Vec<String> = [
            ("--listen", address.clone()),
            ("--fixture", file("fixture.yaml")),
            ("--app-id", APP_ID.to_string()),
            ("--app-public-key", file("public.pem")),
            ("--app-slug", "peribolos".to_owned()),
            ("--webhook-secret-file", file("webhook-secret")),
        ]
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value])
        .collect();
        if !more.contains(&"--webhook-url") {
            args.extend(["--webhook-url".to_owned(), "http://127.0.0.1:9/nobody".to_owned()]);
        }
        args.extend(more.iter().map(|argument| (*argument).to_owned()));
        let process = Process::start(&program(), args, &at.join("github-sim.log"));
        let this = Self { url: format!("http://{address}"), directory, _process: process };
        eventually("the simulator's start", async || {
            this.try_call("GET", "/meta", None, None).await.map(drop)
        })
        .await;
        this
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The App's private key.
    pub fn private_key(&self) -> PathBuf {
        self.directory.path().join("private.pem")
    }

    /// Uses a control, or reads anything that needs no token; fails the test if it is refused.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = self.try_call(method, path, body, None).await;
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Asks as who has that token; fails the test if it is refused.
    pub async fn call_by(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = self.try_call(method, path, body, Some(token)).await;
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The state of an organization.
    pub async fn org(&self, login: &str) -> Value {
        self.call("GET", &format!("/_sim/orgs/{login}"), None).await
    }

    /// Pushes a file to a branch of the config repository and gives the new head.
    pub async fn push(&self, org: &str, files: Value) -> String {
        let body =
            serde_json::json!({"branch": "main", "files": files, "message": "change", "sender": "alice"});
        let pushed = self.call("POST", &format!("/_sim/orgs/{org}/repos/.github/push"), Some(body)).await;
        pushed["sha"].as_str().unwrap_or_else(|| panic!("no sha in {pushed}")).to_owned()
    }

    /// How many requests of that method the simulator has answered whose path ends so.
    pub async fn requests(&self, method: &str, path_end: &str) -> usize {
        let log = self.call("GET", "/_sim/requests", None).await;
        let all = log.as_array().or_else(|| log["requests"].as_array()).cloned().unwrap_or_default();
        all.iter()
            .filter(|request| {
                request["method"] == method
                    && request["path"]
                        .as_str()
                        .is_some_and(|path| path.split('?').next().unwrap_or(path).ends_with(path_end))
            })
            .count()
    }

    /// Uses a control, or asks as who has that token; what a refusal says where it is refused.
    pub async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        token: Option<&str>,
    ) -> Result<Value, String> {
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("user-agent", "peribolos-tests");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
        let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let answer = client.request(request).await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let text = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        let text = String::from_utf8_lossy(&text);
        if !status.is_success() {
            return Err(format!("{status}: {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

/// `GITHUB_SIM_BIN`, else the one beside the operator's own binary.
fn program() -> PathBuf {
    let beside = Path::new(env!("CARGO_BIN_EXE_peribolos-operator")).with_file_name("github-sim");
    let program = std::env::var_os("GITHUB_SIM_BIN").map_or(beside, PathBuf::from);
    assert!(
        program.is_file(),
        "{} is not there: run `make build`, or `cargo build -p github-sim`",
        program.display()
    );
    program
}

fn write_key(directory: &Path) {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = aws_lc_rs::signature::KeyPair::public_key(&key).as_der().unwrap();
    std::fs::write(directory.join("private.pem"), pem("PRIVATE KEY", private.as_ref())).unwrap();
    std::fs::write(directory.join("public.pem"), pem("PUBLIC KEY", public.as_ref())).unwrap();
}
