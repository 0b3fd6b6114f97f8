//! What kind of change it is, as people count changes.

use crate::OrgRole;
use crate::plan::Change;
use crate::removals::RemovalKind;

/// What becomes of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mark {
    /// It goes.
    Remove,
    /// It comes.
    Add,
    /// It becomes another.
    Change,
}

impl Mark {
    /// The sign before it.
    pub(super) const fn sign(self) -> char {
        match self {
            Self::Remove => '-',
            Self::Add => '+',
            Self::Change => '~',
        }
    }
}

macro_rules! categories {
    ($($variant:ident = $mark:ident, $one:literal, $more:literal;)*) => {
        /// What kind of change it is. Ordered as changes are shown: removals first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Category {
            $($variant,)*
        }

        impl Category {
            /// Its sign, its name for one, and for more.
            pub(super) const fn words(self) -> (Mark, &'static str, &'static str) {
                match self {
                    $(Self::$variant => (Mark::$mark, $one, $more),)*
                }
            }
        }
    };
}

categories! {
    OwnerRemoved = Remove, "owner", "owners";
    OwnerDemoted = Change, "owner made member", "owners made members";
    MemberRemoved = Remove, "member", "members";
    InvitationCancelled = Remove, "invitation", "invitations";
    InvitationLowered = Change, "lowered invitation", "lowered invitations";
    TeamDeleted = Remove, "team", "teams";
    TeamMemberRemoved = Remove, "team member", "team members";
    MaintainerDemoted = Change, "maintainer made member", "maintainers made members";
    TeamRepoRemoved = Remove, "team permission", "team permissions";
    TeamRepoLowered = Change, "lowered team permission", "lowered team permissions";
    CollaboratorRemoved = Remove, "collaborator", "collaborators";
    CollaboratorLowered = Change, "lowered collaborator", "lowered collaborators";
    RepoArchived = Change, "archived repository", "archived repositories";
    RepoPublished = Change, "published repository", "published repositories";
    DefaultPermissionLowered = Change, "lowered default permission", "lowered default permissions";

    OwnerAdded = Add, "owner", "owners";
    MemberAdded = Add, "member", "members";
    RepoCreated = Add, "repository", "repositories";
    CollaboratorAdded = Add, "collaborator", "collaborators";
    TeamCreated = Add, "team", "teams";
    TeamMemberAdded = Add, "team member", "team members";
    TeamRepoAdded = Add, "team permission", "team permissions";

    OrgSetting = Change, "setting", "settings";
    OwnerPromoted = Change, "member made owner", "members made owners";
    InvitationReplaced = Change, "replaced invitation", "replaced invitations";
    InvitationCleared = Change, "failed invitation", "failed invitations";
    RepoRenamed = Change, "renamed repository", "renamed repositories";
    RepoChanged = Change, "repository", "repositories";
    CollaboratorChanged = Change, "collaborator", "collaborators";
    CollaboratorReplaced = Change, "replaced repository invitation", "replaced repository invitations";
    TeamChanged = Change, "team", "teams";
    TeamMemberChanged = Change, "team member", "team members";
    TeamRepoChanged = Change, "team permission", "team permissions";
}

impl Category {
    /// Whether it removes something.
    pub(super) fn is_removal(self) -> bool {
        self <= Self::DefaultPermissionLowered
    }

    pub(super) const fn of_removal(kind: RemovalKind) -> Self {
        match kind {
            RemovalKind::OwnerRemoved => Self::OwnerRemoved,
            RemovalKind::OwnerDemoted => Self::OwnerDemoted,
            RemovalKind::MemberRemoved => Self::MemberRemoved,
            RemovalKind::InvitationCancelled => Self::InvitationCancelled,
            RemovalKind::InvitationLowered => Self::InvitationLowered,
            RemovalKind::TeamDeleted => Self::TeamDeleted,
            RemovalKind::TeamMemberRemoved => Self::TeamMemberRemoved,
            RemovalKind::MaintainerDemoted => Self::MaintainerDemoted,
            RemovalKind::TeamRepoRemoved => Self::TeamRepoRemoved,
            RemovalKind::TeamRepoLowered => Self::TeamRepoLowered,
            RemovalKind::CollaboratorRemoved => Self::CollaboratorRemoved,
            RemovalKind::CollaboratorLowered => Self::CollaboratorLowered,
            RemovalKind::RepoArchived => Self::RepoArchived,
            RemovalKind::RepoPublished => Self::RepoPublished,
            RemovalKind::DefaultPermissionLowered => Self::DefaultPermissionLowered,
        }
    }

    /// The category of a change that removes nothing.
    pub(super) const fn of_change(change: &Change) -> Self {
        match change {
            Change::EditOrg { .. } => Self::OrgSetting,
            Change::InviteMember { role: OrgRole::Admin, .. }
            | Change::InviteAgain { role: OrgRole::Admin, .. } => Self::OwnerAdded,
            Change::InviteMember { .. } | Change::InviteAgain { .. } => Self::MemberAdded,
            Change::ChangeRole { .. } => Self::OwnerPromoted,
            // A removal of somebody is one of the categories above and does not come here.
            Change::RemoveMember { .. } => Self::MemberRemoved,
            Change::CancelInvitation { failed: true, .. } => Self::InvitationCleared,
            Change::CancelInvitation { .. } => Self::InvitationReplaced,
            Change::CreateRepo { .. } => Self::RepoCreated,
            Change::RenameRepo { .. } => Self::RepoRenamed,
            Change::EditRepo { .. } | Change::SetTopics { .. } => Self::RepoChanged,
            Change::SetCollaborator { from: None, .. } => Self::CollaboratorAdded,
            Change::SetCollaborator { .. } | Change::EditRepoInvitation { .. } => Self::CollaboratorChanged,
            Change::CancelRepoInvitation { .. } => Self::CollaboratorReplaced,
            Change::RemoveCollaborator { .. } => Self::CollaboratorRemoved,
            Change::CreateTeam { .. } => Self::TeamCreated,
            Change::EditTeam { .. } => Self::TeamChanged,
            Change::DeleteTeam { .. } => Self::TeamDeleted,
            Change::SetTeamMember { from: None, .. } => Self::TeamMemberAdded,
            Change::SetTeamMember { .. } => Self::TeamMemberChanged,
            Change::RemoveTeamMember { .. } => Self::TeamMemberRemoved,
            Change::SetTeamRepo { from: None, .. } => Self::TeamRepoAdded,
            Change::SetTeamRepo { .. } => Self::TeamRepoChanged,
            Change::RemoveTeamRepo { .. } => Self::TeamRepoRemoved,
        }
    }
}
