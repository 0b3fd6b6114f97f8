//! Until when an apply may begin something.

use std::time::Duration;

use jiff::Timestamp;

/// The least part of its time that an apply has, however late its pod started.
const LEAST_PART: u32 = 2;

/// The deadline of an apply that started at `started` and may go on for `within`.
///
/// Tekton counts a TaskRun's timeout from before its pod is scheduled and its image is pulled, so `within` counts from
/// `requested`, the time at which the TaskRun was requested. That is a time of another machine's clock: whatever it is, at least
/// half of `within` and at most all of it is left after `started`.
pub fn deadline(started: Timestamp, requested: Option<Timestamp>, within: Duration) -> Timestamp {
    let after = |time: Timestamp, wait: Duration| time.saturating_add(wait).unwrap_or(Timestamp::MAX);
    let latest = after(started, within);
    requested.map_or(latest, |requested| {
        after(requested, within).clamp(after(started, within / LEAST_PART), latest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::requested_by_hand(None, 100)]
    #[case::requested_then(Some(0), 100)]
    #[case::a_slow_pod(Some(-30), 70)]
    #[case::a_very_slow_pod(Some(-50), 50)]
    #[case::slower_than_its_time(Some(-3_000), 50)]
    #[case::a_clock_behind(Some(30), 100)]
    fn a_deadline(#[case] requested: Option<i64>, #[case] expected: i64) {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(deadline(at(0), requested.map(at), Duration::from_secs(100)), at(expected));
    }
}
