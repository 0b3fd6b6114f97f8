//! GitHub's list of installations, as the healer has read it last.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::SetOnce;

/// The contents of the list. The entry that an installation needs is in the memory of that installation.
#[derive(Debug, Default)]
pub struct Listing {
    is_read: AtomicBool,
    ended: SetOnce<()>,
    ids: Mutex<Option<Arc<BTreeSet<i64>>>>,
}

impl Listing {
    /// Announces that the list will be read: installations in it need not be fetched one by one.
    pub(crate) fn set_awaited(&self) {
        self.is_read.store(true, Ordering::Relaxed);
    }

    /// Records that the list was read once, or could not be read. True: something has waited for it until now.
    pub(crate) fn set_ended(&self) -> bool {
        self.ended.set(()).is_ok()
    }

    /// Whether it is worth waiting for the list.
    pub(crate) fn is_awaited(&self) -> bool {
        self.is_read.load(Ordering::Relaxed) && self.ended.get().is_none()
    }

    /// Waits until the list was read once, or could not be.
    pub(crate) async fn ended(&self) {
        self.ended.wait().await;
    }

    /// Records the complete list of installations.
    pub(crate) fn set_ids(&self, ids: BTreeSet<i64>) {
        *self.ids.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ids));
    }

    /// All installations; `None`: the list was not read yet.
    pub(crate) fn ids(&self) -> Option<Arc<BTreeSet<i64>>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
