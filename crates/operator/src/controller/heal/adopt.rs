//! The record of what was applied before an object was created, or by another cluster: it is taken over from the object that
//! this one replaces, or adopted from the App's checks on GitHub.

use jiff::{SignedDuration, Timestamp};
use kube::{Api, ResourceExt};
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_core::{
    adopt::{
        Before, Check, Commit, FIELDS, Lost, Origin, Takeover, before_apply, from_checks, takeover,
        unfinished,
    },
    heal::file::{Head, NO_FILE},
    run::check::APPLY,
};
use peribolos_github::{
    AppId, Client, FullName, Sha,
    client::{CheckOutput, CheckRunUpdate, CheckStatus},
};
use peribolos_vocab::CheckConclusion;
use serde_json::{Map, Value, json};

use super::{FIELD_MANAGER, HealError};
use crate::{
    controller::context::Context,
    kubernetes::{client::call, status},
    services::config::{checked_commits, ours},
};

/// The location of an installation's file.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) repository: &'a FullName,
    /// Its id.
    pub(super) id: i64,
    pub(super) branch: &'a str,
    pub(super) path: &'a str,
}

/// Finds out what was applied for an installation without a record of an Apply, and records it; if nothing was, it records the
/// current file. `blob` is the head's. None: nothing was recorded, and the next pass tries again.
pub(super) async fn begin(
    ctx: &Context,
    (installation, github): (&GitHubInstallation, &Client),
    place: Place<'_>,
    blob: Option<&str>,
) -> Result<Option<GitHubInstallation>, HealError> {
    if installation.status.as_ref().is_some_and(|status| status.active_run.is_some()) {
        return Ok(None);
    }
    let name = installation.name_any();
    match takeover(installation, &others(ctx, installation).await?) {
        Takeover::Nothing => {}
        Takeover::Wait => return Ok(None),
        Takeover::From { name: other, fields } => {
            let written = record(ctx, installation, &fields).await?;
            if written.is_some() {
                tracing::info!(
                    installation = name,
                    other,
                    "took over the record of what was applied from another object"
                );
                ctx.healed("takeover");
            }
            return Ok(written);
        }
    }
    let (app, file) = (AppId(ctx.app_id), (place.branch, place.path));
    let commits = checked_commits(github, app, place.repository, file).await?;
    let here = Here::of(ctx, &[]);
    match unfinished(&commits, |uid| here.has(uid), timeout(installation), Timestamp::now()) {
        Some(Before::Complete(lost)) => complete(ctx, github, place.repository, &lost).await?,
        Some(_) => {
            tracing::info!(installation = name, "waiting for an Apply of another cluster to end");
            return Ok(None);
        }
        None => {}
    }
    let Some(origin) = Origin::of(installation, place.id) else { return Ok(None) };
    let ours = ours(github, place.repository, (origin, place.path), &commits).await?;
    if let Some(fields) = from_checks(&commits, &ours) {
        let written = record(ctx, installation, &fields).await?;
        if written.is_some() {
            tracing::info!(
                installation = name,
                "adopted the record of what was applied from the checks on GitHub"
            );
            ctx.healed("adopted");
        }
        return Ok(written);
    }
    let fields = Map::from_iter([("baselineBlob".to_owned(), json!(blob.unwrap_or(NO_FILE)))]);
    record(ctx, installation, &fields).await
}

/// Reads the head's checks before an Apply is created for it, and returns the installation as it is then: unchanged if the Apply
/// is to be created, with the record if the head was applied elsewhere. None: the next pass tries again.
pub(super) async fn before(
    ctx: &Context,
    (installation, github): (&GitHubInstallation, &Client),
    place: Place<'_>,
    head: Head<'_>,
    runs: &[&PeribolosRun],
) -> Result<Option<GitHubInstallation>, HealError> {
    let Some(origin) = Origin::of(installation, place.id) else { return Ok(None) };
    let status = installation.status.clone().unwrap_or_default();
    let created = installation.metadata.creation_timestamp.as_ref().map(|time| time.0);
    let (sha, here): (Sha, Here) = (head.sha.parse()?, Here::of(ctx, runs));
    let found = github.find_check_runs(place.repository, &sha, AppId(ctx.app_id), APPLY).await?;
    let checks = found.into_iter().map(|check| Check {
        external_id: check.external_id.unwrap_or_default(),
        title: check.output.title.unwrap_or_default(),
        text: check.output.text.unwrap_or_default(),
        conclusion: check.conclusion,
        started_at: check.started_at,
        completed_at: check.completed_at,
    });
    let mut commit =
        Commit { sha: head.sha.to_owned(), blob: Some(head.blob.to_owned()), checks: checks.collect() };
    let (file, commits) = ((origin, place.path), std::slice::from_ref(&commit));
    let ours = ours(github, place.repository, file, commits).await?;
    loop {
        let (times, is_here) = ((timeout(installation), Timestamp::now()), |uid: &str| here.has(uid));
        match before_apply(&status, created, (&commit, &ours), is_here, times) {
            Before::Apply => return Ok(Some(installation.clone())),
            Before::Wait => {
                tracing::info!(
                    installation = installation.name_any(),
                    "waiting for an Apply of another cluster to end"
                );
                return Ok(None);
            }
            Before::Complete(lost) => {
                complete(ctx, github, place.repository, &lost).await?;
                commit.checks.retain(|check| check.conclusion.is_some() || here.has(&check.external_id));
            }
            Before::Adopt(fields) => {
                let written = record(ctx, installation, &fields).await?;
                if written.is_some() {
                    let name = installation.name_any();
                    tracing::info!(
                        installation = name,
                        sha = head.sha,
                        "the head was applied by another cluster"
                    );
                    ctx.healed("adopted");
                }
                return Ok(written);
            }
        }
    }
}

/// The longest duration of an Apply.
fn timeout(installation: &GitHubInstallation) -> SignedDuration {
    SignedDuration::try_from(installation.spec.run.timeout.get()).unwrap_or(SignedDuration::MAX)
}

/// The UIDs of the runs in this cluster that have not ended.
struct Here(Vec<String>);

impl Here {
    /// The runs of all installations in the watch, and these.
    fn of(ctx: &Context, runs: &[&PeribolosRun]) -> Self {
        let watched = ctx.runs.state();
        Self(
            watched
                .iter()
                .map(AsRef::as_ref)
                .chain(runs.iter().copied())
                .filter_map(ResourceExt::uid)
                .collect(),
        )
    }

    fn has(&self, uid: &str) -> bool {
        self.0.iter().any(|there| there == uid)
    }
}

/// Completes the checks of lost runs, which nothing else would complete.
async fn complete(
    ctx: &Context,
    github: &Client,
    repository: &FullName,
    lost: &[Lost],
) -> Result<(), HealError> {
    let output = CheckOutput {
        title: "Cancelled".to_owned(),
        summary: "The run of this check was lost before it ended, as when a cluster is restored. What was applied until then \
                  stays."
            .to_owned(),
        ..CheckOutput::default()
    };
    let update = CheckRunUpdate {
        status: Some(CheckStatus::Completed),
        conclusion: Some(CheckConclusion::Cancelled),
        completed_at: Some(Timestamp::now()),
        output: Some(output),
        ..CheckRunUpdate::default()
    };
    for Lost { sha, external_ids } in lost {
        let found = github.find_check_runs(repository, &sha.parse()?, AppId(ctx.app_id), APPLY).await?;
        for check in found {
            let is_lost = external_ids.contains(&check.external_id.unwrap_or_default());
            if check.conclusion.is_none() && is_lost {
                github.update_check_run(repository, check.id, &update).await?;
                ctx.healed("check");
            }
        }
    }
    Ok(())
}

/// The other objects of the same installation or account, as the API server has them.
async fn others(
    ctx: &Context,
    installation: &GitHubInstallation,
) -> Result<Vec<GitHubInstallation>, HealError> {
    let api: Api<GitHubInstallation> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    let mut found = Vec::new();
    for name in ctx.tokens.installations.rivals(installation) {
        found.extend(call(api.get_opt(&name)).await?);
    }
    Ok(found)
}

/// Writes the fields that decide about Applies, if none of them was written meanwhile and no run has the slot. None: this was
/// not the case.
async fn record(
    ctx: &Context,
    installation: &GitHubInstallation,
    fields: &Map<String, Value>,
) -> Result<Option<GitHubInstallation>, HealError> {
    let there = status::fields(installation);
    let before = |field: &str| there.get(field).cloned().unwrap_or_default();
    let mut operations = vec![
        json!({"op": "test", "path": "/status/activeRun", "value": null}),
        json!({"op": "test", "path": "/status/healSequence", "value": before("healSequence")}),
    ];
    for field in FIELDS {
        let path = format!("/status/{field}");
        operations.push(json!({"op": "test", "path": path, "value": before(field)}));
        match fields.get(field) {
            Some(value) => operations.push(json!({"op": "add", "path": path, "value": value})),
            None if there.contains_key(field) => operations.push(json!({"op": "remove", "path": path})),
            None => {}
        }
    }
    let api: Api<GitHubInstallation> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    Ok(status::patch(&api, FIELD_MANAGER, installation, operations).await?)
}
