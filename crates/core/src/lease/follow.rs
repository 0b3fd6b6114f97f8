//! A follower: when it takes the Lease.

use std::time::Duration;

use super::{Holder, Moment, Record, Times};

/// What a follower does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It waits. If it sees the same until then, the Lease has expired.
    Wait {
        /// Until then.
        until: Moment,
    },
    /// It takes the Lease, if it still is as it was read.
    Take(Handover),
}

/// How the Lease came to be free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// Nobody has held it, or its holder has released it: all of that one's writes were answered.
    Free,
    /// Its holder has not renewed it: what that one has sent may still take effect.
    Expired,
}

/// What a follower has seen of the Lease.
#[derive(Clone, Debug)]
pub struct Follower {
    holder: Holder,
    times: Times,
    seen: Option<Seen>,
}

#[derive(Clone, Debug)]
struct Seen {
    holder: String,
    renewed: Option<String>,
    /// It expires after that long.
    lease: Duration,
    since: Moment,
}

impl Follower {
    /// One that has seen nothing.
    pub const fn new(holder: Holder, times: Times) -> Self {
        Self { holder, times, seen: None }
    }

    /// Takes in how the Lease was read now; none: there is none.
    pub fn see(&mut self, lease: Option<&Record>, now: Moment) -> Move {
        let Some(lease) = lease else { return self.missing(now) };
        if lease.holder.is_empty() {
            return Move::Take(Handover::Free);
        }
        if lease.holder == self.holder.as_str() {
            // It was taken by a request that nobody has answered; how it came to be free is not known any more.
            return Move::Take(Handover::Expired);
        }
        let is_same = |seen: &&Seen| seen.holder == lease.holder && seen.renewed == lease.renewed;
        if let Some(seen) = self.seen.as_ref().filter(is_same) {
            return seen.decide(now);
        }
        let seen = Seen {
            holder: lease.holder.clone(),
            renewed: lease.renewed.clone(),
            lease: self.duration(lease.seconds),
            since: now,
        };
        self.seen.insert(seen).decide(now)
    }

    /// A Lease that was deleted while somebody held it is as one that is not renewed.
    fn missing(&self, now: Moment) -> Move {
        self.seen.as_ref().map_or(Move::Take(Handover::Free), |seen| seen.decide(now))
    }

    /// How long the holder may take the Lease for its own: it may have been started with another duration.
    fn duration(&self, seconds: i32) -> Duration {
        if seconds == self.times.seconds() {
            return self.times.lease;
        }
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).max(self.times.lease)
    }
}

impl Seen {
    fn decide(&self, now: Moment) -> Move {
        let until = self.since.after(self.lease);
        if now < until { Move::Wait { until } } else { Move::Take(Handover::Expired) }
    }
}
