//! The effect of each change.

use super::Model;
use crate::plan::{Change, OrgSetting, SettingChange};
use crate::settings::{Setting, Table};
use crate::snapshot::Settings;

impl Model {
    /// Makes a change.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::EditOrg { changes } => self.edit_org(changes),
            Change::InviteMember { login, role } => self.invite(login, *role),
            Change::InviteAgain { login, role, teams } => {
                self.invite(login, *role);
                self.invite_to_teams(login, teams);
            }
            Change::ChangeRole { login, to, .. } => self.set_role(login, *to),
            Change::RemoveMember { login, .. } => self.expel(login),
            Change::CancelInvitation { login, failed: false, .. } => self.cancel(login),
            Change::CancelInvitation { id, login, failed: true, .. } => self.clear_failed(login, *id),
            Change::CreateRepo { name, settings } => self.create_repo(name, settings),
            Change::RenameRepo { from, to } => self.rename_repo(from, to),
            Change::EditRepo { name, changes } => self.edit_repo(name, changes),
            Change::SetTopics { name, to, .. } => self.set_topics(name, to),
            Change::SetCollaborator { repo, login, to, .. } => self.set_collaborator(repo, login, *to),
            Change::RemoveCollaborator { repo, login, .. } => self.remove_collaborator(repo, login),
            Change::EditRepoInvitation { repo, id, to, .. } => self.edit_repo_invitation(repo, *id, *to),
            Change::CancelRepoInvitation { repo, id, .. } => self.cancel_repo_invitation(repo, *id),
            Change::CreateTeam { name, description, privacy, parent } => {
                let description = description.as_deref().unwrap_or_default();
                self.create_team(name, description, *privacy, parent.as_ref());
            }
            Change::EditTeam { name, changes, .. } => self.edit_team(name, changes),
            Change::DeleteTeam { slug, .. } => self.delete_team(slug),
            Change::SetTeamMember { team, login, to, .. } => self.set_member(team, login, *to),
            Change::RemoveTeamMember { team, login, .. } => self.remove_member(team, login),
            Change::SetTeamRepo { team, repo, to, .. } => self.set_team_repo(team, repo, *to),
            Change::RemoveTeamRepo { team, repo, .. } => self.remove_team_repo(team, repo),
        }
    }

    /// Changes the organization's settings. What of a repository they may decide is not known any more.
    fn edit_org(&mut self, changes: &[SettingChange<OrgSetting>]) {
        change_settings(&mut self.settings, changes);
        let is_changed = |setting| changes.iter().any(|change| change.setting == setting);
        for known in self.repos.iter_mut().filter_map(|repo| repo.known.as_mut()) {
            known.settings.retain(|setting, _| !setting.decided().is_some_and(|it| is_changed(it.by)));
        }
    }
}

/// Changes settings. What GitHub changes with them is not known any more.
pub(super) fn change_settings<T: Table>(
    settings: &mut Settings<Setting<T>>,
    changes: &[SettingChange<Setting<T>>],
) {
    settings.retain(|setting, _| !changes.iter().any(|change| setting.changes_with(change.setting)));
    settings.extend(changes.iter().map(|change| (change.setting, change.to.clone())));
}
