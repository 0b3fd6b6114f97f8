//! The progress of an apply.

use std::time::Duration;

use peribolos_org::plan::{Operation, Outcome};

/// Follows the progress of an apply. Must not block.
pub trait Progress: Send + Sync {
    /// `done` of `of` operations are finished; this is the outcome of the last one.
    fn operation(&self, done: usize, of: usize, operation: &Operation, outcome: &Outcome);

    /// No request is sent for this long, because GitHub or the operator's own pacing requires it.
    fn waits(&self, _pause: Duration) {}
}
