//! The leader: when it renews the Lease, and when it has lost it.

use super::{Moment, Times};

/// The time for which a process leads.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    times: Times,
    renewed: Moment,
    next: Moment,
}

impl Term {
    /// The Lease was taken by a write that began then.
    pub fn begun(times: Times, began: Moment) -> Self {
        Self { times, renewed: began, next: began.after(times.renewal) }
    }

    /// A renewal that began then was answered.
    pub fn renewed(&mut self, began: Moment) {
        *self = Self::begun(self.times, began);
    }

    /// A renewal that began then has failed, or nobody knows.
    pub fn failed(&mut self, began: Moment) {
        self.next = began.after(self.times.read);
    }

    /// No write begins after that.
    pub fn last_write(&self) -> Moment {
        self.renewed.after(self.times.writes)
    }

    /// When the next renewal begins. None: it is too late, and the Lease is lost.
    pub fn next(&self, now: Moment) -> Option<Moment> {
        (now < self.last_write()).then(|| self.next.min(self.last_write()))
    }
}
