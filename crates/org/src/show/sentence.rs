//! A change as a sentence: `flagged` could not be invited.

use super::Namer;
use super::item::a;
use crate::plan::{Change, RepoSetting, RepoSettingName, SettingChange, TeamRole, TeamSetting};
use crate::{Login, OrgRole, RepoName, TeamName, Visibility};

/// A change as the parts of a sentence, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Who or what it is about: always in the singular.
    subject: String,
    /// What is done, as after "was": `invited`.
    done: String,
    /// Whether every name and value of the request may be shown.
    is_named: bool,
}

impl Sentence {
    pub(super) fn of(change: &Change, namer: &Namer<'_>) -> Self {
        let writer = Writer { namer };
        let (subject, done) = writer.parts(change);
        Self { subject, done, is_named: writer.names_all(change) }
    }

    /// Whether every name and value of the request may be shown: only then may be shown what GitHub says of it.
    pub(super) const fn is_named(&self) -> bool {
        self.is_named
    }

    /// `flagged` could not be invited
    pub(super) fn could_not(&self) -> String {
        format!("{} could not be {}", self.subject, self.done)
    }

    /// `flagged` is not invited
    pub(super) fn is_not(&self) -> String {
        format!("{} is not {}", self.subject, self.done)
    }

    /// `flagged` was not invited
    pub(super) fn was_not(&self) -> String {
        format!("{} was not {}", self.subject, self.done)
    }
}

struct Writer<'n, 'd> {
    namer: &'n Namer<'d>,
}

impl Writer<'_, '_> {
    fn person(&self, login: &Login) -> String {
        self.namer.login(login).unwrap_or_else(|| "somebody whom the file does not name".to_owned())
    }

    fn team(&self, team: &TeamName) -> String {
        match self.namer.team(team) {
            Some(name) => format!("the team {name}"),
            None => "a team that the file does not name".to_owned(),
        }
    }

    fn repo(&self, repo: &RepoName) -> String {
        match self.namer.repo(repo) {
            Some(name) => format!("the repository {name}"),
            None => "a repository that the file does not name".to_owned(),
        }
    }

    fn quote(&self, text: &str) -> String {
        self.namer.quote(text)
    }

    fn keys<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> String {
        keys.into_iter().map(|key| self.quote(key)).collect::<Vec<_>>().join(", ")
    }

    fn parts(&self, change: &Change) -> (String, String) {
        self.person_parts(change)
            .or_else(|| self.repo_parts(change))
            .unwrap_or_else(|| self.team_parts(change))
    }

    fn person_parts(&self, change: &Change) -> Option<(String, String)> {
        Some(match change {
            Change::EditOrg { changes } => {
                let keys = self.keys(changes.iter().map(|change| change.setting.key()));
                ("the organization".to_owned(), format!("changed ({keys})"))
            }
            Change::InviteMember { login, role: OrgRole::Admin }
            | Change::InviteAgain { login, role: OrgRole::Admin, .. } => {
                (self.person(login), "invited as an owner".to_owned())
            }
            Change::InviteMember { login, .. } | Change::InviteAgain { login, .. } => {
                (self.person(login), "invited".to_owned())
            }
            Change::ChangeRole { login, to, .. } => (self.person(login), format!("made {}", a(to.as_str()))),
            Change::RemoveMember { login, .. } => {
                (self.person(login), "removed from the organization".to_owned())
            }
            Change::CancelInvitation { login, failed, .. } => {
                let invitation = if *failed { "the failed invitation" } else { "the invitation" };
                (format!("{invitation} of {}", self.person(login)), "cancelled".to_owned())
            }
            _ => return None,
        })
    }

    fn repo_parts(&self, change: &Change) -> Option<(String, String)> {
        Some(match change {
            Change::CreateRepo { name, .. } => (self.repo(name), "created".to_owned()),
            Change::RenameRepo { from, to } => {
                let to = self.namer.repo(to).map(|name| format!(" to {name}"));
                (self.repo(from), format!("renamed{}", to.unwrap_or_default()))
            }
            Change::EditRepo { name, changes } => (self.repo(name), self.repo_edit(changes)),
            Change::SetTopics { name, .. } => {
                (self.repo(name), format!("changed ({})", self.quote(RepoSettingName::TOPICS.key())))
            }
            Change::SetCollaborator { repo, login, from: None, to, .. } => (
                self.person(login),
                format!("made a collaborator of {} ({})", self.repo(repo), self.quote(to.as_str())),
            ),
            Change::SetCollaborator { repo, login, from, to, .. } if Some(*to) < *from => (
                format!("the access of {} to {}", self.person(login), self.repo(repo)),
                format!("lowered to {}", self.quote(to.as_str())),
            ),
            Change::SetCollaborator { repo, login, to, .. } => {
                (self.person(login), format!("given {} in {}", self.quote(to.as_str()), self.repo(repo)))
            }
            Change::RemoveCollaborator { repo, login, .. } => {
                (self.person(login), format!("removed from the collaborators of {}", self.repo(repo)))
            }
            Change::EditRepoInvitation { repo, login, to, .. } => (
                format!("the invitation of {} to {}", self.person(login), self.repo(repo)),
                format!("changed to {}", self.quote(to.as_str())),
            ),
            Change::CancelRepoInvitation { repo, login, .. } => (
                format!("the invitation of {} to {}", self.person(login), self.repo(repo)),
                "cancelled".to_owned(),
            ),
            _ => return None,
        })
    }

    fn repo_edit(&self, changes: &[SettingChange<RepoSettingName>]) -> String {
        let is = |setting, value: &str| {
            changes.iter().any(|change| change.setting == setting && change.to == value)
        };
        if is(RepoSettingName::ARCHIVED, "true") {
            return "archived".to_owned();
        }
        if is(RepoSettingName::ARCHIVED, "false") {
            return "unarchived".to_owned();
        }
        if is(RepoSettingName::VISIBILITY, Visibility::Public.as_str()) {
            return "made public".to_owned();
        }
        format!("changed ({})", self.keys(changes.iter().map(|change| change.setting.key())))
    }

    fn team_parts(&self, change: &Change) -> (String, String) {
        match change {
            Change::CreateTeam { name, .. } => (self.team(name), "created".to_owned()),
            Change::EditTeam { name, changes, .. } => (self.team(name), self.team_edit(changes)),
            Change::DeleteTeam { name, .. } => (self.team(name), "deleted".to_owned()),
            Change::SetTeamMember { team, login, from: None, to } => {
                let role = if *to == TeamRole::Maintainer { " as a maintainer" } else { "" };
                (self.person(login), format!("added to {}{role}", self.team(team)))
            }
            Change::SetTeamMember { team, login, to, .. } => {
                (self.person(login), format!("made {} of {}", a(to.as_str()), self.team(team)))
            }
            Change::RemoveTeamMember { team, login, invitation: true, .. } => (
                format!("the invitation of {} to {}", self.person(login), self.team(team)),
                "cancelled".to_owned(),
            ),
            Change::RemoveTeamMember { team, login, .. } => {
                (self.person(login), format!("removed from {}", self.team(team)))
            }
            Change::SetTeamRepo { team, repo, from, to, .. } if Some(*to) < *from => (
                format!("the access of {} to {}", self.team(team), self.repo(repo)),
                format!("lowered to {}", self.quote(to.as_str())),
            ),
            Change::SetTeamRepo { team, repo, to, .. } => {
                (self.team(team), format!("given {} in {}", self.quote(to.as_str()), self.repo(repo)))
            }
            Change::RemoveTeamRepo { team, repo, .. } => {
                (format!("the access of {} to {}", self.team(team), self.repo(repo)), "removed".to_owned())
            }
            // The others are about people and repositories.
            _ => ("something".to_owned(), "changed".to_owned()),
        }
    }

    fn team_edit(&self, changes: &[SettingChange<TeamSetting>]) -> String {
        let to = |setting| changes.iter().find(|change| change.setting == setting).map(|change| &change.to);
        let name = |text: &String| self.namer.team(&TeamName::new(text));
        if let Some(parent) = to(TeamSetting::Parent) {
            return match name(parent) {
                _ if parent.is_empty() => "moved to the top".to_owned(),
                Some(parent) => format!("moved below the team {parent}"),
                None => "moved".to_owned(),
            };
        }
        if let Some(new) = to(TeamSetting::Name) {
            return name(new).map_or_else(|| "renamed".to_owned(), |new| format!("renamed to {new}"));
        }
        format!("changed ({})", self.keys(changes.iter().map(|change| change.setting.key())))
    }

    /// Whether every name and value of the request may be shown.
    fn names_all(&self, change: &Change) -> bool {
        let namer = self.namer;
        let person = |login: &Login| namer.login(login).is_some();
        let team = |name: &TeamName| namer.team(name).is_some();
        let repo = |name: &RepoName| namer.repo(name).is_some();
        match change {
            Change::EditOrg { changes } => {
                changes.iter().all(|change| namer.org_value(change.setting, &change.to).is_some())
            }
            Change::InviteMember { login, .. }
            | Change::ChangeRole { login, .. }
            | Change::RemoveMember { login, .. } => person(login),
            Change::CancelInvitation { login, lost_teams, .. } => {
                person(login) && lost_teams.iter().all(team)
            }
            Change::InviteAgain { login, teams, .. } => {
                person(login) && teams.iter().all(|invited| team(&invited.name))
            }
            Change::CreateRepo { name, settings } => {
                let gives =
                    |setting: &RepoSetting| namer.repo_value(name, setting.setting, &setting.value).is_some();
                repo(name) && settings.iter().all(gives)
            }
            Change::EditRepo { name, changes } => {
                let gives = |change: &SettingChange<RepoSettingName>| {
                    namer.repo_value(name, change.setting, &change.to).is_some()
                };
                repo(name) && changes.iter().all(gives)
            }
            Change::SetTopics { name, to, .. } => {
                repo(name) && namer.repo_value(name, RepoSettingName::TOPICS, to).is_some()
            }
            Change::RenameRepo { from, to } => repo(from) && repo(to),
            Change::SetCollaborator { repo: in_repo, login, .. }
            | Change::RemoveCollaborator { repo: in_repo, login, .. }
            | Change::EditRepoInvitation { repo: in_repo, login, .. }
            | Change::CancelRepoInvitation { repo: in_repo, login, .. } => repo(in_repo) && person(login),
            Change::CreateTeam { name, description, privacy: _, parent } => {
                let gives = |text: &String| namer.team_value(name, TeamSetting::Description, text).is_some();
                team(name) && parent.iter().all(team) && description.iter().all(gives)
            }
            Change::DeleteTeam { name, .. } => team(name),
            Change::EditTeam { name, changes, .. } => {
                let gives = |change: &SettingChange<TeamSetting>| {
                    namer.team_value(name, change.setting, &change.to).is_some()
                };
                team(name) && changes.iter().all(gives)
            }
            Change::SetTeamMember { team: in_team, login, .. }
            | Change::RemoveTeamMember { team: in_team, login, .. } => team(in_team) && person(login),
            Change::SetTeamRepo { team: of, repo: to, .. }
            | Change::RemoveTeamRepo { team: of, repo: to, .. } => team(of) && repo(to),
        }
    }
}
