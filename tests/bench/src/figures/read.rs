//! One read of a large organization, beside upstream's own: requests, time, memory.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use peribolos_github::{App, AppId, GitHubConfig, InstallationId, PrivateKey, TokenScope};
use secrecy::ExposeSecret;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    large::{self, INSTALLATION, ORG},
    proc::Pid,
    receiver::operator,
    support::{GitHub, github::APP_ID},
    table::{Row, mib, seconds},
};

/// What a request takes longer where a network is between.
const DELAY: Duration = Duration::from_millis(40);
/// How often each read of ours is done; the median counts. Upstream's is done once: it takes much of the hour's limit.
const ROUNDS: usize = 3;

/// One read, done.
#[derive(Clone, Copy, Debug)]
struct Read {
    requests: usize,
    time: Duration,
    peak: u64,
}

/// An organization, its token, and a place for files.
struct Bench {
    github: GitHub,
    token: String,
    files: TempDir,
}

pub async fn measure(rows: &mut Vec<Row>) -> Result<()> {
    let bench = Bench::start().await?;
    // The file that upstream reads against is ours of the same organization, so that it finds nothing to write.
    let (at_once, theirs_at_once) = bench.both().await?;
    let slow = json!({"path": "/**", "delayMs": DELAY.as_millis()});
    bench.github.call("POST", "/_sim/faults", Some(slow)).await;
    let (delayed, theirs_delayed) = bench.both().await?;

    let what = format!(
        "read of an organization of {} teams, {} repositories, {} members: requests",
        large::TEAMS,
        large::REPOSITORIES,
        large::MEMBERS
    );
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let ratio = |row: Row, ours: u64, theirs: u64| row.ratio(ours as f64, theirs as f64);
    let count = |read: Read| (format!("{}", read.requests), read.requests as u64);
    let ((ours, n), (theirs, m)) = (count(delayed), count(theirs_delayed));
    rows.push(ratio(Row::new(what, ours, format!("{theirs} (upstream's dry run)")), n, m));
    for (what, ours, theirs) in [
        ("… time".to_owned(), at_once, theirs_at_once),
        (format!("… time, with {} ms added to each answer", DELAY.as_millis()), delayed, theirs_delayed),
    ] {
        let row = Row::new(what, seconds(ours.time), seconds(theirs.time));
        rows.push(row.ratio(ours.time.as_secs_f64(), theirs.time.as_secs_f64()));
    }
    let row = Row::new("… highest resident memory", mib(delayed.peak), mib(theirs_delayed.peak));
    rows.push(ratio(row, delayed.peak, theirs_delayed.peak));
    Ok(())
}

impl Bench {
    async fn start() -> Result<Self> {
        // Upstream asks more often than the limits allow, and does not wait.
        let github = GitHub::start(&large::fixture(), &["--secondary-limits", "off"]).await;
        let key = std::fs::read_to_string(github.private_key())?;
        let config = GitHubConfig::new(AppId(APP_ID), github.url().parse()?);
        let app = App::new(&config, PrivateKey::from_pem(&key.into())?)?;
        let minted = app.mint(InstallationId(INSTALLATION), &TokenScope::default()).await?;
        let token = minted.token.expose_secret().to_owned();
        Ok(Self { github, token, files: TempDir::new()? })
    }

    /// Our read and upstream's.
    async fn both(&self) -> Result<(Read, Read)> {
        let ours = self.median().await?;
        std::fs::copy(self.path("stdout"), self.path("dumped.yaml"))?;
        std::fs::write(self.path("token"), &self.token)?;
        let args = [
            format!("--config-path={}", self.path("dumped.yaml").display()),
            format!("--github-token-path={}", self.path("token").display()),
            format!("--github-endpoint={}", self.github.url()),
            format!("--github-graphql-endpoint={}/graphql", self.github.url()),
            "--require-self=false".to_owned(),
            "--min-admins=2".to_owned(),
            "--fix-org".to_owned(),
            "--fix-org-members".to_owned(),
            "--fix-teams".to_owned(),
            "--fix-team-members".to_owned(),
            "--fix-team-repos".to_owned(),
            "--fix-repos".to_owned(),
            // As fast as it can.
            "--github-hourly-tokens=0".to_owned(),
            "--github-allowed-burst=0".to_owned(),
        ];
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Ok((ours, self.read(&upstream()?, &args).await?))
    }

    async fn median(&self) -> Result<Read> {
        let program = operator()?;
        let mut reads = Vec::new();
        for _ in 0..ROUNDS {
            reads.push(self.read(&program, &["dump", ORG, "--github-api-url", self.github.url()]).await?);
        }
        reads.sort_by_key(|read| read.time);
        reads.get(ROUNDS / 2).copied().context("nothing was read")
    }

    async fn read(&self, program: &Path, args: &[&str]) -> Result<Read> {
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
        let log = log.as_array().context("the log of requests is no list")?;
        let is_write =
            |it: &&serde_json::Value| it["method"] != "GET" && it["path"].as_str() != Some("/graphql");
        if let Some(write) = log.iter().find(is_write) {
            bail!("{} wrote: {write}", program.display());
        }
        Ok(Read { requests: log.len(), time, peak })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }
}

/// Upstream peribolos: `PERIBOLOS_BIN`, as `scripts/bench` gives it.
fn upstream() -> Result<PathBuf> {
    std::env::var_os("PERIBOLOS_BIN")
        .map(PathBuf::from)
        .context("PERIBOLOS_BIN does not name upstream peribolos")
}
