//! When a failed attempt is made again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::jitter;

const FIRST: SignedDuration = SignedDuration::from_secs(1);
const LONGEST: SignedDuration = SignedDuration::from_mins(5);

/// GitHub's hint about retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    Nothing,
    /// Not before this long from now (`Retry-After`).
    After(Duration),
    /// Not before this time (the rate limit's reset).
    At(Timestamp),
}

/// The pause after the `failures`-th failure in a row: doubling from one second to five minutes, up to a fifth shorter
/// by jitter that `seed` decides.
pub fn backoff(failures: u32, seed: &str) -> SignedDuration {
    let doublings = failures.saturating_sub(1).min(16);
    let pause = (FIRST * (1 << doublings)).min(LONGEST);
    pause - jitter::part(pause, 200, &[seed, &failures.to_string()])
}

/// When to try again after the `failures`-th failure in a row. A time that GitHub named is obeyed, and never preceded;
/// installations that wait for the same time are spread over some seconds behind it.
pub fn retry_at(hint: Hint, failures: u32, seed: &str, now: Timestamp) -> Timestamp {
    let own = now + backoff(failures, seed);
    let named = match hint {
        Hint::Nothing => return own,
        Hint::After(pause) => now + SignedDuration::try_from(pause).unwrap_or(LONGEST),
        Hint::At(time) => time,
    };
    named.max(own) + jitter::part(SignedDuration::from_secs(10), 1000, &[seed])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[rstest::rstest]
    #[case(1, 1)]
    #[case(2, 2)]
    #[case(5, 16)]
    #[case(9, 256)]
    #[case(10, 300)]
    #[case(u32::MAX, 300)]
    fn pauses_double_up_to_five_minutes(#[case] failures: u32, #[case] seconds: i64) {
        let longest = SignedDuration::from_secs(seconds);
        for seed in ["a", "b", "c"] {
            let pause = backoff(failures, seed);
            assert!(pause <= longest && pause > longest * 4 / 5, "{pause:?}");
        }
    }

    #[test]
    fn objects_that_fail_together_come_back_apart() {
        assert_ne!(backoff(10, "one"), backoff(10, "two"));
    }

    #[rstest::rstest]
    #[case(Hint::After(Duration::from_secs(90)), 90)]
    #[case(Hint::At("2026-11-23T12:30:00Z".parse().unwrap()), 1800)]
    #[case(Hint::At("2026-11-23T11:00:00Z".parse().unwrap()), 0)]
    #[case(Hint::After(Duration::ZERO), 0)]
    fn a_time_that_github_named_is_never_preceded(#[case] hint: Hint, #[case] seconds: i64) {
        let at = retry_at(hint, 1, "uid", now());
        let named = now() + SignedDuration::from_secs(seconds);
        assert!(at > named && at < named + SignedDuration::from_secs(12), "{at}");
    }
}
