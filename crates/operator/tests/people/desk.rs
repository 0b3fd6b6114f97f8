//! Somebody at a desk: an organization on the simulator, a file, and the program.

use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{GitHub, github::APP_ID};

pub struct Desk {
    pub github: GitHub,
    directory: TempDir,
}

impl Desk {
    /// A desk with an organization from this fixture.
    pub async fn of(fixture: &str) -> Self {
        let github = GitHub::start(fixture, &["--secondary-limits=off"]).await;
        Self { github, directory: TempDir::new().unwrap() }
    }

    /// Puts a file on the desk; its path.
    pub fn file(&self, yaml: &str) -> String {
        let path = self.directory.path().join("peribolos.yaml");
        std::fs::write(&path, yaml).unwrap();
        path.display().to_string()
    }

    /// The program, without a token.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peribolos-operator"));
        command.args(args).args(["--github-api-url", self.github.url()]);
        command.env_remove("GITHUB_TOKEN").env_remove("PERIBOLOS_GITHUB_TOKEN").stdin(Stdio::null());
        command
    }

    /// The program as the App.
    pub fn as_app(&self, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command.args(["--app-id", &APP_ID.to_string(), "--private-key-file"]).arg(self.github.private_key());
        command
    }

    /// Everything that was changed on GitHub.
    pub async fn audit(&self) -> Value {
        self.github.call("GET", "/_sim/audit", None).await
    }

    /// What GitHub was asked.
    pub async fn requests(&self) -> Vec<Value> {
        self.github.call("GET", "/_sim/requests", None).await.as_array().unwrap().clone()
    }

    /// Whether GitHub was asked for nothing but what the simulator's own start asks for.
    pub async fn asked_nothing(&self) -> bool {
        self.requests().await.iter().all(|request| request["path"] == "/meta")
    }
}

pub fn run(mut command: Command) -> Output {
    command.output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
