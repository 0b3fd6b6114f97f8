//! `PeribolosRun`: one apply, preview or dump.

mod spec;
mod status;

pub use spec::*;
pub use status::*;

#[cfg(test)]
mod rules;
