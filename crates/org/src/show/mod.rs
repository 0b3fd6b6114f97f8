//! Plans for people: on GitHub, where the public reads along ([`summary`]), and in full ([`Full`]) on a terminal, as
//! Markdown, and as JSON for programs.

mod beyond;
mod category;
mod check;
mod counts;
mod disclosure;
mod full;
mod item;
mod line;
mod refusal;
pub(crate) mod text;

pub use beyond::beyond;
pub use check::{MAX_NAMES, MAX_SUMMARY_BYTES, losses, operations, summary, trips};
pub use counts::{Counts, title};
pub use disclosure::Disclosure;
pub use full::{Full, JSON_VERSION};
pub use refusal::told;
