//! What is effective: who is in a team, and what teams and people may do in a repository, from whatever source.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use peribolos_vocab::{DefaultPermission, Login, OrgRole, Permission, TeamRole, Word};

use super::{Model, RepoId, TeamId};
use crate::plan::OrgSetting;

impl Model {
    /// The team and those above it, from itself upwards.
    pub(crate) fn upwards(&self, id: TeamId) -> impl Iterator<Item = TeamId> {
        std::iter::successors(Some(id), |id| self.team(*id)?.parent)
    }

    /// Whether a team is another, or anywhere below it.
    pub(crate) fn is_below(&self, id: TeamId, above: TeamId) -> bool {
        self.upwards(id).any(|id| id == above)
    }

    /// How many teams are above one.
    pub(crate) fn depth(&self, id: TeamId) -> usize {
        self.upwards(id).skip(1).count()
    }

    /// The teams right below one.
    pub(crate) fn children(&self, id: TeamId) -> impl Iterator<Item = TeamId> {
        self.team(id).into_iter().flat_map(|team| team.children.iter().copied())
    }

    /// A team and all below it.
    pub(crate) fn subtree(&self, id: TeamId) -> Vec<TeamId> {
        let mut subtree = vec![id];
        let mut next = 0;
        while let Some(team) = subtree.get(next).copied() {
            subtree.extend(self.children(team));
            next += 1;
        }
        subtree
    }

    /// Everybody in a team, by their own place or by a team below.
    pub(crate) fn people_in(&self, id: TeamId) -> BTreeSet<Login> {
        let teams = self.subtree(id).into_iter().filter_map(|id| self.team(id));
        teams.flat_map(|team| team.members.keys().cloned()).collect()
    }

    /// Everybody in the teams below one.
    pub(crate) fn below(&mut self, id: TeamId) -> Arc<BTreeSet<Login>> {
        if let Some(below) = self.team(id).and_then(|team| team.below.clone()) {
            return below;
        }
        let children: Vec<TeamId> = self.children(id).collect();
        let mut people = Vec::new();
        for child in children {
            people.extend(self.below(child).iter().cloned());
            people.extend(self.team(child).into_iter().flat_map(|team| team.members.keys().cloned()));
        }
        let below = Arc::new(BTreeSet::from_iter(people));
        if let Some(team) = self.team_mut(id) {
            team.below = Some(Arc::clone(&below));
        }
        below
    }

    /// Says that those below a team, and so below those above it, are others now.
    pub(super) fn forget_below(&mut self, mut id: Option<TeamId>) {
        while let Some(team) = id.and_then(|id| self.team_mut(id)).filter(|team| team.below.is_some()) {
            team.below = None;
            id = team.parent;
        }
    }

    /// What somebody is in a team, by their own place or by a team below, which makes them a member.
    pub(crate) fn team_role(&mut self, id: TeamId, login: &Login) -> Option<TeamRole> {
        let own = self.team(id)?.members.get(login).copied();
        own.or_else(|| self.below(id).contains(login).then_some(TeamRole::Member))
    }

    /// What a team may do in a repository, by itself or by a team above it.
    pub(crate) fn team_access(&self, id: TeamId, repo: RepoId) -> Option<Permission> {
        self.upwards(id).filter_map(|id| self.team(id)?.repos.get(&repo)?.permission()).max()
    }

    /// What a team may do in a repository by the teams above it and sources that are not its own.
    pub(crate) fn team_access_from_elsewhere(&self, id: TeamId, repo: RepoId) -> Option<Permission> {
        let team = self.team(id)?;
        let base = team.repos.get(&repo).and_then(|grant| grant.base);
        base.max(team.parent.and_then(|parent| self.team_access(parent, repo)))
    }

    /// Everything that a team may do, by repository.
    pub(crate) fn team_repos(&self, id: TeamId) -> BTreeMap<RepoId, Permission> {
        let mut reached: BTreeMap<RepoId, Permission> = BTreeMap::new();
        for team in self.upwards(id).filter_map(|id| self.team(id)) {
            for (repo, grant) in &team.repos {
                if let Some(permission) = grant.permission() {
                    let had = reached.entry(*repo).or_insert(permission);
                    *had = permission.max(*had);
                }
            }
        }
        reached
    }

    /// What a person may do in a repository by everything but their own grant there.
    pub(crate) fn person_access_from_elsewhere(&self, login: &Login, repo: RepoId) -> Option<Permission> {
        let base = self.grant(login, repo).and_then(|grant| grant.base);
        base.max(self.person_access_from_teams(login, repo))
    }

    /// What a person may do in a repository as a member or an owner, and by teams.
    pub(super) fn person_access_from_teams(&self, login: &Login, repo: RepoId) -> Option<Permission> {
        match self.people.get(login) {
            Some(OrgRole::Admin) => return Some(Permission::Admin),
            None => return None,
            Some(_) => {}
        }
        let teams = self.homes.get(login).into_iter().flat_map(|home| &home.teams);
        let teams = teams.filter_map(|team| self.team_access(*team, repo)).max();
        teams.max(self.default_permission())
    }

    /// What a person may do in a repository, from whatever source.
    pub(crate) fn person_access(&self, login: &Login, repo: RepoId) -> Option<Permission> {
        let own = self.grant(login, repo).and_then(|grant| grant.own.permission());
        own.max(self.person_access_from_elsewhere(login, repo))
    }

    /// What somebody who is invited may do in a repository once they have accepted, by an invitation to it or by the teams to
    /// which they are invited.
    pub(crate) fn invited_access(&self, login: &Login, repo: RepoId) -> Option<Permission> {
        let open = self.repo(repo).into_iter().flat_map(|repo| &repo.invitations);
        let open = open.filter(|invitation| invitation.login == *login && !invitation.expired);
        let by_itself = open.map(|invitation| invitation.permission).max();
        if !self.pending.contains_key(login) {
            return by_itself;
        }
        let teams = self.all_teams().filter(|(_, team)| team.pending.contains(login));
        by_itself.max(teams.filter_map(|(id, _)| self.team_access(id, repo)).max())
    }

    fn grant(&self, login: &Login, repo: RepoId) -> Option<&super::Grant> {
        self.repo(repo)?.collaborators.as_ref()?.get(login)
    }

    /// Whether members may have access to every repository: GitHub need not show what they have.
    pub(crate) fn members_may_have_access(&self) -> bool {
        let is_shown = self.settings.contains_key(&OrgSetting::DEFAULT_REPOSITORY_PERMISSION);
        !is_shown || self.default_permission().is_some()
    }

    /// What every member may do in each repository, as far as it is known.
    fn default_permission(&self) -> Option<Permission> {
        let word = self.settings.get(&OrgSetting::DEFAULT_REPOSITORY_PERMISSION)?;
        match DefaultPermission::from_word(word)? {
            DefaultPermission::None => None,
            DefaultPermission::Read => Some(Permission::Read),
            DefaultPermission::Write => Some(Permission::Write),
            DefaultPermission::Admin => Some(Permission::Admin),
        }
    }
}

impl super::Grant {
    /// What was given to a team or a person.
    pub(super) const fn of(permission: Permission) -> Self {
        Self { own: crate::snapshot::Own::Is(permission), custom_role: None, base: None }
    }

    fn permission(&self) -> Option<Permission> {
        self.own.permission().max(self.base)
    }

    /// Sets what does not come from a known source: what is there beyond `explained`.
    pub(super) fn explain(&mut self, seen: Permission, elsewhere: Option<Permission>) {
        let explained = self.own.permission().max(elsewhere);
        self.base = (explained < Some(seen)).then_some(seen);
    }
}
