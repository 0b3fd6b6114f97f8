//! When the next write may start: GitHub asks for a second between two writes, and limits how much content an hour may
//! create (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::time_scale::TimeScale;

/// From the start of one write to the start of the next one, at least.
const BETWEEN: Duration = Duration::from_secs(1);
/// The window of the limit on content.
const HOUR: Duration = Duration::from_hours(1);
/// Writes that create content are counted by minutes.
const MINUTE: Duration = Duration::from_mins(1);
/// So many writes that create content start within any hour. GitHub allows about 500; the controller writes checks,
/// issues and comments for the same installation.
pub const CONTENT_AN_HOUR: u32 = 360;

/// What was written so far, and when the next write may start.
#[derive(Clone, Debug)]
pub struct Pace {
    scale: TimeScale,
    last: Option<Timestamp>,
    /// Writes that create content, by the start of their minute.
    content: BTreeMap<Timestamp, u32>,
}

impl Pace {
    /// Counts on from the writes that create content which earlier attempts have made, by minute.
    pub fn new(
        scale: TimeScale,
        earlier: impl IntoIterator<Item = (Timestamp, u32)>,
        now: Timestamp,
    ) -> Self {
        let mut pace = Self { scale, last: None, content: BTreeMap::new() };
        for (at, count) in earlier {
            // Another machine's clock may be ahead of this one; nobody waits longer for that.
            pace.count(at.min(now), count);
        }
        pace
    }

    /// The earliest start of the next write; never before `now`.
    pub fn next(&self, creates_content: bool, now: Timestamp) -> Timestamp {
        let spaced = self.last.map_or(now, |last| now.max(later(last, self.scale.of(BETWEEN))));
        if !creates_content {
            return spaced;
        }
        let counted: Vec<(Timestamp, u32)> = self
            .content
            .iter()
            .map(|(minute, count)| (self.forgotten(*minute), *count))
            .filter(|(forgotten, _)| *forgotten > spaced)
            .collect();
        let mut total: u32 = counted.iter().map(|(_, count)| count).fold(0, |a, b| a.saturating_add(*b));
        let mut earliest = spaced;
        for (forgotten, count) in counted {
            if total < CONTENT_AN_HOUR {
                break;
            }
            earliest = forgotten;
            total -= count;
        }
        earliest
    }

    /// A write starts.
    pub fn started(&mut self, creates_content: bool, now: Timestamp) {
        self.last = Some(now);
        if creates_content {
            self.count(now, 1);
        }
    }

    /// The writes of the last hour that created content, by the start of their minute: what the next attempt counts on
    /// from.
    pub fn content_writes(&self, now: Timestamp) -> Vec<(Timestamp, u32)> {
        let counts = |minute: &Timestamp| self.forgotten(*minute) > now;
        self.content
            .iter()
            .filter(|(minute, _)| counts(minute))
            .map(|(minute, count)| (*minute, *count))
            .collect()
    }

    fn count(&mut self, at: Timestamp, writes: u32) {
        let minute = i64::try_from(self.scale.of(MINUTE).as_secs().max(1)).unwrap_or(i64::MAX);
        let start = Timestamp::from_second(at.as_second().div_euclid(minute) * minute).unwrap_or(at);
        let count = self.content.entry(start).or_default();
        *count = count.saturating_add(writes);
    }

    /// From when on a minute's writes no longer count: an hour after the last of them can have started.
    fn forgotten(&self, minute: Timestamp) -> Timestamp {
        later(minute, self.scale.of(MINUTE).max(Duration::from_secs(1)) + self.scale.of(HOUR))
    }
}

/// Some time later; the last point in time there is where that is beyond it.
pub(super) fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        // A whole minute.
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn pace(earlier: &[(i64, u32)]) -> Pace {
        Pace::new(TimeScale::REAL, earlier.iter().map(|(second, count)| (at(*second), *count)), at(0))
    }

    #[test]
    fn writes_start_a_second_apart_and_the_first_one_at_once() {
        let mut pace = pace(&[]);
        assert_eq!(pace.next(false, at(0)), at(0));
        pace.started(false, at(0));
        assert_eq!(pace.next(false, at(0)), at(1));
        assert_eq!(pace.next(false, at(5)), at(5), "no burst makes up for a pause, and no pause is added");
    }

    #[rstest::rstest]
    #[case::free(&[], 0)]
    #[case::one_left(&[(-600, 359)], 0)]
    #[case::full_an_hour_after_the_minute(&[(-600, 360)], 3_600 + 60 - 600)]
    #[case::the_oldest_minutes_leave_first(&[(-3_000, 100), (-600, 260)], 3_600 + 60 - 3_000)]
    #[case::more_than_the_limit(&[(-3_000, 100), (-600, 360)], 3_600 + 60 - 600)]
    #[case::an_hour_ago(&[(-3_660, 360)], 0)]
    #[case::a_clock_ahead(&[(7_200, 360)], 3_660)]
    fn content_is_limited_in_any_hour(#[case] earlier: &[(i64, u32)], #[case] expected: i64) {
        let pace = pace(earlier);
        assert_eq!(pace.next(true, at(0)), at(expected));
        assert_eq!(pace.next(false, at(0)), at(0), "other writes go on");
    }

    #[test]
    fn no_hour_has_more_than_the_limit_whatever_is_asked_for() {
        let mut pace = pace(&[(-1_800, 200)]);
        let mut starts = vec![at(-1_800); 200];
        let mut now = at(0);
        for _ in 0..1_000 {
            now = pace.next(true, now);
            pace.started(true, now);
            starts.push(now);
        }
        for window in starts.windows(CONTENT_AN_HOUR as usize + 1) {
            let (first, last) = (window[0], window[CONTENT_AN_HOUR as usize]);
            assert!(last.duration_since(first).as_secs() >= 3_600, "{first} … {last}");
        }
    }

    #[test]
    fn the_next_attempt_counts_on() {
        let mut first = pace(&[(-3_000, 10), (-4_000, 99)]);
        for _ in 0..5 {
            first.started(true, at(61));
        }
        first.started(false, at(62));
        let written = first.content_writes(at(100));
        assert_eq!(written, [(at(-3_000), 10), (at(60), 5)]);
        let next = Pace::new(TimeScale::REAL, written.clone(), at(100));
        assert_eq!(next.content_writes(at(100)), written);
    }

    #[test]
    fn a_scale_divides_all_of_it() {
        let scale: TimeScale = "60".parse().unwrap();
        let mut pace = Pace::new(scale, [(at(0), CONTENT_AN_HOUR)], at(0));
        assert_eq!(pace.next(true, at(0)), at(61), "a minute and an hour of seconds");
        pace.started(false, at(0));
        assert!(pace.next(false, at(0)) < at(1));
    }
}
