//! What follows from GitHub's answer to the one request of an operation, where that is not success.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_org::plan::Method;

use super::pace::later;
use crate::time_scale::TimeScale;

/// The pauses before a request that failed on GitHub's side or the network's is sent again.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
/// How long the first wait is where GitHub limits us and does not say for how long; each further one is twice as long.
const LIMIT_PAUSE: Duration = Duration::from_mins(1);
/// How long GitHub may answer 404 about what this attempt has made or renamed …
const APPEARS_WITHIN: Duration = Duration::from_secs(15);
/// … and how often the request is repeated.
const APPEARS_EVERY: Duration = Duration::from_secs(1);

/// A request, as far as repeating it goes.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Its method.
    pub method: Method,
    /// How many requests it can be split into: what GitHub takes together alone is one.
    pub parts: usize,
    /// Whether it is about something that this attempt has made or renamed.
    pub recent: bool,
}

/// An answer that is no success, as far as repeating the request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// GitHub failed (5xx), or no answer came. The request may have taken effect.
    Failed {
        /// How long GitHub asks to wait.
        after: Option<Duration>,
    },
    /// A rate limit, primary or secondary. The request has taken no effect.
    Limited {
        /// Until when GitHub asks to wait.
        until: Option<Timestamp>,
    },
    /// 404.
    NotFound,
    /// 422.
    Unprocessable,
    /// 422 that says that the name is taken.
    NameTaken,
    /// Any other refusal.
    Refused,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read whether it has taken effect already, and if not, send it again.
    Again {
        /// Not before.
        at: Timestamp,
    },
    /// What was to be removed is not there: done.
    Done,
    /// Send one request for each field: GitHub refuses all fields where it refuses one.
    FieldByField,
    /// Read whether it has been made in the meantime, by somebody else or by a request whose answer was lost: GitHub refuses
    /// a name that is taken.
    Look {
        /// Until this time GitHub may not show it yet ([`look_again`]).
        until: Timestamp,
        /// Whether an earlier request of ours, whose answer was lost, may have made it: then it is there, or soon shown.
        may_be_ours: bool,
    },
    /// What it is about is not there.
    Gone,
    /// GitHub refused it for a reason of its own.
    Refused,
    /// GitHub goes on failing.
    Unavailable,
}

/// What has happened to one request so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attempts {
    failures: usize,
    limits: u32,
    missing_since: Option<Timestamp>,
}

impl Attempts {
    /// What follows from this answer.
    pub fn next(&mut self, sent: Sent, answer: Answer, now: Timestamp, scale: TimeScale) -> Next {
        match answer {
            Answer::Failed { after } => self.after_failure(after, now, scale).unwrap_or(Next::Unavailable),
            Answer::Limited { until } => self.after_limit(until, now, scale),
            Answer::NotFound => {
                let gone = if sent.method == Method::Delete { Next::Done } else { Next::Gone };
                self.until_it_appears(sent.recent, now, scale).unwrap_or(gone)
            }
            Answer::Unprocessable | Answer::NameTaken if sent.method == Method::Patch && sent.parts > 1 => {
                Next::FieldByField
            }
            Answer::Unprocessable | Answer::NameTaken if sent.method == Method::Post => {
                // A request without an answer may have made it, whatever the sentence of the refusal is.
                let may_be_ours = self.failures > 0;
                let may_appear = answer == Answer::NameTaken || may_be_ours;
                let until = if may_appear { later(now, scale.of(APPEARS_WITHIN)) } else { now };
                Next::Look { until, may_be_ours }
            }
            Answer::Unprocessable | Answer::NameTaken | Answer::Refused => Next::Refused,
        }
    }

    /// What follows from this answer to something that is read before the request. GitHub may not show for a moment what is
    /// there: that is read again, whether this attempt has made it (`recent`) or not.
    pub fn next_read(&mut self, recent: bool, answer: Answer, now: Timestamp, scale: TimeScale) -> Next {
        match answer {
            Answer::Failed { after } => self.after_failure(after, now, scale).unwrap_or(Next::Unavailable),
            Answer::Limited { until } => self.after_limit(until, now, scale),
            Answer::NotFound => {
                let appears = self.until_it_appears(recent, now, scale);
                appears.or_else(|| self.after_failure(None, now, scale)).unwrap_or(Next::Gone)
            }
            Answer::Unprocessable | Answer::NameTaken | Answer::Refused => Next::Refused,
        }
    }

    /// When something that is not shown is read again; none: it counts as not there.
    pub fn read_again(&mut self, recent: bool, now: Timestamp, scale: TimeScale) -> Option<Timestamp> {
        match self.next_read(recent, Answer::NotFound, now, scale) {
            Next::Again { at } => Some(at),
            _ => None,
        }
    }

    /// Until when GitHub may not show what a request without an answer has made; none: each had an answer.
    pub fn appears_until(&self, now: Timestamp, scale: TimeScale) -> Option<Timestamp> {
        (self.failures > 0).then(|| later(now, scale.of(APPEARS_WITHIN)))
    }

    /// None: it has failed often enough.
    fn after_failure(&mut self, after: Option<Duration>, now: Timestamp, scale: TimeScale) -> Option<Next> {
        let pause = PAUSES.get(self.failures)?;
        self.failures += 1;
        let pause = scale.of(*pause).max(after.unwrap_or_default());
        Some(Next::Again { at: later(now, pause) })
    }

    fn after_limit(&mut self, until: Option<Timestamp>, now: Timestamp, scale: TimeScale) -> Next {
        let pause = LIMIT_PAUSE.saturating_mul(1_u32 << self.limits.min(16));
        self.limits += 1;
        Next::Again { at: until.unwrap_or_else(|| later(now, scale.of(pause))) }
    }

    /// None: it was not made in this attempt, or should have appeared by this time.
    fn until_it_appears(&mut self, recent: bool, now: Timestamp, scale: TimeScale) -> Option<Next> {
        let since = *self.missing_since.get_or_insert(now);
        let may_appear = recent && now < later(since, scale.of(APPEARS_WITHIN));
        may_appear.then(|| Next::Again { at: later(now, scale.of(APPEARS_EVERY)) })
    }
}

/// When something whose name is taken is looked for again, where it was not shown at `now`; none: it is not waited for
/// any longer.
pub fn look_again(until: Timestamp, now: Timestamp, scale: TimeScale) -> Option<Timestamp> {
    (now < until).then(|| later(now, scale.of(APPEARS_EVERY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn sent(method: Method) -> Sent {
        Sent { method, parts: 1, recent: false }
    }

    fn again(second: i64) -> Next {
        Next::Again { at: at(second) }
    }

    fn next(attempts: &mut Attempts, sent: Sent, answer: Answer) -> Next {
        attempts.next(sent, answer, at(0), TimeScale::REAL)
    }

    #[test]
    fn a_failure_of_the_servers_is_tried_again_after_1_and_4_seconds() {
        let failed = Answer::Failed { after: None };
        for method in [Method::Put, Method::Patch, Method::Delete, Method::Post] {
            let mut attempts = Attempts::default();
            let mut next = || next(&mut attempts, sent(method), failed);
            assert_eq!([next(), next(), next()], [again(1), again(4), Next::Unavailable]);
        }
    }

    #[test]
    fn github_may_ask_for_a_longer_pause() {
        let failed = Answer::Failed { after: Some(Duration::from_secs(30)) };
        assert_eq!(next(&mut Attempts::default(), sent(Method::Put), failed), again(30));
    }

    #[test]
    fn a_limit_is_waited_for_as_github_says_or_longer_each_time() {
        let mut attempts = Attempts::default();
        let limited = |until: Option<i64>| Answer::Limited { until: until.map(at) };
        assert_eq!(next(&mut attempts, sent(Method::Post), limited(Some(17))), again(17));
        assert_eq!(next(&mut attempts, sent(Method::Post), limited(None)), again(120));
        assert_eq!(next(&mut attempts, sent(Method::Post), limited(None)), again(240));
        assert_eq!(next(&mut Attempts::default(), sent(Method::Post), limited(None)), again(60));
    }

    #[test]
    fn a_limit_uses_up_no_repetition() {
        let (mut attempts, failed) = (Attempts::default(), Answer::Failed { after: None });
        next(&mut attempts, sent(Method::Put), Answer::Limited { until: None });
        assert_eq!(next(&mut attempts, sent(Method::Put), failed), again(1));
    }

    #[rstest::rstest]
    #[case(Method::Delete, Next::Done)]
    #[case(Method::Put, Next::Gone)]
    #[case(Method::Patch, Next::Gone)]
    #[case(Method::Post, Next::Gone)]
    fn what_is_not_there(#[case] method: Method, #[case] expected: Next) {
        assert_eq!(next(&mut Attempts::default(), sent(method), Answer::NotFound), expected);
    }

    #[test]
    fn what_was_made_just_now_may_take_15_seconds_to_appear() {
        let sent = Sent { recent: true, ..sent(Method::Put) };
        let mut attempts = Attempts::default();
        let mut missing = |second: i64| attempts.next(sent, Answer::NotFound, at(second), TimeScale::REAL);
        assert_eq!((missing(0), missing(14), missing(15)), (again(1), again(15), Next::Gone));
    }

    #[test]
    fn what_is_not_shown_is_read_again_before_it_is_gone() {
        let mut attempts = Attempts::default();
        let mut missing = || attempts.next_read(false, Answer::NotFound, at(0), TimeScale::REAL);
        assert_eq!([missing(), missing(), missing()], [again(1), again(4), Next::Gone]);
        let mut attempts = Attempts::default();
        let mut made = |second| attempts.next_read(true, Answer::NotFound, at(second), TimeScale::REAL);
        assert_eq!((made(0), made(14), made(15)), (again(1), again(15), again(16)));
    }

    #[test]
    fn a_read_is_repeated_like_a_request_and_never_split() {
        let read =
            |attempts: &mut Attempts, answer| attempts.next_read(false, answer, at(0), TimeScale::REAL);
        let failed = Answer::Failed { after: None };
        let mut attempts = Attempts::default();
        let mut next = || read(&mut attempts, failed);
        assert_eq!([next(), next(), next()], [again(1), again(4), Next::Unavailable]);
        let limited = Answer::Limited { until: Some(at(17)) };
        assert_eq!(read(&mut Attempts::default(), limited), again(17));
        for refused in [Answer::Unprocessable, Answer::NameTaken, Answer::Refused] {
            assert_eq!(read(&mut Attempts::default(), refused), Next::Refused);
        }
    }

    #[rstest::rstest]
    #[case(Method::Patch, 2, Next::FieldByField)]
    #[case(Method::Patch, 1, Next::Refused)]
    #[case(Method::Post, 1, Next::Look { until: at(0), may_be_ours: false })]
    #[case(Method::Put, 1, Next::Refused)]
    fn an_invalid_request(#[case] method: Method, #[case] parts: usize, #[case] expected: Next) {
        let sent = Sent { parts, ..sent(method) };
        assert_eq!(next(&mut Attempts::default(), sent, Answer::Unprocessable), expected);
    }

    #[test]
    fn what_has_the_name_may_take_15_seconds_to_appear() {
        let post = sent(Method::Post);
        let look = |may_be_ours| Next::Look { until: at(15), may_be_ours };
        assert_eq!(next(&mut Attempts::default(), post, Answer::NameTaken), look(false));
        let mut lost = Attempts::default();
        next(&mut lost, post, Answer::Failed { after: None });
        assert_eq!(next(&mut lost, post, Answer::Unprocessable), look(true));
        assert_eq!(next(&mut lost, post, Answer::NameTaken), look(true));
        let until = |attempts: Attempts| attempts.appears_until(at(1), TimeScale::REAL);
        assert_eq!((until(lost), until(Attempts::default())), (Some(at(16)), None));
        let again = |now| look_again(at(15), at(now), TimeScale::REAL);
        assert_eq!((again(0), again(14), again(15)), (Some(at(1)), Some(at(15)), None));
        assert_eq!(next(&mut Attempts::default(), sent(Method::Put), Answer::NameTaken), Next::Refused);
        let parts = Sent { parts: 2, ..sent(Method::Patch) };
        assert_eq!(next(&mut Attempts::default(), parts, Answer::NameTaken), Next::FieldByField);
    }

    #[test]
    fn a_refusal_is_final() {
        assert_eq!(next(&mut Attempts::default(), sent(Method::Put), Answer::Refused), Next::Refused);
    }
}
