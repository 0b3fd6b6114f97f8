//! Whether the config file's head has been applied, or a run for it is to be made.

use jiff::Timestamp;
use peribolos_api::{
    ConditionType, GitHubInstallationStatus, PeribolosRun, Reason,
    installation::LastApply,
    names::{ANNOTATION_COMMENT, ANNOTATION_REREQUEST},
    run::{Mode, Phase},
};

use crate::run::{
    queue::{commit, is_active, order},
    state::phase,
};

/// The file at the head of the config branch.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The commit.
    pub sha: &'a str,
    /// The file's Git blob in it.
    pub blob: &'a str,
}

/// A run to be made for the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensure {
    /// Apply; DryRun while nothing was applied yet: the first Apply needs a push or an owner's command.
    pub mode: Mode,
}

/// Whether the head's file is to be applied, as far as the installation's status tells: it is not the one that was applied
/// last, or that one is to be applied again by now. If not, there is nothing to do, and the head need not be asked for.
pub fn is_pending(status: &GitHubInstallationStatus, blob: &str, now: Timestamp) -> bool {
    match &status.last_apply {
        Some(last) => last.blob.as_deref() != Some(blob) || is_due_again(status, last, now),
        None => true,
    }
}

/// Whether the file that was applied last is to be applied again though nobody changed it.
fn is_due_again(status: &GitHubInstallationStatus, last: &LastApply, now: Timestamp) -> bool {
    let time = |text: &Option<String>| text.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    if time(&last.retry_at).is_some_and(|at| now >= at) {
        return true;
    }
    // A permission that was missing is tried again once the installation has all it needs.
    let lacked = last.reason.as_deref() == Some(Reason::PermissionsMissing.as_str());
    let ready = status.conditions.iter().find(|c| c.type_ == ConditionType::Ready.as_str());
    lacked
        && ready.is_some_and(|ready| {
            ready.status == "True"
                && time(&last.finished_at).is_some_and(|ended| ready.last_transition_time.0 > ended)
        })
}

/// The run that is to be made for the head, given all runs of the installation.
///
/// An earlier run stands in the way as long as nothing has changed that could let a new one end otherwise. Only the
/// newest counts: a blob that was applied, replaced, and is back again is applied again.
pub fn ensure(
    status: &GitHubInstallationStatus,
    head: Head<'_>,
    runs: &[&PeribolosRun],
    now: Timestamp,
) -> Option<Ensure> {
    if !is_pending(status, head.blob, now) {
        return None;
    }
    let of = |mode| {
        runs.iter()
            .copied()
            .filter(move |run| run.spec.mode == mode && run.spec.source.pull_request.is_none() && counts(run))
            .max_by_key(|run| order(run))
    };
    let mode = if status.last_apply.is_none() { Mode::DryRun } else { Mode::Apply };
    // Before the first Apply there may be one under way, or one that has told what a DryRun would.
    let in_the_way = |run: &PeribolosRun| stands_in_the_way(run, status, head, now);
    if of(Mode::Apply).is_some_and(in_the_way) || of(mode).is_some_and(in_the_way) {
        return None;
    }
    Some(Ensure { mode })
}

/// Whether an Apply is to be made for the head in the place of `run`, which is for another commit and ends without a
/// TaskRun, or stopped when the head moved.
///
/// A push says only that the file may have changed, so this is judged as [`ensure`] does, but for the first Apply: the
/// push was there. Whoever named no commit wants the head applied, whatever was applied before. `is_from_here` tells
/// whether a run that was not let in yet is from the installation's repository and branch.
pub fn in_place_of(
    run: &PeribolosRun,
    status: &GitHubInstallationStatus,
    head: Head<'_>,
    others: &[&PeribolosRun],
    is_from_here: impl Fn(&PeribolosRun) -> bool,
    now: Timestamp,
) -> bool {
    let applies = || others.iter().copied().filter(|other| other.spec.mode == Mode::Apply);
    let will_apply = |other: &PeribolosRun| is_for(other, head, &is_from_here);
    if applies().any(|other| !other.spec.cancel && will_apply(other)) {
        return false;
    }
    let names_a_commit = !run.spec.source.sha.is_empty();
    // Runs of other commits that still wait say nothing: they give way, too.
    let newest = applies()
        .filter(|other| phase(other).is_final() || is_active(other) || will_apply(other))
        .filter(|other| counts(other))
        .max_by_key(|other| order(other))
        // One that has applied something itself is newer than what was applied before it.
        .filter(|other| !has_applied(run, status) || order(other) > order(run));
    !names_a_commit
        || (is_pending(status, head.blob, now)
            && !newest.is_some_and(|newest| stands_in_the_way(newest, status, head, now)))
}

/// Whether the installation's last Apply is this run.
fn has_applied(run: &PeribolosRun, status: &GitHubInstallationStatus) -> bool {
    status.last_apply.as_ref().is_some_and(|last| last.uid.is_some() && last.uid == run.metadata.uid)
}

/// Whether a run is unfinished and for the head. One that was not let in yet is believed only if it is from the right
/// place and nobody has to be asked whether its sender may.
fn is_for(run: &PeribolosRun, head: Head<'_>, is_from_here: impl Fn(&PeribolosRun) -> bool) -> bool {
    !phase(run).is_final()
        && commit(run).map_or_else(
            || run.spec.source.sha == head.sha && !is_command(run) && is_from_here(run),
            |sha| sha == head.sha,
        )
}

fn is_command(run: &PeribolosRun) -> bool {
    run.metadata.annotations.as_ref().is_some_and(|annotations| annotations.contains_key(ANNOTATION_COMMENT))
}

/// Whether a run says anything about its file: not one that gave way, or that somebody might not have asked for.
pub(crate) fn counts(run: &PeribolosRun) -> bool {
    let asked_for = run.metadata.annotations.as_ref().is_some_and(|annotations| {
        annotations.contains_key(ANNOTATION_COMMENT) || annotations.contains_key(ANNOTATION_REREQUEST)
    });
    match phase(run) {
        Phase::Superseded => false,
        // Another branch or repository: it says nothing of the file that is applied, whatever its commit.
        Phase::Failed if has_reason(run, Reason::SourceNotAllowed) => false,
        Phase::Skipped => !asked_for,
        _ => true,
    }
}

fn has_reason(run: &PeribolosRun, reason: Reason) -> bool {
    run.status.as_ref().and_then(|status| status.reason.as_deref()) == Some(reason.as_str())
}

fn stands_in_the_way(
    run: &PeribolosRun,
    of: &GitHubInstallationStatus,
    head: Head<'_>,
    now: Timestamp,
) -> bool {
    // Whether the last Apply is repeated was decided by what it left in the installation's status. One whose file nobody
    // could read left its commit alone.
    let is_decided = |last: &LastApply| last.blob.is_some() || is_due_again(of, last, now);
    let last = of.last_apply.as_ref().filter(|last| run.metadata.uid == last.uid && phase(run).is_final());
    if last.is_some_and(is_decided) {
        return false;
    }
    let status = run.status.as_ref();
    let sha = status.and_then(|status| status.sha.as_deref()).unwrap_or(&run.spec.source.sha);
    match status.and_then(|status| status.blob.as_deref()) {
        Some(blob) => blob == head.blob,
        // It has not read the file yet; without a commit it is for the head of the moment it starts.
        None => sha == head.sha || (sha.is_empty() && !phase(run).is_final()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::{at, run};

    const HEAD: Head<'static> = Head { sha: "head", blob: "new" };

    /// The status after an Apply of this file, by a run that is no more.
    fn status(applied: Option<&str>) -> GitHubInstallationStatus {
        let last = |blob: &str| LastApply {
            run: "gone".into(),
            uid: Some("uid-gone".into()),
            sha: Some(format!("commit of {blob}")),
            blob: Some(blob.into()),
            phase: Phase::Succeeded,
            reason: Some("Applied".into()),
            message: None,
            remaining: Some(0),
            outcome_unknown: false,
            started_at: None,
            finished_at: Some(at(100).to_string()),
            retry_at: None,
        };
        GitHubInstallationStatus { last_apply: applied.map(last), ..GitHubInstallationStatus::default() }
    }

    /// The status after an Apply of the head that ended so.
    fn after(reason: Reason, retry_at: Option<i64>) -> GitHubInstallationStatus {
        let mut status = status(Some("new"));
        let last = status.last_apply.as_mut().unwrap();
        (last.run, last.uid) = ("f".into(), Some("uid-f".into()));
        last.phase = Phase::Failed;
        last.reason = Some(reason.as_str().into());
        last.retry_at = retry_at.map(|second| at(second).to_string());
        status
    }

    /// A run for this blob, or for a commit as long as it has none, that ended at second 100.
    fn earlier(name: &str, mode: Mode, second: i64, phase: Phase, blob: &str) -> PeribolosRun {
        let mut run = run(name, mode, second, phase);
        run.spec.source.sha = format!("commit of {blob}");
        let status = run.status.as_mut().unwrap();
        status.blob = Some(blob.into());
        status.finished_at = phase.is_final().then(|| at(100).to_string());
        run
    }

    fn failed(reason: Reason, blob: &str) -> PeribolosRun {
        let mut run = earlier("f", Mode::Apply, 9, Phase::Failed, blob);
        run.status.as_mut().unwrap().reason = Some(reason.as_str().into());
        run
    }

    fn mode(status: &GitHubInstallationStatus, runs: &[PeribolosRun], second: i64) -> Option<Mode> {
        ensure(status, HEAD, &runs.iter().collect::<Vec<_>>(), at(second)).map(|ensure| ensure.mode)
    }

    #[rstest::rstest]
    #[case(Some("new"), None)]
    #[case(Some("old"), Some(Mode::Apply))]
    #[case::never_applied(None, Some(Mode::DryRun))]
    fn what_differs_from_what_was_applied(#[case] applied: Option<&str>, #[case] expected: Option<Mode>) {
        assert_eq!(mode(&status(applied), &[], 0), expected);
    }

    #[rstest::rstest]
    #[case(Phase::Pending, None)]
    #[case(Phase::Queued, None)]
    #[case(Phase::Running, None)]
    #[case(Phase::Succeeded, None)]
    #[case(Phase::Cancelled, None)]
    #[case(Phase::Superseded, Some(Mode::Apply))]
    fn an_apply_of_that_blob_decides(#[case] phase: Phase, #[case] expected: Option<Mode>) {
        let applied = status(Some("old"));
        assert_eq!(mode(&applied, &[earlier("a", Mode::Apply, 1, phase, "new")], 100), expected);
    }

    #[rstest::rstest]
    #[case(Reason::ApplyFailed, None, 9_999, None)]
    #[case(Reason::AccessBlocked, Some(3_700), 3_699, None)]
    #[case(Reason::AccessBlocked, Some(3_700), 3_700, Some(Mode::Apply))]
    fn the_same_file_is_applied_again_when_that_is_due(
        #[case] reason: Reason,
        #[case] retry_at: Option<i64>,
        #[case] second: i64,
        #[case] expected: Option<Mode>,
    ) {
        assert_eq!(mode(&after(reason, retry_at), &[failed(reason, "new")], second), expected);
        // The head has another file: what was due is due no more, and the new one is applied at once.
        let mut other = after(reason, retry_at);
        other.last_apply.as_mut().unwrap().blob = Some("older".into());
        assert_eq!(mode(&other, &[failed(reason, "older")], second), Some(Mode::Apply));
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
        let mut status = after(Reason::PermissionsMissing, None);
        let condition = serde_json::json!({"type": "Ready", "status": ready, "reason": "TokenIssued", "message": "",
            "lastTransitionTime": at(since).to_string()});
        status.conditions = vec![serde_json::from_value(condition).unwrap()];
        assert_eq!(mode(&status, &[failed(Reason::PermissionsMissing, "new")], 300), expected);
    }

    #[test]
    fn an_apply_whose_file_nobody_could_read_is_told_by_its_commit() {
        let unread = |retry_at| {
            let mut status = after(Reason::ConfigMissing, retry_at);
            status.last_apply.as_mut().unwrap().blob = None;
            let mut run = failed(Reason::ConfigMissing, "new");
            run.spec.source.sha = "head".into();
            (run.status.as_mut().unwrap().blob, run.status.as_mut().unwrap().sha) =
                (None, Some("head".into()));
            mode(&status, &[run], 300)
        };
        assert_eq!(unread(None), None);
        assert_eq!(unread(Some(301)), None);
        assert_eq!(unread(Some(300)), Some(Mode::Apply));
    }

    #[test]
    fn a_blob_that_comes_back_is_applied_again() {
        let runs = [
            earlier("a", Mode::Apply, 1, Phase::Succeeded, "new"),
            earlier("b", Mode::Apply, 2, Phase::Failed, "other"),
        ];
        let ensured = ensure(&status(Some("other")), HEAD, &[&runs[0], &runs[1]], at(100));
        assert_eq!(ensured, Some(Ensure { mode: Mode::Apply }));
    }

    #[test]
    fn a_retry_that_is_unfinished_or_ended_without_the_slot_is_not_made_twice() {
        let due = after(Reason::AccessBlocked, Some(200));
        let mut retried = earlier("g", Mode::Apply, 10, Phase::Pending, "new");
        assert_eq!(mode(&due, &[failed(Reason::AccessBlocked, "new"), retried.clone()], 300), None);
        retried.status.as_mut().unwrap().phase = Some(Phase::Cancelled);
        assert_eq!(mode(&due, &[failed(Reason::AccessBlocked, "new"), retried], 300), None);
    }

    #[test]
    fn a_run_that_has_not_read_the_file_is_told_by_its_commit() {
        let applied = status(Some("old"));
        let waiting = |sha: &str, phase| {
            let mut run = run("a", Mode::Apply, 1, phase);
            run.spec.source.sha = sha.into();
            run.status.as_mut().unwrap().sha = None;
            run
        };
        assert_eq!(mode(&applied, &[waiting("head", Phase::Pending)], 0), None);
        assert_eq!(mode(&applied, &[waiting("head", Phase::Cancelled)], 0), None);
        assert_eq!(mode(&applied, &[waiting("", Phase::Queued)], 0), None);
        assert_eq!(mode(&applied, &[waiting("", Phase::Cancelled)], 0), Some(Mode::Apply));
        assert_eq!(mode(&applied, &[waiting("old", Phase::Running)], 0), Some(Mode::Apply));
    }

    #[test]
    fn a_refused_command_says_nothing_about_the_file() {
        let mut refused = earlier("a", Mode::Apply, 1, Phase::Skipped, "new");
        refused.metadata.annotations = Some([(ANNOTATION_COMMENT.to_owned(), "5".to_owned())].into());
        assert_eq!(mode(&status(Some("old")), &[refused], 0), Some(Mode::Apply));
    }

    /// A late push, and what is made in its place when these are the other runs.
    fn in_the_place_of_a_push(
        status: &GitHubInstallationStatus,
        others: &[PeribolosRun],
        second: i64,
    ) -> bool {
        let mut late = run("late", Mode::Apply, 50, Phase::Pending);
        late.spec.source.sha = "old".into();
        let others: Vec<_> = others.iter().collect();
        in_place_of(&late, status, HEAD, &others, |other| other.spec.source.git_ref.is_empty(), at(second))
    }

    fn for_head(second: i64, phase: Phase) -> PeribolosRun {
        let mut run = run("h", Mode::Apply, second, phase);
        run.spec.source.sha = "head".into();
        run.status.as_mut().unwrap().sha = Some("head".into());
        run
    }

    #[test]
    fn a_late_push_brings_the_head_even_before_the_first_apply() {
        let never = status(None);
        assert!(in_the_place_of_a_push(&never, &[], 60));
        let later = run("newer", Mode::Apply, 60, Phase::Superseded);
        assert!(in_the_place_of_a_push(&never, &[later], 60));
    }

    #[test]
    fn a_late_push_applies_no_head_again() {
        assert!(!in_the_place_of_a_push(&status(Some("new")), &[], 60));
        let behind = status(Some("old"));
        let mut another_late = run("z", Mode::Apply, 55, Phase::Pending);
        another_late.status.as_mut().unwrap().sha = Some("old".into());
        let succeeded = earlier("s", Mode::Apply, 1, Phase::Succeeded, "new");
        assert!(!in_the_place_of_a_push(&behind, &[succeeded, another_late], 60));
        assert!(!in_the_place_of_a_push(&behind, &[failed(Reason::ConfigInvalid, "new")], 9999));
        let due = after(Reason::PodLost, Some(3700));
        assert!(!in_the_place_of_a_push(&due, &[failed(Reason::PodLost, "new")], 3699));
        let again = in_the_place_of_a_push(&due, &[failed(Reason::PodLost, "new")], 3700);
        assert!(again);
        let since = earlier("b", Mode::Apply, 2, Phase::Succeeded, "other");
        let before = earlier("s", Mode::Apply, 1, Phase::Succeeded, "new");
        assert!(in_the_place_of_a_push(&status(Some("other")), &[before, since], 60));
    }

    #[test]
    fn a_head_that_went_back_is_applied_after_what_was_stopped_for_it() {
        let mut stopped = run("wrong", Mode::Apply, 50, Phase::Running);
        stopped.spec.source.sha = "wrong".into();
        let before = earlier("b", Mode::Apply, 1, Phase::Succeeded, "new");
        let mut status = status(Some("other"));
        let made = |status: &GitHubInstallationStatus| {
            in_place_of(&stopped, status, HEAD, &[&before], |_| true, at(60))
        };
        assert!(!made(&status), "it has applied nothing: the file before it is still there");
        status.last_apply.as_mut().unwrap().uid = Some("uid-wrong".into());
        assert!(made(&status));
    }

    #[test]
    fn a_run_for_the_head_that_is_sure_to_come_is_enough() {
        let behind = status(None);
        for phase in [Phase::Pending, Phase::Queued, Phase::Running] {
            assert!(!in_the_place_of_a_push(&behind, &[for_head(1, phase)], 60), "{phase:?}");
        }
        let not_let_in = |change: fn(&mut PeribolosRun)| {
            let mut run = for_head(1, Phase::Pending);
            run.status.as_mut().unwrap().sha = None;
            change(&mut run);
            in_the_place_of_a_push(&behind, &[run], 60)
        };
        assert!(!not_let_in(|_| ()));
        assert!(not_let_in(|run| run.spec.source.sha.clear()));
        assert!(not_let_in(|run| run.spec.source.git_ref = "refs/heads/other".into()));
        let comment = |run: &mut PeribolosRun| {
            run.metadata.annotations = Some([(ANNOTATION_COMMENT.to_owned(), "5".to_owned())].into());
        };
        assert!(not_let_in(comment));
        assert!(in_the_place_of_a_push(&behind, &[for_head(1, Phase::Superseded)], 60));
    }

    #[test]
    fn who_named_no_commit_gets_the_head_applied() {
        let asked = run("asked", Mode::Apply, 50, Phase::Queued);
        let made_in_place = |other: &PeribolosRun| {
            in_place_of(&asked, &status(Some("new")), HEAD, &[other], |_| true, at(60))
        };
        assert!(made_in_place(&for_head(1, Phase::Succeeded)));
        assert!(!made_in_place(&for_head(1, Phase::Queued)));
        let mut cancelled = for_head(1, Phase::Queued);
        cancelled.spec.cancel = true;
        assert!(made_in_place(&cancelled));
        // Whoever cancels the head's run means the head: an old push does not bring it back.
        assert!(!in_the_place_of_a_push(&status(Some("old")), &[cancelled], 60));
    }

    #[test]
    fn before_the_first_apply_one_dry_run_is_enough() {
        let never = status(None);
        assert_eq!(mode(&never, &[earlier("d", Mode::DryRun, 1, Phase::Succeeded, "new")], 9999), None);
        assert_eq!(
            mode(&never, &[earlier("d", Mode::DryRun, 1, Phase::Succeeded, "old")], 0),
            Some(Mode::DryRun)
        );
        assert_eq!(mode(&never, &[earlier("a", Mode::Apply, 1, Phase::Running, "new")], 0), None);
        assert_eq!(mode(&never, &[failed(Reason::ConfigInvalid, "new")], 9999), None);
        let mut preview = earlier("p", Mode::DryRun, 1, Phase::Succeeded, "new");
        preview.spec.source.pull_request = Some(7);
        assert_eq!(mode(&never, &[preview], 0), Some(Mode::DryRun));
    }
}
