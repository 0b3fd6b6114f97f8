//! When each installation's file is checked: at an interval, and after a start spread over one interval, or sooner if there are
//! few.

use jiff::{SignedDuration, Timestamp};

use crate::token::jitter;

/// So many first looks a second are no burst.
const FIRST_LOOKS: i32 = 10;

/// When the file of the installation of that uid, one of `number`, is first checked after a start of the controller at `start`:
/// all of many at once would be a burst of requests. It is the same after each start.
pub fn first(uid: &str, number: usize, start: Timestamp, interval: SignedDuration) -> Timestamp {
    let number = i32::try_from(number).unwrap_or(i32::MAX);
    let spread = interval.min(SignedDuration::from_secs(1) * number / FIRST_LOOKS);
    start + jitter::part(spread, 1000, &["look", uid])
}

/// When it is checked again after a check at `last`: up to a tenth of the interval sooner, so that the checks spread out.
pub fn next(uid: &str, last: Timestamp, interval: SignedDuration) -> Timestamp {
    last + interval - jitter::part(interval, 100, &["look", uid, &last.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_looks_are_spread_over_the_interval_and_the_next_follow_at_it() {
        let (start, interval) =
            (Timestamp::from_second(1_800_000_000).unwrap(), SignedDuration::from_mins(10));
        let uids: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
        let mut in_each_minute = [0; 10];
        for uid in &uids {
            let at = first(uid, 10_000, start, interval);
            assert_eq!(at, first(uid, 10_000, start, interval));
            in_each_minute[usize::try_from(at.duration_since(start).as_mins()).unwrap()] += 1;
            let pause = next(uid, at, interval).duration_since(at);
            assert!(pause > SignedDuration::from_mins(9) && pause <= interval, "{pause:?}");
        }
        let soon = uids.iter().map(|uid| first(uid, 20, start, interval).duration_since(start));
        assert!(soon.max().unwrap() <= SignedDuration::from_secs(2), "a few do not wait for a lost push");
        assert!(in_each_minute.iter().all(|number| (60..150).contains(number)), "{in_each_minute:?}");
    }
}
