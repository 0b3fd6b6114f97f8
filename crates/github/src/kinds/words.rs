//! From GitHub's words, REST's and GraphQL's, to those of a snapshot, and back.

use peribolos_org::{OrgRole, Permission, Privacy};
use serde::Deserialize;

use crate::client::OrgRole as RestRole;

/// The role of a member. Whoever has a role that this program does not know is a member.
pub(crate) fn role(role: RestRole) -> OrgRole {
    match role {
        RestRole::Admin => OrgRole::Admin,
        RestRole::BillingManager => OrgRole::BillingManager,
        RestRole::Member | RestRole::Other => OrgRole::Member,
    }
}

/// A permission by the word that the file, REST and GraphQL's `roleName` have for it; none for a custom role.
pub(crate) fn permission(word: &str) -> Option<Permission> {
    use Permission::{Admin, Maintain, None, Read, Triage, Write};
    match word {
        "pull" => Some(Read),
        "push" => Some(Write),
        _ => [None, Read, Triage, Write, Maintain, Admin]
            .into_iter()
            .find(|one| one.as_str().eq_ignore_ascii_case(word)),
    }
}

/// The word that REST wants where access is given.
pub(crate) fn granted(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "pull",
        Permission::Write => "push",
        other => other.as_str(),
    }
}

/// What somebody may do with a repository, as REST has it; each includes those below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Permissions {
    admin: bool,
    maintain: bool,
    push: bool,
    triage: bool,
    pull: bool,
}

impl Permissions {
    /// The highest of them.
    pub(crate) fn highest(self) -> Permission {
        match self {
            Self { admin: true, .. } => Permission::Admin,
            Self { maintain: true, .. } => Permission::Maintain,
            Self { push: true, .. } => Permission::Write,
            Self { triage: true, .. } => Permission::Triage,
            Self { pull: true, .. } => Permission::Read,
            _ => Permission::None,
        }
    }
}

macro_rules! graphql_words {
    ($(#[$doc:meta])* $wire:ident => $of:ident { $($wire_variant:ident => $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub(crate) enum $wire {
            $($wire_variant,)*
        }

        impl From<$wire> for $of {
            fn from(word: $wire) -> Self {
                match word {
                    $($wire::$wire_variant => Self::$variant,)*
                }
            }
        }
    };
}

graphql_words! {
    /// GraphQL's `RepositoryPermission`.
    RepositoryPermission => Permission {
        Read => Read,
        Triage => Triage,
        Write => Write,
        Maintain => Maintain,
        Admin => Admin,
    }
}

graphql_words! {
    /// GraphQL's `TeamPrivacy`.
    TeamPrivacy => Privacy {
        Secret => Secret,
        Visible => Closed,
    }
}
