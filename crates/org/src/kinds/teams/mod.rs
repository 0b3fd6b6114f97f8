//! Which teams there are, where they are, and their settings.

mod delete;
mod make;
mod matching;
mod moves;

use std::collections::BTreeSet;

use peribolos_vocab::Privacy;

use crate::file::findings::quoted;
use crate::file::model::{ConfigFile, Team};
use crate::plan::{Fact, Kind, Planner, TeamId, line_of, sorted};
use crate::snapshot::ManagedBy;

pub(crate) use moves::order_moves;

/// A team of the file.
#[derive(Clone, Copy, Debug)]
struct Entry<'f> {
    team: &'f Team,
    /// The entry of the team above it.
    parent: Option<usize>,
    /// The team of GitHub that it means.
    found: Option<TeamId>,
}

impl Entry<'_> {
    /// Who can see the team afterwards: teams that are nested, or have others below them, are closed; a new one is
    /// secret, as upstream makes it.
    fn privacy(&self, planner: &Planner<'_>) -> Privacy {
        let found = || self.found.and_then(|id| planner.now.team(id)).map(|team| team.privacy);
        match self.team.privacy {
            Some(privacy) => privacy.value,
            None if self.parent.is_some() || !self.team.teams.is_empty() => Privacy::Closed,
            None => found().unwrap_or(Privacy::Secret),
        }
    }
}

pub(crate) fn differ(planner: &mut Planner<'_>) {
    if !planner.plans(Kind::Teams) {
        return;
    }
    let mut entries = entries(planner.file);
    matching::find(planner, &mut entries);
    let used: BTreeSet<TeamId> = entries.iter().filter_map(|entry| entry.found).collect();
    let doomed = delete::unlisted(planner, &used);
    matching::refuse_taken(planner, &entries, &doomed);
    make::make(planner, &entries, &doomed);
    moves::differ(planner, &entries);
    delete::differ(planner, &doomed);
}

/// The teams of a file, each after the one above it.
fn entries(file: &ConfigFile) -> Vec<Entry<'_>> {
    fn walk<'f>(teams: &'f [Team], parent: Option<usize>, entries: &mut Vec<Entry<'f>>) {
        for team in sorted(teams, |team| team.name.as_str()) {
            let index = entries.len();
            entries.push(Entry { team, parent, found: None });
            walk(&team.teams, Some(index), entries);
        }
    }
    let mut entries = Vec::new();
    walk(&file.teams, None, &mut entries);
    entries
}

/// The teams of a file that are there after the plan, each after the one above it.
pub(super) fn planned<'f>(planner: &Planner<'f>) -> Vec<(&'f Team, TeamId)> {
    let entries = entries(planner.file).into_iter();
    entries.filter_map(|entry| Some((entry.team, *planner.teams.get(&entry.team.name.value)?))).collect()
}

/// Refuses what nobody in the organization can change.
fn refuse_enterprise(planner: &mut Planner<'_>, entry: Entry<'_>, id: TeamId) -> bool {
    let Some(team) = planner.now.team(id) else { return false };
    if team.managed_by != ManagedBy::Enterprise {
        return false;
    }
    let name = team.name.clone();
    let message = format!("{} is a team of the enterprise, and can't be changed here", quoted(name.as_str()));
    let hint = "write what it has, or remove the team from the file and ask the platform team to ignore teams of the \
                enterprise (EnterpriseTeams)";
    planner.refuse(Kind::Teams, line_of(&entry.team.name), &[(&name).into()], message, hint);
    true
}

/// What is so of a team before it can be above others, or below one.
fn is_ready(id: TeamId) -> [Fact; 2] {
    [Fact::Team(id), Fact::Closed(id)]
}
