//! When a failed attempt is tried again.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_api::Reason;

/// After the fourth attempt a run has failed for good.
pub const ATTEMPTS: i32 = 4;

/// Whether another attempt can mend a failure of this reason: the cause lies outside the file.
pub const fn is_retried(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::ImageUnavailable
            | Reason::PodFailed
            | Reason::SecretMissing
            | Reason::PodLost
            | Reason::GitHubUnavailable
            | Reason::RateLimited
    )
}

/// When the next attempt is made, if there is one: 1, 4 and 16 minutes after the first, second and third attempt, and
/// not before `not_before` (a rate limit's reset).
pub fn next_attempt(
    reason: Reason,
    attempts: i32,
    now: Timestamp,
    not_before: Option<Timestamp>,
) -> Option<Timestamp> {
    if !is_retried(reason) || attempts >= ATTEMPTS {
        return None;
    }
    let minutes = 4_u64.pow(u32::try_from(attempts.max(1) - 1).unwrap_or(0));
    let due = now.checked_add(Duration::from_secs(60 * minutes)).unwrap_or(Timestamp::MAX);
    Some(not_before.map_or(due, |reset| due.max(reset)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::at;

    #[rstest::rstest]
    #[case(1, Some(60))]
    #[case(2, Some(240))]
    #[case(3, Some(960))]
    #[case(4, None)]
    fn waits_longer_each_time(#[case] attempts: i32, #[case] seconds: Option<i64>) {
        assert_eq!(next_attempt(Reason::PodLost, attempts, at(0), None), seconds.map(at));
    }

    #[test]
    fn a_rate_limit_is_waited_out() {
        assert_eq!(next_attempt(Reason::RateLimited, 1, at(0), Some(at(3000))), Some(at(3000)));
        assert_eq!(next_attempt(Reason::RateLimited, 1, at(0), Some(at(5))), Some(at(60)));
    }

    #[test]
    fn a_mistake_in_the_file_is_not_tried_again() {
        for reason in [Reason::ConfigInvalid, Reason::GuardTripped, Reason::ApplyFailed, Reason::TimedOut] {
            assert_eq!(next_attempt(reason, 1, at(0), None), None);
        }
    }
}
