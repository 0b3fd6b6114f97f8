//! Which deliveries GitHub is asked to send again.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use crate::event;

/// How far back deliveries are looked at: GitHub keeps them no longer.
pub const REACH: Duration = Duration::from_hours(72);
/// How often one is asked for again, by hand or by us.
const MOST_REDELIVERIES: usize = 3;

/// One attempt to deliver an event.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The attempt's own number.
    pub id: u64,
    /// The delivery's id, the same for each attempt.
    pub guid: String,
    /// When it was made.
    pub at: Timestamp,
    /// Whether it is not the first.
    pub redelivery: bool,
    /// Whether it was answered 2xx.
    pub taken: bool,
    /// The event's name.
    pub event: String,
    /// The event's action, if it has one.
    pub action: Option<String>,
}

/// The attempts to be made again, oldest delivery first: of events that are taken, those that nobody answered with 2xx.
///
/// How often each was tried again is counted from the list itself, so that a restart does not begin anew.
pub fn to_redeliver(attempts: &[Attempt], now: Timestamp) -> Vec<u64> {
    let mut deliveries: BTreeMap<&str, Vec<&Attempt>> = BTreeMap::new();
    for attempt in attempts {
        deliveries.entry(&attempt.guid).or_default().push(attempt);
    }
    let since = now.checked_sub(REACH).unwrap_or(Timestamp::MIN);
    let mut again: Vec<(Timestamp, u64)> = deliveries
        .into_values()
        .filter(|attempts| is_lost(attempts))
        .filter_map(|attempts| {
            let first = attempts.iter().map(|attempt| attempt.at).min()?;
            let newest = attempts.iter().max_by_key(|attempt| (attempt.at, attempt.id))?;
            (first >= since).then_some((first, newest.id))
        })
        .collect();
    again.sort_unstable();
    again.into_iter().map(|(_, id)| id).collect()
}

fn is_lost(attempts: &[&Attempt]) -> bool {
    attempts.iter().all(|attempt| !attempt.taken)
        && attempts.iter().filter(|attempt| attempt.redelivery).count() < MOST_REDELIVERIES
        && attempts.iter().any(|attempt| event::takes(&attempt.event, attempt.action.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-10T00:00:00Z".parse().unwrap()
    }

    fn attempt(id: u64, guid: &str, minutes_ago: i64, redelivery: bool, taken: bool) -> Attempt {
        let at = now() - jiff::SignedDuration::from_mins(minutes_ago);
        Attempt { id, guid: guid.into(), at, redelivery, taken, event: "push".into(), action: None }
    }

    #[test]
    fn what_nobody_took_is_asked_for_again_oldest_first() {
        let attempts = [
            attempt(5, "late", 1, false, false),
            attempt(4, "taken", 2, true, true),
            attempt(3, "early", 3, true, false),
            attempt(2, "taken", 4, false, false),
            attempt(1, "early", 5, false, false),
        ];
        assert_eq!(to_redeliver(&attempts, now()), [3, 5]);
    }

    #[test]
    fn three_times_are_enough() {
        let attempts = |again: u64| -> Vec<Attempt> {
            (0..=again).map(|n| attempt(n, "x", 9 - i64::try_from(n).unwrap(), n > 0, false)).collect()
        };
        assert_eq!(to_redeliver(&attempts(2), now()), [2]);
        assert_eq!(to_redeliver(&attempts(3), now()), Vec::<u64>::new());
    }

    #[test]
    fn what_is_old_or_not_taken_is_left() {
        let other = |event: &str, action: Option<&str>| Attempt {
            event: event.into(),
            action: action.map(Into::into),
            ..attempt(1, event, 1, false, false)
        };
        let attempts = [
            attempt(7, "old", 60 * 73, false, false),
            other("star", Some("created")),
            other("check_run", Some("created")),
            other("ping", None),
        ];
        assert_eq!(to_redeliver(&attempts, now()), Vec::<u64>::new());
        assert_eq!(to_redeliver(&[other("check_run", Some("rerequested"))], now()), [1]);
    }
}
