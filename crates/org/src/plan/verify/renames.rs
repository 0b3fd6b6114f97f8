//! Teams and repositories found again, also under another name.

use std::collections::{HashMap, HashSet};

use peribolos_vocab::{RepoName, TeamName};

use crate::plan::Plan;
use crate::plan::operation::{Change, RepoSettingName, TeamSetting};
use crate::snapshot::{Snapshot, SnapshotRepo, SnapshotTeam};

/// What a plan renames: keys before and after.
pub(super) struct Renames {
    /// Teams that the plan deletes: another may have their name then.
    deleted: HashSet<TeamName>,
    teams: HashMap<String, String>,
    repos: HashMap<String, String>,
}

/// Things of a snapshot, to be found by the name they had before: a rename may not have been made.
pub(super) struct Found<'s, T> {
    things: HashMap<String, &'s T>,
    renames: &'s HashMap<String, String>,
}

impl Renames {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut renames = Self { deleted: HashSet::new(), teams: HashMap::new(), repos: HashMap::new() };
        for operation in &plan.operations {
            match &operation.change {
                Change::EditTeam { name, changes } => {
                    let new = changes.iter().find(|change| change.setting == TeamSetting::Name);
                    renames.teams.extend(new.map(|new| (team_key(name), new.to.to_lowercase())));
                }
                Change::EditRepo { name, changes } => {
                    let new = changes.iter().find(|change| change.setting == RepoSettingName::Name);
                    renames.repos.extend(new.map(|new| (name.key(), RepoName::new(new.to.as_str()).key())));
                }
                Change::DeleteTeam { name, .. } => {
                    renames.deleted.insert(name.clone());
                }
                _ => {}
            }
        }
        renames
    }

    pub(super) fn deletes(&self, team: &TeamName) -> bool {
        self.deleted.contains(team)
    }

    pub(super) fn teams<'s>(&'s self, snapshot: &'s Snapshot) -> Found<'s, SnapshotTeam> {
        let things = snapshot.teams.iter().map(|team| (team_key(&team.name), team)).collect();
        Found { things, renames: &self.teams }
    }

    /// The team that has this name after the plan.
    pub(super) fn team_before<'s>(
        &self,
        snapshot: &'s Snapshot,
        name: &TeamName,
    ) -> Option<&'s SnapshotTeam> {
        let new = team_key(name);
        let old = self.teams.iter().find_map(|(old, to)| (*to == new).then_some(old)).unwrap_or(&new);
        snapshot.teams.iter().find(|team| team_key(&team.name) == *old)
    }

    pub(super) fn repos<'s>(&'s self, snapshot: &'s Snapshot) -> Found<'s, SnapshotRepo> {
        let things = snapshot.repos.iter().map(|repo| (repo.name.key(), repo)).collect();
        Found { things, renames: &self.repos }
    }

    /// The keys that a repository of this name may have.
    pub(super) fn keys_of_repo(&self, name: &RepoName) -> [String; 2] {
        let old = name.key();
        [self.repos.get(&old).unwrap_or(&old).clone(), old]
    }
}

impl<'s, T> Found<'s, T> {
    fn by_key(&self, old: &str) -> Option<&'s T> {
        let new = self.renames.get(old).and_then(|new| self.things.get(new));
        new.or_else(|| self.things.get(old)).copied()
    }
}

impl<'s> Found<'s, SnapshotTeam> {
    pub(super) fn get(&self, name: &TeamName) -> Option<&'s SnapshotTeam> {
        self.by_key(&team_key(name))
    }
}

impl<'s> Found<'s, SnapshotRepo> {
    pub(super) fn get(&self, name: &RepoName) -> Option<&'s SnapshotRepo> {
        self.by_key(&name.key())
    }
}

fn team_key(name: &TeamName) -> String {
    name.as_str().to_lowercase()
}
