//! Roles of people in an organization and in a team.

use serde::{Deserialize, Serialize};

/// The role of a member or an invited person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgRole {
    /// An owner.
    Admin,
    /// A member.
    Member,
    /// Somebody who sees bills and is not a member; only invitations have it.
    BillingManager,
}

/// What somebody is in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeamRole {
    /// In it.
    Member,
    /// May change who is in it.
    Maintainer,
}

impl TeamRole {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Maintainer => "maintainer",
        }
    }
}

impl OrgRole {
    /// The word for it, as people say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "owner",
            Self::Member => "member",
            Self::BillingManager => "billing manager",
        }
    }
}
