//! What GitHub has: one organization at one moment.
//!
//! Whoever fills it follows the notes on each field. What could not be read is absent or unknown here, never a guess,
//! and is listed in [`Snapshot::unread`]: nothing is planned for it.

use std::collections::BTreeMap;

use peribolos_vocab::{Kind, Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName};
use serde::{Deserialize, Serialize};

use crate::plan::{Named, Scope};
use crate::settings::{OrgSetting, RepoSettingName};

/// Settings by key, each value as the file writes it. A key that is absent is unknown.
pub type Settings<K> = BTreeMap<K, String>;

/// One organization as GitHub has it. Lists may be in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Its login, as GitHub writes it.
    pub org: Login,
    /// Its settings. A key that GitHub does not show is absent.
    pub settings: Settings<OrgSetting>,
    /// Its owners.
    pub admins: Vec<Login>,
    /// Its other members, concealed ones included.
    pub members: Vec<Login>,
    /// Members of either kind whose membership is not public.
    pub concealed: Vec<Login>,
    /// GitHub's numbers for members and collaborators, which survive another login; whose number it does not show is absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<Login, u64>,
    /// Invitations to it.
    pub invitations: Vec<Invitation>,
    /// Whether the enterprise manages its users (Enterprise Managed Users): nobody is invited, and nothing is public.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub managed_users: bool,
    /// All teams, top-level and nested.
    pub teams: Vec<SnapshotTeam>,
    /// All repositories.
    pub repos: Vec<SnapshotRepo>,
    /// What could not be read, and why. Nothing of it is planned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// Which kind of thing.
    pub kind: Kind,
    /// How much of it.
    pub extent: Extent,
    /// What kept it from being read.
    pub cause: UnreadCause,
    /// Why: a sentence without a full stop, which begins with a capital letter and names nothing but what `extent` names.
    pub why: String,
}

/// What keeps something from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnreadCause {
    /// A permission is missing, or the repository is none of the App's.
    Permission,
    /// GitHub says that it is not there, although it should be.
    Hidden,
}

/// How much of a kind could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Extent {
    /// All of it: nothing of the kind is planned.
    Whole,
    /// That of one team or repository: nothing of the kind is planned there.
    Of(Named),
    /// Here and there: what is unknown because of it is so where it stands.
    Parts,
}

impl Snapshot {
    /// What could not be read of what is managed.
    pub fn unread_of(&self, scope: &Scope) -> Vec<Unread> {
        self.unread.iter().filter(|unread| scope.manages(unread.kind)).cloned().collect()
    }

    /// Whether a kind that is managed could not be read at all, for want of a permission.
    pub fn lacks_any(&self, scope: &Scope) -> bool {
        let lacks =
            |unread: &Unread| unread.extent == Extent::Whole && unread.cause == UnreadCause::Permission;
        self.unread.iter().any(|unread| lacks(unread) && scope.manages(unread.kind))
    }
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
    /// GitHub's number for it; 0 where it is only expected.
    pub id: u64,
    /// Who is invited; `None` if only an e-mail address is.
    pub login: Option<Login>,
    /// As what. GitHub's `reinstate` counts as a member.
    pub role: OrgRole,
    /// Whether it can still be accepted.
    pub state: InvitationState,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotTeam {
    /// GitHub's number for it; 0 where it is only expected.
    pub id: u64,
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
    pub managed_by: ManagedBy,
    /// People with a place of their own in it who may manage it. Owners of the organization are among them.
    pub maintainers: Vec<Login>,
    /// Others with a place of their own in it. Who is in it by a team below it alone is in neither list.
    pub members: Vec<Login>,
    /// People invited to the organization and this team who have not yet accepted.
    pub invitations: Vec<Login>,
    /// The repositories that it reaches, also by a team above it.
    pub repos: Vec<SnapshotTeamRepo>,
    /// What the team may do in every repository by a role in the organization, such as that of security managers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everywhere: Option<Permission>,
}

/// Who manages a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ManagedBy {
    /// The organization.
    #[default]
    Organization,
    /// The enterprise that the organization belongs to: the organization can't change the team.
    Enterprise,
    /// An identity provider: it decides who is in the team, and the organization the rest.
    IdentityProvider {
        /// The group whose members are those of the team, where GitHub names it.
        group: Option<String>,
    },
}

/// The access that somebody has by themselves, apart from what comes from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Own {
    /// This much.
    Is(Permission),
    /// Nothing: all of it comes from elsewhere.
    None,
    /// GitHub does not show it apart.
    Unknown,
}

impl Own {
    /// The permission, where it is known that there is one.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Is(permission) => Some(permission),
            Self::None | Self::Unknown => None,
        }
    }
}

/// What a team may do in a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotTeamRepo {
    /// The repository.
    pub name: RepoName,
    /// What it may do there, from whatever source. Of a custom role: the permission it is based on.
    pub permission: Permission,
    /// What was given to the team itself.
    pub own: Own,
    /// The name of the custom role that was given to the team itself, which the file can't express.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<String>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotRepo {
    /// GitHub's number for it; 0 where it is only expected.
    pub id: u64,
    /// Its name, as GitHub writes it.
    pub name: RepoName,
    /// Its settings. A key that GitHub does not show is absent.
    pub settings: Settings<RepoSettingName>,
    /// Whether it has no commit yet.
    pub is_empty: bool,
    /// False: it is not among the repositories that the App was given, so nothing of it can be written.
    pub selected: bool,
    /// People with access of their own. `None`: they were not read.
    pub collaborators: Option<Vec<SnapshotCollaborator>>,
    /// Invitations to it that nobody has accepted yet; empty where they were not read.
    pub invitations: Vec<RepoInvitation>,
}

impl SnapshotRepo {
    /// Whether it is read-only.
    pub fn is_archived(&self) -> bool {
        self.settings.get(&RepoSettingName::ARCHIVED).is_some_and(|archived| archived == "true")
    }
}

/// A person with access of their own to a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotCollaborator {
    /// Who.
    pub login: Login,
    /// What they may do there, from whatever source. Of a custom role: the permission it is based on.
    pub permission: Permission,
    /// What was given to the person in this repository.
    pub own: Own,
    /// The name of the custom role that was given to the person there, which the file can't express.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_role: Option<String>,
}

/// An invitation to a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoInvitation {
    /// GitHub's number for it; 0 where it is only expected.
    pub id: u64,
    /// Who is invited.
    pub login: Login,
    /// What they may do there once they accept.
    pub permission: Permission,
    /// Whether it can no longer be accepted.
    pub expired: bool,
}
