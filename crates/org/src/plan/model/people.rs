//! People of the organization and invitations to it.

use peribolos_vocab::{Login, OrgRole, TeamRole};

use super::{Model, Team};
use crate::plan::InvitedTeam;
use crate::snapshot::{Invitation, InvitationState};

impl Model {
    /// Invites somebody.
    pub(super) fn invite(&mut self, login: &Login, role: OrgRole) {
        let invitation =
            Invitation { id: 0, login: Some(login.clone()), role, state: InvitationState::Pending };
        self.pending.insert(login.clone(), invitation);
    }

    /// Adds teams to somebody's invitation.
    pub(super) fn invite_to_teams(&mut self, login: &Login, teams: &[InvitedTeam]) {
        let invited = |team: &&mut Team| teams.iter().any(|invited| invited.id == team.id);
        for team in self.teams.iter_mut().flatten().filter(invited) {
            team.pending.insert(login.clone());
        }
    }

    /// Takes an open invitation back, and with it those to teams.
    pub(super) fn cancel(&mut self, login: &Login) {
        self.pending.remove(login);
        for team in self.teams.iter_mut().flatten() {
            team.pending.remove(login);
        }
    }

    /// Takes an invitation that failed out of the list.
    pub(super) fn clear_failed(&mut self, login: &Login, id: u64) {
        let Some(failed) = self.failed.get_mut(login) else { return };
        failed.retain(|invitation| invitation.id != id);
        if failed.is_empty() {
            self.failed.remove(login);
        }
    }

    /// Gives a member another role. An owner is a maintainer of every team they are in. Whether they stay that as a
    /// member GitHub does not say; here they do.
    pub(super) fn set_role(&mut self, login: &Login, role: OrgRole) {
        let Some(had) = self.people.get_mut(login) else { return };
        *had = role;
        if role == OrgRole::Admin {
            for id in self.homes.get(login).map(|home| home.teams.clone()).unwrap_or_default() {
                if let Some(role) = self.team_mut(id).and_then(|team| team.members.get_mut(login)) {
                    *role = TeamRole::Maintainer;
                }
            }
        }
    }

    /// Takes a member out of the organization, and with that out of its teams and repositories.
    pub(super) fn expel(&mut self, login: &Login) {
        let home = self.homes.remove(login).unwrap_or_default();
        for id in home.teams {
            self.take_out(id, login);
        }
        for id in home.repos {
            if let Some(people) = self.repo_mut(id).and_then(|repo| repo.collaborators.as_mut()) {
                people.remove(login);
            }
        }
        self.concealed.remove(login);
        self.people.remove(login);
    }
}
