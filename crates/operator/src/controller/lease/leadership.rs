//! Whether this process leads. Once it leads, it does so until it ends: a process that has lost the Lease re-executes itself.

use std::sync::Arc;

use tokio::sync::SetOnce;

/// Whether this process leads. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Leadership(Arc<SetOnce<()>>);

impl Leadership {
    /// Records that this process leads.
    pub fn begin(&self) {
        // Setting it again changes nothing.
        self.0.set(()).ok();
    }

    /// Whether this process leads.
    pub fn is_ours(&self) -> bool {
        self.0.initialized()
    }

    /// Waits until this process leads.
    pub async fn ours(&self) {
        self.0.wait().await;
    }
}
