//! Whether this process leads. Once it does, it does to its end: one that has lost the Lease begins anew.

use std::sync::Arc;

use tokio::sync::SetOnce;

/// Whether this process leads. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Leadership(Arc<SetOnce<()>>);

impl Leadership {
    /// Says that it leads.
    pub fn begin(&self) {
        // Said twice is said.
        self.0.set(()).ok();
    }

    /// Whether it leads.
    pub fn is_ours(&self) -> bool {
        self.0.initialized()
    }

    /// Waits until it leads.
    pub async fn ours(&self) {
        self.0.wait().await;
    }
}
