//! The config file of one installation: its version at the head, and whether a run for it has to be created.

use jiff::Timestamp;
use kube::{Api, ResourceExt};
use peribolos_api::{
    GitHubInstallation, PeribolosRun, Reason,
    run::{Mode, Source},
};
use peribolos_core::{
    adopt::is_needed,
    config::{self, ConfigFound, ConfigRepository},
    heal::file::{Head, ensure},
    names,
    run::follow_up::new_run,
};
use peribolos_github::{AppId, Client, FileAnswer, FullName};

use super::{
    FIELD_MANAGER, HealError,
    adopt::{self, Place},
};
use crate::{
    controller::context::Context,
    kubernetes::{client::call, status},
    services::{config::Lookup, tokens, writer::Ensured},
};

/// What was last read of a file, so that an unchanged file does not count towards the rate limit.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The repository, path and branch that it was read from.
    place: Option<(ConfigRepository, String, String)>,
    etag: Option<String>,
    blob: Option<String>,
}

/// Creates a run if the file differs from the one that was applied.
pub(super) async fn look(
    ctx: &Context,
    installation: &GitHubInstallation,
    seen: &mut Seen,
) -> Result<(), HealError> {
    let Some(status) = &installation.status else { return Ok(()) };
    let Some(account) = &status.account else { return Ok(()) };
    let github = tokens::idle_client(&ctx.tokens, installation).await?;
    let located = Box::pin(locate(ctx, installation, &github, &account.login)).await;
    if let Err(HealError::GitHub(error)) = &located
        && error.is_unauthorized()
    {
        tokens::invalidate(&ctx.tokens, installation);
    }
    let Some((installation, found)) = located? else { return Ok(()) };
    let (installation, Some(status)) = (&installation, &installation.status) else { return Ok(()) };
    let repository = FullName::new(account.login.parse()?, &found.name)?;
    let branch = installation.spec.config.branch_or(&found.default_branch);
    let blob = read(&github, installation, (&found, &repository, branch), seen).await?;
    let place = Place { repository: &repository, id: found.id, branch, path: &installation.spec.config.path };
    let begun = if is_needed(status) {
        let Some(begun) = adopt::begin(ctx, (installation, &github), place, blob.as_deref()).await? else {
            return Ok(());
        };
        Some(begun)
    } else {
        None
    };
    let installation = begun.as_ref().unwrap_or(installation);
    let Some(status) = &installation.status else { return Ok(()) };
    // A missing file does not mean an empty organization: nothing follows from it.
    let Some(blob) = blob else { return Ok(()) };
    let name = installation.name_any();
    let runs = ctx.runs_by_installation.of(&name);
    let runs: Vec<&PeribolosRun> = runs.iter().map(AsRef::as_ref).collect();
    // Without the head, an Apply that could not read its file is not recognized; this is done once the head is known.
    let unknown = Head { sha: "", blob: &blob };
    if ensure(status, unknown, &runs, Timestamp::now()).is_none() {
        return Ok(());
    }
    let Some(sha) = github.branch_head(&repository, branch).await? else { return Ok(()) };
    let head = Head { sha: sha.as_str(), blob: &blob };
    // The watches may show the end of a run before its record in the installation's status, or the other way round.
    let Some((mut installation, runs)) = live(ctx, installation).await? else { return Ok(()) };
    let Some(status) = &installation.status else { return Ok(()) };
    let runs: Vec<&PeribolosRun> = runs.iter().collect();
    let mut wanted = ensure(status, head, &runs, Timestamp::now());
    if wanted == Some(Mode::Apply) {
        let Some(now) = adopt::before(ctx, (&installation, &github), place, head, &runs).await? else {
            return Ok(());
        };
        installation = now;
        let status = installation.status.clone().unwrap_or_default();
        wanted = ensure(&status, head, &runs, Timestamp::now());
    }
    match wanted {
        Some(mode) => make(ctx, &installation, mode, (&repository, branch, head.sha)).await,
        None => Ok(()),
    }
}

/// Looks the config repository up, and records what was found: it may have been renamed, made public or deleted, or be there at
/// last. None: there is none, or another process has written the installation's status meanwhile.
async fn locate(
    ctx: &Context,
    installation: &GitHubInstallation,
    github: &Client,
    login: &str,
) -> Result<Option<(GitHubInstallation, ConfigRepository)>, HealError> {
    let others = ctx.tokens.installations.others_of_account(installation);
    let lookup = Lookup { github, app: AppId(ctx.app_id), login, installation };
    let found = lookup.find(&others).await?;
    let mut installation = installation.clone();
    if let Some(fields) = config::record(&installation, &found, Timestamp::now()) {
        let api: Api<GitHubInstallation> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
        let operations = status::set(&installation, &fields);
        match status::patch(&api, FIELD_MANAGER, &installation, operations).await? {
            Some(written) => installation = written,
            None => return Ok(None),
        }
    }
    Ok(match found {
        ConfigFound::Here(repository) => Some((installation, repository)),
        ConfigFound::Absent(_) | ConfigFound::Unusable(_) | ConfigFound::OtherOrganization(_) => None,
    })
}

/// The installation and its unfinished runs as the API server has them. The runs are read first: a run that is no longer
/// among them has recorded its result in the installation's status. None: the object was replaced, or is being deleted.
async fn live(
    ctx: &Context,
    installation: &GitHubInstallation,
) -> Result<Option<(GitHubInstallation, Vec<PeribolosRun>)>, HealError> {
    let name = installation.name_any();
    let runs = ctx.unended_runs(&name).await?;
    let api: Api<GitHubInstallation> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    let found = call(api.get_opt(&name)).await?;
    let is_same = |found: &GitHubInstallation| {
        found.metadata.uid == installation.metadata.uid && found.metadata.deletion_timestamp.is_none()
    };
    Ok(found.filter(is_same).map(|found| (found, runs)))
}

/// The file's blob at the branch's head; `None`: there is no file.
async fn read(
    github: &Client,
    installation: &GitHubInstallation,
    (found, repository, branch): (&ConfigRepository, &FullName, &str),
    seen: &mut Seen,
) -> Result<Option<String>, HealError> {
    let path = &installation.spec.config.path;
    let place = Some((found.clone(), path.clone(), branch.to_owned()));
    if seen.place != place {
        *seen = Seen { place, ..Seen::default() };
    }
    match github.file(repository, path, branch, seen.etag.as_deref()).await? {
        FileAnswer::NotModified => {}
        FileAnswer::Missing => (seen.etag, seen.blob) = (None, None),
        FileAnswer::Found { blob, etag, .. } => {
            (seen.etag, seen.blob) = (etag, Some(blob.as_str().to_owned()));
        }
    }
    Ok(seen.blob.clone())
}

/// Creates the run, unless it exists: its name follows from the installation's `status.healSequence` and the head.
async fn make(
    ctx: &Context,
    installation: &GitHubInstallation,
    mode: Mode,
    (repository, branch, sha): (&FullName, &str, &str),
) -> Result<(), HealError> {
    let of = installation.name_any();
    let sequence = installation.status.as_ref().and_then(|status| status.heal_sequence).unwrap_or(0);
    let name = match mode {
        Mode::Apply => names::healing_run(&of, sequence, sha),
        _ => names::healing_dry_run(&of, sequence, sha),
    };
    let source = Source {
        repository: repository.to_string(),
        git_ref: format!("refs/heads/{branch}"),
        sha: sha.to_owned(),
        pull_request: None,
    };
    let run = new_run(installation, name, mode, "heal", source, Timestamp::now());
    let name = run.name.clone();
    match ctx.healer().ensure_run(run).await? {
        Ensured::Created => {
            tracing::info!(
                installation = of,
                sha,
                "found a change of the file for which no webhook was received"
            );
            ctx.healed(if mode == Mode::Apply { "apply" } else { "dryrun" });
        }
        // It was not carried out: it comes from a backup, or its branch or organization was renamed before it was admitted.
        Ensured::Ended if mode == Mode::Apply => raise_sequence(ctx, installation).await?,
        Ensured::Ended => after_restored(ctx, installation, &name).await?,
        Ensured::Exists => {}
    }
    Ok(())
}

/// If a run of that name came from a backup and has ended without doing anything, the next number gives another name.
async fn after_restored(
    ctx: &Context,
    installation: &GitHubInstallation,
    run: &str,
) -> Result<(), HealError> {
    let runs: Api<PeribolosRun> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    let there = call(runs.get_opt(run)).await?.and_then(|run| run.status);
    if there.and_then(|status| status.reason).as_deref() != Some(Reason::Restored.as_str()) {
        return Ok(());
    }
    raise_sequence(ctx, installation).await
}

/// Changes the names of the runs that the operator will create by itself.
async fn raise_sequence(ctx: &Context, installation: &GitHubInstallation) -> Result<(), HealError> {
    let api: Api<GitHubInstallation> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    // If the write was not carried out, another process has raised the number.
    status::patch(&api, FIELD_MANAGER, installation, status::raise_sequence(installation)).await?;
    Ok(())
}
