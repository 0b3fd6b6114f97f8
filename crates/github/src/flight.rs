//! One call at a time per key: whoever asks while it is under way gets its result.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};

/// Calls under way, by key. Results are not kept: the next caller after the end starts anew.
pub(crate) struct Flights<K, T: Clone> {
    under_way: Mutex<HashMap<K, WeakShared<BoxFuture<'static, T>>>>,
}

impl<K, T: Clone> Default for Flights<K, T> {
    fn default() -> Self {
        Self { under_way: Mutex::default() }
    }
}

impl<K: Eq + Hash, T: Clone> Flights<K, T> {
    /// The call under way for `key`, or the one that `start` makes.
    ///
    /// The call is driven by those who wait for it; when all of them are gone, so is it.
    pub(crate) fn join(
        &self,
        key: K,
        start: impl FnOnce() -> BoxFuture<'static, T>,
    ) -> Shared<BoxFuture<'static, T>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, flight| flight.upgrade().is_some_and(|flight| flight.peek().is_none()));
        if let Some(flight) = under_way.get(&key).and_then(WeakShared::upgrade) {
            return flight;
        }
        let flight = start().shared();
        if let Some(weak) = flight.downgrade() {
            under_way.insert(key, weak);
        }
        flight
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_call_under_way_is_shared_and_then_forgotten() {
        let flights = Flights::<u8, u32>::default();
        let started = Arc::new(AtomicU32::new(0));
        let start = || {
            let number = started.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::task::yield_now().await;
                number
            }
            .boxed()
        };
        let (first, second, other) = (flights.join(1, start), flights.join(1, start), flights.join(2, start));
        assert_eq!(futures::join!(first, second, other), (0, 0, 1));
        assert_eq!(flights.join(1, start).await, 2);
    }

    #[tokio::test]
    async fn a_result_somebody_has_not_fetched_yet_is_not_given_to_a_later_caller() {
        let flights = Flights::<u8, u8>::default();
        let first = flights.join(1, || futures::future::ready(1).boxed());
        let slow = flights.join(1, || futures::future::ready(2).boxed());
        assert_eq!(first.await, 1);
        assert_eq!(flights.join(1, || futures::future::ready(3).boxed()).await, 3);
        assert_eq!(slow.await, 1);
    }

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_is_started_anew() {
        let flights = Flights::<u8, u8>::default();
        drop(flights.join(1, || futures::future::pending().boxed()));
        assert_eq!(flights.join(1, || futures::future::ready(7).boxed()).await, 7);
    }
}
