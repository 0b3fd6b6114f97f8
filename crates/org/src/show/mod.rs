//! Plans and their results in words, once for everybody: a [`Namer`] says what may be named. In full for a terminal, a
//! log or a program, and on GitHub, where the public may read along, as far as a [`Disclosure`] goes.

mod applied;
mod beyond;
mod category;
mod check;
mod counts;
mod disclosure;
mod item;
mod list;
mod message;
mod namer;
mod remedy;
mod report;
mod sentence;
pub(crate) mod text;
mod token_remedy;

pub use applied::Applied;
pub use check::{Check, MAX_SUMMARY_BYTES};
pub use counts::Counts;
use counts::title;
pub use disclosure::Disclosure;
pub use list::MAX_NAMES;
pub use message::{refusal, warning};
pub use namer::Namer;
pub use remedy::{NOT_SHOWN_REMEDY, Refused, remedy};
pub use report::{JSON_VERSION, PlanReport};
pub use token_remedy::Applier;
