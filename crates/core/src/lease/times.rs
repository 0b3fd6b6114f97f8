//! Moments of a clock, and how long everything about a Lease takes.

use std::time::Duration;

use crate::time_scale::TimeScale;

/// A moment of a clock that is never set, and goes on while the machine sleeps: the time since the machine was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Duration);

impl Moment {
    /// So long after the machine was started.
    pub const fn since_boot(time: Duration) -> Self {
        Self(time)
    }

    /// So long after this moment.
    #[must_use]
    pub const fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(time))
    }

    /// How long it is until a later moment; zero if that has passed.
    pub const fn until(self, later: Self) -> Duration {
        later.0.saturating_sub(self.0)
    }
}

/// How long everything about a Lease takes: all of it follows from its duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// A Lease without a renewal for that long has expired; a write that was sent may take effect for that long.
    pub lease: Duration,
    /// From the beginning of one renewal to that of the next.
    pub renewal: Duration,
    /// After the beginning of the last renewal, a write may begin for that long.
    pub writes: Duration,
    /// How long one request about the Lease may take.
    pub request: Duration,
    /// How often a follower reads the Lease, and how soon the leader tries a failed renewal again.
    pub read: Duration,
    /// How long whoever takes over an expired Lease writes nothing to GitHub.
    pub quiet: Duration,
}

impl Times {
    /// Those of a Lease of that duration, at that scale.
    pub fn of(lease: Duration, scale: TimeScale) -> Self {
        let lease = scale.of(lease);
        Self {
            lease,
            renewal: lease / 3,
            writes: lease * 2 / 3,
            request: lease * 4 / 15,
            read: lease * 2 / 15,
            quiet: lease * 2 / 3,
        }
    }

    /// The duration as a Lease has it: in whole seconds, and never zero.
    pub fn seconds(&self) -> i32 {
        i32::try_from(self.lease.as_millis().div_ceil(1000).max(1)).unwrap_or(i32::MAX)
    }
}
