//! One change in full, for people who may see everything.

use peribolos_vocab::Permission;

use super::category::{Category, Mark};
use super::text::{plain, value};
use crate::plan::{Change, Operation, RepoSetting, SettingChange, TeamRole};

/// One change in full.
pub(super) struct Line {
    pub(super) mark: Mark,
    pub(super) is_loss: bool,
    /// What it is of, and what changes: `team member alice in Core`.
    pub(super) text: String,
    /// Settings, one each.
    pub(super) settings: Vec<String>,
    /// The line of the file.
    pub(super) place: Option<u32>,
}

impl Line {
    pub(super) fn of(operation: &Operation) -> Option<Self> {
        let categories = Category::of(operation);
        let (mark, ..) = categories.first()?.words();
        Some(Self {
            mark,
            is_loss: categories.iter().any(|category| category.is_loss()),
            text: text(&operation.change),
            settings: settings(&operation.change),
            place: operation.line,
        })
    }
}

fn text(change: &Change) -> String {
    let changes_to = |from: Option<&str>, to: &str| match from {
        Some(from) => format!(": {from} -> {to}"),
        None => format!(": {to}"),
    };
    let may = |permission: &Option<Permission>| permission.map(Permission::as_str);
    let invited = |invitation: &bool| if *invitation { " (invited)" } else { "" };
    match change {
        Change::EditOrg { .. } => "settings of the organization".to_owned(),
        Change::InviteMember { login, role } | Change::RemoveMember { login, role } => {
            format!("{} {}", role.as_str(), plain(login.as_str()))
        }
        Change::ChangeRole { login, from, to } => {
            format!("{}{}", plain(login.as_str()), changes_to(Some(from.as_str()), to.as_str()))
        }
        Change::CancelInvitation { login, role } => {
            format!("invitation of {} (as {})", plain(login.as_str()), role.as_str())
        }
        Change::ClearFailedInvitation { login } => {
            format!("failed invitation of {}", plain(login.as_str()))
        }
        Change::CreateRepo { name, .. } | Change::EditRepo { name, .. } => {
            format!("repository {}", plain(name.as_str()))
        }
        Change::SetCollaborator { repo, login, from, to, invitation } => {
            let change = changes_to(may(from), to.as_str());
            let (repo, login) = (plain(repo.as_str()), plain(login.as_str()));
            format!("collaborator {login} of {repo}{change}{}", invited(invitation))
        }
        Change::RemoveCollaborator { repo, login, from, invitation } => {
            let (repo, login) = (plain(repo.as_str()), plain(login.as_str()));
            format!("collaborator {login} of {repo} (had {}){}", from.as_str(), invited(invitation))
        }
        Change::CreateTeam { name, .. } | Change::EditTeam { name, .. } | Change::DeleteTeam { name, .. } => {
            format!("team {}", plain(name.as_str()))
        }
        Change::SetTeamMember { team, login, from, to } => {
            let change = changes_to(from.map(TeamRole::as_str), to.as_str());
            format!("{} in team {}{change}", plain(login.as_str()), plain(team.as_str()))
        }
        Change::RemoveTeamMember { team, login, from, invitation } => {
            let (team, login) = (plain(team.as_str()), plain(login.as_str()));
            format!("{login} in team {team} (was {}){}", from.as_str(), invited(invitation))
        }
        Change::SetTeamRepo { team, repo, from, to } => {
            let change = changes_to(may(from), to.as_str());
            format!("access of team {} to {}{change}", plain(team.as_str()), plain(repo.as_str()))
        }
        Change::RemoveTeamRepo { team, repo, from } => {
            let (team, repo) = (plain(team.as_str()), plain(repo.as_str()));
            format!("access of team {team} to {repo} (had {})", from.as_str())
        }
    }
}

fn settings(change: &Change) -> Vec<String> {
    match change {
        Change::EditOrg { changes } => {
            changes.iter().map(|change| changed(change.setting.key(), change)).collect()
        }
        Change::EditRepo { changes, .. } => {
            changes.iter().map(|change| changed(change.setting.key(), change)).collect()
        }
        Change::EditTeam { changes, .. } => {
            changes.iter().map(|change| changed(change.setting.key(), change)).collect()
        }
        Change::CreateRepo { visibility, settings, .. } => {
            let visibility = visibility.map(|visibility| format!("visibility: {}", visibility.as_str()));
            visibility.into_iter().chain(settings.iter().map(given)).collect()
        }
        Change::CreateTeam { description, privacy, .. } => {
            let description = description.as_ref().map(|text| format!("description: {}", value(text)));
            let privacy = privacy.map(|privacy| format!("privacy: {}", privacy.as_str()));
            description.into_iter().chain(privacy).collect()
        }
        _ => Vec::new(),
    }
}

fn given(setting: &RepoSetting) -> String {
    format!("{}: {}", setting.setting.key(), value(&setting.value))
}

fn changed<S>(key: &str, change: &SettingChange<S>) -> String {
    match &change.from {
        Some(from) => format!("{key}: {} -> {}", value(from), value(&change.to)),
        None => format!("{key}: {}", value(&change.to)),
    }
}
