//! The installation's slot: one Apply or Dump at a time, taken by compare-and-swap and given back under resourceVersion.

use kube::{
    ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunStatus, names,
    run::{Mode, Phase},
};
use serde_json::{Value, json};

use super::{case::Case, error::Error, observe};
use crate::kubernetes::client::{CallError, call};

/// The field manager of what runs write into their installation's status.
const FIELD_MANAGER: &str = "peribolos-runs";

/// Takes the slot. False: another run has it.
///
/// The API server compares that field alone, of the object as it is, and swaps it in the same write: other changes of the
/// installation meanwhile are no conflict.
pub(super) async fn take(case: &Case<'_>) -> Result<bool, Error> {
    let patch = json!([
        {"op": "test", "path": "/metadata/uid", "value": case.installation.metadata.uid},
        {"op": "test", "path": "/status/activeRun", "value": null},
        {"op": "add", "path": "/status/activeRun", "value": case.name()},
    ]);
    let patch: Patch<()> =
        Patch::Json(serde_json::from_value(patch).map_err(kube::Error::SerdeError).map_err(CallError::from)?);
    let name = case.installation.metadata.name.as_deref().unwrap_or_default();
    match call(case.installations().patch_status(name, &params(), &patch)).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_refused() => take_slowly(case).await,
        Err(error) => Err(error.into()),
    }
}

/// Looks who has the slot, and takes it under resourceVersion if it is free after all: a server may see a difference
/// between null and absent.
async fn take_slowly(case: &Case<'_>) -> Result<bool, Error> {
    let installation = live(case).await?;
    if installation.metadata.uid != case.installation.metadata.uid {
        return Ok(false);
    }
    match installation.status.as_ref().and_then(|status| status.active_run.as_deref()) {
        Some(active) => Ok(active == case.name()),
        None => write(case, &installation, json!({"activeRun": case.name()})).await.map(|()| true),
    }
}

/// Frees the slot of a run that was deleted, once no pod of it is at work any more: nobody else can.
pub(super) async fn free_if_gone(case: &Case<'_>, active: &str) -> Result<(), Error> {
    if call(case.runs().get_metadata_opt(active)).await?.is_some() {
        return Ok(());
    }
    // Tekton gives a pod the labels of its TaskRun.
    let name = case.installation.metadata.name.as_deref().unwrap_or_default();
    let of_installation = ListParams::default().labels(&format!("{}={name}", names::LABEL_INSTALLATION));
    let prefix = format!("{active}-");
    let pods = call(case.pods().list(&of_installation)).await?;
    if pods.iter().any(|pod| pod.name_any().starts_with(&prefix) && !observe::has_ended(pod)) {
        return Ok(());
    }
    let installation = live(case).await?;
    if installation.status.as_ref().and_then(|status| status.active_run.as_deref()) == Some(active) {
        write(case, &installation, json!({"activeRun": null})).await?;
        tracing::info!(run = active, "the slot of a deleted run is free again");
    }
    Ok(())
}

/// Gives the slot back if this run has it, and leaves behind what it did.
pub(super) async fn give_back(case: &Case<'_>, status: &PeribolosRunStatus) -> Result<(), Error> {
    if case.run.spec.mode == Mode::DryRun {
        return Ok(());
    }
    let installation = match live(case).await {
        Err(Error::Kubernetes(error)) if error.is_not_found() => return Ok(()),
        other => other?,
    };
    if installation.status.as_ref().and_then(|status| status.active_run.as_deref()) != Some(&case.name()) {
        return Ok(());
    }
    write(case, &installation, left_behind(case.run, status)).await
}

/// Notes the blob whose apply has started, before anything else is known of how it goes.
pub(super) async fn note_attempt(case: &Case<'_>, blob: &str) -> Result<(), Error> {
    let installation = live(case).await?;
    let noted = installation.status.as_ref().and_then(|status| status.last_attempted_blob.as_deref());
    if noted == Some(blob) {
        return Ok(());
    }
    write(case, &installation, json!({"lastAttemptedBlob": blob})).await
}

/// What a run leaves in its installation's status when it gives the slot back.
fn left_behind(run: &PeribolosRun, status: &PeribolosRunStatus) -> Value {
    let mut left = json!({"activeRun": null});
    if !status.phase.is_some_and(Phase::is_final) {
        return left;
    }
    left["lastRun"] =
        json!({"name": run.metadata.name, "phase": status.phase, "finishedAt": status.finished_at});
    if run.spec.mode == Mode::Apply && status.phase == Some(Phase::Succeeded) {
        left["lastAppliedSha"] = json!(status.sha);
        left["lastAppliedShortSha"] = json!(status.short_sha);
        // Without a blob the step's words were lost: what is known of the one before stays.
        if status.blob.is_some() {
            left["lastAppliedBlob"] = json!(status.blob);
            left["lastAttemptedBlob"] = json!(status.blob);
        }
    }
    left
}

async fn live(case: &Case<'_>) -> Result<GitHubInstallation, Error> {
    let name = case.installation.metadata.name.as_deref().unwrap_or_default();
    Ok(call(case.installations().get(name)).await?)
}

async fn write(case: &Case<'_>, installation: &GitHubInstallation, status: Value) -> Result<(), Error> {
    let patch = json!({
        "metadata": {"resourceVersion": installation.metadata.resource_version},
        "status": status,
    });
    let name = installation.metadata.name.as_deref().unwrap_or_default();
    match call(case.installations().patch_status(name, &params(), &Patch::Merge(patch))).await {
        Err(error @ CallError::Kube(_)) if error.is_not_found() => Ok(()),
        other => Ok(other.map(drop)?),
    }
}

fn params() -> PatchParams {
    PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(mode: &str, status: Value) -> (PeribolosRun, PeribolosRunStatus) {
        let run: PeribolosRun = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": "r"},
            "spec": {"installationRef": {"name": "acme-1"}, "mode": mode}, "status": status,
        }))
        .unwrap();
        let status = run.status.clone().unwrap();
        (run, status)
    }

    #[test]
    fn only_an_apply_that_succeeded_says_what_was_applied() {
        let (run, status) = run("Apply", json!({"phase": "Succeeded", "sha": "s", "blob": "b"}));
        let left = left_behind(&run, &status);
        assert_eq!(left["lastAppliedSha"], "s");
        assert_eq!(left["lastAppliedBlob"], "b");
        for (mode, phase) in [("Apply", "Failed"), ("Dump", "Succeeded")] {
            let (run, status) = super::tests::run(mode, json!({"phase": phase, "sha": "s", "blob": "b"}));
            let left = left_behind(&run, &status);
            assert_eq!(left.get("lastAppliedSha"), None, "{mode} {phase}");
            assert_eq!(left["lastRun"]["phase"], phase);
        }
    }

    #[test]
    fn a_run_that_will_be_tried_again_only_gives_the_slot_back() {
        let (run, status) = run("Apply", json!({"phase": "Queued"}));
        assert_eq!(left_behind(&run, &status), json!({"activeRun": null}));
    }
}
