//! Growing pauses between failed reconciles, per object: kube-runtime has none.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use peribolos_core::time_scale::TimeScale;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);

/// How often each object has failed in a row, by uid. An object that succeeds or was deleted is forgotten.
#[derive(Debug, Default)]
pub struct Backoff {
    counts: Mutex<HashMap<String, u32>>,
    scale: TimeScale,
}

impl Backoff {
    /// Pauses at this scale.
    pub fn at(scale: TimeScale) -> Self {
        Self { scale, ..Self::default() }
    }

    /// The pause after one more failure: twice the last one, at most 5 minutes, up to a fifth shorter by chance.
    pub fn next(&self, uid: &str) -> Duration {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(uid.to_owned()).or_default();
        let pause = FIRST.saturating_mul(1 << (*count).min(16)).min(LONGEST);
        *count += 1;
        // A new RandomState is the standard library's source of randomness; a better one is not needed here.
        let chance = u32::try_from(RandomState::new().hash_one(uid) % 200).unwrap_or(0);
        self.scale.of(pause.saturating_sub(pause * chance / 1000))
    }

    /// Forgets an object's failures.
    pub fn reset(&self, uid: &str) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(uid);
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
        backoff.reset("uid");
        assert!(backoff.next("uid") <= FIRST);
    }
}
