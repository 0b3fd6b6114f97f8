//! What depends on upstream's dice: it goes through teams in any order, and a team's list of members has those of the
//! teams below it, which may or may not have been moved away by then. docs/differences.md has these.

use peribolos_org::plan::{Change, Plan, Stage, TeamSetting};
use peribolos_org::{Slug, Snapshot, SnapshotTeam};

use crate::difference::Difference;
use crate::write::Write;

/// What refusals say that upstream gets past where it happens to take things in the right order: the lowest of the
/// teams that it deletes first, a team that moves away before the one above it becomes secret, and of one repository
/// that it takes for two the one whose access it takes away.
const BY_CHANCE: &[&str] = &[
    "upstream deletes them in any order",
    "can't become secret while other teams are below it on GitHub",
    "is spelled otherwise on GitHub",
];

/// Whether upstream may get to the end of a file that is refused.
pub fn decides(plan: &Plan) -> bool {
    plan.refusals.iter().all(|refusal| BY_CHANCE.iter().any(|words| refusal.message.contains(words)))
}

/// Takes out of a difference what a plan can't know.
pub fn forgive(difference: &mut Difference, plan: &Plan, before: &Snapshot) {
    let left: Vec<&SnapshotTeam> = before.teams.iter().filter(|team| is_left(team, plan, before)).collect();
    // Where the old team comes first it still has the person: who is wanted there is lost until the next run, and who
    // is not is taken out in vain. Where the moved one comes first, the person is put there, or there is nothing to do.
    let by_chance = |write: &Write| {
        (write.method == "PUT" || !write.lasting) && left.iter().any(|team| is_about_inherited(write, team))
    };
    difference.missing.retain(|write| !by_chance(write));
    difference.beyond.retain(|write| !by_chance(write));
}

/// Whether a plan moves a team away from below another.
fn is_left(team: &SnapshotTeam, plan: &Plan, before: &Snapshot) -> bool {
    plan.operations.iter().any(|operation| match &operation.change {
        Change::EditTeam { name, changes } => {
            let moved = before.teams.iter().find(|team| team.name == *name);
            changes.iter().any(|change| change.setting == TeamSetting::Parent)
                && moved.is_some_and(|moved| is_below(moved, &team.slug, before))
        }
        _ => false,
    })
}

fn is_below(team: &SnapshotTeam, above: &Slug, snapshot: &Snapshot) -> bool {
    let parent = |slug: &Slug| snapshot.teams.iter().find(|team| team.slug == *slug)?.parent.clone();
    std::iter::successors(team.parent.clone(), parent).any(|slug| slug == *above)
}

fn is_about_inherited(write: &Write, team: &SnapshotTeam) -> bool {
    let path =
        |login: &dyn std::fmt::Display| format!("teams/{}/memberships/{login}", team.slug).to_lowercase();
    write.stage == Stage::TeamMembers && team.inherited_members.iter().any(|login| write.path == path(login))
}
