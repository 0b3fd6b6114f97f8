//! How often the healer checks.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use peribolos_core::heal::{deliveries::PAUSES, installations::APART};

use super::HealError;
use crate::controller::args::ControllerArgs;

/// How often new deliveries are read, unless everything is checked more often.
const DELIVERIES: Duration = Duration::from_mins(5);

/// The intervals of the healer's checks.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Of the list of installations.
    pub installations: Duration,
    /// Of the deliveries.
    pub deliveries: Duration,
    /// Of each installation's file.
    pub files: Duration,
    /// Of which drift checks are due; each installation has its own interval for these.
    pub drift: Duration,
    /// Of the ended runs.
    pub history: Duration,
    /// How long TaskRuns are kept after their end.
    pub keep_task_runs: SignedDuration,
    /// How long after its last attempt a redelivery is requested: for the first, the second and the last time.
    pub redeliveries: [SignedDuration; 3],
    /// How long GitHub must report an installation as missing before its object is removed.
    pub apart: SignedDuration,
}

impl Pace {
    /// The pace by the controller's flags. The time for which TaskRuns are kept is not scaled.
    pub fn of(args: &ControllerArgs) -> Self {
        let scale = args.time_scale;
        Self {
            installations: scale.of(args.resync_interval),
            deliveries: scale.of(args.resync_interval.min(DELIVERIES)),
            files: scale.of(args.resync_interval),
            drift: scale.of(Duration::from_secs(20)),
            history: scale.of(Duration::from_hours(1)),
            keep_task_runs: SignedDuration::try_from(args.keep_task_runs.get())
                .unwrap_or(SignedDuration::MAX),
            redeliveries: PAUSES.map(|pause| scale.of_signed(pause)),
            apart: scale.of_signed(APART),
        }
    }
}

/// The pauses of one loop.
#[derive(Debug)]
pub(super) struct Rest {
    /// What the loop checks.
    what: &'static str,
    /// Between two passes.
    interval: Duration,
    /// How many passes have failed in a row.
    failures: u32,
}

impl Rest {
    /// The initial pauses of a loop.
    pub(super) const fn new(what: &'static str, interval: Duration) -> Self {
        Self { what, interval, failures: 0 }
    }

    /// Waits for the next pass, with jitter, so that loops do not synchronize. A failed pass is logged and repeated
    /// sooner, but not before GitHub allows it.
    pub(super) async fn after(&mut self, end: Result<(), HealError>) {
        let now = Timestamp::now();
        let mut not_before = now;
        self.failures = match end {
            Ok(()) => 0,
            Err(error) => {
                tracing::warn!(what = self.what, %error, "a pass of the healer failed");
                not_before = error.not_before(now).unwrap_or(now);
                self.failures.saturating_add(1)
            }
        };
        let refused = Duration::try_from(not_before.duration_since(now)).unwrap_or_default();
        tokio::time::sleep(jittered(wait(self.interval, self.failures)).max(refused)).await;
    }
}

/// A fortieth of the interval after a failure, twice that after the next, and at most the interval.
fn wait(interval: Duration, failures: u32) -> Duration {
    match failures.checked_sub(1) {
        None => interval,
        Some(more) => (interval / 40).saturating_mul(1 << more.min(16)).min(interval),
    }
}

/// A tenth less to a tenth more.
fn jittered(interval: Duration) -> Duration {
    let random = u32::try_from(RandomState::new().hash_one(()) % 201).unwrap_or(100);
    interval * (900 + random) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::no_failure(0, 600)]
    #[case::one(1, 15)]
    #[case::two(2, 30)]
    #[case::many(99, 600)]
    fn a_pass_that_failed_is_repeated_sooner(#[case] failures: u32, #[case] seconds: u64) {
        assert_eq!(wait(Duration::from_mins(10), failures), Duration::from_secs(seconds));
    }

    #[test]
    fn jitter_stays_within_a_tenth() {
        let spread: Vec<Duration> = (0..100).map(|_| jittered(Duration::from_secs(100))).collect();
        assert!(spread.iter().all(|d| (90..=110).contains(&d.as_secs())), "{spread:?}");
        assert!(spread.iter().any(|d| *d != spread[0]), "{spread:?}");
    }
}
