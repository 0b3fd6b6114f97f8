//! Writing an installation's status: by server-side apply, only what this controller owns, only what changed.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
};
use peribolos_api::{GitHubInstallation, GitHubInstallationStatus, names};
use peribolos_core::installation_status::CONDITION_TYPES;
use serde_json::json;

use crate::{
    controller::context::Context,
    kubernetes::client::{CallError, call},
};

/// Writes `status` unless the object already has it. Returns whether something was written.
///
/// It is written under the resourceVersion it was derived from: a conflict is an error, and the watch delivers the newer object.
pub(super) async fn write(
    ctx: &Context,
    installation: &GitHubInstallation,
    status: &GitHubInstallationStatus,
) -> Result<bool, CallError> {
    if is_written(installation, status) {
        return Ok(false);
    }
    let name = installation.name_any();
    let patch = json!({
        "apiVersion": GitHubInstallation::api_version(&()),
        "kind": GitHubInstallation::kind(&()),
        "metadata": { "name": name, "resourceVersion": installation.resource_version() },
        "status": status,
    });
    let api: Api<GitHubInstallation> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    let params = PatchParams::apply(names::MANAGER).force();
    call(api.patch_status(&name, &params, &Patch::Apply(&patch))).await?;
    Ok(true)
}

/// Whether the fields of the status that this controller owns are as in `status`.
fn is_written(installation: &GitHubInstallation, status: &GitHubInstallationStatus) -> bool {
    let Some(there) = &installation.status else { return false };
    ours(there) == GitHubInstallationStatus { conditions: sorted(&status.conditions), ..status.clone() }
}

/// The fields of a status that this controller owns, without those of the run controller and the conditions of others.
pub(super) fn ours(there: &GitHubInstallationStatus) -> GitHubInstallationStatus {
    GitHubInstallationStatus {
        config: None,
        config_problem: None,
        active_run: None,
        heal_sequence: None,
        last_comparison: None,
        last_drift_check: None,
        baseline_blob: None,
        declined: None,
        used_comments: Vec::new(),
        last_run: None,
        last_applied_sha: None,
        last_applied_short_sha: None,
        last_applied_blob: None,
        last_reviewed_sha: None,
        last_apply: None,
        conditions: sorted(&there.conditions),
        ..there.clone()
    }
}

fn sorted(conditions: &[Condition]) -> Vec<Condition> {
    let ours = |c: &&Condition| CONDITION_TYPES.iter().any(|kind| kind.as_str() == c.type_);
    let mut conditions: Vec<Condition> = conditions.iter().filter(ours).cloned().collect();
    conditions.sort_by(|a, b| a.type_.cmp(&b.type_));
    conditions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation(status: &serde_json::Value) -> GitHubInstallation {
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": "acme-1"}, "spec": {"installationId": 1}, "status": status,
        }))
        .unwrap()
    }

    fn condition(kind: &str, reason: &str) -> serde_json::Value {
        json!({"type": kind, "status": "True", "reason": reason, "message": "",
               "lastTransitionTime": "2026-11-23T12:00:00Z"})
    }

    #[test]
    fn an_equal_status_is_not_written_again_whatever_others_add() {
        let ours = json!({"conditions": [condition("Ready", "TokenIssued"), condition("Synced", "Applied")], "pendingRuns": 1});
        let status = installation(&ours).status.unwrap();
        assert!(is_written(&installation(&ours), &status));
        let with_others = json!({
            "conditions": [condition("Synced", "Applied"), condition("Theirs", "X"), condition("Ready", "TokenIssued")],
            "pendingRuns": 1, "activeRun": {"name": "acme-1-x", "uid": "u", "attempt": 1}, "healSequence": 3, "lastAppliedSha": "0".repeat(40),
            "lastRun": {"name": "acme-1-w", "phase": "Failed"},
        });
        assert!(is_written(&installation(&with_others), &status));
    }

    #[rstest::rstest]
    #[case(json!({}))]
    #[case(json!({"conditions": [condition("Ready", "TokenIssued")], "pendingRuns": 2}))]
    #[case(json!({"conditions": [condition("Ready", "RateLimited")], "pendingRuns": 1}))]
    #[case(json!({"conditions": [condition("Ready", "TokenIssued"), condition("Stalled", "X")], "pendingRuns": 1}))]
    fn a_difference_is_written(#[case] there: serde_json::Value) {
        let ours = json!({"conditions": [condition("Ready", "TokenIssued")], "pendingRuns": 1});
        assert!(!is_written(&installation(&there), &installation(&ours).status.unwrap()));
    }
}
