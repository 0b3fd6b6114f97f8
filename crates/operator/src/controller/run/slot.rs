//! The installation's slot: one Apply or Dump at a time, taken by compare-and-swap and given back under resourceVersion.

use kube::{
    ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunStatus,
    installation::LastApply,
    names,
    run::{Mode, Phase},
};
use peribolos_core::installation_status::last_apply;
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

/// What a run leaves in its installation's status when it gives the slot back.
fn left_behind(run: &PeribolosRun, status: &PeribolosRunStatus) -> Value {
    let mut left = json!({"activeRun": null});
    if !status.phase.is_some_and(Phase::is_final) {
        return left;
    }
    left["lastRun"] =
        json!({"name": run.metadata.name, "phase": status.phase, "finishedAt": status.finished_at});
    if let Some(last) = last_apply(run, status) {
        left["lastApply"] = merged(&last);
    }
    if run.spec.mode == Mode::Apply && status.phase == Some(Phase::Succeeded) {
        left["lastAppliedSha"] = json!(status.sha);
        left["lastAppliedShortSha"] = json!(status.short_sha);
        // Without a blob the report was lost: what is known of the one before stays.
        if status.blob.is_some() {
            left["lastAppliedBlob"] = json!(status.blob);
        }
    }
    if run.spec.mode == Mode::Apply && status.reviewed {
        left["lastReviewedSha"] = json!(status.sha);
    }
    left
}

/// The record as a merge patch: what it leaves out is removed from the record before it.
fn merged(last: &LastApply) -> Value {
    let mut patch = json!({
        "uid": null, "sha": null, "blob": null, "reason": null, "message": null, "remaining": null,
        "outcomeUnknown": null, "startedAt": null, "finishedAt": null, "retryAt": null,
    });
    if let (Some(patch), Ok(Value::Object(last))) = (patch.as_object_mut(), serde_json::to_value(last)) {
        patch.extend(last);
    }
    patch
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
    fn a_record_takes_the_place_of_the_one_before_it() {
        let (run, status) = run("Apply", json!({"phase": "Failed", "reason": "PodLost", "retryAt": "t"}));
        let left = left_behind(&run, &status);
        assert_eq!(left["lastApply"]["retryAt"], "t");
        let (run, status) = super::tests::run("Apply", json!({"phase": "Succeeded", "reason": "Applied"}));
        let left = left_behind(&run, &status);
        assert_eq!(left["lastApply"]["reason"], "Applied");
        assert!(
            left["lastApply"].as_object().unwrap().contains_key("retryAt"),
            "a merge would keep the old one"
        );
        // Every field of the record that may be left out is removed.
        let all: LastApply = serde_json::from_value(json!({
            "run": "r", "uid": "u", "sha": "s", "blob": "b", "phase": "Failed", "reason": "x", "message": "m",
            "remaining": 1, "outcomeUnknown": true, "startedAt": "1", "finishedAt": "2", "retryAt": "3",
        }))
        .unwrap();
        let patch = merged(&all);
        assert!(!patch.as_object().unwrap().values().any(Value::is_null), "{patch}");
        assert_eq!(patch.as_object().unwrap().len(), left["lastApply"].as_object().unwrap().len());
    }

    #[test]
    fn only_what_the_rule_let_pass_is_reviewed() {
        for (reviewed, expected) in [(true, Some("s")), (false, None)] {
            let (run, status) = run(
                "Apply",
                json!({"phase": "Failed", "reason": "Incomplete", "sha": "s", "reviewed": reviewed}),
            );
            let left = left_behind(&run, &status);
            assert_eq!(left.get("lastReviewedSha").and_then(Value::as_str), expected);
        }
    }

    #[test]
    fn a_run_that_will_be_tried_again_only_gives_the_slot_back() {
        let (run, status) = run("Apply", json!({"phase": "Queued"}));
        assert_eq!(left_behind(&run, &status), json!({"activeRun": null}));
    }
}
