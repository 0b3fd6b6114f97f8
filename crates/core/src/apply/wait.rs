//! Whether a wait is slept in the pod, or ends the attempt.

use std::time::Duration;

use jiff::Timestamp;

use super::pace::later;
use crate::time_scale::TimeScale;

/// The longest wait that is slept; after a longer one another attempt goes on, so that neither the organization's slot nor
/// one of the cluster's is held for nothing.
const LONGEST: Duration = Duration::from_mins(5);

/// How long an attempt may wait.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The longest wait.
    longest: Duration,
    /// The deadline of all waits.
    deadline: Option<Timestamp>,
}

/// What to do about a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Sleep until then. It may be over already.
    Sleep(Timestamp),
    /// It is too long: end, and go on then.
    TooLong(Timestamp),
    /// It does not end before the deadline: end, and go on at once in another attempt.
    OutOfTime,
}

impl Patience {
    /// Until this deadline, if there is one.
    pub fn new(scale: TimeScale, deadline: Option<Timestamp>) -> Self {
        Self { longest: scale.of(LONGEST), deadline }
    }

    /// Whether to wait until then.
    pub fn wait(&self, until: Timestamp, now: Timestamp) -> Wait {
        if until > later(now, self.longest) {
            Wait::TooLong(until)
        } else if self.deadline.is_some_and(|deadline| until.max(now) >= deadline) {
            Wait::OutOfTime
        } else {
            Wait::Sleep(until)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[rstest::rstest]
    #[case::over(-1, None, Wait::Sleep(at(-1)))]
    #[case::five_minutes(300, None, Wait::Sleep(at(300)))]
    #[case::longer(301, None, Wait::TooLong(at(301)))]
    #[case::before_the_deadline(30, Some(31), Wait::Sleep(at(30)))]
    #[case::at_the_deadline(31, Some(31), Wait::OutOfTime)]
    #[case::too_long_and_beyond_the_deadline(301, Some(31), Wait::TooLong(at(301)))]
    #[case::no_wait_after_the_deadline(0, Some(-5), Wait::OutOfTime)]
    #[case::over_after_the_deadline(-10, Some(-5), Wait::OutOfTime)]
    fn a_wait(#[case] until: i64, #[case] deadline: Option<i64>, #[case] expected: Wait) {
        let patience = Patience::new(TimeScale::REAL, deadline.map(at));
        assert_eq!(patience.wait(at(until), at(0)), expected);
    }
}
