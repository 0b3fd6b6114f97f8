//! When each installation's file is looked at: at an interval, and after a start spread over one.

use jiff::{SignedDuration, Timestamp};

use crate::token::jitter;

/// When the file of the installation of that uid is looked at first, where the controller has started at `start`: all of them at
/// once would be a burst of requests. It is the same after each start.
pub fn first(uid: &str, start: Timestamp, interval: SignedDuration) -> Timestamp {
    start + jitter::part(interval, 1000, &["look", uid])
}

/// When it is looked at next after a look at `last`: up to a tenth of the interval sooner, so that looks drift apart.
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
            let at = first(uid, start, interval);
            assert_eq!(at, first(uid, start, interval));
            in_each_minute[usize::try_from(at.duration_since(start).as_mins()).unwrap()] += 1;
            let pause = next(uid, at, interval).duration_since(at);
            assert!(pause > SignedDuration::from_mins(9) && pause <= interval, "{pause:?}");
        }
        assert!(in_each_minute.iter().all(|number| (60..150).contains(number)), "{in_each_minute:?}");
    }
}
