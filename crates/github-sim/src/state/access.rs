//! Who may do what with a repository: people and teams.

use std::collections::BTreeMap;

use super::{Login, Org, OrgRole, Repo, RepoRole, Team, org::BasePermission};

/// Which of the people with access.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Affiliation {
    /// Everybody who has more than what a public repository gives to all.
    All,
    /// Who was added by name.
    Direct,
    /// Who of these is no member of the organization.
    Outside,
}

impl Org {
    /// The people that GitHub lists as collaborators, with the most that each was given.
    pub(crate) fn collaborators(&self, repo: &Repo, which: Affiliation) -> BTreeMap<Login, RepoRole> {
        let mut direct = repo.collaborators.clone();
        match which {
            Affiliation::Direct => direct,
            Affiliation::Outside => {
                direct.retain(|login, _| !self.members.contains_key(login));
                direct
            }
            Affiliation::All => self.with_indirect(repo, direct),
        }
    }

    /// Adds what comes through ownership, the organization's base permission and teams.
    fn with_indirect(&self, repo: &Repo, mut people: BTreeMap<Login, RepoRole>) -> BTreeMap<Login, RepoRole> {
        let mut give = |login: &Login, role: RepoRole| {
            let had = people.entry(login.clone()).or_insert(role);
            *had = role.max(*had);
        };
        let base = match self.settings.default_repository_permission {
            BasePermission::None => None,
            BasePermission::Read => Some(RepoRole::Pull),
            BasePermission::Write => Some(RepoRole::Push),
            BasePermission::Admin => Some(RepoRole::Admin),
        };
        for (login, member) in &self.members {
            match (member.role, base) {
                (OrgRole::Admin, _) => give(login, RepoRole::Admin),
                (OrgRole::Member, Some(base)) => give(login, base),
                (OrgRole::Member, None) => {}
            }
        }
        for team in self.teams.values() {
            if let Some(role) = self.team_repos(team).get(&repo.id) {
                team.members.keys().for_each(|login| give(login, *role));
            }
        }
        people
    }

    /// The repositories of a team by id: its own, and those of the teams above it where they give more.
    pub(crate) fn team_repos(&self, team: &Team) -> BTreeMap<u64, RepoRole> {
        let mut all = BTreeMap::new();
        for team in std::iter::successors(Some(team), |team| self.teams.get(&team.parent?)) {
            for (id, role) in &team.repos {
                let had = all.entry(*id).or_insert(*role);
                *had = (*had).max(*role);
            }
        }
        all
    }
}
