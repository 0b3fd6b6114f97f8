//! Roles in an organization, in a team and on a repository.

use serde::{Deserialize, Serialize};

/// Role of a person in an organization. GitHub's pages say "owner" for admin.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OrgRole {
    #[serde(alias = "direct_member")]
    Member,
    Admin,
}

impl OrgRole {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The role as invitations name it.
    pub(crate) fn invited_as(self) -> &'static str {
        match self {
            Self::Member => "direct_member",
            Self::Admin => "admin",
        }
    }
}

/// Role of a person in a team.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TeamRole {
    #[default]
    Member,
    Maintainer,
}

impl TeamRole {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Maintainer => "maintainer",
        }
    }
}

/// What a team or a person may do with a repository. GitHub has two words for the first and third.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RepoRole {
    #[serde(alias = "read")]
    Pull,
    Triage,
    #[serde(alias = "write")]
    Push,
    Maintain,
    Admin,
}

impl RepoRole {
    /// The word of `permission` fields.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Triage => "triage",
            Self::Push => "push",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The word of `role_name` fields.
    pub(crate) fn role_name(self) -> &'static str {
        match self {
            Self::Pull => "read",
            Self::Push => "write",
            other => other.as_str(),
        }
    }

    /// The word of the older `permission` fields that know three levels only.
    pub(crate) fn legacy(self) -> &'static str {
        match self {
            Self::Pull | Self::Triage => "read",
            Self::Push | Self::Maintain => "write",
            Self::Admin => "admin",
        }
    }
}
