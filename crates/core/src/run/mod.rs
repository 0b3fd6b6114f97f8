//! Decisions about a run: may it start, how did it end, is it tried again, what does its check say.

pub mod arguments;
pub mod changes;
pub mod check;
pub mod command;
pub mod history;
pub mod moved;
pub mod outcome;
pub mod preview;
pub mod queue;
pub mod retry;
pub mod review;
pub mod source;
#[cfg(test)]
pub(crate) mod testing;
