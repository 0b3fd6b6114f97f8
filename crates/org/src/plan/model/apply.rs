//! The effect of each write.

use super::Model;
use crate::plan::operation::Change;
use crate::plan::settings;

impl Model {
    /// Makes a write; says whether anything that GitHub shows is different then.
    pub(in crate::plan) fn apply(&mut self, change: &Change) -> bool {
        match change {
            Change::EditOrg { changes } => settings::change(&mut self.org, changes),
            Change::InviteMember { login, role } => self.invite(login, *role),
            Change::ChangeRole { login, to, .. } => self.set_role(login, *to),
            Change::RemoveMember { login, .. } => self.expel(login),
            Change::CancelInvitation { login, .. } => self.cancel(login),
            Change::ClearFailedInvitation { login } => self.clear_failed(login),
            Change::CreateRepo { name, visibility, settings } => {
                self.create_repo(name, *visibility, settings);
                true
            }
            Change::EditRepo { name, changes } => self.edit_repo(name, changes),
            Change::SetCollaborator { repo, login, to, invitation, .. } => {
                self.set_collaborator(repo, login, *to, *invitation)
            }
            Change::RemoveCollaborator { repo, login, invitation, .. } => {
                self.remove_collaborator(repo, login, *invitation)
            }
            Change::CreateTeam { name, description, privacy } => {
                self.create_team(name, description.as_deref().unwrap_or_default(), *privacy);
                true
            }
            Change::EditTeam { name, changes } => self.edit_team(name, changes),
            Change::DeleteTeam { slug, .. } => self.delete_team(slug),
            Change::SetTeamMember { team, login, from, to } => self.set_member(team, login, *from, *to),
            Change::RemoveTeamMember { team, login, .. } => self.remove_member(team, login),
            Change::SetTeamRepo { team, repo, to, .. } => self.set_team_repo(team, repo, *to),
            Change::RemoveTeamRepo { team, repo, .. } => self.remove_team_repo(team, repo),
        }
    }
}
