//! Which part of Tekton is missing, according to the last check.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use peribolos_core::{
    tekton::{Absence, Missing},
    time_scale::TimeScale,
};

/// The missing part of Tekton, if any.
#[derive(Debug, Default)]
pub struct Tekton(Mutex<Absence>);

impl Tekton {
    /// What has been missing for long enough to be reported.
    pub fn lasting(&self, scale: TimeScale, now: Timestamp) -> Option<Missing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).lasting(scale, now).cloned()
    }

    /// Records the result of a check.
    pub fn seen(&self, missing: Option<Missing>, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seen(missing, now);
    }
}
