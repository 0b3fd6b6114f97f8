//! All that lives in memory alone. It is made when the controllers start, and gone with them: losing it costs a question
//! to Kubernetes or GitHub and never changes what is decided.

pub mod backoff;
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
