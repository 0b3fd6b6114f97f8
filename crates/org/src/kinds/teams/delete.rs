//! Teams that the file does not list: they are deleted, lowest first, because GitHub deletes a team with all below it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Entry, moves};
use crate::file::findings::quoted;
use crate::plan::{Change, Draft, Fact, Kind, Place, Planner, TeamId, line_of};
use crate::snapshot::ManagedBy;

/// The teams that no team of the file stands for, and that are not left alone.
pub(super) fn unlisted(planner: &mut Planner<'_>, used: &BTreeSet<TeamId>) -> BTreeSet<TeamId> {
    let unused: Vec<TeamId> = planner
        .now
        .all_teams()
        .filter(|(id, team)| !used.contains(id) && !planner.ignores_team(&team.managed_by, team.privacy))
        .map(|(id, _)| id)
        .collect();
    let (enterprise, doomed): (Vec<TeamId>, Vec<TeamId>) = unused
        .into_iter()
        .partition(|id| planner.now.team(*id).is_some_and(|team| team.managed_by == ManagedBy::Enterprise));
    let mut names: Vec<_> =
        enterprise.iter().filter_map(|id| planner.now.team(*id)).map(|team| team.name.clone()).collect();
    names.sort();
    for name in names {
        let message =
            format!("{} is a team of the enterprise, and can't be deleted here", quoted(name.as_str()));
        let hint = "list it, or ask the platform team to ignore teams of the enterprise (EnterpriseTeams)";
        planner.warn(Kind::Teams, None, &[(&name).into()], message, Some(hint));
    }
    doomed.into_iter().collect()
}

/// Deletes what is left to be deleted.
pub(super) fn differ(planner: &mut Planner<'_>, doomed: &BTreeSet<TeamId>) {
    let left = doomed.iter().filter_map(|id| {
        let team = planner.then.team(*id)?;
        Some((Reverse(planner.now.depth(*id)), team.name.clone(), *id))
    });
    let mut left: Vec<_> = left.collect();
    left.sort();
    for (_, _, id) in left {
        delete(planner, doomed, id, Place::TeamsDeleted);
    }
}

/// Deletes a team whose address another one needs: first those below it, and what stays of them moves away.
pub(super) fn before_its_address_is_needed(
    planner: &mut Planner<'_>,
    entries: &[Entry<'_>],
    doomed: &BTreeSet<TeamId>,
    id: TeamId,
) {
    if planner.then.team(id).is_none() {
        return;
    }
    let children: Vec<TeamId> = planner.then.children(id).collect();
    for child in children {
        if doomed.contains(&child) {
            before_its_address_is_needed(planner, entries, doomed, child);
        } else if let Some(entry) = entries.iter().find(|entry| entry.found == Some(child)) {
            // Where it goes in the end may not be there yet: then it goes over the root.
            let parent = entry.parent.and_then(|parent| entries[parent].found);
            let is_there = |parent: &TeamId| {
                let closed = planner.then.team(*parent).is_some_and(|team| team.privacy.as_str() == "closed");
                closed && !planner.then.is_below(*parent, id)
            };
            let parent = parent.filter(is_there);
            let draft = moves::to_parent(planner, child, parent, Place::TeamsMade, line_of(&entry.team.name));
            planner.write(draft);
        }
    }
    delete(planner, doomed, id, Place::TeamsMade);
}

fn delete(planner: &mut Planner<'_>, doomed: &BTreeSet<TeamId>, id: TeamId, place: Place) {
    let Some(team) = planner.then.team(id) else { return };
    let (name, slug) = (team.name.clone(), team.slug.clone());
    if planner.then.children(id).any(|child| !doomed.contains(&child)) {
        let line = line_of(&planner.file.org);
        let message =
            "A team that is left alone is below one that is not listed, and would be deleted with it";
        let hint = "list the team above, or move the other one on GitHub first";
        planner.refuse(Kind::Teams, line, &[], message, hint);
        return;
    }
    let below: Vec<TeamId> = planner.now.children(id).collect();
    let draft = Draft::new(place, Change::DeleteTeam { name, slug }, None);
    let draft =
        draft.wants_all(below.into_iter().flat_map(|child| [Fact::Moved(child), Fact::Deleted(child)]));
    planner.write(draft.gives(Fact::Deleted(id)).gives(Fact::FreeTeam(id)));
}
