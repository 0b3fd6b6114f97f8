//! When the controller has created something on GitHub for each installation: GitHub limits that by the hour.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use peribolos_core::run::budget::Budget;

/// The requests of the last hour by the name of the installation. They are lost at a restart: a new process begins with an empty
/// hour, and what GitHub then refuses is sent later.
#[derive(Debug)]
pub struct ContentWrites {
    made: Mutex<HashMap<String, Vec<Timestamp>>>,
    hour: SignedDuration,
}

impl ContentWrites {
    /// None were made; an hour is so long.
    pub fn new(hour: SignedDuration) -> Self {
        Self { made: Mutex::default(), hour }
    }

    /// Those of an installation.
    pub fn of(&self, installation: &str, now: Timestamp) -> Budget {
        let mut made = self.lock();
        let Some(recent) = made.get_mut(installation) else { return Budget::new([], self.hour) };
        recent.retain(|at| now.duration_since(*at) < self.hour);
        let budget = Budget::new(recent.iter().copied(), self.hour);
        if recent.is_empty() {
            made.remove(installation);
        }
        budget
    }

    /// Counts one.
    pub fn count(&self, installation: &str, now: Timestamp) {
        self.lock().entry(installation.to_owned()).or_default().push(now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Timestamp>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
