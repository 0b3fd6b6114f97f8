//! The existing objects, from watches, without a request to Kubernetes.

mod entry;
mod table;
mod watch;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use peribolos_api::GitHubInstallation;
use peribolos_core::event::Index;

use table::Table;

/// The installations by id. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Installations {
    installations: Arc<RwLock<Table<i64, GitHubInstallation>>>,
}

impl Installations {
    /// Whether the watch has delivered its first complete list.
    pub fn is_filled(&self) -> bool {
        read(&self.installations).is_filled()
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

impl Index for Installations {
    fn installations(&self, id: i64) -> Vec<Arc<GitHubInstallation>> {
        read(&self.installations).find(&id)
    }

    fn on_account(&self, login: &str) -> Vec<Arc<GitHubInstallation>> {
        let is_on = |object: &GitHubInstallation| {
            let account = object.status.as_ref().and_then(|status| status.account.as_ref());
            account.is_some_and(|account| account.login.eq_ignore_ascii_case(login))
        };
        read(&self.installations).all().filter(|object| is_on(object)).cloned().collect()
    }
}
