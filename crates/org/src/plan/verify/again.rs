//! Whether what an apply left is what was known to take another one.

use crate::names::TeamName;
use crate::plan::operation::{Change, Operation, TeamSetting};
use crate::plan::{Plan, Verification};
use crate::snapshot::Snapshot;

/// Whether another apply of the same file does all that this one left. `next` is the plan of the same file for what was
/// expected of this one.
///
/// Upstream takes a nested team out of its place when anything else about it changes, and puts it back the next time. And
/// who was in a team by one below it alone may be there no more, where that one has left: upstream saw them there, or not,
/// for it goes through teams in any order.
pub fn is_done_by_another(before: &Snapshot, plan: &Plan, found: &Verification, next: &Plan) -> bool {
    let is_known = |left: &Operation| {
        next.operations.iter().any(|next| next.change == left.change) || was_inherited(left, before, plan)
    };
    !found.remaining.is_empty() && found.remaining.iter().all(is_known)
}

fn was_inherited(left: &Operation, before: &Snapshot, plan: &Plan) -> bool {
    let Change::SetTeamMember { team, login, from: None, .. } = &left.change else { return false };
    let team = plan.operations.iter().find_map(|operation| renamed_to(operation, team)).unwrap_or(team);
    before.teams.iter().any(|before| before.name == *team && before.inherited_members.contains(login))
}

/// The name that a team had before an operation gave it this one.
fn renamed_to<'a>(operation: &'a Operation, team: &TeamName) -> Option<&'a TeamName> {
    let Change::EditTeam { name, changes } = &operation.change else { return None };
    changes
        .iter()
        .any(|change| change.setting == TeamSetting::Name && TeamName::new(change.to.as_str()) == *team)
        .then_some(name)
}
