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

impl RepoRole {
    /// The role of a word, in either of GitHub's two vocabularies.
    pub(crate) fn named(word: &str) -> Option<Self> {
        match word {
            "pull" | "read" => Some(Self::Pull),
            "triage" => Some(Self::Triage),
            "push" | "write" => Some(Self::Push),
            "maintain" => Some(Self::Maintain),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// What a team or a person was given on a repository: one of the five roles, or a custom role that adds to one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Access {
    pub(crate) role: RepoRole,
    custom: Option<String>,
}

impl From<RepoRole> for Access {
    fn from(role: RepoRole) -> Self {
        Self { role, custom: None }
    }
}

impl Access {
    /// The word of `permission` fields.
    pub(crate) fn as_str(&self) -> &str {
        self.custom.as_deref().unwrap_or(self.role.as_str())
    }

    /// The word of `role_name` fields.
    pub(crate) fn role_name(&self) -> &str {
        self.custom.as_deref().unwrap_or(self.role.role_name())
    }
}

/// A repository role that an organization made: a base and more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomRole {
    /// 0 or absent: one is given.
    #[serde(default)]
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) base_role: RepoRole,
}

impl CustomRole {
    pub(crate) fn access(&self) -> Access {
        Access { role: self.base_role, custom: Some(self.name.clone()) }
    }
}

/// A role that GitHub predefines for whole organizations, and that a team may have.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrgWideRole {
    AllRepoRead,
    AllRepoTriage,
    AllRepoWrite,
    AllRepoMaintain,
    AllRepoAdmin,
    SecurityManager,
}

impl OrgWideRole {
    pub(crate) const ALL: [Self; 6] = [
        Self::SecurityManager,
        Self::AllRepoRead,
        Self::AllRepoTriage,
        Self::AllRepoWrite,
        Self::AllRepoMaintain,
        Self::AllRepoAdmin,
    ];

    /// The id that GitHub has for it in every organization.
    pub(crate) fn id(self) -> u64 {
        match self {
            Self::SecurityManager => 138,
            Self::AllRepoRead => 8132,
            Self::AllRepoTriage => 8133,
            Self::AllRepoWrite => 8134,
            Self::AllRepoMaintain => 8135,
            Self::AllRepoAdmin => 8136,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SecurityManager => "security_manager",
            Self::AllRepoRead => "all_repo_read",
            Self::AllRepoTriage => "all_repo_triage",
            Self::AllRepoWrite => "all_repo_write",
            Self::AllRepoMaintain => "all_repo_maintain",
            Self::AllRepoAdmin => "all_repo_admin",
        }
    }

    /// What it gives on every repository. A security manager reads.
    pub(crate) fn on_repos(self) -> RepoRole {
        match self {
            Self::SecurityManager | Self::AllRepoRead => RepoRole::Pull,
            Self::AllRepoTriage => RepoRole::Triage,
            Self::AllRepoWrite => RepoRole::Push,
            Self::AllRepoMaintain => RepoRole::Maintain,
            Self::AllRepoAdmin => RepoRole::Admin,
        }
    }
}
