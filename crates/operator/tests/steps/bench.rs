//! A GitHub with one organization, tokens in files, and the step's binary.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use http_body_util::BodyExt;
use hyper_util::{client::legacy, rt::TokioExecutor};
use peribolos_github::{App, AppId, GitHubConfig, InstallationId, PrivateKey, TokenScope};
use peribolos_vocab::report::{Progress, StepReport};
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{GitHub, eventually, github::APP_ID};

/// The organization and its installation, in every fixture here.
pub const ORG: &str = "acme";
const INSTALLATION: u64 = 1_234_567;

/// What the controller gives a Dump: read permissions only …
const READ: &[(&str, &str)] = &[
    ("organization_administration", "read"),
    ("members", "read"),
    ("administration", "read"),
    ("contents", "read"),
    ("checks", "read"),
    ("pull_requests", "read"),
    ("issues", "read"),
    ("metadata", "read"),
];
/// … and these, on the config repository alone.
const WRITE: &[(&str, &str)] =
    &[("contents", "write"), ("pull_requests", "write"), ("issues", "write"), ("metadata", "read")];

/// One test's world.
pub struct Bench {
    pub github: GitHub,
    dir: TempDir,
    app: App,
}

/// A step that is running.
pub struct Running(Child);

impl Running {
    /// Waits for its end.
    pub fn end(self) -> Ended {
        ended(&self.0.wait_with_output().unwrap())
    }

    /// Ends it as a node's crash does.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to end, as Kubernetes does.
    pub fn terminate(&self) {
        let killed = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }
}

/// How a step ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// What the controller reads of it. The pod's log has both streams in it.
    pub fn output(&self) -> StepReport {
        let log = format!("{}{}", self.stderr, self.stdout);
        let report = StepReport::from_log(&log).unwrap_or_else(|error| panic!("{error}: {log}"));
        assert_eq!(self.code, i32::from(report.exit.code()), "the report and the exit code agree");
        let others = self.stdout.lines().filter(|line| Progress::from_log(line).is_none());
        assert_eq!(others.count(), 1, "one report on standard output: {}", self.stdout);
        report
    }
}

impl Bench {
    pub async fn start(fixture: &str) -> Self {
        // Upstream stops where a secondary limit is passed, and short waits are not at GitHub's pace.
        Self::start_with(fixture, &["--secondary-limits=off"]).await
    }

    /// A GitHub with more of the simulator's own arguments.
    pub async fn start_with(fixture: &str, more: &[&str]) -> Self {
        let github = GitHub::start(fixture, more).await;
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let key = std::fs::read_to_string(github.private_key()).unwrap();
        let config = GitHubConfig::new(AppId(APP_ID), github.url().parse().unwrap());
        let app = App::new(&config, PrivateKey::from_pem(&key.into()).unwrap()).unwrap();
        Self { github, dir: TempDir::new().unwrap(), app }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A file with a token for everything, as a run's `apply` step has it.
    pub async fn token(&self) -> PathBuf {
        self.mint("token", TokenScope::default()).await
    }

    /// A file with the token that dumps read with.
    pub async fn read_token(&self) -> PathBuf {
        self.mint("token-read", TokenScope { permissions: Some(permissions(READ)), ..TokenScope::default() })
            .await
    }

    /// A file with a token that sees nothing but the config repository's files.
    pub async fn file_token(&self) -> PathBuf {
        self.mint("token-file", config_only(&[("contents", "read")])).await
    }

    /// A file with the token that dumps write with.
    pub async fn write_token(&self) -> PathBuf {
        self.mint("token-dump", config_only(WRITE)).await
    }

    async fn mint(&self, name: &str, scope: TokenScope) -> PathBuf {
        let minted = self.app.mint(InstallationId(INSTALLATION), &scope).await.unwrap();
        let path = self.path(name);
        std::fs::write(&path, format!("{}\n", minted.token.expose_secret())).unwrap();
        path
    }

    /// Runs `step plan` on a commit of the config repository.
    pub fn plan(&self, sha: &str, token: &Path, more: &[&str]) -> Ended {
        let mut args = self.common("plan", token);
        args.extend(["--sha".to_owned(), sha.to_owned()]);
        args.extend(["--out".to_owned(), self.path("normalized.yaml").display().to_string()]);
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        run(&args)
    }

    /// Runs `step apply` on a commit of the config repository.
    pub fn apply(&self, sha: &str, token: &Path, more: &[&str]) -> Ended {
        self.start_apply(sha, token, more).end()
    }

    /// Starts `step apply`, which goes on while the test does something else.
    pub fn start_apply(&self, sha: &str, token: &Path, more: &[&str]) -> Running {
        let mut args = self.common("apply", token);
        args.extend(["--sha".to_owned(), sha.to_owned()]);
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        let program = env!("CARGO_BIN_EXE_peribolos-operator");
        let child = Command::new(program).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Running(child.unwrap())
    }

    /// Runs `step dump`.
    pub async fn dump(&self, more: &[&str]) -> Ended {
        let (read, write) = (self.read_token().await, self.write_token().await);
        let mut args = self.common("dump", &read);
        args.extend(["--write-token-file".to_owned(), write.display().to_string()]);
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        run(&args)
    }

    fn common(&self, step: &str, token: &Path) -> Vec<String> {
        let repository = format!("{ORG}/.github");
        let token = token.display().to_string();
        let flags = [
            ("--login", ORG),
            ("--repository", &repository),
            ("--token-file", &token),
            ("--github-api-url", self.github.url()),
        ];
        let flags = flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value.to_owned()]);
        ["step", step].into_iter().map(str::to_owned).chain(flags).collect()
    }

    /// Waits until so many things were changed on GitHub.
    pub async fn changed(&self, least: usize) {
        eventually("that many changes", async || {
            let changes = self.changes().await.len();
            if changes >= least { Ok(()) } else { Err(changes) }
        })
        .await;
    }

    /// What was changed on GitHub, but by the simulator's own controls.
    pub async fn changes(&self) -> Vec<Value> {
        let audit = self.github.call("GET", "/_sim/audit", None).await;
        let all = audit.as_array().unwrap_or_else(|| panic!("no list: {audit}")).clone();
        all.into_iter().filter(|entry| entry["actor"] != "sim").collect()
    }

    /// How many requests GitHub was sent since they were last forgotten, without those for tokens.
    pub async fn asked(&self) -> usize {
        let log = self.github.call("GET", "/_sim/requests", None).await;
        let all = log.as_array().unwrap_or_else(|| panic!("no list: {log}"));
        all.iter().filter(|entry| entry["actor"] == "installation").count()
    }

    /// The head of the config repository's default branch.
    pub async fn head(&self) -> String {
        self.branch("main").await.expect("the branch main")
    }

    /// The head of a branch of the config repository.
    pub async fn branch(&self, name: &str) -> Option<String> {
        let token = std::fs::read_to_string(self.token().await).unwrap();
        let client = self.app.with_token(token.trim().to_owned().into());
        let head = client.branch_head(&format!("{ORG}/.github").parse().unwrap(), name).await.unwrap();
        head.map(Into::into)
    }

    /// The parents of a commit of the config repository.
    pub async fn parents(&self, sha: &str) -> Vec<String> {
        let token = std::fs::read_to_string(self.token().await).unwrap();
        let request =
            http::Request::get(format!("{}/repos/{ORG}/.github/git/commits/{sha}", self.github.url()))
                .header("authorization", format!("Bearer {}", token.trim()))
                .header("user-agent", "peribolos-tests")
                .body(String::new())
                .unwrap();
        let client = legacy::Client::builder(TokioExecutor::new()).build_http::<String>();
        let answer = client.request(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        let commit: Value = serde_json::from_slice(&answer).unwrap();
        let parents = commit["parents"].as_array().unwrap_or_else(|| panic!("no parents in {commit}"));
        parents.iter().map(|parent| parent["sha"].as_str().unwrap().to_owned()).collect()
    }

    /// A file of the config repository on a branch; none if it is not there.
    pub async fn file(&self, path: &str) -> Option<String> {
        let org = self.github.org(ORG).await;
        org["repos"][".github"]["files"][path].as_str().map(str::to_owned)
    }
}

fn config_only(list: &[(&str, &str)]) -> TokenScope {
    let repositories = Some(vec![".github".to_owned()]);
    TokenScope { repositories, permissions: Some(permissions(list)), ..TokenScope::default() }
}

fn permissions(list: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    list.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect()
}

fn run(args: &[String]) -> Ended {
    ended(&Command::new(env!("CARGO_BIN_EXE_peribolos-operator")).args(args).output().unwrap())
}

fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout.clone()).unwrap(),
        stderr: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}
