//! Whether a write may begin, and whether all that began were answered.

use std::time::Duration;

use super::{Moment, Times};

/// Where a write goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the API server.
    Kubernetes,
    /// To GitHub, for a new token: it changes nothing there.
    Mint,
    /// To GitHub.
    GitHub,
}

/// Why a write does not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// This process does not lead.
    #[error("another controller leads, or none yet")]
    Following,
    /// It has led, and has not renewed the Lease in time.
    #[error("this controller could not renew its Lease in time, and another one may lead")]
    Late,
    /// It took over from a process whose last writes may still take effect.
    #[error("what the controller before this one has sent to GitHub may still take effect for {} ms", .0.as_millis())]
    Quiet(Duration),
}

/// What is known of the writes of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Writes {
    last: Option<Moment>,
    quiet_until: Option<Moment>,
    under_way: usize,
    unanswered: Option<Moment>,
}

impl Writes {
    /// From now on the process leads.
    pub const fn lead(&mut self, last: Moment, quiet_until: Option<Moment>) {
        self.last = Some(last);
        self.quiet_until = quiet_until;
    }

    /// The Lease was renewed: a write may begin until then.
    pub const fn renewed(&mut self, last: Moment) {
        self.last = Some(last);
    }

    /// From now on no write begins.
    pub const fn close(&mut self) {
        self.last = None;
    }

    /// Until when nothing is written to GitHub; none: it may be, at once.
    pub fn quiet_until(&self, now: Moment) -> Option<Moment> {
        self.quiet_until.filter(|until| now < *until)
    }

    /// A write begins.
    ///
    /// # Errors
    /// Why it does not.
    pub fn begin(&mut self, target: Target, now: Moment) -> Result<(), Refusal> {
        let last = self.last.ok_or(Refusal::Following)?;
        if last <= now {
            return Err(Refusal::Late);
        }
        if let (Target::GitHub, Some(until)) = (target, self.quiet_until(now)) {
            return Err(Refusal::Quiet(now.until(until)));
        }
        self.under_way += 1;
        Ok(())
    }

    /// A write has ended; `is_answered`: its result is known.
    pub fn end(&mut self, is_answered: bool, now: Moment) {
        self.under_way = self.under_way.saturating_sub(1);
        if !is_answered {
            self.unanswered = Some(now);
        }
    }

    /// Whether whoever takes the Lease next need not wait: no write of this process can take effect any more.
    pub fn are_answered(&self, times: &Times, now: Moment) -> bool {
        self.under_way == 0 && self.unanswered.is_none_or(|at| at.after(times.lease) <= now)
    }
}
