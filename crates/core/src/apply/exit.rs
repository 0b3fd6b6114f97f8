//! How an apply ends: the exit code of the step, and why it is incomplete.

use jiff::Timestamp;
use peribolos_org::plan::{Cause as FailureCause, Outcome};

use peribolos_vocab::report::{Cause, StepExit};

/// Why nothing more was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The organization blocks access from this address, whatever the request.
    AccessBlocked,
    /// GitHub fails again and again, or no longer accepts the token.
    Unavailable,
    /// A limit, of GitHub's or of our own pacing, lasts longer than is waited for.
    RateLimited {
        /// Until when.
        until: Timestamp,
    },
    /// The deadline has passed, or the process is to stop.
    OutOfTime,
}

/// What an apply has met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Met<'a> {
    /// The outcome of each operation.
    pub outcomes: &'a [Outcome],
    /// Why the apply stopped early, if it did.
    pub stop: Option<Stop>,
    /// Whether a permission is missing.
    pub permission_missing: bool,
    /// Whether GitHub does not show something any more that it showed before.
    pub hidden: bool,
    /// Whether the file at the head of the branch is another one now.
    pub head_moved: bool,
    /// Whether something that GitHub took is not so afterwards.
    pub not_held: bool,
    /// Whether something remains that was not planned: GitHub shows more now, or somebody changed it.
    pub unplanned: bool,
    /// Whether something is gone that should have stayed.
    pub beyond: bool,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit code.
    pub exit: StepExit,
    /// Why it is incomplete; only with [`StepExit::Incomplete`].
    pub cause: Option<Cause>,
    /// Before this, another attempt can't succeed.
    pub until: Option<Timestamp>,
}

impl Met<'_> {
    /// How it ends: of several causes the first in the order of [`StepExit`].
    pub fn end(&self) -> End {
        let stopped = self.stop.map(|stop| match stop {
            Stop::AccessBlocked => StepExit::AccessBlocked,
            Stop::Unavailable => StepExit::GitHubUnavailable,
            Stop::RateLimited { .. } => StepExit::RateLimited,
            Stop::OutOfTime => StepExit::OutOfTime,
        });
        let cause = self.cause();
        let exit = [
            stopped,
            self.permission_missing.then_some(StepExit::PermissionsMissing),
            self.hidden.then_some(StepExit::GitHubUnavailable),
            self.head_moved.then_some(StepExit::HeadMoved),
            cause.map(|_| StepExit::Incomplete),
        ];
        let exit = exit.into_iter().flatten().min().unwrap_or(StepExit::Ok);
        let until = match self.stop {
            Some(Stop::RateLimited { until }) if exit == StepExit::RateLimited => Some(until),
            _ => None,
        };
        End { exit, cause: cause.filter(|_| exit == StepExit::Incomplete), until }
    }

    fn cause(&self) -> Option<Cause> {
        let of = |outcome: &Outcome| match outcome {
            Outcome::Failed(failure) | Outcome::NotSent { failure, .. } => Some(match failure.cause {
                FailureCause::Transient => Cause::Transient,
                FailureCause::Invitations => Cause::Invitations,
                FailureCause::Refused => Cause::Refused,
            }),
            // Somebody changed it meanwhile: another attempt plans from what is there then.
            Outcome::Left(_) => Some(Cause::Transient),
            Outcome::Withheld(withheld) if withheld.awaits_acceptance(self.outcomes) => None,
            Outcome::Withheld(_) => Some(Cause::Withheld),
            Outcome::Done | Outcome::Waiting | Outcome::Skipped { .. } | Outcome::NotTried => None,
        };
        let not_held = self.not_held.then_some(Cause::Refused);
        // Somebody else made changes, or GitHub shows more now: another attempt plans from the new state.
        let unplanned = (self.unplanned || self.beyond).then_some(Cause::Transient);
        self.outcomes.iter().filter_map(of).chain(not_held).chain(unplanned).min()
    }
}

#[cfg(test)]
mod tests {
    use peribolos_org::plan::{Failure, NotSentReason, Withheld};

    use super::*;

    fn failed(cause: FailureCause) -> Outcome {
        let sentence = "no".to_owned();
        Outcome::Failed(Failure { sentence, status: None, cause, what_to_do: String::new() })
    }

    fn not_sent(cause: FailureCause) -> Outcome {
        let Outcome::Failed(failure) = failed(cause) else { unreachable!("it is a failure") };
        Outcome::NotSent { reason: NotSentReason::Unread, failure }
    }

    fn withheld() -> Outcome {
        Outcome::Withheld(Withheld::RequiredOwner)
    }

    #[rstest::rstest]
    #[case::all_done(vec![Outcome::Done], StepExit::Ok, None)]
    #[case::waiting_is_a_good_end(vec![Outcome::Done, Outcome::Waiting], StepExit::Ok, None)]
    #[case::transient(
        vec![withheld(), failed(FailureCause::Refused), failed(FailureCause::Transient)],
        StepExit::Incomplete, Some(Cause::Transient))]
    #[case::not_sent_and_refused(vec![not_sent(FailureCause::Refused), withheld()], StepExit::Incomplete, Some(Cause::Refused))]
    #[case::not_sent_because_of_a_trouble(
        vec![not_sent(FailureCause::Transient), failed(FailureCause::Refused)], StepExit::Incomplete, Some(Cause::Transient))]
    #[case::invitations(
        vec![failed(FailureCause::Refused), failed(FailureCause::Invitations), withheld()],
        StepExit::Incomplete, Some(Cause::Invitations))]
    #[case::refused(
        vec![failed(FailureCause::Refused), Outcome::Skipped { because: 0 }, withheld()],
        StepExit::Incomplete, Some(Cause::Refused))]
    #[case::withheld(vec![Outcome::Done, withheld()], StepExit::Incomplete, Some(Cause::Withheld))]
    #[case::kept_until_somebody_accepts(
        vec![Outcome::Waiting, Outcome::Withheld(Withheld::Grant { operation: 0 }),
             Outcome::Withheld(Withheld::Invitation { waiting: 0 })],
        StepExit::Ok, None)]
    #[case::kept_because_a_grant_failed(
        vec![failed(FailureCause::Refused), Outcome::Withheld(Withheld::Grant { operation: 0 })],
        StepExit::Incomplete, Some(Cause::Refused))]
    #[case::left(vec![Outcome::Left("so".into()), withheld()], StepExit::Incomplete, Some(Cause::Transient))]
    fn outcomes_decide(#[case] outcomes: Vec<Outcome>, #[case] exit: StepExit, #[case] cause: Option<Cause>) {
        let end = Met { outcomes: &outcomes, ..Met::default() }.end();
        assert_eq!(end, End { exit, cause, until: None });
    }

    #[test]
    fn of_several_causes_the_first_is_the_exit_code() {
        let until = Timestamp::from_second(1_800_000_000).unwrap();
        let outcomes = [failed(FailureCause::Refused), Outcome::NotTried];
        let mut met = Met {
            outcomes: &outcomes,
            stop: Some(Stop::AccessBlocked),
            permission_missing: true,
            head_moved: true,
            not_held: true,
            unplanned: false,
            beyond: true,
            hidden: true,
        };
        assert_eq!(met.end().exit, StepExit::AccessBlocked);
        for (stop, exit) in [
            (Some(Stop::OutOfTime), StepExit::PermissionsMissing),
            (Some(Stop::Unavailable), StepExit::PermissionsMissing),
        ] {
            met.stop = stop;
            assert_eq!(met.end().exit, exit);
        }
        met.permission_missing = false;
        met.stop = Some(Stop::OutOfTime);
        assert_eq!(met.end().exit, StepExit::GitHubUnavailable, "something is hidden");
        met.hidden = false;
        for (stop, exit) in [
            (Some(Stop::Unavailable), StepExit::GitHubUnavailable),
            (Some(Stop::RateLimited { until }), StepExit::RateLimited),
            (Some(Stop::OutOfTime), StepExit::OutOfTime),
            (None, StepExit::HeadMoved),
        ] {
            met.stop = stop;
            let end = met.end();
            assert_eq!(end.exit, exit);
            assert_eq!(end.until, (exit == StepExit::RateLimited).then_some(until));
            assert_eq!(end.cause, None);
        }
        met.head_moved = false;
        assert_eq!((met.end().exit, met.end().cause), (StepExit::Incomplete, Some(Cause::Transient)));
        let not_held = Met { not_held: true, ..Met::default() }.end();
        assert_eq!((not_held.exit, not_held.cause), (StepExit::Incomplete, Some(Cause::Refused)));
        for met in [Met { unplanned: true, ..Met::default() }, Met { beyond: true, ..Met::default() }] {
            assert_eq!((met.end().exit, met.end().cause), (StepExit::Incomplete, Some(Cause::Transient)));
        }
    }
}
