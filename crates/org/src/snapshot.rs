//! What GitHub has: one organization at one moment.
//!
//! Whoever fills it must follow the notes on each field, or what is dumped from it is not what
//! upstream peribolos compares with: it reads the REST API, whose lists are not always GraphQL's.

use peribolos_vocab::{
    DefaultPermission, Login, OrgRole, Permission, Privacy, RepoName, Slug, SquashMessage, SquashTitle,
    TeamName, Visibility,
};
use serde::{Deserialize, Serialize};

/// One organization as GitHub has it. Lists may be in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its login, as GitHub spells it.
    pub org: Login,
    /// The name people see; empty if there is none. So are the next five.
    pub name: String,
    /// A sentence about it.
    pub description: String,
    /// The company's name.
    pub company: String,
    /// The public e-mail address.
    pub email: String,
    /// Where bills go. `None`: the token may not see it.
    pub billing_email: Option<String>,
    /// Where it is.
    pub location: String,
    /// What every member may do in each repository. `None`: the token may not see it.
    pub default_repository_permission: Option<DefaultPermission>,
    /// Whether members may make repositories. `None`: the token may not see it.
    pub members_can_create_repositories: Option<bool>,
    /// Whether the organization has projects.
    pub has_organization_projects: Option<bool>,
    /// Whether its repositories may have projects.
    pub has_repository_projects: Option<bool>,
    /// Its owners.
    pub admins: Vec<Login>,
    /// Its other members, concealed ones included.
    pub members: Vec<Login>,
    /// Members of either kind whose membership is not public.
    pub concealed: Vec<Login>,
    /// Invitations to it.
    pub invitations: Vec<Invitation>,
    /// All teams, top-level and nested.
    pub teams: Vec<SnapshotTeam>,
    /// All repositories.
    pub repos: Vec<SnapshotRepo>,
}

/// Where an invitation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum InvitationState {
    /// Sent and not yet accepted.
    Pending,
    /// Expired or undeliverable.
    Failed,
}

/// An invitation to the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who is invited; `None` if only an e-mail address is.
    pub login: Option<Login>,
    /// As what. GitHub's `reinstate` counts as a member.
    pub role: OrgRole,
    /// Whether it can still be accepted.
    pub state: InvitationState,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotTeam {
    /// The name people see.
    pub name: TeamName,
    /// The part of its address made from that.
    pub slug: Slug,
    /// The team above it.
    pub parent: Option<Slug>,
    /// A sentence about it; empty if there is none.
    pub description: String,
    /// Who can see it.
    pub privacy: Privacy,
    /// Who manages it.
    pub kind: TeamKind,
    /// Members who may manage it, as the REST list with `role=maintainer` has them.
    pub maintainers: Vec<Login>,
    /// Its other members, as the REST list with `role=member` has them: with those of child teams.
    pub members: Vec<Login>,
    /// Those of `members` who are in it through a team below it alone.
    pub inherited_members: Vec<Login>,
    /// People invited to the organization and this team who have not yet accepted.
    pub invitations: Vec<Login>,
    /// Its repositories, as the REST list has them: with those inherited from the team above.
    pub repos: Vec<SnapshotTeamRepo>,
}

/// Who manages a team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeamKind {
    /// The organization.
    #[default]
    Organization,
    /// The enterprise it belongs to: the organization can't change it.
    Enterprise,
}

/// What a team may do in a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotTeamRepo {
    /// The repository.
    pub name: RepoName,
    /// The highest of GitHub's own permissions that it includes.
    pub permission: Permission,
    /// Whether the team above it gives it at least as much there: then GitHub does not tell what is the team's own.
    pub inherited: bool,
    /// The name of a role of the organization's own making, which the file can't express.
    pub custom_role: Option<String>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRepo {
    /// Its name, as GitHub spells it.
    pub name: RepoName,
    /// Who can see it.
    pub visibility: Visibility,
    /// A sentence about it; empty if there is none.
    pub description: String,
    /// Its web page; empty if there is none.
    pub homepage: String,
    /// The branch that is shown first, also of an empty repository; empty if not known.
    pub default_branch: String,
    /// Whether it is read-only.
    pub archived: bool,
    /// Whether it has issues.
    pub has_issues: bool,
    /// Whether it has projects.
    pub has_projects: bool,
    /// Whether it has a wiki.
    pub has_wiki: bool,
    /// Whether pull requests may be squashed. `None`, as the next four: the token may not see it.
    pub allow_squash_merge: Option<bool>,
    /// Whether pull requests may be merged by a merge commit.
    pub allow_merge_commit: Option<bool>,
    /// Whether pull requests may be rebased.
    pub allow_rebase_merge: Option<bool>,
    /// The default title of a squash merge.
    pub squash_merge_commit_title: Option<SquashTitle>,
    /// The default message of a squash merge.
    pub squash_merge_commit_message: Option<SquashMessage>,
    /// People with access of their own. `None`: they were not read.
    pub collaborators: Option<Vec<(Login, Permission)>>,
    /// People who are invited to it and have not yet accepted; empty where they were not read.
    pub invitations: Vec<(Login, Permission)>,
}
