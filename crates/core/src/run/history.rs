//! Which ended runs are no longer kept.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{installation::History, run::Mode};

/// So long a run that has recorded removals is kept: an Apply may still ask what was shown.
const RECORDS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// An ended run, according to its metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedRun<T> {
    /// What it is known by.
    pub id: T,
    /// What it did.
    pub mode: Mode,
    /// When it was made, and its name: the order of making.
    pub made: (Timestamp, String),
    /// Whether a person requested it, by a comment or on a check.
    pub is_requested: bool,
    /// Whether it has recorded removals.
    pub is_record: bool,
}

impl<T> EndedRun<T> {
    /// What it is counted as. None: it is kept for its recorded removals, and does not count. What people request has a history of its
    /// own: however many refused commands there are, they push no other out of it.
    const fn counts_as(&self) -> Option<(Mode, bool)> {
        if self.is_record { None } else { Some((self.mode, self.is_requested)) }
    }

    /// Whether its removals were recorded so long ago that it is no longer kept.
    fn is_old_record(&self, now: Timestamp) -> bool {
        self.is_record && now.duration_since(self.made.0) > RECORDS_KEPT
    }
}

/// How many of a mode are kept.
fn kept(history: &History, mode: Mode) -> usize {
    let keep = match mode {
        Mode::Apply => history.apply,
        Mode::DryRun => history.dry_run,
        Mode::Dump => history.dump,
    };
    usize::try_from(keep).unwrap_or(0)
}

/// How many ended runs an installation has: enough to know whether any is beyond its history, without remembering each.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    of_mode: BTreeMap<(Mode, bool), usize>,
    has_old_record: bool,
}

impl Counts {
    /// Counts a run.
    pub fn add<T>(&mut self, run: &EndedRun<T>, now: Timestamp) {
        self.has_old_record |= run.is_old_record(now);
        if let Some(counted) = run.counts_as() {
            *self.of_mode.entry(counted).or_default() += 1;
        }
    }

    /// Whether [`beyond`] has any of them.
    pub fn exceed(&self, history: &History) -> bool {
        self.has_old_record || self.of_mode.iter().any(|((mode, _), number)| *number > kept(history, *mode))
    }
}

/// The ended runs of one installation that are beyond its history, oldest first. A run with recorded removals is kept for 90
/// days and does not count.
pub fn beyond<T>(history: &History, runs: Vec<EndedRun<T>>, now: Timestamp) -> Vec<T> {
    let mut counted: BTreeMap<(Mode, bool), Vec<EndedRun<T>>> = BTreeMap::new();
    let mut beyond = Vec::new();
    for run in runs {
        if let Some(counts_as) = run.counts_as() {
            counted.entry(counts_as).or_default().push(run);
        } else if run.is_old_record(now) {
            beyond.push(run.id);
        }
    }
    for ((mode, _), mut runs) in counted {
        runs.sort_by(|one, other| one.made.cmp(&other.made));
        let surplus = runs.len().saturating_sub(kept(history, mode));
        beyond.extend(runs.into_iter().take(surplus).map(|run| run.id));
    }
    beyond
}

/// Whether something of that time is to be kept no longer. Without a time it has not ended.
pub fn is_past(time: Option<Timestamp>, keep: SignedDuration, now: Timestamp) -> bool {
    time.is_some_and(|time| now.duration_since(time) >= keep)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::at;

    const HISTORY: History = History { apply: 2, dry_run: 1, dump: 3 };

    fn run(name: &str, mode: Mode, second: i64) -> EndedRun<String> {
        EndedRun {
            id: name.to_owned(),
            mode,
            made: (at(second), name.to_owned()),
            is_requested: false,
            is_record: false,
        }
    }

    #[test]
    fn the_newest_of_each_mode_are_kept() {
        let applies = (0..5).map(|i| run(&format!("a{i}"), Mode::Apply, i));
        let runs = applies.chain((0..3).map(|i| run(&format!("d{i}"), Mode::DryRun, i))).collect();
        assert_eq!(beyond(&HISTORY, runs, at(0)), ["a0", "a1", "a2", "d0", "d1"]);
    }

    #[test]
    fn runs_made_in_the_same_second_go_in_the_order_of_their_names() {
        let runs = ["c", "a", "b"].map(|name| run(name, Mode::Apply, 1)).into();
        assert_eq!(beyond(&HISTORY, runs, at(0)), ["a"]);
    }

    #[test]
    fn what_people_request_pushes_nothing_else_out() {
        let mut runs: Vec<_> = (2..7).map(|i| run(&format!("r{i}"), Mode::Apply, i)).collect();
        for run in &mut runs {
            run.is_requested = true;
        }
        runs.push(run("a", Mode::Apply, 1));
        assert_eq!(beyond(&HISTORY, runs, at(0)), ["r2", "r3", "r4"]);
    }

    #[test]
    fn a_record_goes_after_ninety_days_and_does_not_count() {
        const DAY: i64 = 24 * 3600;
        let record =
            |name: &str, day: i64| EndedRun { is_record: true, ..run(name, Mode::DryRun, day * DAY) };
        let names = |day: i64| {
            let runs = vec![record("old", 0), record("young", 1), run("d", Mode::DryRun, 0)];
            beyond(&HISTORY, runs, at(day * DAY))
        };
        assert_eq!(names(90), Vec::<String>::new(), "exactly 90 days are not past");
        assert_eq!(names(91), ["old"]);
    }

    #[rstest::rstest]
    #[case::none(0, &[])]
    #[case::as_many_as_are_kept(0, &[("a", 0), ("a", 1), ("d", 0), ("p", 1), ("p", 1), ("r", 0)])]
    #[case::too_many(0, &[("a", 0), ("a", 1), ("a", 2)])]
    #[case::too_many_requested(0, &[("p", 0), ("p", 1), ("p", 2)])]
    #[case::too_many_previews(0, &[("d", 0), ("d", 1)])]
    #[case::a_young_record(90, &[("r", 0)])]
    #[case::an_old_record(91, &[("r", 0)])]
    fn counts_exceed_where_a_run_is_beyond_the_history(#[case] day: i64, #[case] made: &[(&str, i64)]) {
        const DAY: i64 = 24 * 3600;
        let now = at(day * DAY);
        let mut counts = Counts::default();
        let runs: Vec<_> = made
            .iter()
            .map(|(kind, second)| EndedRun {
                is_requested: *kind == "p",
                is_record: *kind == "r",
                ..run(kind, if matches!(*kind, "d" | "r") { Mode::DryRun } else { Mode::Apply }, *second)
            })
            .collect();
        for run in &runs {
            counts.add(run, now);
        }
        assert_eq!(counts.exceed(&HISTORY), !beyond(&HISTORY, runs, now).is_empty());
    }

    #[test]
    fn what_has_not_ended_is_kept() {
        let day = SignedDuration::from_hours(24);
        assert!(!is_past(None, SignedDuration::ZERO, at(0)));
        assert!(!is_past(Some(at(0)), day, at(24 * 3600 - 1)));
        assert!(is_past(Some(at(0)), day, at(24 * 3600)));
    }
}
