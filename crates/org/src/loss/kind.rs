//! Kinds of losses, and which of them one limit counts together.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What kind of loss it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum LossKind {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl LossKind {
            /// Every kind, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// One word for it. Digests of earlier runs were made from it: it never changes.
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
    /// A pending invitation to the organization is taken back.
    InvitationCancelled = "invitation-cancelled",
    /// A team is deleted. Its members and its access are not counted once more.
    TeamDeleted = "team-deleted",
    /// Somebody is removed from a team, or an invitation to it is taken back.
    TeamMemberRemoved = "team-member-removed",
    /// A maintainer of a team becomes a member of it.
    MaintainerDemoted = "maintainer-demoted",
    /// A team's access to a repository is taken away.
    TeamRepoRemoved = "team-repo-removed",
    /// A team may do less in a repository.
    TeamRepoLowered = "team-repo-lowered",
    /// A collaborator, or an invited one, is removed from a repository.
    CollaboratorRemoved = "collaborator-removed",
    /// A collaborator may do less in a repository.
    CollaboratorLowered = "collaborator-lowered",
    /// A repository becomes read-only.
    RepoArchived = "repo-archived",
    /// A repository is shown to everyone: what was secret is so no more.
    RepoPublished = "repo-published",
    /// What every member may do in each repository becomes less.
    DefaultPermissionLowered = "default-permission-lowered",
}

/// Losses that one limit counts together, each of the same things that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LossGroup {
    /// People who are removed, owners among them, of all members.
    Members,
    /// Owners who are removed or become members, of all owners.
    Owners,
    /// Invitations taken back, of those pending.
    Invitations,
    /// Teams deleted, of all teams.
    Teams,
    /// Places in teams lost, and the role of a maintainer, of all places in teams.
    TeamMembers,
    /// Access of teams to repositories taken away or lowered, of all of it.
    TeamRepos,
    /// Access of collaborators taken away or lowered, of all of it.
    Collaborators,
    /// Repositories archived, of those that are not.
    Archived,
    /// Repositories published, of those that are not public.
    Published,
    /// The default permission: there is one.
    DefaultPermission,
}

impl LossGroup {
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

    /// Whether losses of a kind belong to it. The removal of an owner belongs to two.
    pub const fn counts(self, kind: LossKind) -> bool {
        use LossKind::{
            CollaboratorLowered, CollaboratorRemoved, DefaultPermissionLowered, InvitationCancelled,
            MaintainerDemoted, MemberRemoved, OwnerDemoted, OwnerRemoved, RepoArchived, RepoPublished,
            TeamDeleted, TeamMemberRemoved, TeamRepoLowered, TeamRepoRemoved,
        };
        match self {
            Self::Members => matches!(kind, MemberRemoved | OwnerRemoved),
            Self::Owners => matches!(kind, OwnerRemoved | OwnerDemoted),
            Self::Invitations => matches!(kind, InvitationCancelled),
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
