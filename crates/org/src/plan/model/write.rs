//! From the model to a snapshot.

use std::collections::BTreeSet;

use peribolos_vocab::{Login, OrgRole};

use super::{Model, Repo, Team, TeamId};
use crate::plan::TeamRole;
use crate::snapshot::{Invitation, InvitationState, Snapshot, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo};

impl Model {
    /// What a reader of this organization would see.
    pub(in crate::plan) fn snapshot(mut self) -> Snapshot {
        let ids: Vec<TeamId> = self.all_teams().map(|(id, _)| id).collect();
        let teams = ids.into_iter().filter_map(|id| self.team_shown(id)).collect();
        let of = |wanted: OrgRole| {
            let people = self.people.iter().filter(move |(_, role)| **role == wanted);
            people.map(|(login, _)| login.clone()).collect()
        };
        Snapshot {
            admins: of(OrgRole::Admin),
            members: of(OrgRole::Member),
            concealed: self.concealed.iter().cloned().collect(),
            invitations: self.invitations(),
            teams,
            repos: self.repos.iter().filter_map(repo_shown).collect(),
            ..self.org.clone()
        }
    }

    fn invitations(&self) -> Vec<Invitation> {
        let invitation =
            |login: &Login, role: OrgRole, state| Invitation { login: Some(login.clone()), role, state };
        let pending =
            self.pending.iter().map(|(login, role)| invitation(login, *role, InvitationState::Pending));
        let failed = self.failed.iter().flat_map(|(login, roles)| {
            roles.iter().map(move |role| invitation(login, *role, InvitationState::Failed))
        });
        pending.chain(failed).chain(self.anonymous.iter().cloned()).collect()
    }

    fn team_shown(&mut self, id: TeamId) -> Option<SnapshotTeam> {
        let below = self.below(id);
        let team = self.team(id)?;
        let own = |wanted: TeamRole| {
            let people = team.members.iter().filter(move |(_, role)| **role == wanted);
            people.map(|(login, _)| login.clone())
        };
        let inherited = below.iter().filter(|login| !team.members.contains_key(login));
        let inherited: BTreeSet<Login> = inherited.cloned().collect();
        let members: BTreeSet<Login> = own(TeamRole::Member).chain(inherited.iter().cloned()).collect();
        Some(SnapshotTeam {
            name: team.name.clone(),
            slug: team.slug.clone(),
            parent: team.parent.and_then(|parent| self.team(parent)).map(|parent| parent.slug.clone()),
            description: team.description.clone(),
            privacy: team.privacy,
            kind: team.kind,
            maintainers: own(TeamRole::Maintainer).collect(),
            members: members.into_iter().collect(),
            inherited_members: inherited.into_iter().collect(),
            invitations: self.pending_seen(id).into_iter().collect(),
            repos: self.team_repos_shown(id, team),
        })
    }

    fn team_repos_shown(&self, id: TeamId, team: &Team) -> Vec<SnapshotTeamRepo> {
        let above = team.parent.map(|parent| self.repos_seen(parent)).unwrap_or_default();
        let mut shown = Vec::new();
        for (repo, permission) in self.repos_seen(id) {
            let inherited = above.get(&repo).is_some_and(|above| *above >= permission);
            let own = team.repos.get(&repo).filter(|_| !inherited);
            let Some(name) = self.repo(repo).map(|repo| repo.name.clone()) else { continue };
            let custom_role = own.and_then(|grant| grant.custom_role.clone());
            shown.push(SnapshotTeamRepo { name, permission, inherited, custom_role });
        }
        shown
    }
}

/// A snapshot in which the lists of teams have what they inherit, and everything is sorted.
#[cfg(feature = "testing")]
pub(crate) fn canonical(own: &Snapshot) -> Snapshot {
    Model::of(own).snapshot()
}

fn repo_shown(repo: &Repo) -> Option<SnapshotRepo> {
    let known = repo.known.as_ref()?;
    let people = |people: &std::collections::BTreeMap<Login, _>| {
        people.iter().map(|(login, permission)| (login.clone(), *permission)).collect()
    };
    Some(SnapshotRepo {
        name: repo.name.clone(),
        collaborators: repo.collaborators.as_ref().map(people),
        invitations: people(&repo.invitations),
        ..known.clone()
    })
}
