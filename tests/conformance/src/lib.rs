//! What is planned is what is applied, and it amounts to what upstream peribolos makes of the same file.
//!
//! - [`github`] is one simulated GitHub for all the tests of a process, each of which has organizations of its own.
//! - [`ours`] plans and applies by this project's program, [`upstream`] runs the real peribolos on a copy.
//! - [`write`](mod@write) is one request: [`planned`] from the plan, [`observed`] from the simulator's log.
//! - [`effective`] is what an organization amounts to, by which the two ends are compared.
//! - [`round`] is the whole of it, for the hand-made [`pair`]s in `pairs/` and the ones that [`generate`] makes.

pub mod effective;
pub mod fixture;
pub mod generate;
pub mod github;
pub mod known;
pub mod observed;
pub mod organization;
pub mod ours;
pub mod pair;
pub mod planned;
pub mod round;
pub mod upstream;
pub mod write;
