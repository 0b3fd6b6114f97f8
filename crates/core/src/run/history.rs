//! Which ended runs are no longer kept.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{PeribolosRun, installation::History, names, run::Mode};

use super::review;

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
    /// The pull request that it previewed.
    pub pull_request: Option<String>,
    /// What it has recorded of its plan.
    pub record: Option<Record>,
}

/// What a run has recorded of its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// The removals that it showed.
    Removals,
    /// That it showed none: whatever earlier previews of the pull request showed does not count any more.
    NoRemovals,
}

impl Record {
    /// What a run has recorded.
    pub fn of(run: &PeribolosRun) -> Option<Self> {
        let shows_removals = run.status.as_ref().is_some_and(|status| !status.removals.is_empty());
        if shows_removals {
            Some(Self::Removals)
        } else {
            review::is_preview_with_plan(run).then_some(Self::NoRemovals)
        }
    }

    /// The value of the label [`names::LABEL_REMOVALS`].
    pub const fn label(self) -> &'static str {
        match self {
            Self::Removals => names::TRUE,
            Self::NoRemovals => names::FALSE,
        }
    }

    /// What the label with this value says.
    pub fn of_label(value: &str) -> Self {
        if value == names::FALSE { Self::NoRemovals } else { Self::Removals }
    }
}

impl<T> EndedRun<T> {
    /// What it is counted as. None: it is kept for its recorded removals, and does not count. What people request has a history of its
    /// own: however many refused commands there are, they push no other out of it.
    const fn counts_as(&self) -> Option<(Mode, bool)> {
        match self.record {
            Some(Record::Removals) => None,
            Some(Record::NoRemovals) | None => Some((self.mode, self.is_requested)),
        }
    }

    /// Whether its removals were recorded so long ago that it is no longer kept.
    fn is_old_record(&self, now: Timestamp) -> bool {
        self.record == Some(Record::Removals) && now.duration_since(self.made.0) > RECORDS_KEPT
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

    /// Whether [`beyond`] may have any of them. A preview that is kept beside an earlier one is counted here.
    pub fn exceed(&self, history: &History) -> bool {
        self.has_old_record || self.of_mode.iter().any(|((mode, _), number)| *number > kept(history, *mode))
    }
}

/// When the newest previews of a pull request with and without removals were made.
#[derive(Clone, Copy, Debug, Default)]
struct Newest {
    with_removals: Option<Timestamp>,
    without: Option<Timestamp>,
}

/// The newest previews of each pull request.
fn newest<T>(runs: &[EndedRun<T>], now: Timestamp) -> HashMap<String, Newest> {
    let mut of_pulls: HashMap<String, Newest> = HashMap::new();
    for run in runs.iter().filter(|run| !run.is_old_record(now)) {
        let (Some(pull), Some(record)) = (&run.pull_request, run.record) else { continue };
        let newest = of_pulls.entry(pull.clone()).or_default();
        let made = match record {
            Record::Removals => &mut newest.with_removals,
            Record::NoRemovals => &mut newest.without,
        };
        *made = (*made).max(Some(run.made.0));
    }
    of_pulls
}

/// Whether a preview without removals is the newest one of a pull request that has an earlier one with removals, which counts again
/// if this one is deleted.
fn outdates_a_record<T>(run: &EndedRun<T>, newest: &HashMap<String, Newest>) -> bool {
    let Some(newest) = run.pull_request.as_ref().and_then(|pull| newest.get(pull)) else { return false };
    run.record == Some(Record::NoRemovals)
        && newest.without == Some(run.made.0)
        && newest.with_removals.is_some()
        && newest.with_removals <= newest.without
}

/// The ended runs of one installation that are beyond its history, oldest first. A run with recorded removals is kept for 90
/// days and does not count, and so does the preview because of which its removals do not count as shown any more.
pub fn beyond<T>(history: &History, runs: Vec<EndedRun<T>>, now: Timestamp) -> Vec<T> {
    let mut counted: BTreeMap<(Mode, bool), Vec<EndedRun<T>>> = BTreeMap::new();
    let mut beyond = Vec::new();
    let newest = newest(&runs, now);
    for run in runs {
        if outdates_a_record(&run, &newest) {
            continue;
        }
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
            pull_request: None,
            record: None,
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
        let record = |name: &str, day: i64| EndedRun {
            record: Some(Record::Removals),
            ..run(name, Mode::DryRun, day * DAY)
        };
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
                record: (*kind == "r").then_some(Record::Removals),
                ..run(kind, if matches!(*kind, "d" | "r") { Mode::DryRun } else { Mode::Apply }, *second)
            })
            .collect();
        for run in &runs {
            counts.add(run, now);
        }
        assert_eq!(counts.exceed(&HISTORY), !beyond(&HISTORY, runs, now).is_empty());
    }

    /// Without it, the older one would be the newest of its pull request.
    #[rstest::rstest]
    #[case::of_that_pull_request(&[("7", 1, true), ("7", 2, false)], &[])]
    #[case::made_in_the_same_second(&[("7", 1, true), ("7", 1, false)], &[])]
    #[case::only_the_newest(&[("7", 1, true), ("7", 2, false), ("7", 3, false)], &["7/2"])]
    #[case::of_another_pull_request(&[("7", 1, true), ("8", 2, false)], &["8/2"])]
    #[case::older_than_the_record(&[("7", 1, false), ("7", 2, true)], &["7/1"])]
    #[case::without_a_record(&[("7", 1, false)], &["7/1"])]
    fn a_preview_without_removals_is_kept_beside_the_record_that_it_outdates(
        #[case] previews: &[(&str, i64, bool)],
        #[case] expected: &[&str],
    ) {
        let previews = previews.iter().map(|(pull, second, removes)| EndedRun {
            pull_request: Some((*pull).to_owned()),
            record: Some(if *removes { Record::Removals } else { Record::NoRemovals }),
            // Whether people requested them does not matter.
            is_requested: !removes,
            ..run(&format!("{pull}/{second}"), Mode::DryRun, *second)
        });
        let history = History { dry_run: 0, ..HISTORY };
        assert_eq!(beyond(&history, previews.collect(), at(10)), expected);
    }

    #[test]
    fn once_a_record_is_no_longer_kept_the_preview_after_it_counts_like_any_other() {
        const DAY: i64 = 24 * 3600;
        let history = History { dry_run: 0, ..HISTORY };
        let names = |day: i64| {
            let of = |name: &str, second, record| EndedRun {
                pull_request: Some("7".to_owned()),
                record: Some(record),
                ..run(name, Mode::DryRun, second)
            };
            let runs = vec![of("old", 0, Record::Removals), of("new", 1, Record::NoRemovals)];
            beyond(&history, runs, at(day * DAY))
        };
        assert_eq!((names(90), names(91)), (vec![], vec!["old".to_owned(), "new".to_owned()]));
    }

    #[test]
    fn what_has_not_ended_is_kept() {
        let day = SignedDuration::from_hours(24);
        assert!(!is_past(None, SignedDuration::ZERO, at(0)));
        assert!(!is_past(Some(at(0)), day, at(24 * 3600 - 1)));
        assert!(is_past(Some(at(0)), day, at(24 * 3600)));
    }
}
