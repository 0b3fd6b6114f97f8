//! Growing pauses between failed reconciles, per object: kube-runtime has none.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);

/// How often each object has failed in a row, by uid. An object that succeeds, or is gone, is forgotten.
#[derive(Debug, Default)]
pub struct Backoff(Mutex<HashMap<String, Failures>>);

#[derive(Debug, Default)]
struct Failures {
    count: u32,
    /// What was asked for when it failed, and until when the same need not be tried again.
    pause: Option<(Option<i64>, Instant)>,
}

impl Backoff {
    /// The pause after one more failure: twice the last one, at most 5 minutes, up to a fifth shorter by chance.
    pub fn next(&self, uid: &str) -> Duration {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = &mut failures.entry(uid.to_owned()).or_default().count;
        let pause = FIRST.saturating_mul(1 << (*count).min(16)).min(LONGEST);
        *count += 1;
        // A fresh RandomState is the standard library's own source of chance; nothing here needs a better one.
        let chance = u32::try_from(RandomState::new().hash_one(uid) % 200).unwrap_or(0);
        pause.saturating_sub(pause * chance / 1000)
    }

    /// Has an object of this generation left alone for so long, whatever event comes.
    pub fn pause(&self, uid: &str, generation: Option<i64>, wait: Duration) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now().checked_add(wait);
        failures.entry(uid.to_owned()).or_default().pause = until.map(|until| (generation, until));
    }

    /// How long an object is still to be left alone. A changed spec is looked at at once.
    pub fn paused(&self, uid: &str, generation: Option<i64>) -> Option<Duration> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (paused, until) = failures.get(uid)?.pause?;
        let left = until.saturating_duration_since(Instant::now());
        (paused == generation && !left.is_zero()).then_some(left)
    }

    /// Forgets an object's failures.
    pub fn reset(&self, uid: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_start_over() {
        let backoff = Backoff::default();
        let mut last = Duration::ZERO;
        for _ in 0..9 {
            let next = backoff.next("uid");
            assert!(next > last && next <= LONGEST, "{next:?} after {last:?}");
            last = next;
        }
        for _ in 0..10 {
            assert!(backoff.next("uid") >= LONGEST * 4 / 5);
        }
        assert!(backoff.next("other") <= FIRST);
        backoff.pause("uid", Some(1), LONGEST);
        assert!(backoff.paused("uid", Some(1)).is_some_and(|left| left <= LONGEST));
        assert_eq!(backoff.paused("uid", Some(2)), None, "its spec was changed");
        backoff.reset("uid");
        assert_eq!(backoff.paused("uid", Some(1)), None);
        assert!(backoff.next("uid") <= FIRST);
    }
}
