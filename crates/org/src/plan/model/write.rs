//! From the model to a snapshot.

use std::collections::BTreeMap;

use peribolos_vocab::{OrgRole, TeamRole};

use super::{Model, Repo, RepoId, Team, TeamId};
use crate::snapshot::{
    Invitation, Own, Snapshot, SnapshotCollaborator, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo,
};

impl Model {
    /// What a reader of this organization would see.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let of = |wanted: OrgRole| {
            let people = self.people.iter().filter(move |(_, role)| **role == wanted);
            people.map(|(login, _)| login.clone()).collect()
        };
        Snapshot {
            org: self.org.clone(),
            settings: self.settings.clone(),
            managed_users: self.managed_users,
            admins: of(OrgRole::Admin),
            members: of(OrgRole::Member),
            concealed: self.concealed.iter().cloned().collect(),
            accounts: BTreeMap::new(),
            invitations: self.invitations(),
            teams: self.all_teams().map(|(id, team)| self.team_shown(id, team)).collect(),
            repos: self.all_repos().filter_map(|(id, repo)| self.repo_shown(id, repo)).collect(),
            unread: Vec::new(),
        }
    }

    fn invitations(&self) -> Vec<Invitation> {
        let failed = self.failed.values().flatten();
        self.pending.values().chain(failed).chain(&self.anonymous).cloned().collect()
    }

    fn team_shown(&self, id: TeamId, team: &Team) -> SnapshotTeam {
        let own = |wanted: TeamRole| {
            let people = team.members.iter().filter(move |(_, role)| **role == wanted);
            people.map(|(login, _)| login.clone()).collect()
        };
        SnapshotTeam {
            id: team.id,
            name: team.name.clone(),
            slug: team.slug.clone(),
            parent: team.parent.and_then(|parent| self.team(parent)).map(|parent| parent.slug.clone()),
            description: team.description.clone(),
            privacy: team.privacy,
            managed_by: team.managed_by.clone(),
            maintainers: own(TeamRole::Maintainer),
            members: own(TeamRole::Member),
            invitations: team.pending.iter().cloned().collect(),
            repos: self.team_repos_shown(id, team),
            everywhere: team.everywhere,
        }
    }

    fn team_repos_shown(&self, id: TeamId, team: &Team) -> Vec<SnapshotTeamRepo> {
        let shown = self.team_repos(id).into_iter().filter_map(|(repo, permission)| {
            let grant = team.repos.get(&repo);
            Some(SnapshotTeamRepo {
                name: self.repo(repo)?.name.clone(),
                permission,
                own: grant.map_or(Own::None, |grant| grant.own),
                custom_role: grant.and_then(|grant| grant.custom_role.clone()),
            })
        });
        shown.collect()
    }

    fn repo_shown(&self, id: RepoId, repo: &Repo) -> Option<SnapshotRepo> {
        let known = repo.known.as_ref()?;
        let collaborators = repo.collaborators.as_ref().map(|people| {
            let shown = people.iter().filter_map(|(login, grant)| {
                Some(SnapshotCollaborator {
                    login: login.clone(),
                    permission: self.person_access(login, id)?,
                    own: grant.own,
                    custom_role: grant.custom_role.clone(),
                })
            });
            shown.collect()
        });
        Some(SnapshotRepo {
            id: repo.id,
            name: repo.name.clone(),
            settings: known.settings.clone(),
            is_empty: known.is_empty,
            selected: known.selected,
            collaborators,
            invitations: repo.invitations.clone(),
        })
    }
}

/// A snapshot in which what is effective follows from what is each one's own, and everything is sorted.
#[cfg(feature = "testing")]
pub(crate) fn canonical(own: &Snapshot) -> Snapshot {
    let login = |login: &peribolos_vocab::Login| login.as_str().to_ascii_lowercase();
    let mut own = own.clone();
    own.concealed.sort_by_key(login);
    for repo in &mut own.repos {
        // What others give is not in these lists yet.
        for person in repo.collaborators.iter_mut().flatten() {
            person.permission = person.own.permission().unwrap_or(person.permission);
        }
    }
    Model::of(&own).snapshot()
}
