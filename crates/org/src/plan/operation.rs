//! One write each.

use peribolos_vocab::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName, TeamRole, Visibility};
use serde::{Deserialize, Serialize};

use super::Stage;

/// One write of upstream peribolos: one request to GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// In which stage.
    pub stage: Stage,
    /// What is written.
    #[serde(flatten)]
    pub change: Change,
    /// The line of the file it comes from, if it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// False: GitHub stays as it is, and upstream sends it again in every run (docs/differences.md).
    pub lasting: bool,
}

/// What is written.
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
        /// Whom.
        login: Login,
        /// As what.
        role: OrgRole,
    },
    /// `PUT /orgs/{org}/memberships/{login}` of a member.
    ChangeRole {
        /// Whose.
        login: Login,
        /// What they are.
        from: OrgRole,
        /// What they become.
        to: OrgRole,
    },
    /// `DELETE /orgs/{org}/memberships/{login}` of a member.
    RemoveMember {
        /// Whom.
        login: Login,
        /// What they are.
        role: OrgRole,
    },
    /// `DELETE /orgs/{org}/memberships/{login}` of somebody who is invited.
    CancelInvitation {
        /// Whom.
        login: Login,
        /// As what.
        role: OrgRole,
    },
    /// `DELETE /orgs/{org}/invitations/{id}` of one that failed, before a new one. Newer versions of upstream only.
    ClearFailedInvitation {
        /// Whose.
        login: Login,
    },
    /// `POST /orgs/{org}/repos`.
    CreateRepo {
        /// Its name.
        name: RepoName,
        /// Who can see it, if the file says so.
        visibility: Option<Visibility>,
        /// The settings that are given, but for the visibility.
        settings: Vec<RepoSetting>,
    },
    /// `PATCH /repos/{org}/{name}`.
    EditRepo {
        /// Its name before.
        name: RepoName,
        /// What differs. A rename is one of them.
        changes: Vec<SettingChange<RepoSettingName>>,
    },
    /// `PUT /repos/{org}/{repo}/collaborators/{login}`, or `PATCH` of a pending invitation.
    SetCollaborator {
        /// Where.
        repo: RepoName,
        /// Whom.
        login: Login,
        /// What they may do before; none: they are no collaborator.
        from: Option<Permission>,
        /// What they may do then.
        to: Permission,
        /// Whether what is changed is an invitation.
        invitation: bool,
    },
    /// `DELETE /repos/{org}/{repo}/collaborators/{login}`, or of a pending invitation.
    RemoveCollaborator {
        /// Where.
        repo: RepoName,
        /// Whom.
        login: Login,
        /// What they may do before.
        from: Permission,
        /// Whether what is removed is an invitation.
        invitation: bool,
    },
    /// `POST /orgs/{org}/teams`.
    CreateTeam {
        /// Its name.
        name: TeamName,
        /// A sentence about it.
        description: Option<String>,
        /// Who can see it.
        privacy: Option<Privacy>,
    },
    /// `PATCH /orgs/{org}/teams/{slug}`.
    EditTeam {
        /// Its name before.
        name: TeamName,
        /// What differs. A rename and a move to another parent are among them.
        changes: Vec<SettingChange<TeamSetting>>,
    },
    /// `DELETE /orgs/{org}/teams/{slug}`.
    DeleteTeam {
        /// Its name.
        name: TeamName,
        /// The part of its address.
        slug: Slug,
    },
    /// `PUT /orgs/{org}/teams/{slug}/memberships/{login}`.
    SetTeamMember {
        /// Which team, by its name in the file.
        team: TeamName,
        /// Whom.
        login: Login,
        /// What they are before; none: not in it.
        from: Option<TeamRole>,
        /// What they are then.
        to: TeamRole,
    },
    /// `DELETE /orgs/{org}/teams/{slug}/memberships/{login}`.
    RemoveTeamMember {
        /// Which team, by its name in the file.
        team: TeamName,
        /// Whom.
        login: Login,
        /// What they are before.
        from: TeamRole,
        /// Whether it is an invitation that goes.
        invitation: bool,
    },
    /// `PUT /orgs/{org}/teams/{slug}/repos/{org}/{repo}`.
    SetTeamRepo {
        /// Which team, by its name in the file.
        team: TeamName,
        /// Where.
        repo: RepoName,
        /// What the team may do before; none: nothing of its own.
        from: Option<Permission>,
        /// What it may do then.
        to: Permission,
    },
    /// `DELETE /orgs/{org}/teams/{slug}/repos/{org}/{repo}`.
    RemoveTeamRepo {
        /// Which team, by its name in the file.
        team: TeamName,
        /// Where.
        repo: RepoName,
        /// What the team may do before.
        from: Permission,
    },
}

/// A setting that changes, its values as the file writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange<S> {
    /// Which.
    pub setting: S,
    /// Before; none: not known.
    pub from: Option<String>,
    /// After.
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

/// A setting of an organization, by its key in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of its name")]
pub enum OrgSetting {
    Name,
    Description,
    Company,
    Email,
    BillingEmail,
    Location,
    DefaultRepositoryPermission,
    MembersCanCreateRepositories,
    HasOrganizationProjects,
    HasRepositoryProjects,
}

/// A setting of a repository, by its key in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of its name")]
pub enum RepoSettingName {
    Name,
    Visibility,
    Archived,
    DefaultBranch,
    Description,
    Homepage,
    HasIssues,
    HasProjects,
    HasWiki,
    AllowSquashMerge,
    AllowMergeCommit,
    AllowRebaseMerge,
    SquashMergeCommitTitle,
    SquashMergeCommitMessage,
    AutoInit,
    GitignoreTemplate,
    LicenseTemplate,
}

/// A setting of a team, by its key in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of its name")]
pub enum TeamSetting {
    Name,
    Description,
    Privacy,
    Parent,
}

/// Something the file asks for at which upstream would stop, or would leave undone and end with an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Where it would stop.
    pub stage: Stage,
    /// Whether a field of the installation could allow it.
    pub kind: RefusalKind,
    /// The line of the file, if it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What can't be done: one sentence without a full stop, which begins with a name or a capital letter. It
    /// names only what the file names, all of it in `about`.
    pub message: String,
    /// What to do about it, likewise.
    pub hint: String,
    /// Whose names are in these words: they are not told where these may not be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Named>,
}

/// Something with a name that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Named {
    /// A team.
    Team(TeamName),
    /// A repository.
    Repo(RepoName),
}

impl From<&TeamName> for Named {
    fn from(name: &TeamName) -> Self {
        Self::Team(name.clone())
    }
}

impl From<&RepoName> for Named {
    fn from(name: &RepoName) -> Self {
        Self::Repo(name.clone())
    }
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefusalKind {
    /// GitHub or upstream can't do it.
    Impossible,
    /// It is done only when `spec.run.allow` says so.
    NotAllowed,
}

/// Somebody who is invited and has not accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Who.
    pub login: Login,
    /// To this team. With neither a team nor a repository: to the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamName>,
    /// To this repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
}
