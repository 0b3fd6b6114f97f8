//! GitHub's list of installations, as the healer has read it last.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::SetOnce;

/// What the list told. Which of it an installation needs is in its own memory.
#[derive(Debug, Default)]
pub struct Listing {
    is_read: AtomicBool,
    ended: SetOnce<()>,
    ids: Mutex<Option<Arc<BTreeSet<i64>>>>,
}

impl Listing {
    /// The list is going to be read: what it tells of an installation need not be asked for.
    pub(crate) fn set_awaited(&self) {
        self.is_read.store(true, Ordering::Relaxed);
    }

    /// The list was read once, or could not be. True: it was waited for until now.
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

    /// These are all installations there are.
    pub(crate) fn set_ids(&self, ids: BTreeSet<i64>) {
        *self.ids.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ids));
    }

    /// All installations there are; `None`: the list was not read yet.
    pub(crate) fn ids(&self) -> Option<Arc<BTreeSet<i64>>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
