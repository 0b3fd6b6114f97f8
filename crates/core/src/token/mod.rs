//! When an installation's token is minted, and when a failed attempt is made again.
//!
//! Everything follows from what the Secret says and from the clock passed in, so that a restart mints nothing.

mod absence;
mod backoff;
pub(crate) mod jitter;
mod pace;
mod schedule;

pub use absence::{Absence, absence};
pub use backoff::{Hint, backoff, retry_at};
pub use pace::{AppLimit, Load, Pace, Turn, Urgency};
pub use schedule::{Cause, Decision, Found, Issued, LastMint, Need, Refresh, Schedule, Situation, decide};
