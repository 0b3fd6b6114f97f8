//! The clock of an apply: the time, and waits that end when the process is to stop.

use std::time::Duration;

use jiff::Timestamp;
use peribolos_core::time_scale::TimeScale;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The time since the process started, added to the time of that start, so that a change of the machine's clock does not
/// lengthen or shorten waits.
#[derive(Clone, Debug)]
pub struct Clock {
    scale: TimeScale,
    began: Timestamp,
    since: Instant,
    stop: CancellationToken,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woke {
    /// It is over.
    InTime,
    /// The process is to stop.
    Stopped,
}

impl Clock {
    /// A clock that starts now. Waits end when `stop` is cancelled.
    pub fn start(scale: TimeScale, stop: CancellationToken) -> Self {
        Self { scale, began: Timestamp::now(), since: Instant::now(), stop }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.began.saturating_add(self.since.elapsed()).unwrap_or(Timestamp::MAX)
    }

    /// When it started.
    pub const fn began(&self) -> Timestamp {
        self.began
    }

    /// The instant at which this clock shows that time; now, if that is over.
    pub fn instant(&self, time: Timestamp) -> std::time::Instant {
        let left = Duration::try_from(time.duration_since(self.now())).unwrap_or_default();
        std::time::Instant::now() + left
    }

    /// The scale of waits that are our own.
    pub const fn scale(&self) -> TimeScale {
        self.scale
    }

    /// Whether the process is to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Sleeps until then.
    pub(super) async fn sleep_until(&self, until: Timestamp) -> Woke {
        if self.is_stopped() {
            return Woke::Stopped;
        }
        let left = Duration::try_from(until.duration_since(self.now())).unwrap_or_default();
        match self.stop.run_until_cancelled(tokio::time::sleep(left)).await {
            Some(()) => Woke::InTime,
            None => Woke::Stopped,
        }
    }

    /// Sleeps until then, even if the process is to stop.
    pub(super) async fn sleep_through(&self, until: Timestamp) {
        let left = Duration::try_from(until.duration_since(self.now())).unwrap_or_default();
        tokio::time::sleep(left).await;
    }

    /// Sleeps so long, at this clock's scale.
    pub(super) async fn sleep(&self, wait: Duration) -> Woke {
        self.sleep_until(self.now().saturating_add(self.scale.of(wait)).unwrap_or(Timestamp::MAX)).await
    }
}
