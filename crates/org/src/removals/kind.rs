//! Kinds of removals, and which of them one limit counts together.

use serde::Serialize;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What kind of removal it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RemovalKind {
            $($(#[$doc])* $variant,)*
        }

        impl RemovalKind {
            /// Every kind, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its identifier. Digests of earlier runs were made from it: it never changes.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// An owner is removed from the organization.
    OwnerRemoved = "owner-removed",
    /// An owner becomes a member.
    OwnerDemoted = "owner-demoted",
    /// A member who is no owner is removed from the organization.
    MemberRemoved = "member-removed",
    /// A pending invitation to the organization is cancelled.
    InvitationCancelled = "invitation-cancelled",
    /// A pending invitation as an owner is replaced by one as a member.
    InvitationLowered = "invitation-lowered",
    /// A team is deleted. Its members and its access are not counted once more.
    TeamDeleted = "team-deleted",
    /// Somebody is removed from a team, or an invitation to it is cancelled.
    TeamMemberRemoved = "team-member-removed",
    /// A maintainer of a team becomes a member of it.
    MaintainerDemoted = "maintainer-demoted",
    /// A team loses its access to a repository, its own or what it inherits.
    TeamRepoRemoved = "team-repo-removed",
    /// A team may do less in a repository, by its own access or by what it inherits.
    TeamRepoLowered = "team-repo-lowered",
    /// A collaborator, or an invited one, is removed from a repository.
    CollaboratorRemoved = "collaborator-removed",
    /// A collaborator, or an invited one, may do less in a repository.
    CollaboratorLowered = "collaborator-lowered",
    /// A repository becomes read-only.
    RepoArchived = "repo-archived",
    /// A repository becomes visible to everyone.
    RepoPublished = "repo-published",
    /// What every member may do in each repository becomes less.
    DefaultPermissionLowered = "default-permission-lowered",
}

/// Removals that one limit counts together, each out of the same things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RemovalGroup {
    /// People who are removed, owners among them, out of all members.
    Members,
    /// Owners who are removed or become members, out of all owners.
    Owners,
    /// Invitations cancelled or lowered, out of those pending.
    Invitations,
    /// Teams deleted, out of all teams.
    Teams,
    /// Places in teams removed, and the role of a maintainer, out of all places in teams.
    TeamMembers,
    /// Access of teams to repositories removed or lowered, out of all of it.
    TeamRepos,
    /// Access of collaborators removed or lowered, out of all of it.
    Collaborators,
    /// Repositories archived, out of those that are not.
    Archived,
    /// Repositories published, out of those that are not public.
    Published,
    /// The default permission: there is one.
    DefaultPermission,
}

impl RemovalGroup {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Members,
        Self::Owners,
        Self::Invitations,
        Self::Teams,
        Self::TeamMembers,
        Self::TeamRepos,
        Self::Collaborators,
        Self::Archived,
        Self::Published,
        Self::DefaultPermission,
    ];

    /// Whether removals of a kind belong to it. The removal of an owner belongs to two.
    pub const fn counts(self, kind: RemovalKind) -> bool {
        use RemovalKind::{
            CollaboratorLowered, CollaboratorRemoved, DefaultPermissionLowered, InvitationCancelled,
            InvitationLowered, MaintainerDemoted, MemberRemoved, OwnerDemoted, OwnerRemoved, RepoArchived,
            RepoPublished, TeamDeleted, TeamMemberRemoved, TeamRepoLowered, TeamRepoRemoved,
        };
        match self {
            Self::Members => matches!(kind, MemberRemoved | OwnerRemoved),
            Self::Owners => matches!(kind, OwnerRemoved | OwnerDemoted),
            Self::Invitations => matches!(kind, InvitationCancelled | InvitationLowered),
            Self::Teams => matches!(kind, TeamDeleted),
            Self::TeamMembers => matches!(kind, TeamMemberRemoved | MaintainerDemoted),
            Self::TeamRepos => matches!(kind, TeamRepoRemoved | TeamRepoLowered),
            Self::Collaborators => matches!(kind, CollaboratorRemoved | CollaboratorLowered),
            Self::Archived => matches!(kind, RepoArchived),
            Self::Published => matches!(kind, RepoPublished),
            Self::DefaultPermission => matches!(kind, DefaultPermissionLowered),
        }
    }
}
