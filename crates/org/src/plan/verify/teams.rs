//! Teams lost, who was in them, and what they could reach.

use std::collections::BTreeSet;

use peribolos_vocab::Login;

use super::beyond::{Beyond, Losses, Moments};
use super::renames::Renames;
use crate::snapshot::SnapshotTeam;

/// Teams, and what was in them, lost beyond the plan.
pub(super) fn lost(moments: Moments<'_>, renames: &Renames, losses: &mut Losses) {
    let (planned, after) = (renames.teams(moments.planned), renames.teams(moments.after));
    for team in moments.before.teams.iter().filter(|team| !renames.deletes(&team.name)) {
        let Some(planned) = planned.get(&team.name) else { continue };
        let Some(after) = after.get(&team.name) else {
            losses.lost.push(Beyond::Team { name: team.name.clone() });
            continue;
        };
        members(team, planned, after, losses);
        repos(renames, team, planned, after, losses);
    }
}

/// Those who are in a team by themselves; who is in it by a team below is lost there.
fn own(team: &SnapshotTeam) -> BTreeSet<&Login> {
    let inherited: BTreeSet<&Login> = team.inherited_members.iter().collect();
    team.maintainers.iter().chain(&team.members).filter(|login| !inherited.contains(login)).collect()
}

fn members(before: &SnapshotTeam, planned: &SnapshotTeam, after: &SnapshotTeam, losses: &mut Losses) {
    let planned = own(planned);
    let present: BTreeSet<&Login> = after.maintainers.iter().chain(&after.members).collect();
    for login in own(before) {
        if planned.contains(login) && !present.contains(login) && !losses.gone.contains(login) {
            losses.lost.push(Beyond::TeamMember { team: after.name.clone(), login: login.clone() });
        }
    }
}

fn repos(
    renames: &Renames,
    before: &SnapshotTeam,
    planned: &SnapshotTeam,
    after: &SnapshotTeam,
    losses: &mut Losses,
) {
    let keys =
        |team: &SnapshotTeam| -> BTreeSet<String> { team.repos.iter().map(|repo| repo.name.key()).collect() };
    let (planned, present) = (keys(planned), keys(after));
    for repo in before.repos.iter().filter(|repo| !repo.inherited) {
        let names = renames.keys_of_repo(&repo.name);
        if planned.contains(&names[0]) && !names.iter().any(|name| present.contains(name)) {
            losses.lost.push(Beyond::TeamRepo { team: after.name.clone(), repo: repo.name.clone() });
        }
    }
}
