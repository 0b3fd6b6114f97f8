//! Teams.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Access, Login, OrgWideRole, RepoRole, TeamRole};

/// Who can see a team.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Privacy {
    Secret,
    #[default]
    Closed,
}

impl Privacy {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Closed => "closed",
        }
    }
}

/// Whose a team is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TeamKind {
    #[default]
    Organization,
    Enterprise,
}

impl TeamKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Enterprise => "enterprise",
        }
    }
}

/// One team; its place in the tree is `parent`.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: String,
    pub(crate) privacy: Privacy,
    pub(crate) notifications: bool,
    pub(crate) parent: Option<u64>,
    pub(crate) members: BTreeMap<Login, TeamRole>,
    /// People who join when they accept the organization's invitation.
    pub(crate) pending: BTreeMap<Login, TeamRole>,
    /// By repository id: what the team itself was given.
    pub(crate) repos: BTreeMap<u64, Access>,
    pub(crate) kind: TeamKind,
    /// The group of the identity provider whose people are this team's.
    pub(crate) managed_by: Option<String>,
    /// Organization roles of this team.
    pub(crate) roles: BTreeSet<OrgWideRole>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Team {
    /// What an organization role of this team gives on every repository.
    pub(crate) fn role_on_all(&self) -> Option<RepoRole> {
        self.roles.iter().map(|role| role.on_repos()).max()
    }
}
