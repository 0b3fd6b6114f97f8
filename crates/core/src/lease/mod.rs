//! Which of several controllers leads, by a Lease that is taken and renewed by compare-and-swap.
//!
//! The leader ([`Term`]) renews the Lease, and begins no write ([`Writes`]) once two thirds of its duration have passed since its
//! last renewal began. A follower ([`Follower`]) takes the Lease over when it was released, or when it has seen it without a
//! renewal for its whole duration. Times are moments of one machine's own clock, which are never compared with those of another.

mod follow;
mod record;
mod term;
mod times;
mod writes;

#[cfg(test)]
mod tests;

pub use follow::{Follower, Handover, Move};
pub use record::{Holder, Record};
pub use term::Term;
pub use times::{Moment, Times};
pub use writes::{Refusal, Target, Writes};
