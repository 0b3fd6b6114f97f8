//! Whether what an apply left is what was known to take another one.

use super::renames::Renames;
use crate::plan::operation::{Change, Operation};
use crate::plan::{Plan, Verification};
use crate::snapshot::Snapshot;

/// Whether another apply of the same file does all that this one left. `next` is the plan of the same file for what was
/// expected of this one.
///
/// Upstream takes a nested team out of its place when anything else about it changes, and puts it back the next time. And
/// who was in a team by one below it alone may be there no more, where that one has left: upstream saw them there, or not,
/// for it goes through teams in any order.
pub fn is_done_by_another(before: &Snapshot, plan: &Plan, found: &Verification, next: &Plan) -> bool {
    let renames = Renames::of(plan);
    let is_known = |left: &Operation| {
        next.operations.iter().any(|next| next.change == left.change) || was_inherited(left, before, &renames)
    };
    !found.remaining.is_empty() && found.remaining.iter().all(is_known)
}

fn was_inherited(left: &Operation, before: &Snapshot, renames: &Renames) -> bool {
    let Change::SetTeamMember { team, login, from: None, .. } = &left.change else { return false };
    renames.team_before(before, team).is_some_and(|team| team.inherited_members.contains(login))
}
