//! The real upstream peribolos.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::thread::available_parallelism;

use anyhow::{Context, Result, anyhow, bail};
use peribolos_api::GitHubInstallationSpec;
use peribolos_core::run::arguments::for_apply;
use peribolos_org::Kind;
use peribolos_org::plan::{Allow, Ignore, Scope};
use serde_json::json;
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
/// The arguments are those that the Task of the chart has and those that follow from an installation's spec, but
/// without a pause before something that is not found is asked for again, and without a limit on removals.
///
/// # Errors
/// When upstream is not there or can't be started. That it fails is no error.
pub async fn apply(
    organization: &Organization,
    normalized: &str,
    scope: &Scope,
) -> Result<Ended> {
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
    arguments.extend(for_apply(&spec(scope)?, None));
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

/// The spec of an installation that is managed so.
fn spec(scope: &Scope) -> Result<GitHubInstallationSpec> {
    let manage: Vec<Kind> = scope.manage.iter().copied().collect();
    let allow: Vec<Allow> = scope.allow.iter().copied().collect();
    let ignore: Vec<Ignore> = scope.ignore.iter().copied().collect();
    let run = json!({"manage": manage, "allow": allow, "ignore": ignore});
    Ok(serde_json::from_value(json!({"installationId": 1, "run": run}))?)
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
