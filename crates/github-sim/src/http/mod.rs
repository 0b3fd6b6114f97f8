//! What every answer has in common: errors, pages, ETags, limits, faults, the log and the socket.

pub(crate) mod call;
pub(crate) mod content;
pub(crate) mod fault;
pub(crate) mod gate;
pub(crate) mod log;
pub(crate) mod page;
pub(crate) mod rate;
pub(crate) mod refusal;
pub(crate) mod reply;
pub(crate) mod secondary;
pub(crate) mod serve;

pub(crate) use call::{Body, Call};
pub(crate) use refusal::{Answer, FieldError, Refusal};
