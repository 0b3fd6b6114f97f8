//! Whether the config file's head has been applied, or a run for it is to be made. It follows from the installation's status
//! and from the runs that have not ended; what ended runs left is in the status.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use peribolos_api::{
    ConditionType, GitHubInstallationStatus, PeribolosRun, Reason,
    installation::LastApply,
    names::{ANNOTATION_COMMENT, ANNOTATION_REREQUEST},
    run::Mode,
};

use crate::{
    adopt::is_adopted,
    drift::is_comparison,
    run::{queue::commit, state::phase, status::time},
};

/// What `status.baselineBlob` says where there was no file.
pub const NO_FILE: &str = "none";

/// The file at the head of the config branch.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The commit.
    pub sha: &'a str,
    /// The file's Git blob in it.
    pub blob: &'a str,
}

/// Whether the head's file is to be applied according to the installation's status. `sha` is the head, where it is known.
/// If not, there is nothing to apply, and the head need not be read.
pub fn is_pending(status: &GitHubInstallationStatus, blob: &str, sha: Option<&str>, now: Timestamp) -> bool {
    let is_it = |of_blob: &Option<String>, of_sha: &Option<String>| match of_blob {
        Some(of) => of == blob,
        // Nobody could read its file.
        None => of_sha.is_some() && of_sha.as_deref() == sha,
    };
    if let Some(declined) = &status.declined
        && is_it(&declined.blob, &declined.sha)
    {
        return is_granted_since(status, &declined.reason, declined.finished_at.as_ref());
    }
    match &status.last_apply {
        Some(last) if is_it(&last.blob, &last.sha) => is_due_again(status, last, now),
        Some(_) => true,
        None => status.baseline_blob.as_deref() != Some(blob),
    }
}

/// Whether the file that was applied last is to be applied again though nobody changed it.
fn is_due_again(status: &GitHubInstallationStatus, last: &LastApply, now: Timestamp) -> bool {
    let reason = last.reason.as_deref().unwrap_or_default();
    time(last.retry_at.as_ref()).is_some_and(|at| now >= at)
        || is_granted_since(status, reason, last.finished_at.as_ref())
}

/// A permission that was missing is tried again once the installation has all it needs.
fn is_granted_since(status: &GitHubInstallationStatus, reason: &str, ended: Option<&String>) -> bool {
    let ready = status.conditions.iter().find(|c| c.type_ == ConditionType::Ready.as_str());
    reason == Reason::PermissionsMissing.as_str()
        && ready.is_some_and(|ready| {
            ready.status == "True" && time(ended).is_some_and(|ended| ready.last_transition_time.0 > ended)
        })
}

/// The mode of the run that is to be made for the head; `unfinished` are the installation's runs that have not ended.
///
/// A file that was never requested to be applied only gets a DryRun: the first Apply needs a push or an owner's command.
pub fn ensure(
    status: &GitHubInstallationStatus,
    head: Head<'_>,
    unfinished: &[&PeribolosRun],
    now: Timestamp,
) -> Option<Mode> {
    let alive = || unfinished.iter().copied().filter(|run| !phase(run).is_final());
    // What one that has ended leaves is in the status once its slot is free.
    let has_slot = |run: &PeribolosRun| {
        status.active_run.as_ref().is_some_and(|active| Some(&active.name) == run.metadata.name.as_ref())
    };
    let is_open = |run: &PeribolosRun| !phase(run).is_final() || has_slot(run);
    let mut applies = unfinished.iter().filter(|run| run.spec.mode == Mode::Apply && is_open(run));
    if applies.any(|run| may_be_for(run, head)) {
        return None;
    }
    if is_pending(status, head.blob, Some(head.sha), now) {
        return Some(Mode::Apply);
    }
    let is_new = (status.last_apply.is_none() || is_adopted(status)) && status.declined.is_none();
    let is_compared =
        status.last_comparison.as_ref().is_some_and(|last| last.blob.as_deref() == Some(head.blob))
            || status.last_drift_check.is_some();
    (is_new && !is_compared && !alive().any(is_comparison)).then_some(Mode::DryRun)
}

/// Whether a run that has not ended may be for the head. A run that has not read the file yet is identified by its commit;
/// without a commit it is for the head of the moment it starts.
fn may_be_for(run: &PeribolosRun, head: Head<'_>) -> bool {
    let status = run.status.as_ref();
    if let Some(blob) = status.and_then(|status| status.blob.as_deref()) {
        return blob == head.blob;
    }
    let sha = commit(run).unwrap_or(&run.spec.source.sha);
    sha == head.sha || sha.is_empty()
}

/// Whether an Apply is to be made for the head in the place of `run`, which is for another commit and ends without a
/// TaskRun, or was stopped when the head moved. `others` are the installation's other runs that have not ended.
///
/// A push says only that the file may have changed, so this decides as [`ensure`] does, except for a file that was never
/// requested to apply: the push was there. Whoever named no commit wants the head applied, whatever was applied before.
/// `is_from_here` returns whether a run that was not admitted yet is from the installation's repository and branch.
pub fn in_place_of(
    run: &PeribolosRun,
    status: &GitHubInstallationStatus,
    head: Head<'_>,
    others: &[&PeribolosRun],
    is_from_here: impl Fn(&PeribolosRun) -> bool,
    now: Timestamp,
) -> bool {
    let names_a_commit = !run.spec.source.sha.is_empty();
    let for_head = || {
        let applies = others.iter().copied().filter(|other| other.spec.mode == Mode::Apply);
        applies.filter(|other| is_for(other, head, &is_from_here))
    };
    // Whoever cancels the head's run means the head: an old push does not bring it back.
    if for_head().any(|other| !other.spec.cancel || names_a_commit) {
        return false;
    }
    let pushed = GitHubInstallationStatus { baseline_blob: None, ..status.clone() };
    !names_a_commit || is_pending(&pushed, head.blob, Some(head.sha), now)
}

/// Whether a run is unfinished and for the head. One that was not admitted yet is believed only if it is from the right
/// place and its sender's permission need not be checked.
fn is_for(run: &PeribolosRun, head: Head<'_>, is_from_here: impl Fn(&PeribolosRun) -> bool) -> bool {
    !phase(run).is_final()
        && commit(run).map_or_else(
            || run.spec.source.sha == head.sha && !is_command(run) && is_from_here(run),
            |sha| sha == head.sha,
        )
}

fn is_command(run: &PeribolosRun) -> bool {
    run.spec.trigger.comment.is_some()
}

/// Whether a person has requested the run by a comment or on a check.
pub fn is_requested(metadata: &ObjectMeta) -> bool {
    let annotations = metadata.annotations.as_ref();
    annotations.is_some_and(|annotations| {
        annotations.contains_key(ANNOTATION_COMMENT) || annotations.contains_key(ANNOTATION_REREQUEST)
    })
}

#[cfg(test)]
mod tests {
    use peribolos_api::run::Phase;
    use serde_json::{Value, json};

    use super::*;
    use crate::run::testing::{at, run};

    const HEAD: Head<'static> = Head { sha: "head", blob: "new" };

    fn status(status: &Value) -> GitHubInstallationStatus {
        serde_json::from_value(status.clone()).unwrap()
    }

    /// The status after an Apply of this file that ended so at second 100.
    fn after(blob: &str, reason: &str, retry_at: Option<i64>) -> Value {
        json!({"lastApply": {
            "run": "a", "uid": "uid-a", "sha": format!("commit of {blob}"), "blob": blob, "reason": reason,
            "phase": if reason == "Applied" { "Succeeded" } else { "Failed" },
            "finishedAt": at(100).to_string(), "retryAt": retry_at.map(|second| at(second).to_string()),
        }})
    }

    #[test]
    fn an_apply_that_has_ended_and_not_freed_its_slot_is_not_made_again() {
        let mut ended = run("r", Mode::Apply, 50, Phase::Succeeded);
        ended.status.as_mut().unwrap().blob = Some("new".into());
        let mut status = after("old", "Applied", None);
        assert_eq!(mode(&status, &[ended.clone()], 60), Some(Mode::Apply));
        status["activeRun"] = json!({"name": "r", "uid": "uid-r", "attempt": 1});
        assert_eq!(mode(&status, &[ended], 60), None, "what it leaves is not written yet");
    }

    fn mode(of: &Value, runs: &[PeribolosRun], second: i64) -> Option<Mode> {
        ensure(&status(of), HEAD, &runs.iter().collect::<Vec<_>>(), at(second))
    }

    #[rstest::rstest]
    #[case::applied(after("new", "Applied", None), None)]
    #[case::another_was(after("old", "Applied", None), Some(Mode::Apply))]
    #[case::failed_for_good(after("new", "ApplyFailed", None), None)]
    #[case::nobody_asked_for_it(json!({"baselineBlob": "new"}), Some(Mode::DryRun))]
    #[case::it_was_compared(json!({"baselineBlob": "new", "lastComparison": {"run": "d", "blob": "new", "planned": 1}}), None)]
    #[case::that_failed(json!({"baselineBlob": "new", "lastDriftCheck": {"name": "d", "phase": "Failed"}}), None)]
    #[case::a_first_push_was_lost(json!({"baselineBlob": "none"}), Some(Mode::Apply))]
    #[case::it_was_declined(json!({"declined": {"blob": "new", "reason": "Cancelled"}}), None)]
    #[case::it_was_adopted(json!({"baselineBlob": "new", "lastAppliedSha": "s"}), Some(Mode::DryRun))]
    #[case::another_was_adopted(json!({"baselineBlob": "old", "lastAppliedSha": "s"}), Some(Mode::Apply))]
    #[case::its_failure_was_adopted(after("new", "Adopted", None), Some(Mode::DryRun))]
    #[case::another_one_s_failure_was_adopted(after("old", "Adopted", None), Some(Mode::Apply))]
    #[case::by_its_commit(json!({"declined": {"sha": "head", "reason": "Cancelled"}}), None)]
    #[case::another_was_declined(json!({"declined": {"blob": "old", "reason": "Cancelled"}}), Some(Mode::Apply))]
    fn what_is_made_for_the_head(#[case] status: Value, #[case] expected: Option<Mode>) {
        assert_eq!(mode(&status, &[], 0), expected);
    }

    #[rstest::rstest]
    #[case(3_699, None)]
    #[case(3_700, Some(Mode::Apply))]
    fn the_same_file_is_applied_again_when_that_is_due(#[case] second: i64, #[case] expected: Option<Mode>) {
        assert_eq!(mode(&after("new", "AccessBlocked", Some(3_700)), &[], second), expected);
        // The head has another file: what was due is due no more, and the new one is applied at once.
        assert_eq!(mode(&after("older", "AccessBlocked", Some(3_700)), &[], second), Some(Mode::Apply));
    }

    #[rstest::rstest]
    #[case("False", 200, None)]
    #[case("True", 50, None)]
    #[case("True", 200, Some(Mode::Apply))]
    fn a_missing_permission_is_tried_again_once_it_is_granted(
        #[case] ready: &str,
        #[case] since: i64,
        #[case] expected: Option<Mode>,
    ) {
        let condition = json!({"type": "Ready", "status": ready, "reason": "TokenIssued", "message": "",
            "lastTransitionTime": at(since).to_string()});
        let mut applied = after("new", "PermissionsMissing", None);
        applied["conditions"] = json!([condition]);
        assert_eq!(mode(&applied, &[], 300), expected);
        let declined = json!({"conditions": [condition],
            "declined": {"blob": "new", "reason": "PermissionsMissing", "finishedAt": at(100).to_string()}});
        assert_eq!(mode(&declined, &[], 300), expected, "before it had the slot, too");
    }

    #[test]
    fn an_apply_whose_file_nobody_could_read_is_told_by_its_commit() {
        let mut unread = after("new", "ConfigMissing", Some(300));
        (unread["lastApply"]["blob"], unread["lastApply"]["sha"]) = (Value::Null, json!("head"));
        assert_eq!(mode(&unread, &[], 299), None);
        assert_eq!(mode(&unread, &[], 300), Some(Mode::Apply));
    }

    #[test]
    fn an_unfinished_run_that_may_be_for_the_head_is_enough() {
        let applied = after("old", "Applied", None);
        let unfinished = |sha: &str, blob: Option<&str>, phase| {
            let mut run = run("a", Mode::Apply, 1, phase);
            run.spec.source.sha = sha.into();
            let status = run.status.as_mut().unwrap();
            (status.sha, status.blob) = (None, blob.map(str::to_owned));
            run
        };
        assert_eq!(mode(&applied, &[unfinished("head", None, Phase::Pending)], 0), None);
        assert_eq!(mode(&applied, &[unfinished("", None, Phase::Queued)], 0), None);
        assert_eq!(mode(&applied, &[unfinished("other", Some("new"), Phase::Running)], 0), None);
        assert_eq!(mode(&applied, &[unfinished("other", None, Phase::Running)], 0), Some(Mode::Apply));
        assert_eq!(mode(&applied, &[unfinished("head", None, Phase::Superseded)], 0), Some(Mode::Apply));
    }

    #[test]
    fn one_comparison_is_enough_before_anybody_asked() {
        let new = json!({"baselineBlob": "new"});
        assert_eq!(mode(&new, &[run("d", Mode::DryRun, 1, Phase::Running)], 0), None);
        let mut preview = run("p", Mode::DryRun, 1, Phase::Running);
        preview.spec.source.pull_request = Some(7);
        assert_eq!(mode(&new, &[preview], 0), Some(Mode::DryRun));
    }

    /// Whether an Apply is made in the place of a late push, when these are the other runs.
    fn for_a_late_push(of: &Value, others: &[PeribolosRun], second: i64) -> bool {
        let mut late = run("late", Mode::Apply, 50, Phase::Pending);
        late.spec.source.sha = "old".into();
        let others: Vec<_> = others.iter().collect();
        let is_from_here = |other: &PeribolosRun| other.spec.source.git_ref.is_empty();
        in_place_of(&late, &status(of), HEAD, &others, is_from_here, at(second))
    }

    fn for_head(phase: Phase) -> PeribolosRun {
        let mut run = run("h", Mode::Apply, 1, phase);
        run.spec.source.sha = "head".into();
        run.status.as_mut().unwrap().sha = Some("head".into());
        run
    }

    #[test]
    fn a_late_push_brings_the_head_even_before_the_first_apply() {
        assert!(for_a_late_push(&json!({}), &[], 60));
        assert!(for_a_late_push(&json!({"baselineBlob": "new"}), &[], 60));
    }

    #[test]
    fn a_late_push_applies_no_head_again() {
        assert!(!for_a_late_push(&after("new", "Applied", None), &[], 60));
        assert!(for_a_late_push(&after("old", "Applied", None), &[], 60));
        assert!(!for_a_late_push(&after("new", "PodLost", Some(3_700)), &[], 3_699));
        assert!(for_a_late_push(&after("new", "PodLost", Some(3_700)), &[], 3_700));
        assert!(!for_a_late_push(&json!({"declined": {"blob": "new", "reason": "Cancelled"}}), &[], 60));
    }

    #[test]
    fn a_run_for_the_head_that_is_sure_to_come_is_enough() {
        let behind = json!({});
        for phase in [Phase::Pending, Phase::Queued, Phase::Running] {
            assert!(!for_a_late_push(&behind, &[for_head(phase)], 60), "{phase:?}");
        }
        assert!(for_a_late_push(&behind, &[for_head(Phase::Superseded)], 60));
        let not_admitted = |change: fn(&mut PeribolosRun)| {
            let mut run = for_head(Phase::Pending);
            run.status.as_mut().unwrap().sha = None;
            change(&mut run);
            for_a_late_push(&behind, &[run], 60)
        };
        assert!(!not_admitted(|_| ()));
        assert!(not_admitted(|run| run.spec.source.sha.clear()));
        assert!(not_admitted(|run| run.spec.source.git_ref = "refs/heads/other".into()));
        assert!(not_admitted(|run| {
            run.spec.trigger.comment = Some(crate::run::testing::COMMENT);
        }));
    }

    #[test]
    fn who_named_no_commit_gets_the_head_applied() {
        let asked = run("asked", Mode::Apply, 50, Phase::Queued);
        let applied = status(&after("new", "Applied", None));
        let made = |other: &PeribolosRun| in_place_of(&asked, &applied, HEAD, &[other], |_| true, at(60));
        assert!(made(&for_head(Phase::Succeeded)));
        assert!(!made(&for_head(Phase::Queued)));
        let mut cancelled = for_head(Phase::Queued);
        cancelled.spec.cancel = true;
        assert!(made(&cancelled));
        assert!(!for_a_late_push(&after("old", "Applied", None), &[cancelled], 60));
    }

    #[test]
    fn a_head_that_went_back_is_applied_after_what_was_stopped_for_it() {
        let mut stopped = run("wrong", Mode::Apply, 50, Phase::Running);
        stopped.spec.source.sha = "wrong".into();
        let made = |of: Value| in_place_of(&stopped, &status(&of), HEAD, &[], |_| true, at(60));
        assert!(
            !made(after("new", "Applied", None)),
            "it has applied nothing: the file before it is still there"
        );
        assert!(made(after("wrong", "HeadMoved", None)));
    }
}
