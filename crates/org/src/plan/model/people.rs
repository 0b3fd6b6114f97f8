//! People of the organization and invitations to it.

use peribolos_vocab::{Login, OrgRole};

use super::Model;
use crate::plan::TeamRole;

impl Model {
    /// How many own the organization.
    pub(in crate::plan) fn owners(&self) -> usize {
        self.people.values().filter(|role| **role == OrgRole::Admin).count()
    }

    /// Invites somebody, or changes the role of an open invitation. One that failed gives way.
    pub(super) fn invite(&mut self, login: &Login, role: OrgRole) -> bool {
        let failed = self.failed.remove(login).is_some();
        self.pending.insert(login.clone(), role) != Some(role) || failed
    }

    /// Takes an invitation back, and with that those to teams: see [`Model::pending_seen`].
    pub(super) fn cancel(&mut self, login: &Login) -> bool {
        self.pending.remove(login).is_some()
    }

    /// Takes one invitation that failed out of the list.
    pub(super) fn clear_failed(&mut self, login: &Login) -> bool {
        let Some(failed) = self.failed.get_mut(login) else { return false };
        let cleared = failed.pop().is_some();
        if failed.is_empty() {
            self.failed.remove(login);
        }
        cleared
    }

    /// Gives a member another role. An owner is a maintainer of every team they are in, and stays one.
    pub(super) fn set_role(&mut self, login: &Login, role: OrgRole) -> bool {
        let Some(had) = self.people.get_mut(login) else { return false };
        let changed = std::mem::replace(had, role) != role;
        if role == OrgRole::Admin {
            for id in self.homes.get(login).map(|home| home.teams.clone()).unwrap_or_default() {
                if let Some(role) = self.team_mut(id).and_then(|team| team.members.get_mut(login)) {
                    *role = TeamRole::Maintainer;
                }
            }
        }
        changed
    }

    /// Takes a member out of the organization, and with that out of its teams and repositories.
    pub(super) fn expel(&mut self, login: &Login) -> bool {
        let home = self.homes.get(login).cloned().unwrap_or_default();
        for id in home.teams {
            self.take_out(id, login);
        }
        for id in home.repos {
            if let Some(people) = self.repos.get_mut(id.0).and_then(|repo| repo.collaborators.as_mut()) {
                people.remove(login);
            }
        }
        self.concealed.remove(login);
        self.pending.remove(login);
        self.failed.remove(login);
        self.people.remove(login).is_some()
    }
}
