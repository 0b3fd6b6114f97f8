//! From a snapshot to the model.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peribolos_vocab::{Login, OrgRole, Permission, RepoName, TeamRole};

use super::{Grant, Known, Model, Repo, RepoId, Team, TeamId};
use crate::snapshot::{InvitationState, Own, Snapshot, SnapshotRepo, SnapshotTeam};

impl Model {
    /// The organization that a snapshot shows.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let members = snapshot.members.iter().map(|login| (login.clone(), OrgRole::Member));
        let admins = snapshot.admins.iter().map(|login| (login.clone(), OrgRole::Admin));
        let mut model = Self {
            org: snapshot.org.clone(),
            settings: snapshot.settings.clone(),
            managed_users: snapshot.managed_users,
            people: members.chain(admins).collect(),
            concealed: snapshot.concealed.iter().cloned().collect(),
            pending: BTreeMap::new(),
            failed: BTreeMap::new(),
            anonymous: Vec::new(),
            teams: Vec::with_capacity(snapshot.teams.len()),
            team_names: HashMap::new(),
            slugs: HashMap::new(),
            repos: Vec::with_capacity(snapshot.repos.len()),
            repo_keys: HashMap::new(),
            homes: HashMap::new(),
        };
        model.read_invitations(snapshot);
        // Numbers follow the names, whatever the order of the lists.
        let mut repos: Vec<&SnapshotRepo> = snapshot.repos.iter().collect();
        repos.sort_by_key(|repo| repo.name.key());
        for repo in &repos {
            model.read_repo(repo);
        }
        let mut teams: Vec<&SnapshotTeam> = snapshot.teams.iter().collect();
        teams.sort_by(|one, other| one.slug.cmp(&other.slug));
        for team in &teams {
            model.read_team(team);
        }
        model.link(&teams);
        model.read_team_repos(&teams);
        for repo in &snapshot.repos {
            model.explain_collaborators(repo);
        }
        model
    }

    fn read_invitations(&mut self, snapshot: &Snapshot) {
        for invitation in &snapshot.invitations {
            match (&invitation.login, invitation.state) {
                (Some(login), InvitationState::Pending) => {
                    self.pending.entry(login.clone()).or_insert_with(|| invitation.clone());
                }
                (Some(login), InvitationState::Failed) => {
                    self.failed.entry(login.clone()).or_default().push(invitation.clone());
                }
                (None, _) => self.anonymous.push(invitation.clone()),
            }
        }
        for failed in self.failed.values_mut() {
            failed.sort_by_key(|invitation| invitation.id);
        }
    }

    fn read_repo(&mut self, repo: &SnapshotRepo) {
        let people = repo.collaborators.as_ref().map(|people| {
            let grant = |person: &crate::snapshot::SnapshotCollaborator| Grant {
                own: person.own,
                custom_role: person.custom_role.clone(),
                base: None,
            };
            people.iter().map(|person| (person.login.clone(), grant(person))).collect()
        });
        let mut invitations = repo.invitations.clone();
        invitations.sort_by(|one, other| (&one.login, one.id).cmp(&(&other.login, other.id)));
        let id = self.add_repo(Repo {
            id: repo.id,
            name: repo.name.clone(),
            collaborators: people,
            invitations,
            known: Some(Known {
                settings: repo.settings.clone(),
                is_empty: repo.is_empty,
                selected: repo.selected,
            }),
        });
        for person in repo.collaborators.iter().flatten() {
            self.homes.entry(person.login.clone()).or_default().repos.insert(id);
        }
    }

    fn read_team(&mut self, team: &SnapshotTeam) {
        let id = TeamId(self.teams.len());
        let members = team.members.iter().map(|login| (login.clone(), TeamRole::Member));
        let maintainers = team.maintainers.iter().map(|login| (login.clone(), TeamRole::Maintainer));
        let members: BTreeMap<Login, TeamRole> = members.chain(maintainers).collect();
        for login in members.keys() {
            self.homes.entry(login.clone()).or_default().teams.insert(id);
        }
        // Who did not accept in time is not invited to the team any more.
        let pending = team.invitations.iter().filter(|login| self.pending.contains_key(*login));
        let pending: BTreeSet<Login> = pending.cloned().collect();
        self.team_names.insert(team.name.clone(), id);
        self.slugs.insert(team.slug.clone(), id);
        self.teams.push(Some(Team {
            id: team.id,
            name: team.name.clone(),
            slug: team.slug.clone(),
            parent: None,
            children: BTreeSet::new(),
            description: team.description.clone(),
            privacy: team.privacy,
            managed_by: team.managed_by.clone(),
            everywhere: team.everywhere,
            members,
            pending,
            repos: BTreeMap::new(),
            below: None,
        }));
    }

    /// Puts teams below others. GitHub has no circles, and a snapshot with one is read all the same.
    fn link(&mut self, teams: &[&SnapshotTeam]) {
        for (index, team) in teams.iter().enumerate() {
            let parent = team.parent.as_ref().and_then(|slug| self.slugs.get(slug)).copied();
            if let Some(parent) = parent.filter(|parent| !self.is_below(*parent, TeamId(index))) {
                self.put(TeamId(index), Some(parent));
            }
        }
    }

    fn read_team_repos(&mut self, teams: &[&SnapshotTeam]) {
        let mut listed: Vec<HashMap<RepoId, Permission>> = Vec::with_capacity(teams.len());
        for team in teams {
            let ids = team.repos.iter().map(|repo| (self.repo_or_new(&repo.name), repo.permission));
            listed.push(ids.collect());
        }
        for (index, team) in teams.iter().enumerate() {
            let above = self.team(TeamId(index)).and_then(|team| team.parent);
            let above = above.and_then(|parent| listed.get(parent.0));
            let mut grants = BTreeMap::new();
            for repo in &team.repos {
                let Some(id) = self.repo_named(&repo.name) else { continue };
                let mut grant = Grant { own: repo.own, custom_role: repo.custom_role.clone(), base: None };
                grant.explain(repo.permission, above.and_then(|above| above.get(&id)).copied());
                if grant.own != Own::None || grant.base.is_some() {
                    grants.insert(id, grant);
                }
            }
            if let Some(team) = self.team_mut(TeamId(index)) {
                team.repos = grants;
            }
        }
    }

    /// What a collaborator has beyond all that is known comes from a source that is not.
    fn explain_collaborators(&mut self, repo: &SnapshotRepo) {
        let Some(id) = self.repo_named(&repo.name) else { return };
        for person in repo.collaborators.iter().flatten() {
            let elsewhere = self.person_access_from_teams(&person.login, id);
            let people = self.repo_mut(id).and_then(|repo| repo.collaborators.as_mut());
            if let Some(grant) = people.and_then(|people| people.get_mut(&person.login)) {
                grant.explain(person.permission, elsewhere);
            }
        }
    }

    pub(super) fn add_repo(&mut self, repo: Repo) -> RepoId {
        let id = RepoId(self.repos.len());
        self.repo_keys.insert(repo.name.key(), id);
        self.repos.push(repo);
        id
    }

    /// A repository that a team has; the organization's list may not have it.
    fn repo_or_new(&mut self, name: &RepoName) -> RepoId {
        match self.repo_named(name) {
            Some(id) => id,
            None => self.add_repo(Repo {
                id: 0,
                name: name.clone(),
                known: None,
                collaborators: None,
                invitations: Vec::new(),
            }),
        }
    }
}
