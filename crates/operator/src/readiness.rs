//! Whether the process is ready, as `/readyz` reports it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use peribolos_core::time_scale::TimeScale;
use tokio::sync::watch::Receiver;

use crate::kubernetes::outages::Outages;

/// How often the state of the watches is checked.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Whether the process is ready: false until it has everything it needs, and false again when it stops. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Sets whether the process is ready.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Whether the process is ready.
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Keeps the process ready while `can_work` is true and no watch has failed for long. Ends when the sender of `can_work` is
    /// dropped.
    pub async fn follow(&self, outages: &Outages, scale: TimeScale, mut can_work: Receiver<bool>) {
        let mut out = None;
        loop {
            let before = std::mem::replace(&mut out, outages.lasting(scale, Timestamp::now()));
            if let Some(resource) = out
                && before != out
            {
                tracing::error!(
                    resource,
                    "the resource can't be watched; an earlier log line has the API server's answer"
                );
            }
            let is_ready = out.is_none() && *can_work.borrow_and_update();
            if self.get() != is_ready {
                tracing::info!(is_ready, "{}", if is_ready { "ready" } else { "not ready" });
                self.set(is_ready);
            }
            let end = tokio::time::timeout(LOOK_EVERY, can_work.changed()).await;
            if matches!(end, Ok(Err(_))) {
                return;
            }
        }
    }
}
