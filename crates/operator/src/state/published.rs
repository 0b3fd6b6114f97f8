//! What this process has published on GitHub for each run, so that nothing is published twice.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use peribolos_core::run::published::Published;

/// What was published for each run that has not ended, by its uid. It is lost at a restart, and then read from GitHub.
#[derive(Debug, Default)]
pub struct Publications(Mutex<HashMap<String, Published>>);

impl Publications {
    /// What is known about a run. If it is already under way when it is first seen, another process may have published something.
    pub fn of(&self, uid: &str, is_new: bool, now: Timestamp) -> Published {
        let first = || Published {
            first_seen: Some(now),
            inherited_at: (!is_new).then_some(now),
            taken_over_at: (!is_new).then_some(now),
            ..Published::default()
        };
        self.lock().entry(uid.to_owned()).or_insert_with(first).clone()
    }

    /// Stores what is known about a run.
    pub fn keep(&self, uid: &str, published: Published) {
        self.lock().insert(uid.to_owned(), published);
    }

    /// Forgets a run that is completely finished.
    pub fn forget(&self, uid: &str) {
        self.lock().remove(uid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Published>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
