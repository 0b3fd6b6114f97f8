//! Which team of GitHub each team of the file means.

use std::collections::{BTreeMap, BTreeSet};

use peribolos_vocab::{Privacy, TeamName};

use super::Entry;
use crate::file::findings::quoted;
use crate::plan::model::address;
use crate::plan::{Kind, Named, Planner, TeamId, line_of};

/// Finds the team of each entry: that of its name, else that of the first former name that there is, and none of those
/// that are left alone. Names that have one address on GitHub are one name, as a file's are.
pub(super) fn find(planner: &Planner<'_>, entries: &mut [Entry<'_>]) {
    let is_ours = |id: &TeamId| {
        let team = planner.now.team(*id);
        team.is_some_and(|team| !planner.ignores_team(&team.managed_by, team.privacy))
    };
    let ours = planner.now.all_teams().filter(|(id, _)| is_ours(id));
    let by_key: BTreeMap<String, TeamId> = ours.map(|(id, team)| (team.name.key(), id)).collect();
    let find = |name: &TeamName| {
        let exact = planner.now.team_named(name).filter(is_ours);
        exact.or_else(|| by_key.get(&name.key()).copied())
    };
    let mut used = BTreeSet::new();
    for entry in entries {
        let mut names = std::iter::once(&entry.team.name).chain(&entry.team.previously);
        entry.found = names.find_map(|name| find(name)).filter(|id| used.insert(*id));
    }
}

/// Refuses teams whose name or address another one has and keeps.
pub(super) fn refuse_taken(planner: &mut Planner<'_>, entries: &[Entry<'_>], doomed: &BTreeSet<TeamId>) {
    for entry in entries {
        let name = &entry.team.name.value;
        let line = line_of(&entry.team.name);
        if let Some(other) = keeper(planner, entries, entry, doomed) {
            let Some(other) = planner.now.team(other).map(|team| team.name.clone()) else { continue };
            if entry.found.is_none() && other == *name {
                let message = format!("{} is one of the teams that are left alone", quoted(name.as_str()));
                let hint = "remove it from the file, or ask the platform team to let such teams be managed";
                planner.refuse(Kind::Teams, line, &[name.into()], message, hint);
            } else {
                let message = format!(
                    "{} and {} have one address on GitHub",
                    quoted(name.as_str()),
                    quoted(other.as_str())
                );
                let about: [Named; 2] = [name.into(), (&other).into()];
                let hint = "give the team another name";
                planner.refuse(Kind::Teams, line, &about, message, hint);
            }
        }
        let privacy = entry.privacy(planner);
        let managed_by = entry.found.and_then(|id| planner.now.team(id)).map(|team| team.managed_by.clone());
        if privacy == Privacy::Secret && planner.ignores_team(&managed_by.unwrap_or_default(), privacy) {
            let message =
                format!("{} would be secret, and secret teams are left alone", quoted(name.as_str()));
            let hint = "write `privacy: closed`, or ask the platform team to let secret teams be managed";
            planner.refuse(Kind::Teams, line, &[name.into()], message, hint);
        }
    }
}

/// The other team that has the address of an entry now and keeps it.
fn keeper(
    planner: &Planner<'_>,
    entries: &[Entry<'_>],
    entry: &Entry<'_>,
    doomed: &BTreeSet<TeamId>,
) -> Option<TeamId> {
    let name = &entry.team.name.value;
    let holder = holder(planner, entry)
        .or_else(|| planner.now.team_named(name).filter(|id| Some(*id) != entry.found))?;
    if doomed.contains(&holder) {
        return None;
    }
    let other = entries.iter().find(|other| other.found == Some(holder));
    match other {
        Some(other) => {
            let now = planner.now.team(holder)?;
            (address(&other.team.name) == address(&now.name)).then_some(holder)
        }
        None => Some(holder),
    }
}

/// The other team that has the address that an entry needs.
pub(super) fn holder(planner: &Planner<'_>, entry: &Entry<'_>) -> Option<TeamId> {
    let new = address(&entry.team.name);
    if let Some(found) = entry.found.and_then(|id| planner.now.team(id))
        && address(&found.name) == new
    {
        return None;
    }
    planner.now.team_at(&new).filter(|id| Some(*id) != entry.found)
}
