//! What this process has published of each run on GitHub, so that nothing is published twice.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use peribolos_core::run::published::Published;

/// What was published of each run that has not ended, by its uid. A restart forgets it, and what is there is read again.
#[derive(Debug, Default)]
pub struct Publications(Mutex<HashMap<String, Published>>);

impl Publications {
    /// What is known of a run. One that is under way when it is seen first may have been published by another process.
    pub fn of(&self, uid: &str, is_new: bool, now: Timestamp) -> Published {
        let first = || Published {
            first_seen: Some(now),
            inherited_at: (!is_new).then_some(now),
            ..Published::default()
        };
        self.lock().entry(uid.to_owned()).or_insert_with(first).clone()
    }

    /// Keeps what is known of a run.
    pub fn keep(&self, uid: &str, published: Published) {
        self.lock().insert(uid.to_owned(), published);
    }

    /// Forgets a run of which nothing is left to be done.
    pub fn forget(&self, uid: &str) {
        self.lock().remove(uid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Published>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
