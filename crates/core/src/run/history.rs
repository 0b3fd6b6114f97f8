//! Which finished runs are no longer kept.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{PeribolosRun, installation::History, run::Mode};

use super::queue::{order, phase};
use crate::heal::file;

/// The names of the finished runs of one installation that are beyond its history, oldest first.
///
/// A preview with recorded removals is kept by another rule and does not count. The newest Apply is always kept, and the
/// newest DryRun of the branch: what is healed is decided by the one, and when drift is looked for again by the other.
pub fn beyond(history: &History, runs: &[&PeribolosRun]) -> Vec<String> {
    // Runs that say nothing of their file (a stranger's command, an old commit) have a history of their own: however
    // many there are, they push no other out of it.
    let mut finished: BTreeMap<(Mode, bool), Vec<&PeribolosRun>> = BTreeMap::new();
    for run in runs {
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
    let mut names = Vec::new();
    for ((mode, _), mut runs) in finished {
        let keep = match mode {
            Mode::Apply => history.apply,
            Mode::DryRun => history.dry_run,
            Mode::Dump => history.dump,
        };
        runs.sort_by_key(|run| order(run));
        let surplus = runs.len().saturating_sub(usize::try_from(keep).unwrap_or(0));
        names.extend(
            runs[..surplus].iter().filter(|run| !is_kept(run)).filter_map(|run| run.metadata.name.clone()),
        );
    }
    names
}

/// Whether a run is a preview that recorded removals.
fn is_record(run: &PeribolosRun) -> bool {
    run.spec.mode == Mode::DryRun
        && run.spec.source.pull_request.is_some()
        && run.status.as_ref().is_some_and(|status| !status.removals.is_empty())
}

/// How long a preview's record of removals is kept after its pull request was closed: an Apply may still ask for it.
const RECORDS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The previews with recorded removals that may be old enough to go, oldest first: it depends on when their pull
/// requests were closed, which [`is_past`] is to be asked.
pub fn recorded<'a>(runs: &[&'a PeribolosRun], now: Timestamp) -> Vec<&'a PeribolosRun> {
    let ended = |run: &PeribolosRun| {
        let at = run.status.as_ref()?.finished_at.as_deref()?;
        at.parse::<Timestamp>().ok()
    };
    let mut found: Vec<&PeribolosRun> = runs
        .iter()
        .copied()
        .filter(|run| phase(run).is_final() && is_record(run))
        // A pull request that was closed long enough ago was previewed before that.
        .filter(|run| ended(run).is_some_and(|ended| is_past(ended, now)))
        .collect();
    found.sort_by_key(|run| order(run));
    found
}

/// Whether the record of a pull request that was closed then need not be kept any longer.
pub fn is_past(closed: Timestamp, now: Timestamp) -> bool {
    now.duration_since(closed) > RECORDS_KEPT
}

#[cfg(test)]
mod tests {
    use peribolos_api::run::Phase;

    use super::*;
    use crate::run::testing::{at, run};

    #[test]
    fn the_newest_of_each_mode_are_kept() {
        let runs: Vec<PeribolosRun> = (0..5)
            .map(|i| run(&format!("a{i}"), Mode::Apply, i, Phase::Succeeded))
            .chain((0..3).map(|i| run(&format!("d{i}"), Mode::DryRun, i, Phase::Failed)))
            .chain([run("working", Mode::Apply, 9, Phase::Running)])
            .collect();
        let runs: Vec<&PeribolosRun> = runs.iter().collect();
        let history = History { apply: 2, dry_run: 1, dump: 3 };
        assert_eq!(beyond(&history, &runs), ["a0", "a1", "a2", "d0", "d1"]);
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
        assert_eq!(beyond(&history, &runs), ["r2", "r3", "r4"]);
    }

    #[test]
    fn the_newest_apply_and_recorded_previews_stay() {
        let apply = run("a", Mode::Apply, 1, Phase::Succeeded);
        let mut preview = run("d", Mode::DryRun, 1, Phase::Succeeded);
        preview.spec.source.pull_request = Some(7);
        preview.status.as_mut().unwrap().removals = vec!["hash".into()];
        let history = History { apply: 0, dry_run: 0, dump: 0 };
        assert_eq!(beyond(&history, &[&apply, &preview]), Vec::<String>::new());
        // What looks for drift have shown are no previews; when the next one is due follows from the newest.
        preview.spec.source.pull_request = None;
        let later = run("e", Mode::DryRun, 2, Phase::Failed);
        assert_eq!(beyond(&history, &[&apply, &preview, &later]), ["d"]);
    }

    #[test]
    fn a_record_goes_a_month_after_its_pull_request_was_closed() {
        const DAY: i64 = 24 * 3600;
        let recorded_at = |name: &str, day: i64| {
            let mut preview = run(name, Mode::DryRun, day * DAY, Phase::Succeeded);
            preview.spec.source.pull_request = Some(7);
            let status = preview.status.as_mut().unwrap();
            status.removals = vec!["hash".into()];
            status.finished_at = Some(at(day * DAY).to_string());
            preview
        };
        let (old, young) = (recorded_at("old", 0), recorded_at("young", 1));
        let names: Vec<_> = recorded(&[&young, &old], at(31 * DAY))
            .into_iter()
            .filter_map(|run| run.metadata.name.as_deref())
            .collect();
        assert_eq!(names, ["old"], "exactly a month is not past");
        assert!(is_past(at(0), at(30 * DAY + 1)) && !is_past(at(0), at(30 * DAY)));
    }
}
