//! What an apply left to do, and what is gone that it did not take away.

mod beyond;
mod lost;
mod renamed;
mod unread;

use serde::{Deserialize, Serialize};

pub use beyond::Beyond;
pub use lost::Lost;
pub use renamed::Renamed;

use super::operation::{Operation, Waiting};
use super::{Outcome, Plan};
use crate::snapshot::{Snapshot, Unread};

/// What an apply left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// What would still be done.
    pub remaining: Vec<Operation>,
    /// What was there before, should have stayed, and is gone.
    pub beyond: Vec<Beyond>,
    /// Places in teams that were lost with invitations.
    pub lost: Vec<Lost>,
    /// Who has another login now: with what they have, they are not gone.
    pub renamed: Vec<Renamed>,
    /// Who is invited and has yet to accept.
    pub waiting: Vec<Waiting>,
    /// What could not be read any more: whether that is as the file says, or gone, is not known.
    pub unread: Vec<Unread>,
}

/// Compares what an apply left with what was planned. `after_plan` is the plan of the same file for `after`; `outcomes`
/// says what became of each operation of `plan`.
pub fn verify(
    before: &Snapshot,
    plan: &Plan,
    after: &Snapshot,
    after_plan: &Plan,
    outcomes: &[Outcome],
) -> Verification {
    let renamed = renamed::renamed(before, after);
    Verification {
        remaining: after_plan.operations.clone(),
        beyond: beyond::beyond(before, plan, outcomes, after, &renamed),
        lost: lost::lost(plan, outcomes, after, &renamed),
        renamed,
        waiting: after_plan.waiting.clone(),
        unread: unread::any_more(before, after),
    }
}
