//! Where things are on GitHub: teams by their names at this moment, repositories by theirs, people by their logins.

use std::collections::{BTreeMap, HashMap};

use peribolos_org::{Login, RepoName, Slug, Snapshot, TeamName};

/// The addresses of an organization's teams and repositories. Begins as the snapshot has them, and follows what is made,
/// renamed and deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    teams: BTreeMap<TeamName, TeamAddress>,
    repos: HashMap<String, u64>,
    people: BTreeMap<Login, u64>,
}

/// Where a team is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamAddress {
    /// Its number, which survives a rename.
    pub id: u64,
    /// The part of its address that GitHub makes from its name.
    pub slug: Slug,
}

impl Addresses {
    /// The addresses that a snapshot has.
    pub fn of(snapshot: &Snapshot) -> Self {
        let team = |team: &peribolos_org::SnapshotTeam| {
            (team.name.clone(), TeamAddress { id: team.id, slug: team.slug.clone() })
        };
        Self {
            teams: snapshot.teams.iter().map(team).collect(),
            repos: snapshot.repos.iter().map(|repo| (repo.name.key(), repo.id)).collect(),
            people: snapshot.accounts.clone(),
        }
    }

    /// Where the team of that name is; `None` where none is known.
    pub fn team(&self, name: &TeamName) -> Option<&TeamAddress> {
        self.teams.get(name)
    }

    /// The number of the repository of that name; `None` where none is known.
    pub fn repo(&self, name: &RepoName) -> Option<u64> {
        self.repos.get(&name.key()).copied()
    }

    /// The number of the person who had this login; `None` where none is known.
    pub fn person(&self, login: &Login) -> Option<u64> {
        self.people.get(login).copied()
    }

    pub(crate) fn person_is(&mut self, login: Login, id: u64) {
        self.people.insert(login, id);
    }

    pub(crate) fn team_is_at(&mut self, name: TeamName, address: TeamAddress) {
        self.teams.retain(|_, it| it.id != address.id);
        self.teams.insert(name, address);
    }

    pub(crate) fn team_is_gone(&mut self, name: &TeamName) {
        self.teams.remove(name);
    }

    pub(crate) fn repo_is_at(&mut self, name: &RepoName, id: u64) {
        self.repos.retain(|_, it| *it != id);
        self.repos.insert(name.key(), id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(id: u64, slug: &str) -> TeamAddress {
        TeamAddress { id, slug: Slug::new(slug) }
    }

    #[test]
    fn a_renamed_team_is_at_its_new_name_alone() {
        let mut addresses = Addresses::default();
        let (core, base) = (TeamName::new("Core"), TeamName::new("Base"));
        addresses.team_is_at(core.clone(), at(1, "core"));
        addresses.team_is_at(base.clone(), at(1, "base"));
        assert_eq!((addresses.team(&core), addresses.team(&base)), (None, Some(&at(1, "base"))));
        addresses.team_is_gone(&base);
        assert_eq!(addresses.team(&base), None);
    }

    #[test]
    fn repositories_are_found_without_regard_to_case() {
        let mut addresses = Addresses::default();
        addresses.repo_is_at(&RepoName::new("Site"), 7);
        assert_eq!(addresses.repo(&RepoName::new("site")), Some(7));
        addresses.repo_is_at(&RepoName::new("website"), 7);
        assert_eq!(addresses.repo(&RepoName::new("site")), None);
    }
}
