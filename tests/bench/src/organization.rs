//! An organization on a simulator of its own, and programs that read or change it, one after the other.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use peribolos_github::{App, AppId, GitHubConfig, InstallationId, PrivateKey, TokenScope};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    large::{INSTALLATION, ORG},
    proc::Pid,
    receiver::operator,
    support::{GitHub, github::APP_ID},
};

/// One of the owners of [`crate::large`].
const OWNER: &str = "person0000";
const OWNERS_TOKEN: &str = "ghp_owner";

/// A simulator, a token of the installation, and a place for files.
pub struct Organization {
    github: GitHub,
    token: String,
    files: TempDir,
}

/// What a program did, from its start to its end.
#[derive(Clone, Debug)]
pub struct Ran {
    /// What it took.
    pub time: Duration,
    /// The highest resident memory, in bytes.
    pub peak: u64,
    /// The simulator's record of each request.
    pub requests: Vec<Value>,
}

impl Ran {
    /// The requests that change something, were they refused or not.
    pub fn writes(&self) -> impl Iterator<Item = &Value> {
        self.requests.iter().filter(|it| it["method"] != "GET" && it["path"].as_str() != Some("/graphql"))
    }

    /// How many requests were refused, as those beyond a limit are. That for whose token it is does not count: an App's is
    /// nobody's.
    pub fn refused(&self) -> usize {
        let is_refused = |it: &&Value| [403, 429].iter().any(|status| it["status"] == *status);
        self.requests.iter().filter(is_refused).filter(|it| it["path"] != "/user").count()
    }

    /// The same, if nothing was written.
    pub fn without_writes(self) -> Result<Self> {
        if let Some(write) = self.writes().next() {
            bail!("it wrote: {write}");
        }
        Ok(self)
    }
}

impl Organization {
    /// Starts a simulator with a fixture that has [`ORG`] and its [`INSTALLATION`].
    pub async fn start(fixture: &str, flags: &[&str]) -> Result<Self> {
        let github = GitHub::start(fixture, flags).await;
        let key = std::fs::read_to_string(github.private_key())?;
        let config = GitHubConfig::new(AppId(APP_ID), github.url().parse()?);
        let app = App::new(&config, PrivateKey::from_pem(&key.into())?)?;
        let minted = app.mint(InstallationId(INSTALLATION), &TokenScope::default()).await?;
        let token = minted.token.expose_secret().to_owned();
        let this = Self { github, token, files: TempDir::new()? };
        std::fs::write(this.path("token"), &this.token)?;
        Ok(this)
    }

    /// Adds so much to the time of each answer.
    pub async fn slow_down(&self, delay: Duration) {
        let slow = json!({"path": "/**", "delayMs": delay.as_millis()});
        self.github.call("POST", "/_sim/faults", Some(slow)).await;
    }

    /// A file of that name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Reads the organization with `dump`, and keeps the file.
    pub async fn dump(&self, file: &Path) -> Result<Ran> {
        let ran = self.run(&operator()?, &["dump", ORG, "--github-api-url", self.github.url()]).await?;
        std::fs::copy(self.path("stdout"), file)?;
        ran.without_writes()
    }

    /// Applies a file with `apply`.
    pub async fn apply(&self, file: &Path, flags: &[&str]) -> Result<Ran> {
        let file = file.display().to_string();
        let mut args = vec!["apply", &file, "--org", ORG, "--yes", "--github-api-url", self.github.url()];
        args.extend(flags);
        self.run(&operator()?, &args).await
    }

    /// Reads the organization with upstream's own dump, and keeps the file: ours has what was given to each team itself,
    /// where upstream, which does not tell that from what a team has from others, wants both. An App can't make it.
    pub async fn upstream_dump(&self, file: &Path) -> Result<Ran> {
        let token = json!({"token": OWNERS_TOKEN, "login": OWNER});
        self.github.call("PUT", "/_sim/user-tokens", Some(token)).await;
        let token = self.path("owners-token");
        std::fs::write(&token, OWNERS_TOKEN)?;
        let ran = self.as_upstream(&token, &[&format!("--dump={ORG}"), "--dump-full"]).await?;
        std::fs::copy(self.path("stdout"), file)?;
        ran.without_writes()
    }

    /// Reads the organization with upstream peribolos, which applies the file with `--confirm` alone. It manages all but
    /// invitations, of which its dump knows nothing.
    pub async fn upstream(&self, file: &Path, flags: &[&str]) -> Result<Ran> {
        let file = format!("--config-path={}", file.display());
        let mut args = vec![
            file.as_str(),
            "--require-self=false",
            "--min-admins=2",
            "--ignore-invitees",
            "--fix-org",
            "--fix-org-members",
            "--fix-teams",
            "--fix-team-members",
            "--fix-team-repos",
            "--fix-repos",
        ];
        args.extend(flags);
        self.as_upstream(&self.path("token"), &args).await
    }

    /// Runs upstream peribolos, which asks as fast as it can.
    async fn as_upstream(&self, token: &Path, flags: &[&str]) -> Result<Ran> {
        let url = self.github.url();
        let access = [
            format!("--github-token-path={}", token.display()),
            format!("--github-endpoint={url}"),
            format!("--github-graphql-endpoint={url}/graphql"),
            "--github-hourly-tokens=0".to_owned(),
            "--github-allowed-burst=0".to_owned(),
        ];
        let args: Vec<&str> = access.iter().map(String::as_str).chain(flags.iter().copied()).collect();
        self.run(&upstream()?, &args).await
    }

    async fn run(&self, program: &Path, args: &[&str]) -> Result<Ran> {
        self.github.call("DELETE", "/_sim/requests", None).await;
        let begin = Instant::now();
        let mut child = Command::new(program)
            .args(args)
            .env("GITHUB_TOKEN", &self.token)
            .stdin(Stdio::null())
            .stdout(File::create(self.path("stdout"))?)
            .stderr(File::create(self.path("stderr"))?)
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let pid = Pid::of(child.id());
        let mut peak = 0;
        let ended = loop {
            // The kernel keeps the highest; it can't be asked any more once the process has ended.
            peak = pid.peak().unwrap_or(peak);
            if let Some(ended) = child.try_wait()? {
                break ended;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        let time = begin.elapsed();
        if !ended.success() {
            let said = std::fs::read_to_string(self.path("stderr"))?;
            let last = said.lines().next_back().unwrap_or_default();
            bail!("{} ended with {ended}: {last}", program.display());
        }
        let log = self.github.call("GET", "/_sim/requests", None).await;
        let requests = log.as_array().context("the log of requests is no list")?.clone();
        Ok(Ran { time, peak, requests })
    }
}

/// Upstream peribolos: `PERIBOLOS_BIN`, as `scripts/bench` gives it.
fn upstream() -> Result<PathBuf> {
    std::env::var_os("PERIBOLOS_BIN")
        .map(PathBuf::from)
        .context("PERIBOLOS_BIN does not name upstream peribolos")
}
