//! What a run leaves in its installation's status in the patch that frees the slot: whatever decides later is there.

use peribolos_api::{
    PeribolosRun, PeribolosRunStatus, Reason,
    installation::{Declined, LastApply, LastComparison},
    run::{Mode, Phase},
};
use serde_json::{Map, Value, json};

use super::state::{State, phase};
use crate::installation_status::{inheriting, last_apply};

/// What a comparison of the organization with the branch's file leaves, however it ends; `status` is its last one.
pub fn comparison(run: &PeribolosRun, status: &PeribolosRunStatus) -> Map<String, Value> {
    let mut fields = Map::new();
    let name = run.metadata.name.as_deref().unwrap_or_default();
    let phase = status.phase.unwrap_or(Phase::Failed);
    let mut check = json!({"name": name, "phase": phase});
    if let Some(finished_at) = &status.finished_at {
        check["finishedAt"] = json!(finished_at);
    }
    fields.insert("lastDriftCheck".to_owned(), check);
    if let (Phase::Succeeded, Some(changes)) = (phase, &status.changes) {
        let found = LastComparison {
            run: name.to_owned(),
            sha: status.sha.clone(),
            blob: status.blob.clone(),
            planned: changes.planned,
            message: status.message.clone(),
            after_apply: status.after_apply.clone().unwrap_or_default(),
            finished_at: status.finished_at.clone(),
        };
        fields.insert("lastComparison".to_owned(), json!(found));
    }
    fields
}

/// What an Apply leaves that ended without the slot, where its file is not to be applied again by itself. None: it says nothing
/// about its file, as it gave way, was refused, or is for another branch.
pub fn declined(status: &PeribolosRunStatus, sha: &str, blob: Option<&str>) -> Option<Map<String, Value>> {
    let reason = status.reason.as_deref().and_then(Reason::parse)?;
    let stands_for_itself = matches!(
        reason,
        Reason::Cancelled
            | Reason::OwnerRequired
            | Reason::PermissionsMissing
            | Reason::ConfigMissing
            | Reason::TaskInvalid
    );
    if !stands_for_itself || sha.is_empty() {
        return None;
    }
    let declined = Declined {
        sha: Some(sha.to_owned()),
        blob: blob.map(str::to_owned),
        reason: reason.as_str().to_owned(),
        finished_at: status.finished_at.clone(),
    };
    Some(Map::from_iter([("declined".to_owned(), json!(declined))]))
}

/// The desired fields of the installation's status; `before` is what it says of the last Apply.
pub fn leaving(
    run: &PeribolosRun,
    status: &PeribolosRunStatus,
    before: Option<&LastApply>,
) -> Map<String, Value> {
    let mut fields = Map::new();
    if !matches!(State::of(run), State::Ended(_)) {
        return fields;
    }
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let phase = phase(run);
    let name = run.metadata.name.as_deref().unwrap_or_default();
    let mut last_run = json!({"name": name, "phase": phase});
    if let Some(finished_at) = &status.finished_at {
        last_run["finishedAt"] = json!(finished_at);
    }
    set("lastRun", last_run);
    if let Some(last) = last_apply(run, status) {
        let mut last = inheriting(last, before);
        // One whose pod was never started has applied nothing of its repository.
        last.repository_id = last.repository_id.or_else(|| before?.repository_id);
        set("lastApply", json!(last));
    }
    if run.spec.mode != Mode::Apply {
        return fields;
    }
    if phase == Phase::Succeeded {
        set("lastAppliedSha", json!(status.sha));
        set("lastAppliedShortSha", json!(status.short_sha));
        // Without a blob the report was lost: what is known of the one before stays.
        if status.blob.is_some() {
            set("lastAppliedBlob", json!(status.blob));
        }
    }
    if status.reviewed {
        set("lastReviewedSha", json!(status.sha));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::run;

    fn left(mode: Mode, phase: Phase, status: Value) -> Map<String, Value> {
        let mut run = run("r", mode, 0, phase);
        let mut status: PeribolosRunStatus = serde_json::from_value(status).unwrap();
        status.phase = Some(phase);
        run.status = Some(status.clone());
        let before = json!({"run": "before", "phase": "Failed", "repositoryId": 4});
        leaving(&run, &status, Some(&serde_json::from_value(before).unwrap()))
    }

    #[rstest::rstest]
    #[case::a_pod_reported(json!({"repository": {"name": "x", "id": 5}, "changes": {"planned": 0, "applied": 0, "failed": 0, "remaining": 0, "summary": ""}}), 5)]
    #[case::nobody_knows_what_a_pod_did(json!({"repository": {"name": "x", "id": 5}, "outcomeUnknown": true}), 5)]
    #[case::no_pod_was_started(json!({"repository": {"name": "x", "id": 5}}), 4)]
    #[case::by_an_earlier_version(json!({}), 4)]
    fn the_repository_of_an_apply_counts_once_its_pod_was_started(
        #[case] status: Value,
        #[case] expected: i64,
    ) {
        assert_eq!(left(Mode::Apply, Phase::Failed, status)["lastApply"]["repositoryId"], expected);
    }

    #[test]
    fn only_an_apply_that_succeeded_says_what_was_applied() {
        let status = || json!({"sha": "s", "blob": "b"});
        let fields = left(Mode::Apply, Phase::Succeeded, status());
        assert_eq!((&fields["lastAppliedSha"], &fields["lastAppliedBlob"]), (&json!("s"), &json!("b")));
        for (mode, phase) in [(Mode::Apply, Phase::Failed), (Mode::Dump, Phase::Succeeded)] {
            let fields = left(mode, phase, status());
            assert_eq!(fields.get("lastAppliedSha"), None, "{mode:?} {phase:?}");
            assert_eq!(fields["lastRun"]["phase"], phase.as_str());
        }
    }

    #[rstest::rstest]
    #[case(true, Some("s"))]
    #[case(false, None)]
    fn only_what_passed_the_rule_is_reviewed(#[case] reviewed: bool, #[case] expected: Option<&str>) {
        let fields = left(
            Mode::Apply,
            Phase::Failed,
            json!({"reason": "Incomplete", "sha": "s", "reviewed": reviewed}),
        );
        assert_eq!(fields.get("lastReviewedSha").and_then(Value::as_str), expected);
    }

    #[test]
    fn a_run_that_is_tried_again_leaves_nothing() {
        assert_eq!(left(Mode::Apply, Phase::Queued, json!({"sha": "s"})), Map::new());
    }
}
