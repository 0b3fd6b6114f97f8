//! Whether the config file's head has been applied, or a run for it is to be made.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_api::{
    GitHubInstallationStatus, PeribolosRun, Reason,
    names::{ANNOTATION_COMMENT, ANNOTATION_REREQUEST},
    run::{Mode, Phase},
};

use crate::run::{
    queue::{order, phase},
    retry::is_retried,
};

/// How long after it failed for good a run is tried once more, if its cause lies outside the file.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

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
    /// The newest run of that mode, whatever it was for; empty: there is none. It goes into the new one's name.
    pub newest: String,
}

/// Whether the file differs from what was applied or attempted, as far as the installation's status tells. When it does
/// not there is nothing to do, and the head need not be asked for.
pub fn is_pending(status: &GitHubInstallationStatus, blob: &str) -> bool {
    let is = |noted: &Option<String>| noted.as_deref() == Some(blob);
    !is(&status.last_applied_blob) || !is(&status.last_attempted_blob)
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
    if !is_pending(status, head.blob) {
        return None;
    }
    let of = |mode| {
        runs.iter()
            .copied()
            .filter(move |run| run.spec.mode == mode && run.spec.source.pull_request.is_none() && counts(run))
            .max_by_key(|run| order(run))
    };
    let mode = if status.last_applied_blob.is_none() { Mode::DryRun } else { Mode::Apply };
    // Before the first Apply there may be one under way, or one that has told what a DryRun would.
    let in_the_way = |run: &PeribolosRun| stands_in_the_way(run, head, now);
    if of(Mode::Apply).is_some_and(in_the_way) || of(mode).is_some_and(in_the_way) {
        return None;
    }
    let newest = runs.iter().filter(|run| run.spec.mode == mode).max_by_key(|run| order(run));
    Some(Ensure { mode, newest: newest.and_then(|run| run.metadata.name.clone()).unwrap_or_default() })
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

fn stands_in_the_way(run: &PeribolosRun, head: Head<'_>, now: Timestamp) -> bool {
    let status = run.status.as_ref();
    let sha = status.and_then(|status| status.sha.as_deref()).unwrap_or(&run.spec.source.sha);
    let concerns = match status.and_then(|status| status.blob.as_deref()) {
        Some(blob) => blob == head.blob,
        // It has not read the file yet; without a commit it is for the head of the moment it starts.
        None => sha == head.sha || (sha.is_empty() && !phase(run).is_final()),
    };
    concerns && !(phase(run) == Phase::Failed && may_end_otherwise(run, now))
}

/// Whether a failed run may end otherwise when it is made again now.
fn may_end_otherwise(run: &PeribolosRun, now: Timestamp) -> bool {
    let Some(status) = &run.status else { return false };
    let reason = status.reason.as_deref().and_then(Reason::parse);
    let ended = status.finished_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    reason.is_some_and(is_retried)
        && ended.and_then(|ended| ended.checked_add(AGAIN_AFTER).ok()).is_some_and(|again| now >= again)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::{at, run};

    const HEAD: Head<'static> = Head { sha: "head", blob: "new" };

    fn status(applied: Option<&str>, attempted: Option<&str>) -> GitHubInstallationStatus {
        GitHubInstallationStatus {
            last_applied_blob: applied.map(Into::into),
            last_attempted_blob: attempted.map(Into::into),
            ..GitHubInstallationStatus::default()
        }
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
    #[case(Some("new"), Some("new"), None)]
    #[case(Some("old"), Some("old"), Some(Mode::Apply))]
    #[case::attempted_and_lost(Some("old"), Some("new"), Some(Mode::Apply))]
    #[case::went_back(Some("new"), Some("other"), Some(Mode::Apply))]
    #[case::never_applied(None, None, Some(Mode::DryRun))]
    fn what_differs_from_what_was_applied(
        #[case] applied: Option<&str>,
        #[case] attempted: Option<&str>,
        #[case] expected: Option<Mode>,
    ) {
        assert_eq!(mode(&status(applied, attempted), &[], 0), expected);
    }

    #[rstest::rstest]
    #[case(Phase::Pending, None)]
    #[case(Phase::Queued, None)]
    #[case(Phase::Running, None)]
    #[case(Phase::Succeeded, None)]
    #[case(Phase::Cancelled, None)]
    #[case(Phase::Superseded, Some(Mode::Apply))]
    fn an_apply_of_that_blob_decides(#[case] phase: Phase, #[case] expected: Option<Mode>) {
        let applied = status(Some("old"), Some("old"));
        assert_eq!(mode(&applied, &[earlier("a", Mode::Apply, 1, phase, "new")], 100), expected);
    }

    #[rstest::rstest]
    #[case(Reason::ApplyFailed, 9999, None)]
    #[case(Reason::ConfigInvalid, 9999, None)]
    #[case(Reason::GitHubUnavailable, 100 + 3599, None)]
    #[case(Reason::GitHubUnavailable, 100 + 3600, Some(Mode::Apply))]
    fn a_failure_from_outside_is_tried_again_hourly(
        #[case] reason: Reason,
        #[case] second: i64,
        #[case] expected: Option<Mode>,
    ) {
        assert_eq!(mode(&status(Some("old"), Some("new")), &[failed(reason, "new")], second), expected);
    }

    #[test]
    fn a_blob_that_comes_back_is_applied_again() {
        let runs = [
            earlier("a", Mode::Apply, 1, Phase::Succeeded, "new"),
            earlier("b", Mode::Apply, 2, Phase::Failed, "other"),
        ];
        let ensured = ensure(&status(Some("new"), Some("other")), HEAD, &[&runs[0], &runs[1]], at(100));
        assert_eq!(ensured, Some(Ensure { mode: Mode::Apply, newest: "b".into() }));
    }

    #[test]
    fn a_run_that_has_not_read_the_file_is_told_by_its_commit() {
        let applied = status(Some("old"), Some("old"));
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
        assert_eq!(mode(&status(Some("old"), Some("old")), &[refused], 0), Some(Mode::Apply));
    }

    #[test]
    fn before_the_first_apply_one_dry_run_is_enough() {
        let never = status(None, None);
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
