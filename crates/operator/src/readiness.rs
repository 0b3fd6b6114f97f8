//! Whether the process is ready: what `/readyz` says.

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

/// How often it is seen whether the watches can be had.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Whether the process is ready: false until what it needs is there, and false again when it stops. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Says that the process is ready, or no longer is.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Whether the process is ready.
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Says that the process is ready while `can_work` has it and no watch is out for long. Ends with `can_work`'s other end.
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
