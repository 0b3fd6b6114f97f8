//! The real upstream peribolos.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::thread::available_parallelism;

use anyhow::{Context, Result, anyhow, bail};
use peribolos_org::plan::{Allow, Ignore, Kind, Scope};
use tokio::sync::Semaphore;

use crate::organization::Organization;

/// As many at once as there are processors.
static PLACES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, usize::from)));

static PROGRAM: LazyLock<Result<PathBuf>> = LazyLock::new(find);

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether upstream says that it did everything.
    pub success: bool,
    /// What it logged.
    pub log: String,
}

/// Applies a normalized file with `--confirm`, whatever it takes away.
///
/// The arguments are those of the chart's `peribolos-upstream` Task, but without a pause before something that is not
/// found is asked for again, and without a limit on removals.
///
/// # Errors
/// When upstream is not there or can't be started. That it fails is no error.
pub async fn apply(organization: &Organization, normalized: &str, scope: &Scope) -> Result<Ended> {
    let program = PROGRAM.as_ref().map_err(|error| anyhow!("{error:#}"))?;
    let file = organization.dir().join("normalized.yaml");
    std::fs::write(&file, normalized)?;
    let url = organization.github().url();
    let mut arguments = vec![
        format!("--config-path={}", file.display()),
        format!("--github-token-path={}", organization.token_file().display()),
        format!("--github-endpoint={url}"),
        format!("--github-graphql-endpoint={url}/graphql"),
        "--github-client.backoff-timeout=10m".to_owned(),
        "--github-client.initial-delay=1ms".to_owned(),
        "--require-self=false".to_owned(),
        "--confirm".to_owned(),
    ];
    arguments.extend(flags(scope));
    // As fast as it can; two owners are the fewest that it takes.
    arguments.extend(
        ["--github-hourly-tokens=0", "--github-allowed-burst=0", "--min-admins=2"].map(str::to_owned),
    );
    arguments.push("--maximum-removal-delta=1".to_owned());
    let _place = PLACES.acquire().await?;
    let ended = tokio::process::Command::new(program)
        .args(&arguments)
        // Its own concurrency gains nothing, and other runs wait for the processor.
        .env("GOMAXPROCS", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("{} can't be started", program.display()))?;
    let log = String::from_utf8_lossy(&ended.stderr).into_owned();
    match ended.status.code() {
        Some(0) if log.contains("Finished syncing configuration") => Ok(Ended { success: true, log }),
        Some(1) if log.contains("Configuration failed") => Ok(Ended { success: false, log }),
        _ => bail!("upstream ended with {} and said:\n{log}", ended.status),
    }
}

/// The flags for what is managed.
fn flags(scope: &Scope) -> Vec<String> {
    let manage = scope.manage.iter().map(|kind| match kind {
        Kind::Org => "--fix-org",
        Kind::OrgMembers => "--fix-org-members",
        Kind::Repos => "--fix-repos",
        Kind::Collaborators => "--fix-collaborators",
        Kind::Teams => "--fix-teams",
        Kind::TeamMembers => "--fix-team-members",
        Kind::TeamRepos => "--fix-team-repos",
    });
    let allow = scope.allow.iter().map(|allow| match allow {
        Allow::RepoArchival => "--allow-repo-archival",
        Allow::RepoPublish => "--allow-repo-publish",
    });
    let ignore = scope.ignore.iter().map(|ignore| match ignore {
        Ignore::Invitees => "--ignore-invitees",
        Ignore::SecretTeams => "--ignore-secret-teams",
        Ignore::EnterpriseTeams => "--ignore-enterprise-teams",
    });
    manage.chain(allow).chain(ignore).map(str::to_owned).collect()
}

/// `PERIBOLOS_BIN`, else the one that the dev cluster is built with.
fn find() -> Result<PathBuf> {
    const MISSING: &str = "upstream peribolos, which every plan here is compared with, is not there: run `make test`, which \
                           builds it, or name it by PERIBOLOS_BIN";
    let program = if let Some(named) = std::env::var_os("PERIBOLOS_BIN") {
        PathBuf::from(named)
    } else {
        let cluster = concat!(env!("CARGO_MANIFEST_DIR"), "/../cluster/cluster");
        let answer = Command::new(cluster).args(["path", "peribolos"]).output().context(MISSING)?;
        PathBuf::from(String::from_utf8(answer.stdout)?.trim())
    };
    if !program.is_file() {
        bail!("{}: {MISSING}", program.display());
    }
    Ok(program)
}
