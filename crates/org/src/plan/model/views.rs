//! What GitHub's lists of a team show: more than what is the team's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use peribolos_vocab::{Login, Permission};

use super::{Model, RepoId, TeamId};
use crate::plan::TeamRole;

impl Model {
    /// The team and those above it, from itself upwards.
    fn upwards(&self, id: TeamId) -> impl Iterator<Item = TeamId> {
        std::iter::successors(Some(id), |id| self.team(*id)?.parent)
    }

    /// Whether a team is another, or anywhere below it.
    pub(super) fn is_below(&self, id: TeamId, above: TeamId) -> bool {
        self.upwards(id).any(|id| id == above)
    }

    /// How many teams are above one.
    pub(in crate::plan) fn depth(&self, id: TeamId) -> usize {
        self.upwards(id).skip(1).count()
    }

    /// The teams right below one.
    pub(in crate::plan) fn children(&self, id: TeamId) -> impl Iterator<Item = TeamId> {
        self.team(id).into_iter().flat_map(|team| team.children.iter().copied())
    }

    /// Everybody in the teams below one.
    pub(super) fn below(&mut self, id: TeamId) -> Arc<BTreeSet<Login>> {
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

    /// A team's members as the REST list has them: those of the teams below it are members of it.
    pub(in crate::plan) fn members_seen(&mut self, id: TeamId) -> BTreeMap<Login, TeamRole> {
        let below = self.below(id);
        let below = below.iter().map(|login| (login.clone(), TeamRole::Member));
        let own = self.team(id).into_iter().flat_map(|team| &team.members);
        below.chain(own.map(|(login, role)| (login.clone(), *role))).collect()
    }

    /// Who is invited to a team: they join it when they accept the organization's invitation.
    pub(in crate::plan) fn pending_seen(&self, id: TeamId) -> BTreeSet<Login> {
        let pending = self.team(id).into_iter().flat_map(|team| &team.pending);
        pending.filter(|login| self.pending.contains_key(login)).cloned().collect()
    }

    /// What a team may do in a repository, by itself or by a team above it.
    pub(in crate::plan) fn permission_seen(&self, id: TeamId, repo: RepoId) -> Option<Permission> {
        let own = |id: TeamId| Some(self.team(id)?.repos.get(&repo)?.permission);
        self.upwards(id).filter_map(own).max()
    }

    /// A team's repositories as the REST list has them: with those of the teams above it.
    pub(in crate::plan) fn repos_seen(&self, id: TeamId) -> BTreeMap<RepoId, Permission> {
        let mut seen: BTreeMap<RepoId, Permission> = BTreeMap::new();
        for team in self.upwards(id).filter_map(|id| self.team(id)) {
            for (repo, grant) in &team.repos {
                let had = seen.entry(*repo).or_insert(grant.permission);
                *had = grant.permission.max(*had);
            }
        }
        seen
    }
}
