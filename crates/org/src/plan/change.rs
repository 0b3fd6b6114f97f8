//! What one operation changes: one request to GitHub each.

use peribolos_vocab::{Kind, Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName, TeamRole};
use serde::{Deserialize, Serialize};

use super::{OrgSetting, RepoSettingName, TeamSetting, settings};

/// What one operation changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Change {
    /// `PATCH /orgs/{org}`.
    EditOrg {
        /// What differs.
        changes: Vec<SettingChange<OrgSetting>>,
    },
    /// `PUT /orgs/{org}/memberships/{login}` of somebody who is no member.
    InviteMember {
        /// Who.
        login: Login,
        /// As what.
        role: OrgRole,
    },
    /// `POST /orgs/{org}/invitations` of somebody whose invitation is cancelled before: places in teams went with that one,
    /// and this request alone gives them together with the new one.
    InviteAgain {
        /// Who.
        login: Login,
        /// As what.
        role: OrgRole,
        /// The teams of the invitation before about which the file does not decide.
        teams: Vec<InvitedTeam>,
    },
    /// `PUT /orgs/{org}/memberships/{login}` of a member.
    ChangeRole {
        /// Who.
        login: Login,
        /// What they are before.
        from: OrgRole,
        /// What they become.
        to: OrgRole,
    },
    /// `DELETE /orgs/{org}/memberships/{login}` of a member. Their places in teams and their access go with it.
    RemoveMember {
        /// Who.
        login: Login,
        /// What they are before.
        role: OrgRole,
    },
    /// `DELETE /orgs/{org}/invitations/{id}`. Invitations to teams go with it.
    CancelInvitation {
        /// GitHub's number for the invitation.
        id: u64,
        /// Who is invited.
        login: Login,
        /// As what.
        role: OrgRole,
        /// Whether it can't be accepted any more.
        failed: bool,
        /// The teams that it is to and the invitation that replaces it is not, because the file does not have the person in
        /// them, by their names at that moment.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lost_teams: Vec<TeamName>,
    },
    /// `POST /orgs/{org}/repos`.
    CreateRepo {
        /// Its name.
        name: RepoName,
        /// The settings that this request takes, the visibility and what is only used once among them.
        settings: Vec<RepoSetting>,
    },
    /// `PATCH /repos/{org}/{from}` of the name alone.
    RenameRepo {
        /// Its name before.
        from: RepoName,
        /// Its name afterwards.
        to: RepoName,
    },
    /// `PATCH /repos/{org}/{name}`.
    EditRepo {
        /// Its name.
        name: RepoName,
        /// What differs. A setting that GitHub only takes together with another stands beside it, with one value
        /// before and after.
        changes: Vec<SettingChange<RepoSettingName>>,
    },
    /// `PUT /repos/{org}/{name}/topics`.
    SetTopics {
        /// The name of the repository.
        name: RepoName,
        /// All its topics before; none: not known.
        from: Option<String>,
        /// All its topics afterwards.
        to: String,
    },
    /// `PUT /repos/{org}/{repo}/collaborators/{login}`. Who is no member of the organization is invited.
    SetCollaborator {
        /// In which repository.
        repo: RepoName,
        /// Who.
        login: Login,
        /// What was given to them there before.
        from: Option<Permission>,
        /// The custom role that it replaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        custom_role: Option<String>,
        /// What is given to them.
        to: Permission,
    },
    /// `DELETE /repos/{org}/{repo}/collaborators/{login}`.
    RemoveCollaborator {
        /// In which repository.
        repo: RepoName,
        /// Who.
        login: Login,
        /// What was given to them there.
        from: Permission,
    },
    /// `PATCH /repos/{org}/{repo}/invitations/{id}`.
    EditRepoInvitation {
        /// To which repository.
        repo: RepoName,
        /// GitHub's number for the invitation.
        id: u64,
        /// Who is invited.
        login: Login,
        /// What they were to get.
        from: Permission,
        /// What they are to get.
        to: Permission,
    },
    /// `DELETE /repos/{org}/{repo}/invitations/{id}`.
    CancelRepoInvitation {
        /// To which repository.
        repo: RepoName,
        /// GitHub's number for the invitation.
        id: u64,
        /// Who is invited.
        login: Login,
        /// What they were to get.
        permission: Permission,
        /// Whether it can't be accepted any more.
        expired: bool,
    },
    /// `POST /orgs/{org}/teams`.
    CreateTeam {
        /// Its name.
        name: TeamName,
        /// A sentence about it.
        description: Option<String>,
        /// Who can see it.
        privacy: Privacy,
        /// The team above it, by its name at that moment.
        parent: Option<TeamName>,
    },
    /// `PATCH /orgs/{org}/teams/{slug}`.
    EditTeam {
        /// Its name before.
        name: TeamName,
        /// The part of its address before.
        slug: Slug,
        /// What differs. A move to another parent is an operation of its own; an empty parent is none.
        changes: Vec<SettingChange<TeamSetting>>,
    },
    /// `DELETE /orgs/{org}/teams/{slug}`.
    DeleteTeam {
        /// Its name.
        name: TeamName,
        /// The part of its address.
        slug: Slug,
    },
    /// `PUT /orgs/{org}/teams/{slug}/memberships/{login}` of a member of the organization or of somebody invited.
    SetTeamMember {
        /// Which team, by its name at that moment. So it is in the next three.
        team: TeamName,
        /// Who.
        login: Login,
        /// Their own place in it before.
        from: Option<TeamRole>,
        /// Their own place in it afterwards.
        to: TeamRole,
    },
    /// `DELETE /orgs/{org}/teams/{slug}/memberships/{login}`.
    RemoveTeamMember {
        /// Which team.
        team: TeamName,
        /// Who.
        login: Login,
        /// Their own place in it before.
        from: TeamRole,
        /// Whether they are only invited to it.
        invitation: bool,
    },
    /// `PUT /orgs/{org}/teams/{slug}/repos/{org}/{repo}`.
    SetTeamRepo {
        /// Which team.
        team: TeamName,
        /// In which repository.
        repo: RepoName,
        /// What was given to the team itself before.
        from: Option<Permission>,
        /// The custom role that it replaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        custom_role: Option<String>,
        /// What is given to it.
        to: Permission,
    },
    /// `DELETE /orgs/{org}/teams/{slug}/repos/{org}/{repo}`.
    RemoveTeamRepo {
        /// Which team.
        team: TeamName,
        /// In which repository.
        repo: RepoName,
        /// What was given to the team itself.
        from: Permission,
    },
}

/// A team that somebody is invited to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InvitedTeam {
    /// GitHub's number for it.
    pub id: u64,
    /// Its name at that moment.
    pub name: TeamName,
}

/// A setting that changes, its values as the file writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange<S> {
    /// Which.
    pub setting: S,
    /// Before; none: not known.
    pub from: Option<String>,
    /// Afterwards.
    pub to: String,
}

/// A setting of a repository that is made, its value as the file writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoSetting {
    /// Which.
    pub setting: RepoSettingName,
    /// Its value.
    pub value: String,
}

/// An HTTP method that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl Change {
    /// The kind of thing that it changes.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::EditOrg { .. } => Kind::Org,
            Self::InviteMember { .. }
            | Self::InviteAgain { .. }
            | Self::ChangeRole { .. }
            | Self::RemoveMember { .. }
            | Self::CancelInvitation { .. } => Kind::OrgMembers,
            Self::CreateRepo { .. }
            | Self::RenameRepo { .. }
            | Self::EditRepo { .. }
            | Self::SetTopics { .. } => Kind::Repos,
            Self::SetCollaborator { .. }
            | Self::RemoveCollaborator { .. }
            | Self::EditRepoInvitation { .. }
            | Self::CancelRepoInvitation { .. } => Kind::Collaborators,
            Self::CreateTeam { .. } | Self::EditTeam { .. } | Self::DeleteTeam { .. } => Kind::Teams,
            Self::SetTeamMember { .. } | Self::RemoveTeamMember { .. } => Kind::TeamMembers,
            Self::SetTeamRepo { .. } | Self::RemoveTeamRepo { .. } => Kind::TeamRepos,
        }
    }

    /// Whether its request counts towards GitHub's limit of content that is made: what makes repositories and teams,
    /// and what invites somebody or may.
    pub const fn creates_content(&self) -> bool {
        matches!(
            self,
            Self::InviteMember { .. }
                | Self::InviteAgain { .. }
                | Self::CreateRepo { .. }
                | Self::CreateTeam { .. }
                | Self::SetCollaborator { .. }
        )
    }

    /// Whether somebody gets an invitation by it.
    pub const fn invites(&self) -> bool {
        matches!(
            self,
            Self::InviteMember { .. } | Self::InviteAgain { .. } | Self::SetCollaborator { from: None, .. }
        )
    }

    /// Who is invited to the organization by it.
    pub const fn invitee(&self) -> Option<&Login> {
        match self {
            Self::InviteMember { login, .. } | Self::InviteAgain { login, .. } => Some(login),
            _ => None,
        }
    }

    /// Whether it takes something away: what is compared with GitHub before it is done, and withheld where a grant
    /// that was to come before it failed.
    pub fn takes_away(&self) -> bool {
        match self {
            Self::RemoveMember { .. }
            | Self::CancelInvitation { .. }
            | Self::RemoveCollaborator { .. }
            | Self::CancelRepoInvitation { .. }
            | Self::DeleteTeam { .. }
            | Self::RemoveTeamMember { .. }
            | Self::RemoveTeamRepo { .. } => true,
            Self::ChangeRole { from, to, .. } => *from == OrgRole::Admin && *to != OrgRole::Admin,
            Self::SetCollaborator { from, custom_role, to, .. }
            | Self::SetTeamRepo { from, custom_role, to, .. } => {
                from.is_some_and(|from| *to < from) || custom_role.is_some()
            }
            Self::EditRepoInvitation { from, to, .. } => to < from,
            Self::SetTeamMember { from, to, .. } => from.is_some_and(|from| *to < from),
            Self::EditOrg { changes } => changes.iter().any(settings::lowers_default_permission),
            Self::EditRepo { changes, .. } => {
                self.archives() || changes.iter().any(settings::hides_or_publishes)
            }
            Self::InviteMember { .. }
            | Self::InviteAgain { .. }
            | Self::CreateRepo { .. }
            | Self::RenameRepo { .. }
            | Self::SetTopics { .. }
            | Self::CreateTeam { .. }
            | Self::EditTeam { .. } => false,
        }
    }

    /// Whether a repository is archived by it.
    pub fn archives(&self) -> bool {
        matches!(self, Self::EditRepo { changes, .. } if changes.iter().any(|change| {
            change.setting == RepoSettingName::ARCHIVED && change.to == "true"
        }))
    }

    /// The repository that it is about, by its name afterwards.
    pub const fn repo(&self) -> Option<&RepoName> {
        match self {
            Self::CreateRepo { name: repo, .. }
            | Self::RenameRepo { to: repo, .. }
            | Self::EditRepo { name: repo, .. }
            | Self::SetTopics { name: repo, .. }
            | Self::SetCollaborator { repo, .. }
            | Self::RemoveCollaborator { repo, .. }
            | Self::EditRepoInvitation { repo, .. }
            | Self::CancelRepoInvitation { repo, .. }
            | Self::SetTeamRepo { repo, .. }
            | Self::RemoveTeamRepo { repo, .. } => Some(repo),
            Self::EditOrg { .. }
            | Self::InviteMember { .. }
            | Self::InviteAgain { .. }
            | Self::ChangeRole { .. }
            | Self::RemoveMember { .. }
            | Self::CancelInvitation { .. }
            | Self::CreateTeam { .. }
            | Self::EditTeam { .. }
            | Self::DeleteTeam { .. }
            | Self::SetTeamMember { .. }
            | Self::RemoveTeamMember { .. } => None,
        }
    }

    /// The method and the route of its request, with placeholders for names: for logs, metrics and tests.
    pub const fn request(&self) -> (Method, &'static str) {
        use Method::{Delete, Patch, Post, Put};
        match self {
            Self::EditOrg { .. } => (Patch, "/orgs/{org}"),
            Self::InviteMember { .. } | Self::ChangeRole { .. } => {
                (Put, "/orgs/{org}/memberships/{username}")
            }
            Self::InviteAgain { .. } => (Post, "/orgs/{org}/invitations"),
            Self::RemoveMember { .. } => (Delete, "/orgs/{org}/memberships/{username}"),
            Self::CancelInvitation { .. } => (Delete, "/orgs/{org}/invitations/{invitation_id}"),
            Self::CreateRepo { .. } => (Post, "/orgs/{org}/repos"),
            Self::RenameRepo { .. } | Self::EditRepo { .. } => (Patch, "/repos/{owner}/{repo}"),
            Self::SetTopics { .. } => (Put, "/repos/{owner}/{repo}/topics"),
            Self::SetCollaborator { .. } => (Put, "/repos/{owner}/{repo}/collaborators/{username}"),
            Self::RemoveCollaborator { .. } => (Delete, "/repos/{owner}/{repo}/collaborators/{username}"),
            Self::EditRepoInvitation { .. } => (Patch, "/repos/{owner}/{repo}/invitations/{invitation_id}"),
            Self::CancelRepoInvitation { .. } => {
                (Delete, "/repos/{owner}/{repo}/invitations/{invitation_id}")
            }
            Self::CreateTeam { .. } => (Post, "/orgs/{org}/teams"),
            Self::EditTeam { .. } => (Patch, "/orgs/{org}/teams/{team_slug}"),
            Self::DeleteTeam { .. } => (Delete, "/orgs/{org}/teams/{team_slug}"),
            Self::SetTeamMember { .. } => (Put, "/orgs/{org}/teams/{team_slug}/memberships/{username}"),
            Self::RemoveTeamMember { .. } => (Delete, "/orgs/{org}/teams/{team_slug}/memberships/{username}"),
            Self::SetTeamRepo { .. } => (Put, "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}"),
            Self::RemoveTeamRepo { .. } => (Delete, "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}"),
        }
    }
}
