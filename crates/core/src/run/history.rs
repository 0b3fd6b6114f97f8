//! Which finished runs are no longer kept.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{PeribolosRun, installation::History, run::Mode};

use super::{queue::order, state::phase, status::time};
use crate::heal::file;

/// So long a run that has recorded removals is kept: an Apply may still ask what was shown.
const RECORDS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The finished runs of one installation that are beyond its history, oldest first.
///
/// A run with recorded removals is kept for 90 days and does not count. The newest Apply is always kept, and the
/// newest DryRun of the branch: what is healed is decided by the one, and when drift is looked for again by the other.
pub fn beyond<'a>(history: &History, runs: &[&'a PeribolosRun], now: Timestamp) -> Vec<&'a PeribolosRun> {
    // Runs that say nothing of their file (a stranger's command, an old commit) have a history of their own: however
    // many there are, they push no other out of it.
    let mut finished: BTreeMap<(Mode, bool), Vec<&PeribolosRun>> = BTreeMap::new();
    let mut beyond: Vec<&PeribolosRun> = runs.iter().copied().filter(|run| is_past(run, now)).collect();
    for run in runs.iter().copied() {
        if phase(run).is_final() && !is_record(run) {
            finished.entry((run.spec.mode, file::counts(run))).or_default().push(run);
        }
    }
    let applies = runs.iter().filter(|run| run.spec.mode == Mode::Apply && file::counts(run));
    let looks =
        runs.iter().filter(|run| run.spec.mode == Mode::DryRun && run.spec.source.pull_request.is_none());
    let newest = [applies.max_by_key(|run| order(run)), looks.max_by_key(|run| order(run))];
    let is_kept =
        |run: &PeribolosRun| newest.iter().flatten().any(|newest| newest.metadata.name == run.metadata.name);
    for ((mode, _), mut runs) in finished {
        let keep = match mode {
            Mode::Apply => history.apply,
            Mode::DryRun => history.dry_run,
            Mode::Dump => history.dump,
        };
        runs.sort_by_key(|run| order(run));
        let surplus = runs.len().saturating_sub(usize::try_from(keep).unwrap_or(0));
        beyond.extend(runs[..surplus].iter().filter(|run| !is_kept(run)));
    }
    beyond
}

/// Whether a run has recorded removals that it showed.
fn is_record(run: &PeribolosRun) -> bool {
    run.status.as_ref().is_some_and(|status| !status.removals.is_empty())
}

/// Whether a run is a record that nobody asks for any more.
fn is_past(run: &PeribolosRun, now: Timestamp) -> bool {
    let ended = run.status.as_ref().and_then(|status| time(status.finished_at.as_ref()));
    is_record(run)
        && phase(run).is_final()
        && ended.is_some_and(|ended| now.duration_since(ended) > RECORDS_KEPT)
}

#[cfg(test)]
mod tests {
    use peribolos_api::run::Phase;

    use super::*;
    use crate::run::testing::{at, run};

    fn names(history: &History, runs: &[&PeribolosRun]) -> Vec<String> {
        beyond(history, runs, at(0)).into_iter().filter_map(|run| run.metadata.name.clone()).collect()
    }

    #[test]
    fn the_newest_of_each_mode_are_kept() {
        let runs: Vec<PeribolosRun> = (0..5)
            .map(|i| run(&format!("a{i}"), Mode::Apply, i, Phase::Succeeded))
            .chain((0..3).map(|i| run(&format!("d{i}"), Mode::DryRun, i, Phase::Failed)))
            .chain([run("working", Mode::Apply, 9, Phase::Running)])
            .collect();
        let runs: Vec<&PeribolosRun> = runs.iter().collect();
        let history = History { apply: 2, dry_run: 1, dump: 3 };
        assert_eq!(names(&history, &runs), ["a0", "a1", "a2", "d0", "d1"]);
    }

    #[test]
    fn refused_commands_push_no_apply_out() {
        let applied = run("a", Mode::Apply, 1, Phase::Succeeded);
        let mut refused: Vec<PeribolosRun> =
            (2..7).map(|i| run(&format!("r{i}"), Mode::Apply, i, Phase::Skipped)).collect();
        for run in &mut refused {
            run.metadata.annotations =
                Some([(peribolos_api::names::ANNOTATION_COMMENT.to_owned(), "7".to_owned())].into());
        }
        let runs: Vec<&PeribolosRun> = refused.iter().chain([&applied]).collect();
        let history = History { apply: 2, dry_run: 1, dump: 3 };
        assert_eq!(names(&history, &runs), ["r2", "r3", "r4"]);
    }

    #[test]
    fn the_newest_apply_and_the_newest_drift_check_stay() {
        let apply = run("a", Mode::Apply, 1, Phase::Succeeded);
        let earlier = run("d", Mode::DryRun, 1, Phase::Succeeded);
        let later = run("e", Mode::DryRun, 2, Phase::Failed);
        let history = History { apply: 0, dry_run: 0, dump: 0 };
        assert_eq!(names(&history, &[&apply, &earlier, &later]), ["d"]);
    }

    #[test]
    fn a_record_goes_after_ninety_days_and_does_not_count() {
        const DAY: i64 = 24 * 3600;
        let record = |name: &str, day: i64| {
            let mut run = run(name, Mode::DryRun, day * DAY, Phase::Succeeded);
            run.spec.source.pull_request = Some(7);
            let status = run.status.as_mut().unwrap();
            status.removals = vec!["hash".into()];
            status.finished_at = Some(at(day * DAY).to_string());
            run
        };
        let (old, young) = (record("old", 0), record("young", 1));
        let history = History { apply: 0, dry_run: 0, dump: 0 };
        let names = |day: i64| -> Vec<_> {
            let past = beyond(&history, &[&young, &old], at(day * DAY));
            past.into_iter().filter_map(|run| run.metadata.name.as_deref()).collect()
        };
        assert_eq!(names(90), Vec::<&str>::new(), "exactly 90 days are not past");
        assert_eq!(names(91), ["old"]);
    }
}
