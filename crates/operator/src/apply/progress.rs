//! The progress of an apply.

use std::time::Duration;

use peribolos_org::plan::{Operation, Outcome};

/// Follows the progress of an apply. Must not block.
pub trait Progress: Send + Sync {
    /// `done` of `of` operations have been dealt with; this is what became of the last one.
    fn operation(&self, done: usize, of: usize, operation: &Operation, outcome: &Outcome);

    /// Nothing is sent for so long: GitHub, or our own pacing, asks for it.
    fn waits(&self, _pause: Duration) {}
}
