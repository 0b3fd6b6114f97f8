//! Plan equals upstream: what is planned for an organization and a file is compared with what the real upstream
//! peribolos then does to it, request by request.
//!
//! - [`github`] is one simulated GitHub for all the tests of a process, each of which has organizations of its own.
//! - [`ours`] says what this project plans, [`upstream`] runs the real program.
//! - [`write`](mod@write) is one write as both are brought to: [`planned`] from the plan, [`observed`] from the
//!   simulator's log of requests and its audit. [`difference`] compares the two.
//! - [`round`] is the whole of it, for the hand-made [`pair`]s in `pairs/` and the ones that [`generate`] makes.

pub mod again;
pub mod chance;
pub mod difference;
pub mod fixture;
pub mod generate;
pub mod github;
pub mod observed;
pub mod organization;
pub mod ours;
pub mod pair;
pub mod planned;
pub mod round;
pub mod upstream;
pub mod write;
