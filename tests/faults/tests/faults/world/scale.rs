//! How much faster time goes than on a clock.

use std::{fmt, time::Duration};

/// What every wait of our programs is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(u32);

impl Scale {
    /// That of most stories.
    pub const USUAL: Self = Self(20);
    /// Where the operator gives something up after half a minute, and a busy machine must not be too slow for that.
    pub const SLOW: Self = Self(8);
    /// Where a write comes late. A program starts as slowly as ever, and what it waits for must not be over by then.
    pub const OF_LATE: Self = Self(4);
    /// How late such a write comes: 25 seconds. After 15 its sender's successor leads, and waits for 15 more.
    pub const LATE: Duration = Duration::from_millis(25_000 / Self::OF_LATE.0 as u64);

    /// A minute.
    pub const fn minute(self) -> Duration {
        self.seconds(60)
    }

    /// How long a controller stands still: twice as long as its Lease.
    pub const fn pause(self) -> Duration {
        self.seconds(120)
    }

    /// How long a client waits for an answer in vain before the connection is dropped: the 20 seconds that ours wait for GitHub at
    /// most. Their own limit is not divided, for a busy machine is slow to answer.
    pub const fn silence(self) -> Duration {
        self.seconds(20)
    }

    /// How long after a story its ending may still become the expected one: longer than the pause after any single fault, and than a
    /// run may take.
    pub const fn patience(self) -> Duration {
        self.seconds(30 * 60)
    }

    const fn seconds(self, seconds: u64) -> Duration {
        Duration::from_millis(seconds * 1000 / self.0 as u64)
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
