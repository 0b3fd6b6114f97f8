//! How failures are handled: the only place that decides what follows from a failed read or write.

use jiff::Timestamp;

use crate::run::{
    comment::Known,
    facts::Facts,
    published::IssueDone,
    state::State,
    step::{Need, Step},
    trouble::{Kind, Trouble},
};

/// The operation that failed.
#[derive(Clone, Copy, Debug)]
pub enum Attempted<'a> {
    /// Reading these facts.
    Look(&'a [Need]),
    /// A write.
    Write(&'a Step),
}

impl Facts {
    /// Records a failure. What is only published on GitHub is postponed or given up; what the run depends on becomes
    /// trouble of the run itself.
    pub fn fail(&mut self, attempted: Attempted<'_>, trouble: Trouble, now: Timestamp) {
        if matches!(trouble.kind, Kind::Moved(_)) && !self.found.moved {
            // It may have been renamed a moment ago: it is looked up again by its id, and then the same is tried once more.
            (self.found.moved, self.found.config) = (true, None);
            return;
        }
        match attempted {
            Attempted::Write(Step::WriteCheck(..)) | Attempted::Look([Need::Checks]) => {
                self.check_failed(&trouble, now);
                self.later(&trouble, now);
            }
            Attempted::Write(Step::RepeatCheck { .. }) => {
                self.published.done.repeated |= trouble.is_lasting();
                self.later(&trouble, now);
            }
            Attempted::Write(Step::React(_)) if trouble.is_lasting() => {
                self.published.done.acknowledged = true;
            }
            Attempted::Write(Step::React(_)) => self.later(&trouble, now),
            Attempted::Write(Step::CreateRepository(_)) if trouble.is_unknown() => {
                // The step checks for it first: if the write has taken effect, it is visible when the step runs.
                let until = trouble.until.max(super::after(now, self.late()));
                self.published.blocked_until = Some(until);
                self.trouble = Some(Trouble { until, ..trouble });
            }
            Attempted::Write(Step::WriteComment(post)) => {
                if trouble.is_lasting() {
                    self.published.comments.push(Known { on: post.on, kind: post.kind, at: None });
                }
                self.later(&trouble, now);
            }
            // Of a run that has ended, nothing but its comments depends on these.
            Attempted::Look([Need::Pull | Need::Commander])
                if matches!(State::of(&self.run), State::Ended(_)) =>
            {
                self.published.done.comments |= trouble.is_lasting();
                self.later(&trouble, now);
            }
            Attempted::Write(Step::Issue(_)) => {
                if trouble.is_lasting() {
                    self.published.done.issue = IssueDone::GivenUp;
                }
                self.later(&trouble, now);
            }
            Attempted::Look([Need::OpenPulls(_)]) => {
                self.published.done.previews |= trouble.is_lasting();
                self.later(&trouble, now);
            }
            // The report names it in most cases, and the commit is known anyway.
            Attempted::Look([Need::Blob]) => self.found.blob = Some(None),
            Attempted::Look(_) | Attempted::Write(_) => {
                if matches!(trouble.kind, Kind::Passing | Kind::Unknown | Kind::NoAccess) {
                    self.published.blocked_until = Some(trouble.until);
                }
                self.trouble = Some(trouble);
            }
        }
    }

    /// Gives up on a check that can't be written. A refused write is tried once more, after any earlier request
    /// has taken effect: GitHub may have refused it for a reason of that moment.
    fn check_failed(&mut self, trouble: &Trouble, now: Timestamp) {
        // A run that is being deleted does not wait.
        let may_wait = self.deleted_at().is_none();
        let published = &mut self.published;
        let is_over = match trouble.kind {
            Kind::Moved(_) => true,
            Kind::Hopeless => !may_wait || published.check_refused.is_some(),
            Kind::NoAccess | Kind::Permission => !may_wait,
            _ => false,
        };
        published.done.check |= is_over;
        if trouble.kind == Kind::Hopeless && !is_over {
            published.check_refused = Some(now);
            self.published.paused_until = Some(super::after(now, self.late()));
        }
    }

    /// The request to GitHub is retried later.
    fn later(&mut self, trouble: &Trouble, now: Timestamp) {
        if trouble.is_unknown() {
            self.published.unknown_since = Some(now);
        }
        if trouble.kind != Kind::Hopeless {
            self.published.paused_until = Some(trouble.until);
        }
    }
}
