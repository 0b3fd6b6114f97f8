//! Which team of GitHub each team of the file means.

use std::collections::BTreeSet;

use peribolos_vocab::{Privacy, TeamName};

use super::Entry;
use crate::file::findings::quoted;
use crate::plan::model::address;
use crate::plan::{Kind, Named, Planner, TeamId, line_of};

/// Finds the team of each entry: that of its name, else that of the first former name that there is, and none of those
/// that are left alone. A team that another entry lists under `previously` is that entry's, where each of the two finds
/// one of its own.
pub(super) fn find(planner: &mut Planner<'_>, entries: &mut [Entry<'_>]) {
    let seen = |name: &TeamName| {
        let id = planner.now.team_named(name)?;
        let found = planner.now.team(id)?;
        (!planner.ignores_team(&found.managed_by, found.privacy)).then_some(id)
    };
    let own = |entry: &Entry<'_>| seen(&entry.team.name);
    let former = |entry: &Entry<'_>| entry.team.previously.iter().find_map(|name| seen(name));
    let claimed: BTreeSet<TeamId> =
        entries.iter().filter(|entry| own(entry).is_none()).filter_map(former).collect();
    let mut used = BTreeSet::new();
    let found: Vec<Option<TeamId>> = entries
        .iter()
        .map(|entry| {
            let kept = own(entry).filter(|id| !claimed.contains(id) || former(entry).is_none());
            kept.or_else(|| former(entry)).or_else(|| own(entry)).filter(|id| used.insert(*id))
        })
        .collect();
    for (entry, found) in entries.iter_mut().zip(found) {
        entry.found = found;
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
                let hint = "remove it from the file, or change `spec.run.ignore` of the installation";
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
            let hint =
                "write `privacy: closed`, or remove SecretTeams from `spec.run.ignore` of the installation";
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
