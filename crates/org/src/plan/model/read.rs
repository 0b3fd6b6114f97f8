//! From a snapshot to the model.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peribolos_vocab::{Login, OrgRole, Permission, RepoName};

use super::{Grant, Home, Model, Repo, RepoId, Team, TeamId};
use crate::plan::TeamRole;
use crate::snapshot::{InvitationState, Snapshot, SnapshotRepo, SnapshotTeam};

impl Model {
    /// The organization that a snapshot shows.
    pub(in crate::plan) fn of(snapshot: &Snapshot) -> Self {
        let members = snapshot.members.iter().map(|login| (login.clone(), OrgRole::Member));
        let admins = snapshot.admins.iter().map(|login| (login.clone(), OrgRole::Admin));
        let mut model = Self {
            org: settings(snapshot),
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
        for repo in &snapshot.repos {
            model.read_repo(repo);
        }
        for team in &snapshot.teams {
            model.read_team(team);
        }
        model.link(&snapshot.teams);
        model.read_grants(&snapshot.teams);
        model
    }

    fn read_invitations(&mut self, snapshot: &Snapshot) {
        for invitation in &snapshot.invitations {
            let role = invitation.role;
            match (&invitation.login, invitation.state) {
                (Some(login), InvitationState::Pending) => {
                    self.pending.entry(login.clone()).or_insert(role);
                }
                (Some(login), InvitationState::Failed) => {
                    self.failed.entry(login.clone()).or_default().push(role);
                }
                (None, _) => self.anonymous.push(invitation.clone()),
            }
        }
    }

    fn read_repo(&mut self, repo: &SnapshotRepo) {
        let id = self.add_repo(Repo {
            name: repo.name.clone(),
            collaborators: repo.collaborators.as_ref().map(|people| people.iter().cloned().collect()),
            invitations: repo.invitations.iter().cloned().collect(),
            known: Some(SnapshotRepo { collaborators: None, invitations: Vec::new(), ..repo.clone() }),
        });
        for (login, _) in repo.collaborators.iter().flatten() {
            self.homes.entry(login.clone()).or_default().repos.push(id);
        }
    }

    fn read_team(&mut self, team: &SnapshotTeam) {
        let id = TeamId(self.teams.len());
        let inherited: BTreeSet<&Login> = team.inherited_members.iter().collect();
        let own = team.members.iter().filter(|login| !inherited.contains(login));
        let members = own.map(|login| (login.clone(), TeamRole::Member));
        let maintainers = team.maintainers.iter().map(|login| (login.clone(), TeamRole::Maintainer));
        let members: BTreeMap<Login, TeamRole> = members.chain(maintainers).collect();
        for login in members.keys() {
            let home: &mut Home = self.homes.entry(login.clone()).or_default();
            home.teams.push(id);
        }
        self.team_names.insert(team.name.clone(), id);
        self.slugs.insert(team.slug.clone(), id);
        self.teams.push(Some(Team {
            name: team.name.clone(),
            slug: team.slug.clone(),
            parent: None,
            children: BTreeSet::new(),
            description: team.description.clone(),
            privacy: team.privacy,
            kind: team.kind,
            members,
            pending: team.invitations.iter().cloned().collect(),
            repos: BTreeMap::new(),
            below: None,
        }));
    }

    /// Puts teams below others. GitHub has no circles, and a snapshot with one is read all the same.
    fn link(&mut self, teams: &[SnapshotTeam]) {
        for (index, team) in teams.iter().enumerate() {
            let parent = team.parent.as_ref().and_then(|slug| self.slugs.get(slug)).copied();
            if let Some(parent) = parent.filter(|parent| !self.is_below(*parent, TeamId(index))) {
                self.move_team(TeamId(index), Some(parent));
            }
        }
    }

    /// A team's list has what the teams above it give too; only what goes beyond that is known to be its own.
    fn read_grants(&mut self, teams: &[SnapshotTeam]) {
        let mut listed: Vec<HashMap<RepoId, Permission>> = Vec::with_capacity(teams.len());
        for team in teams {
            let ids = team.repos.iter().map(|repo| (self.repo_or_new(&repo.name), repo.permission));
            // Upstream, too, takes no notice of what gives nothing.
            listed.push(ids.filter(|(_, permission)| *permission != Permission::None).collect());
        }
        for (index, team) in teams.iter().enumerate() {
            let above = self.team(TeamId(index)).and_then(|team| team.parent);
            let above = above.and_then(|parent| listed.get(parent.0));
            let mut own = BTreeMap::new();
            for repo in &team.repos {
                let Some(id) = self.repo_named(&repo.name) else { continue };
                let given = above.and_then(|above| above.get(&id));
                if repo.permission == Permission::None || given.is_some_and(|given| *given >= repo.permission)
                {
                    continue;
                }
                let custom_role = repo.custom_role.clone();
                own.insert(id, Grant { permission: repo.permission, custom_role });
            }
            if let Some(team) = self.team_mut(TeamId(index)) {
                team.repos = own;
            }
        }
    }

    fn repo_or_new(&mut self, name: &RepoName) -> RepoId {
        self.repo_named(name).unwrap_or_else(|| {
            self.add_repo(Repo {
                name: name.clone(),
                known: None,
                collaborators: None,
                invitations: BTreeMap::new(),
            })
        })
    }

    pub(super) fn add_repo(&mut self, repo: Repo) -> RepoId {
        let id = RepoId(self.repos.len());
        self.repo_keys.insert(repo.name.key(), id);
        self.repos.push(repo);
        id
    }
}

/// A snapshot's settings alone.
fn settings(snapshot: &Snapshot) -> Snapshot {
    Snapshot {
        org: snapshot.org.clone(),
        name: snapshot.name.clone(),
        description: snapshot.description.clone(),
        company: snapshot.company.clone(),
        email: snapshot.email.clone(),
        billing_email: snapshot.billing_email.clone(),
        location: snapshot.location.clone(),
        default_repository_permission: snapshot.default_repository_permission,
        members_can_create_repositories: snapshot.members_can_create_repositories,
        has_organization_projects: snapshot.has_organization_projects,
        has_repository_projects: snapshot.has_repository_projects,
        admins: Vec::new(),
        members: Vec::new(),
        concealed: Vec::new(),
        invitations: Vec::new(),
        teams: Vec::new(),
        repos: Vec::new(),
    }
}
