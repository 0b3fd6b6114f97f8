//! How often the healer looks.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use peribolos_core::{heal::installations::APART, time_scale::TimeScale};
use peribolos_github::Retry;

use super::HealError;

/// How often the healer looks at what.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// At the list of installations.
    pub installations: Duration,
    /// At the deliveries.
    pub deliveries: Duration,
    /// At each installation's file.
    pub files: Duration,
    /// At whether it is time to look for drift: each installation has its own interval.
    pub drift: Duration,
    /// At the ended runs.
    pub history: Duration,
    /// How long GitHub must deny an installation before its object goes.
    pub apart: SignedDuration,
}

impl Pace {
    /// The pace at this scale.
    pub fn at(scale: TimeScale) -> Self {
        Self {
            installations: scale.of(Duration::from_mins(10)),
            deliveries: scale.of(Duration::from_mins(5)),
            files: scale.of(Duration::from_mins(10)),
            drift: scale.of(Duration::from_secs(20)),
            history: scale.of(Duration::from_hours(1)),
            apart: scale.of_signed(APART),
        }
    }
}

/// Waits for the next pass: with jitter, so that two of them do not keep step. A pass that failed is told, and not
/// repeated sooner than GitHub allows.
pub(super) async fn rest(what: &'static str, interval: Duration, end: Result<(), HealError>) {
    let mut wait = jittered(interval);
    if let Err(error) = end {
        tracing::warn!(what, %error, "looking for what no webhook said failed");
        wait = wait.max(error.not_before().map_or(Duration::ZERO, pause));
    }
    tokio::time::sleep(wait).await;
}

/// A tenth less to a tenth more.
fn jittered(interval: Duration) -> Duration {
    let random = u32::try_from(RandomState::new().hash_one(()) % 201).unwrap_or(100);
    interval * (900 + random) / 1000
}

fn pause(retry: Retry) -> Duration {
    match retry {
        Retry::Never | Retry::Backoff => Duration::ZERO,
        Retry::After(pause) => pause,
        Retry::AtReset(at) => Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_a_tenth() {
        let spread: Vec<Duration> = (0..100).map(|_| jittered(Duration::from_secs(100))).collect();
        assert!(spread.iter().all(|d| (90..=110).contains(&d.as_secs())), "{spread:?}");
        assert!(spread.iter().any(|d| *d != spread[0]), "{spread:?}");
    }
}
