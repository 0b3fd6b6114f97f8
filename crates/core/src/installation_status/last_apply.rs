//! What an Apply leaves in its installation's status when it gives the slot back.

use peribolos_api::{
    ConditionType, PeribolosRun, PeribolosRunStatus, Reason,
    installation::{Approval, LastApply},
    run::{Mode, Phase},
};

use crate::run::{state::condition, status::seconds};

/// Whether a pod of the run was started: its TaskRun was created, or one of its attempts has left something.
fn has_run(status: &PeribolosRunStatus) -> bool {
    let started = condition(status, ConditionType::Started);
    started.is_some_and(|started| started.status == "True")
        || status.changes.is_some()
        || status.outcome_unknown
}

/// The record of an Apply that ended with this status. None: it says nothing about the file, as it gave way or was
/// cancelled before anything started.
pub fn last_apply(run: &PeribolosRun, status: &PeribolosRunStatus) -> Option<LastApply> {
    let phase = status.phase?;
    let started = status.started_at.is_some();
    let counts = match phase {
        Phase::Succeeded | Phase::Failed => true,
        Phase::Cancelled => started,
        Phase::Superseded => status.reason.as_deref() == Some(Reason::HeadMoved.as_str()),
        Phase::Pending | Phase::Queued | Phase::Running | Phase::Skipped => false,
    };
    (run.spec.mode == Mode::Apply && counts).then(|| LastApply {
        run: run.metadata.name.clone().unwrap_or_default(),
        uid: run.metadata.uid.clone(),
        repository_id: status.repository.as_ref().map(|repository| repository.id).filter(|_| has_run(status)),
        sha: status.sha.clone(),
        blob: status.blob.clone(),
        approval: approval(run),
        phase,
        reason: status.reason.clone(),
        message: status.message.clone(),
        remaining: status.changes.as_ref().map(|changes| changes.remaining),
        outcome_unknown: status.outcome_unknown,
        started_at: status.started_at.clone(),
        finished_at: status.finished_at.clone(),
        retry_at: status.retry_at.clone(),
    })
}

/// The comment that requested an Apply. None: no comment did.
pub fn approval(run: &PeribolosRun) -> Option<Approval> {
    Some(Approval {
        comment: run.spec.trigger.comment?.id,
        login: run.spec.trigger.sender.clone(),
        run: run.metadata.uid.clone()?,
        at: seconds(run.metadata.creation_timestamp.as_ref()?.0),
    })
}

/// Whether this is the record of an Apply of that file; where nobody could read its file, of that commit.
pub fn is_of(last: &LastApply, blob: Option<&str>, sha: Option<&str>) -> bool {
    match &last.blob {
        Some(of) => Some(of.as_str()) == blob,
        None => blob.is_none() && sha.is_some() && last.sha.as_deref() == sha,
    }
}

/// The same record with the approval that the Apply before it has left, if that was of the same file and no comment requested
/// this one.
#[must_use]
pub fn inheriting(last: LastApply, before: Option<&LastApply>) -> LastApply {
    let before = before.filter(|before| is_of(before, last.blob.as_deref(), last.sha.as_deref()));
    let inherited = before.and_then(|before| before.approval.clone());
    LastApply { approval: last.approval.or(inherited), ..last }
}

#[cfg(test)]
mod tests {
    use peribolos_api::run::TriggerComment;
    use serde_json::json;

    use super::*;
    use crate::run::testing::run;

    fn of(mode: Mode, status: serde_json::Value) -> Option<LastApply> {
        last_apply(&run("r", mode, 1, Phase::Running), &serde_json::from_value(status).unwrap())
    }

    /// An Apply of this file, requested by a comment or not.
    fn applied(blob: &str, comment: Option<i64>) -> LastApply {
        let mut run = run("r", Mode::Apply, 1, Phase::Failed);
        run.spec.trigger.sender = "alice".into();
        run.spec.trigger.comment = comment.map(|id| TriggerComment { id, issue: 3 });
        let status = json!({"phase": "Failed", "reason": "Incomplete", "blob": blob});
        last_apply(&run, &serde_json::from_value(status).unwrap()).unwrap()
    }

    #[test]
    fn an_apply_inherits_the_comment_that_requested_an_apply_of_the_same_file() {
        let first = applied("b", Some(7));
        let approval = first.approval.clone().unwrap();
        assert_eq!((approval.comment, approval.login.as_str(), approval.run.as_str()), (7, "alice", "uid-r"));
        let second = inheriting(applied("b", None), Some(&first));
        assert_eq!(second.approval, Some(approval));
        assert_eq!(inheriting(applied("b", None), Some(&second)).approval, second.approval, "and so on");
        assert_eq!(inheriting(applied("c", None), Some(&second)).approval, None, "another file");
        let other = inheriting(applied("b", Some(8)), Some(&second)).approval.unwrap();
        assert_eq!(other.comment, 8, "what requested it itself is newer");
        assert_eq!(inheriting(applied("b", None), None).approval, None);
    }

    #[test]
    fn an_apply_leaves_what_the_next_one_follows_from() {
        let left = of(
            Mode::Apply,
            json!({
                "phase": "Failed", "reason": "Incomplete", "message": "m", "sha": "s", "blob": "b", "startedAt": "1",
                "finishedAt": "2", "retryAt": "3", "changes": {"planned": 4, "applied": 3, "remaining": 1},
            }),
        );
        let expected = json!({
            "run": "r", "uid": "uid-r", "phase": "Failed", "reason": "Incomplete", "message": "m", "sha": "s",
            "blob": "b", "startedAt": "1", "finishedAt": "2", "retryAt": "3", "remaining": 1,
        });
        assert_eq!(serde_json::to_value(left).unwrap(), expected);
    }

    #[rstest::rstest]
    #[case(json!({"phase": "Succeeded"}), true)]
    #[case(json!({"phase": "Failed"}), true)]
    #[case(json!({"phase": "Superseded", "reason": "HeadMoved"}), true)]
    #[case(json!({"phase": "Cancelled", "startedAt": "1"}), true)]
    #[case::before_anything_started(json!({"phase": "Cancelled"}), false)]
    #[case::gave_way(json!({"phase": "Superseded", "reason": "Superseded"}), false)]
    #[case::tried_again(json!({"phase": "Queued"}), false)]
    #[case(json!({"phase": "Skipped"}), false)]
    fn what_applied_nothing_leaves_nothing(#[case] status: serde_json::Value, #[case] expected: bool) {
        assert_eq!(of(Mode::Apply, status.clone()).is_some(), expected);
        assert_eq!(of(Mode::Dump, status), None);
    }
}
