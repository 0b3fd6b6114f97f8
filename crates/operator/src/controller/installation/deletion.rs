//! The deletion of an installation: its finalizer is removed once its runs have ended, their checks are completed and its
//! Secrets are removed.

use jiff::{SignedDuration, Timestamp};
use kube::{Api, ResourceExt, api::Patch, runtime::controller::Action};
use peribolos_api::{GitHubInstallation, GitHubInstallationStatus, PeribolosRun, names};
use peribolos_core::installation_status::{is_waited_for, of_deletion};
use serde_json::json;

use super::{error::Error, events, status};
use crate::{
    controller::context::Context,
    kubernetes::{
        client::{CallError, call},
        write::{patch_by, without_finalizer},
    },
    services::tokens,
};

/// The watches report each run's end; this interval is only a safeguard.
const PULSE: SignedDuration = SignedDuration::from_secs(10);
/// How soon the watch should show a run that only the API server has.
const SOON: SignedDuration = SignedDuration::from_secs(1);

/// Adds the finalizer, so that the installation is not deleted before its runs have ended. Returns the updated installation.
pub(super) async fn keep(
    installation: &GitHubInstallation,
    ctx: &Context,
) -> Result<GitHubInstallation, CallError> {
    if is_kept(installation) {
        return Ok(installation.clone());
    }
    let mut finalizers = installation.finalizers().to_vec();
    finalizers.push(names::FINALIZER_RUNS.to_owned());
    write_finalizers(installation, &finalizers, ctx).await
}

/// Waits for the runs of an installation that is being deleted, and then removes its finalizer.
pub(super) async fn reconcile(installation: &GitHubInstallation, ctx: &Context) -> Result<Action, Error> {
    if !is_kept(installation) {
        // Its dependents are deleted by their owner references.
        return Ok(Action::await_change());
    }
    let known = ctx.runs_by_installation.of(&installation.name_any());
    let left: Vec<&PeribolosRun> = known.iter().map(AsRef::as_ref).filter(|run| is_waited_for(run)).collect();
    if !left.is_empty() {
        return wait(installation, &left, PULSE, ctx).await;
    }
    // A run that was just created may not be in the watch yet.
    let unseen = ctx.unended_runs(&installation.name_any()).await?;
    let left: Vec<&PeribolosRun> = unseen.iter().filter(|run| is_waited_for(run)).collect();
    if !left.is_empty() {
        return wait(installation, &left, SOON, ctx).await;
    }
    let slot = ctx.tokens.memory.slot(&installation.uid().unwrap_or_default());
    tokens::withdraw(&ctx.tokens, installation, &slot).await?;
    let others = without_finalizer(installation, names::FINALIZER_RUNS);
    match write_finalizers(installation, &others, ctx).await {
        Err(error) if !error.is_not_found() => return Err(error.into()),
        _ => tracing::info!(
            installation = installation.name_any(),
            "all runs have ended; the finalizer was removed"
        ),
    }
    Ok(Action::await_change())
}

fn is_kept(installation: &GitHubInstallation) -> bool {
    installation.finalizers().iter().any(|finalizer| finalizer == names::FINALIZER_RUNS)
}

/// Reports what the installation waits for.
async fn wait(
    installation: &GitHubInstallation,
    left: &[&PeribolosRun],
    pause: SignedDuration,
    ctx: &Context,
) -> Result<Action, Error> {
    let conditions = of_deletion(installation, left, Timestamp::now());
    let there = installation.status.clone().unwrap_or_default();
    let status = GitHubInstallationStatus { conditions, ..status::ours(&there) };
    if status::write(ctx, installation, &status).await? {
        events::publish(ctx, installation, &status.conditions).await;
    }
    Ok(Action::requeue(pause.unsigned_abs()))
}

async fn write_finalizers(
    installation: &GitHubInstallation,
    finalizers: &[String],
    ctx: &Context,
) -> Result<GitHubInstallation, CallError> {
    let patch = json!({"metadata": {
        "uid": installation.uid(), "resourceVersion": installation.resource_version(), "finalizers": finalizers,
    }});
    let api: Api<GitHubInstallation> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    let params = patch_by(names::MANAGER);
    call(api.patch(&installation.name_any(), &params, &Patch::Merge(patch))).await
}
