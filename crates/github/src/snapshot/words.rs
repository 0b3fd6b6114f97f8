//! From GitHub's words, REST's and GraphQL's, to those of a snapshot.

use peribolos_org::{DefaultPermission, OrgRole, Permission, Privacy, Visibility};
use serde::Deserialize;

use crate::client::{OrgRole as RestRole, RepositoryPermissions};

/// The base permission by REST's word; none for a word that this program does not know.
pub(super) fn default_permission(word: &str) -> Option<DefaultPermission> {
    use DefaultPermission::{Admin, None, Read, Write};
    [None, Read, Write, Admin].into_iter().find(|permission| permission.as_str() == word)
}

/// The role of an invitation. `reinstate` counts as a member.
pub(super) fn invited_as(role: RestRole) -> OrgRole {
    match role {
        RestRole::Admin => OrgRole::Admin,
        RestRole::BillingManager => OrgRole::BillingManager,
        RestRole::Member | RestRole::Other => OrgRole::Member,
    }
}

/// The highest of REST's five flags.
pub(super) fn highest(permissions: RepositoryPermissions) -> Permission {
    permission(permissions.highest()).unwrap_or(Permission::None)
}

/// A permission by the word that the file and REST's `role_name` have for it; none for a custom role.
pub(super) fn permission(word: &str) -> Option<Permission> {
    use Permission::{Admin, Maintain, None, Read, Triage, Write};
    match word {
        "pull" => Some(Read),
        "push" => Some(Write),
        _ => [None, Read, Triage, Write, Maintain, Admin].into_iter().find(|one| one.as_str() == word),
    }
}

macro_rules! graphql_words {
    ($(#[$doc:meta])* $wire:ident => $of:ident { $($wire_variant:ident => $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub(super) enum $wire {
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
    /// GraphQL's `RepositoryVisibility`.
    RepositoryVisibility => Visibility {
        Public => Public,
        Private => Private,
        Internal => Internal,
    }
}

graphql_words! {
    /// GraphQL's `TeamPrivacy`.
    TeamPrivacy => Privacy {
        Secret => Secret,
        Visible => Closed,
    }
}
