//! What stands between our programs and the servers that they use: every request passes here, and may meet a fault.

mod deliveries;
mod forward;
mod refusal;
mod route;
mod serve;
mod switchboard;
mod watch;

pub use deliveries::{Order, serve as serve_deliveries};
pub use forward::Upstream;
pub use refusal::Refusal;
pub use route::{Route, Sender, Server};
pub use serve::{Link, serve};
pub use switchboard::{Passed, Switchboard};
pub use watch::Disturbance;
