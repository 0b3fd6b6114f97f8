//! What a run leaves in its installation's status in the patch that frees the slot: whatever decides later is there.

use peribolos_api::{PeribolosRun, PeribolosRunStatus, run::Mode};
use serde_json::{Map, Value, json};

use super::state::{State, phase};
use crate::installation_status::last_apply;

/// The fields of the installation's status, each as it is to be.
pub fn leaving(run: &PeribolosRun, status: &PeribolosRunStatus) -> Map<String, Value> {
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
        set("lastApply", json!(last));
    }
    if run.spec.mode != Mode::Apply {
        return fields;
    }
    if phase == peribolos_api::run::Phase::Succeeded {
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
    use peribolos_api::run::Phase;

    use super::*;
    use crate::run::testing::run;

    fn left(mode: Mode, phase: Phase, status: Value) -> Map<String, Value> {
        let mut run = run("r", mode, 0, phase);
        let mut status: PeribolosRunStatus = serde_json::from_value(status).unwrap();
        status.phase = Some(phase);
        run.status = Some(status.clone());
        leaving(&run, &status)
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
