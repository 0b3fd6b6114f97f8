//! Which watches fail.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{Stream, StreamExt};
use jiff::Timestamp;
use kube::runtime::watcher::{self, Event};
use peribolos_core::{time_scale::TimeScale, watching::Outage};

/// The outages of a process's watches, by resource. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Outages(Arc<Mutex<BTreeMap<&'static str, Outage>>>);

impl Outages {
    /// A watch whose errors are recorded.
    pub fn noted<K, S>(
        &self,
        resource: &'static str,
        events: S,
    ) -> impl Stream<Item = watcher::Result<Event<K>>> + Send + use<K, S>
    where
        S: Stream<Item = watcher::Result<Event<K>>> + Send,
    {
        let this = self.clone();
        events.inspect(move |event| {
            let mut outages = this.lock();
            let outage = outages.entry(resource).or_default();
            match event {
                // A list is about to be requested.
                Ok(Event::Init) => {}
                Ok(_) => outage.ended(),
                Err(_) => outage.failed(Timestamp::now()),
            }
        })
    }

    /// A resource whose watch has failed for long.
    pub fn lasting(&self, scale: TimeScale, now: Timestamp) -> Option<&'static str> {
        self.lock().iter().find(|(_, outage)| outage.lasts(scale, now)).map(|(resource, _)| *resource)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Outage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
