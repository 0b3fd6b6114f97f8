//! Who may do what with a repository: people and teams.

use std::collections::{BTreeMap, BTreeSet};

use super::{Access, Login, Org, OrgRole, Repo, RepoRole, Team, org::BasePermission};

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

/// Where somebody's access comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Granter {
    /// The person was added by name.
    Repository,
    /// A team, by id.
    Team(u64),
    /// Ownership, the base permission, or an organization role of a team.
    Organization,
}

/// One source of somebody's access to a repository.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Source {
    pub(crate) granter: Granter,
    pub(crate) access: Access,
}

impl Org {
    /// The people that GitHub lists as collaborators. Each is listed with the most that comes from anywhere, whatever
    /// `which` asks for.
    pub(crate) fn collaborators(&self, repo: &Repo, which: Affiliation) -> BTreeMap<Login, Access> {
        let mut people: BTreeSet<&Login> = repo.collaborators.keys().collect();
        match which {
            Affiliation::Direct => {}
            Affiliation::Outside => people.retain(|login| !self.members.contains_key(login)),
            Affiliation::All => people.extend(self.members.keys()),
        }
        let most = |login: &Login| self.sources(repo, login).into_iter().map(|source| source.access).max();
        people.into_iter().filter_map(|login| Some((login.clone(), most(login)?))).collect()
    }

    /// Everything that gives `login` access to a repository, but for its being public.
    pub(crate) fn sources(&self, repo: &Repo, login: &Login) -> Vec<Source> {
        let direct = repo.collaborators.get(login).cloned();
        let mut sources: Vec<Source> =
            direct.into_iter().map(|access| Source { granter: Granter::Repository, access }).collect();
        let Some(member) = self.members.get(login) else { return sources };
        let by_organization = |role: RepoRole| Source { granter: Granter::Organization, access: role.into() };
        for team in self.teams_of(login) {
            let own = team.repos.get(&repo.id).cloned();
            sources.extend(own.map(|access| Source { granter: Granter::Team(team.id), access }));
            sources.extend(team.role_on_all().map(by_organization));
        }
        let base = match (member.role, self.settings.default_repository_permission) {
            (OrgRole::Admin, _) | (_, BasePermission::Admin) => Some(RepoRole::Admin),
            (_, BasePermission::Write) => Some(RepoRole::Push),
            (_, BasePermission::Read) => Some(RepoRole::Pull),
            (_, BasePermission::None) => None,
        };
        sources.extend(base.map(by_organization));
        sources
    }

    /// The teams that `login` is in, and those above them.
    fn teams_of(&self, login: &Login) -> Vec<&Team> {
        let inside = self.teams.values().filter(|team| team.members.contains_key(login));
        let ids: BTreeSet<u64> = inside.flat_map(|team| self.and_above(team)).map(|team| team.id).collect();
        ids.iter().filter_map(|id| self.teams.get(id)).collect()
    }

    /// A team and the teams above it, the nearest first.
    fn and_above<'o>(&'o self, team: &'o Team) -> impl Iterator<Item = &'o Team> {
        std::iter::successors(Some(team), |team| self.teams.get(&team.parent?))
    }

    /// Whether an organization role gives a team access to every repository: its own role or that of a team above it.
    pub(crate) fn has_all_repos(&self, team: &Team) -> bool {
        self.and_above(team).any(|team| !team.roles.is_empty())
    }

    /// The repositories of a team by id: its own, and those of the teams above it and of organization roles where they
    /// give more.
    pub(crate) fn team_repos(&self, team: &Team) -> BTreeMap<u64, Access> {
        let mut all: BTreeMap<u64, Access> = BTreeMap::new();
        let mut give = |id: u64, access: Access| match all.get(&id) {
            Some(had) if *had >= access => {}
            _ => {
                all.insert(id, access);
            }
        };
        for team in self.and_above(team) {
            team.repos.iter().for_each(|(id, access)| give(*id, access.clone()));
            if let Some(role) = team.role_on_all() {
                self.repos.keys().for_each(|id| give(*id, role.into()));
            }
        }
        all
    }
}
