//! What this process has published of each run on GitHub, so that nothing is published twice.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use peribolos_github::client::CheckRunUpdate;

/// The checks as this process wrote them last, by the uid of their runs. A restart forgets them and publishes once more.
#[derive(Debug, Default)]
pub struct Published(Mutex<HashMap<String, PublishedCheck>>);

/// A check as it was written last.
#[derive(Clone, Debug)]
pub struct PublishedCheck {
    /// What was written.
    pub update: CheckRunUpdate,
    /// When it showed last how far the run has come.
    pub progress_at: Option<Timestamp>,
}

impl Published {
    /// The check of a run.
    pub fn of(&self, uid: &str) -> Option<PublishedCheck> {
        self.lock().get(uid).cloned()
    }

    /// Records that the check of a run was written.
    pub fn insert(&self, uid: String, update: CheckRunUpdate, progress_at: Option<Timestamp>) {
        self.lock().insert(uid, PublishedCheck { update, progress_at });
    }

    /// Forgets a run that has ended or was deleted.
    pub fn remove(&self, uid: &str) {
        self.lock().remove(uid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, PublishedCheck>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
