//! What follows from trouble: the one place where a failed look or write is turned into what happens next.

use jiff::Timestamp;

use crate::run::{
    facts::Facts,
    step::{Need, Step},
    trouble::{Kind, Trouble},
};

/// What has failed.
#[derive(Clone, Copy, Debug)]
pub enum Attempted<'a> {
    /// A look at these.
    Look(&'a [Need]),
    /// A write.
    Write(&'a Step),
}

impl Facts {
    /// Takes in that something failed. What only GitHub shows is left for later, or given up; what the run depends on is
    /// trouble of the run.
    pub fn fail(&mut self, attempted: Attempted<'_>, trouble: Trouble, now: Timestamp) {
        match attempted {
            Attempted::Write(Step::WriteCheck(..)) | Attempted::Look([Need::Checks]) => {
                // Nobody waits for access where the run is to go.
                let is_refused = matches!(trouble.kind, Kind::NoAccess | Kind::Permission);
                self.published.done.check |= matches!(trouble.kind, Kind::Hopeless | Kind::Moved(_))
                    || (is_refused && self.deleted_at().is_some());
                self.later(&trouble, now);
            }
            Attempted::Write(Step::Acknowledge) if trouble.is_lasting() => {
                self.published.done.acknowledged = true;
            }
            Attempted::Write(Step::Acknowledge) => self.later(&trouble, now),
            Attempted::Write(Step::EnsureRepository) if trouble.is_unknown() => {
                // The step looks for it first: by then it is there, if it was made.
                let until = trouble.until.max(super::after(now, self.late()));
                self.published.blocked_until = Some(until);
                self.trouble = Some(Trouble { until, ..trouble });
            }
            Attempted::Write(Step::Refuse(_)) => {
                self.published.done.refused |= trouble.is_lasting();
                self.later(&trouble, now);
            }
            Attempted::Write(Step::Issue(_)) => {
                self.published.done.issue |= trouble.is_lasting();
                self.later(&trouble, now);
            }
            Attempted::Look([Need::Pulls(_)]) => {
                self.published.done.previews |= trouble.is_lasting();
                self.later(&trouble, now);
            }
            // The report tells it in most cases, and the commit is known anyway.
            Attempted::Look([Need::Blob]) => self.found.blob = Some(None),
            Attempted::Look(_) | Attempted::Write(_) => {
                // What has moved may be waited for, too: the installation is to tell its new name.
                if matches!(trouble.kind, Kind::Passing | Kind::Unknown | Kind::NoAccess | Kind::Moved(_)) {
                    self.published.blocked_until = Some(trouble.until);
                }
                self.trouble = Some(trouble);
            }
        }
    }

    /// GitHub is asked again later.
    fn later(&mut self, trouble: &Trouble, now: Timestamp) {
        if trouble.is_unknown() {
            self.published.unknown_since = Some(now);
        }
        if trouble.kind != Kind::Hopeless {
            self.published.paused_until = Some(trouble.until);
        }
    }
}
