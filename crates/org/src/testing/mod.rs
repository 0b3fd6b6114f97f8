//! Organizations as GitHub may have them, and files that may be applied to them, for tests and for fuzzing.
//!
//! Everything is made of independent choices, so that a failing case shrinks well. The names are few, so that
//! what belongs together meets.

mod case;
mod edit;
mod names;
mod organization;
mod people;
mod repos;
mod teams;
mod valid;
mod values;

pub use case::{Case, case, case_from_bytes};
pub use names::LOGINS;
pub use organization::snapshot;
