//! Everything that is kept in memory only. It is created when the controllers start and lost with them: losing it costs a request
//! to Kubernetes or GitHub and never changes a decision.

pub mod backoff;
pub mod content;
mod index;
pub mod installations;
pub mod listing;
pub mod pacing;
pub mod published;
pub mod reservations;
pub mod runs;
pub mod secrets;
pub mod tekton;
pub mod tokens;
pub mod written;
