//! What follows an attempt that did not do everything: another attempt, or the end of the run, and then when the same file
//! is applied again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{PeribolosRun, Reason, run::Mode};
use peribolos_vocab::report::Cause;

use crate::time_scale::TimeScale;

/// How many attempts may follow failures of a run: 1, 4 and 16 minutes after them.
pub const RETRIES: i32 = 3;
/// When the same file is applied again after the organization kept the App out, or all retries failed.
const HOURLY: SignedDuration = SignedDuration::from_hours(1);
/// When the same file is applied again after GitHub refused a part, or while people have invitations to accept.
const DAILY: SignedDuration = SignedDuration::from_hours(24);

/// An attempt that did not do everything.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Why.
    pub reason: Reason,
    /// Why it is incomplete, where it is.
    pub cause: Option<Cause>,
    /// Whether it applied something.
    pub progressed: bool,
    /// How many retries the run has had.
    pub retries: i32,
    /// Before this, another attempt can't succeed.
    pub until: Option<Timestamp>,
}

/// What follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another attempt of the run.
    Attempt {
        /// Not before.
        at: Timestamp,
        /// Whether it counts as a retry: one that goes on where there was progress does not.
        counted: bool,
    },
    /// The run ends.
    End {
        /// When the same file is applied again. None: when it changes, or an owner commands it.
        again_at: Option<Timestamp>,
    },
}

/// What kind of failure a reason is.
enum Kind {
    /// Another attempt may succeed.
    Passing,
    /// Another attempt is made at once.
    AtOnce,
    /// Like it, but an attempt that did a part is simply continued.
    Continued,
    /// The same file is worth another try after this time.
    Later(SignedDuration),
    /// Nothing but a change helps.
    Lasting,
}

const fn kind(reason: Reason, cause: Option<Cause>) -> Kind {
    match (reason, cause) {
        (
            Reason::ImageUnavailable
            | Reason::PodFailed
            | Reason::SecretMissing
            | Reason::PodLost
            | Reason::GitHubUnavailable,
            _,
        )
        // Without a report the cause is unknown; the next attempt plans what is left.
        | (Reason::Incomplete, None | Some(Cause::Transient)) => Kind::Passing,
        // Of a preview: each attempt is made because the base has changed.
        (Reason::HeadMoved, _) => Kind::AtOnce,
        (Reason::RateLimited | Reason::OutOfTime, _) => Kind::Continued,
        (Reason::AccessBlocked, _) => Kind::Later(HOURLY),
        (Reason::Incomplete, Some(Cause::Invitations | Cause::Refused | Cause::Withheld)) => Kind::Later(DAILY),
        _ => Kind::Lasting,
    }
}

/// What follows an attempt that ended at `now` without having done everything.
pub fn next(attempt: &Attempt, scale: TimeScale, now: Timestamp) -> Next {
    let not_before = |at: Timestamp| attempt.until.map_or(at, |until| at.max(until));
    match kind(attempt.reason, attempt.cause) {
        Kind::AtOnce => Next::Attempt { at: not_before(now), counted: false },
        Kind::Continued if attempt.progressed => Next::Attempt { at: not_before(now), counted: false },
        Kind::Passing | Kind::Continued if attempt.retries < RETRIES => {
            let minutes = 4_u64.pow(attempt.retries.max(0).unsigned_abs());
            let due = now.checked_add(scale.of(Duration::from_secs(60 * minutes))).unwrap_or(Timestamp::MAX);
            Next::Attempt { at: not_before(due), counted: true }
        }
        Kind::Passing | Kind::Continued => Next::End { again_at: after(now, scale.of_signed(HOURLY)) },
        Kind::Later(time) => Next::End { again_at: after(now, scale.of_signed(time)) },
        Kind::Lasting => Next::End { again_at: None },
    }
}

/// When what a run that ended at `now` without an attempt was to do is tried again. None: when something changes.
pub fn again_at(run: &PeribolosRun, reason: Reason, scale: TimeScale, now: Timestamp) -> Option<Timestamp> {
    match kind(reason, None) {
        Kind::Later(time) if run.spec.mode == Mode::Apply => after(now, scale.of_signed(time)),
        _ => None,
    }
}

/// When the file of an Apply that succeeded at `now` is applied again: daily while something remains to be done.
pub fn after_success(remaining: i32, scale: TimeScale, now: Timestamp) -> Option<Timestamp> {
    if remaining > 0 { after(now, scale.of_signed(DAILY)) } else { None }
}

fn after(now: Timestamp, time: SignedDuration) -> Option<Timestamp> {
    now.checked_add(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::at;

    fn attempt(reason: Reason, retries: i32) -> Attempt {
        Attempt { reason, cause: None, progressed: false, retries, until: None }
    }

    fn retried(seconds: i64) -> Next {
        Next::Attempt { at: at(seconds), counted: true }
    }

    const NEVER: Next = Next::End { again_at: None };

    #[rstest::rstest]
    #[case(0, retried(60))]
    #[case(1, retried(240))]
    #[case(2, retried(960))]
    #[case(3, Next::End { again_at: Some(at(3600)) })]
    fn waits_longer_each_time(#[case] retries: i32, #[case] expected: Next) {
        for reason in [Reason::PodLost, Reason::GitHubUnavailable, Reason::RateLimited, Reason::OutOfTime] {
            assert_eq!(next(&attempt(reason, retries), TimeScale::REAL, at(0)), expected, "{reason:?}");
        }
    }

    #[rstest::rstest]
    #[case(None, retried(60))]
    #[case(Some(Cause::Transient), retried(60))]
    #[case(Some(Cause::Invitations), Next::End { again_at: Some(at(86_400)) })]
    #[case(Some(Cause::Refused), Next::End { again_at: Some(at(86_400)) })]
    #[case(Some(Cause::Withheld), Next::End { again_at: Some(at(86_400)) })]
    fn an_incomplete_apply_is_tried_again_by_its_cause(#[case] cause: Option<Cause>, #[case] expected: Next) {
        // That a part was applied is no reason to try again what was refused.
        let incomplete = Attempt { cause, progressed: true, ..attempt(Reason::Incomplete, 0) };
        assert_eq!(next(&incomplete, TimeScale::REAL, at(0)), expected);
    }

    #[rstest::rstest]
    #[case(Reason::OutOfTime, None, 0)]
    #[case(Reason::RateLimited, Some(at(1800)), 1800)]
    #[case(Reason::RateLimited, Some(at(-5)), 0)]
    fn progress_is_continued_and_counts_as_no_retry(
        #[case] reason: Reason,
        #[case] until: Option<Timestamp>,
        #[case] expected: i64,
    ) {
        let progressed = Attempt { progressed: true, until, ..attempt(reason, RETRIES) };
        assert_eq!(
            next(&progressed, TimeScale::REAL, at(0)),
            Next::Attempt { at: at(expected), counted: false }
        );
    }

    #[rstest::rstest]
    #[case(3000, 3000)]
    #[case(5, 60)]
    fn a_limits_reset_is_waited_for(#[case] until: i64, #[case] expected: i64) {
        let limited = Attempt { until: Some(at(until)), ..attempt(Reason::RateLimited, 0) };
        assert_eq!(next(&limited, TimeScale::REAL, at(0)), retried(expected));
    }

    #[test]
    fn who_is_kept_out_tries_again_hourly() {
        let again = Next::End { again_at: Some(at(3600)) };
        assert_eq!(next(&attempt(Reason::AccessBlocked, 0), TimeScale::REAL, at(0)), again);
    }

    #[test]
    fn what_only_a_change_can_fix_is_not_tried_again() {
        for reason in [
            Reason::ConfigInvalid,
            Reason::ConfigMissing,
            Reason::GuardTripped,
            Reason::PermissionsMissing,
            Reason::ApplyFailed,
            Reason::TaskInvalid,
            Reason::TimedOut,
            Reason::OutOfMemory,
            Reason::StepFailed,
        ] {
            assert_eq!(next(&attempt(reason, 0), TimeScale::REAL, at(0)), NEVER, "{reason:?}");
        }
    }

    #[test]
    fn what_waits_for_people_is_looked_at_daily() {
        assert_eq!(after_success(0, TimeScale::REAL, at(0)), None);
        assert_eq!(after_success(2, TimeScale::REAL, at(0)), Some(at(86_400)));
    }
}
