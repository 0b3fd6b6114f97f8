//! Decisions about a run: may it start, how did it end, is it tried again, what does its check say.

pub mod admit;
pub mod answer;
pub mod arguments;
pub mod budget;
pub mod changes;
pub mod check;
pub mod command;
pub mod comment;
mod decide;
pub mod facts;
pub mod first;
pub mod follow_up;
pub mod history;
pub mod leaving;
pub mod outcome;
pub mod owners;
pub mod preview;
pub mod published;
pub mod queue;
mod report;
pub mod retry;
pub mod review;
pub mod source;
pub mod state;
pub mod status;
pub mod step;
#[cfg(test)]
pub(crate) mod testing;
pub mod trouble;

pub use decide::{Attempted, check_deadline, decide};
