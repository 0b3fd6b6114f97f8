//! What a second run of the same file may still have to do, each a trap of docs/differences.md.

use anyhow::{Result, ensure};
use peribolos_org::plan::{Change, Operation, Plan, SettingChange, TeamSetting};
use peribolos_org::{Login, Snapshot, TeamName};

/// The second plan must be the one that was foreseen from the first, and have nothing in it that is no known trap.
///
/// # Errors
/// What is left, or stays out although the first plan says that upstream sends it in every run.
pub fn check(before: &Snapshot, first: &Plan, foreseen: &Plan, second: &Plan) -> Result<()> {
    ensure!(
        foreseen.operations == second.operations,
        "foreseen was {:#?}\nand planned is {:#?}",
        foreseen.operations,
        second.operations
    );
    let unknown: Vec<&Operation> = second
        .operations
        .iter()
        .filter(|operation| {
            !(is_in_vain(operation) || puts_back(operation, first) || was_inherited(operation, first, before))
        })
        .collect();
    ensure!(unknown.is_empty(), "the second plan is not done with {unknown:#?}");
    // Who is in a team by one below it is not while that is out of its place.
    let moves = first.operations.iter().any(moves_a_team);
    let again = |change: &Change| second.operations.iter().any(|operation| operation.change == *change);
    let stopped: Vec<&Operation> = first
        .operations
        .iter()
        .filter(|operation| !moves && is_in_vain(operation) && !again(&operation.change))
        .collect();
    ensure!(stopped.is_empty(), "said to come again, and not planned again: {stopped:#?}");
    Ok(())
}

/// Upstream sends it in every run, and it changes nothing.
pub fn is_in_vain(operation: &Operation) -> bool {
    !operation.lasting
}

fn moves_a_team(operation: &Operation) -> bool {
    let Change::EditTeam { changes, .. } = &operation.change else { return false };
    changes.iter().any(|change| change.setting == TeamSetting::Parent)
}

/// Upstream took the team out of its parent when it changed something else about it, and now puts it back.
fn puts_back(operation: &Operation, first: &Plan) -> bool {
    let Change::EditTeam { name, changes } = &operation.change else { return false };
    changes.iter().all(|change| change.setting == TeamSetting::Parent)
        && first.operations.iter().filter_map(taken_out).any(|team| team == *name)
}

/// The team that an operation takes out of its parent although it is to stay there, by the name it has then.
fn taken_out(operation: &Operation) -> Option<TeamName> {
    let Change::EditTeam { name, changes } = &operation.change else { return None };
    let to = |setting| changes.iter().find(|change| change.setting == setting).map(|change| &*change.to);
    let name = to(TeamSetting::Name).map_or_else(|| name.clone(), TeamName::new);
    (to(TeamSetting::Parent) == Some("") && changes.len() > 1).then_some(name)
}

/// Upstream took somebody for a member of a team, who was so only by a team below it, and left that one afterwards.
fn was_inherited(operation: &Operation, first: &Plan, before: &Snapshot) -> bool {
    let Change::SetTeamMember { team, login, from: None, .. } = &operation.change else { return false };
    let team = first.operations.iter().find_map(|operation| renamed_to(operation, team)).unwrap_or(team);
    let inherits = |list: &[Login]| list.contains(login);
    before.teams.iter().any(|before| before.name == *team && inherits(&before.inherited_members))
}

/// The name that a team had before an operation gave it this one.
fn renamed_to<'a>(operation: &'a Operation, team: &TeamName) -> Option<&'a TeamName> {
    let Change::EditTeam { name, changes } = &operation.change else { return None };
    let new_name = |change: &SettingChange<TeamSetting>| {
        change.setting == TeamSetting::Name && TeamName::new(change.to.as_str()) == *team
    };
    changes.iter().any(new_name).then_some(name)
}
