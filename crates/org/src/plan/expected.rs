//! The organization as it should be: a snapshot, and the changes made since.

use std::collections::BTreeSet;

use peribolos_vocab::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName, TeamRole};

use super::model::{Model, TeamId};
use super::{Change, Plan};
use crate::snapshot::{Own, Snapshot};

/// The organization as it should be now.
#[derive(Clone, Debug)]
pub struct Expected {
    pub(super) model: Model,
}

/// One team as it should be now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedTeam {
    /// Its name.
    pub name: TeamName,
    /// The part of its address, by GitHub's rule where the team was made or renamed since.
    pub slug: Slug,
    /// GitHub's number for it; 0 where it was made since.
    pub id: u64,
    /// Who can see it.
    pub privacy: Privacy,
    /// The team above it.
    pub parent: Option<TeamName>,
    /// The teams right below it.
    pub children: BTreeSet<TeamName>,
    /// People with a place of their own in it.
    pub members: Vec<(Login, TeamRole)>,
    /// The repositories that it reaches, and those to which it may turn out to have access of its own.
    pub repos: BTreeSet<RepoName>,
}

impl Expected {
    /// What a snapshot shows.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self { model: Model::of(snapshot) }
    }

    /// Makes a change.
    pub fn make(&mut self, change: &Change) {
        self.model.apply(change);
    }

    /// Makes what an invitation changes: GitHub took the change, and it is in force once somebody accepts. Who is asked
    /// although they are a member has until then what they had.
    pub fn ask(&mut self, change: &Change) {
        let invited = match change {
            Change::ChangeRole { login, .. }
            | Change::SetTeamMember { login, .. }
            | Change::SetCollaborator { login, .. } => Some(login),
            _ => None,
        };
        if invited.is_none_or(|login| self.role(login).is_none()) {
            self.make(change);
        }
    }

    /// A team by its name of now.
    pub fn team(&self, name: &TeamName) -> Option<ExpectedTeam> {
        let id = self.model.team_named(name)?;
        let team = self.model.team(id)?;
        let name_of = |id: TeamId| self.model.team(id).map(|team| team.name.clone());
        let repo_name = |id| self.model.repo(id).map(|repo| repo.name.clone());
        let own = team.repos.iter().filter(|(_, grant)| grant.own != Own::None).map(|(id, _)| *id);
        let repos = self.model.team_repos(id).into_keys().chain(own);
        Some(ExpectedTeam {
            name: team.name.clone(),
            slug: team.slug.clone(),
            id: team.id,
            privacy: team.privacy,
            parent: team.parent.and_then(name_of),
            children: self.model.children(id).filter_map(name_of).collect(),
            members: team.members.iter().map(|(login, role)| (login.clone(), *role)).collect(),
            repos: repos.filter_map(repo_name).collect(),
        })
    }

    /// What somebody is in the organization; none: no member.
    pub fn role(&self, login: &Login) -> Option<OrgRole> {
        self.model.role(login)
    }

    /// Whether there is a team below this one, whose people are members of this one, too.
    pub fn has_a_team_below(&self, team: &TeamName) -> bool {
        self.model.team_named(team).is_some_and(|id| self.model.children(id).next().is_some())
    }

    /// What a team may do in a repository from all sources; none: nothing that is known.
    pub fn team_access(&self, team: &TeamName, repo: &RepoName) -> Option<Permission> {
        self.model.team_access(self.model.team_named(team)?, self.model.repo_named(repo)?)
    }

    /// What was given to a person in a repository; `Own::None`: nothing. None: collaborators were not read.
    pub fn collaborator(&self, repo: &RepoName, login: &Login) -> Option<Own> {
        let people = self.model.repo(self.model.repo_named(repo)?)?.collaborators.as_ref()?;
        Some(people.get(login).map_or(Own::None, |grant| grant.own))
    }

    /// The custom role that was given to a person in a repository.
    pub fn custom_role(&self, repo: &RepoName, login: &Login) -> Option<&str> {
        let people = self.model.repo(self.model.repo_named(repo)?)?.collaborators.as_ref()?;
        people.get(login)?.custom_role.as_deref()
    }

    /// What a reader would see.
    pub fn snapshot(&self) -> Snapshot {
        self.model.snapshot()
    }
}

impl Plan {
    /// The organization after every operation. Who was invited has not accepted yet.
    ///
    /// Addresses of teams that are made or renamed follow GitHub's rule as far as it is known; numbers of what is made
    /// are 0.
    pub fn expected(&self, before: &Snapshot) -> Snapshot {
        let mut expected = Expected::of(before);
        for operation in &self.operations {
            expected.make(&operation.change);
        }
        expected.snapshot()
    }

    /// `--maximum-removal-delta` for upstream peribolos: the larger of the two fractions that it compares, of members
    /// and of teams removed, in ten-thousandths, rounded up.
    pub fn removal_delta(&self, before: &Snapshot) -> u32 {
        let count = |is_it: fn(&Change) -> bool| {
            self.operations.iter().filter(|operation| is_it(&operation.change)).count()
        };
        let people = count(|change| matches!(change, Change::RemoveMember { .. }));
        let teams = count(|change| matches!(change, Change::DeleteTeam { .. }));
        let fraction = |removed: usize, all: usize| removed.saturating_mul(10_000).div_ceil(all.max(1));
        let all = before.admins.len() + before.members.len();
        let largest = fraction(people, all).max(fraction(teams, before.teams.len()));
        u32::try_from(largest).unwrap_or(10_000)
    }
}
