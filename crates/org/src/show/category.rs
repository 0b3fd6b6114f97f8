//! What kind of change it is, as people count changes.

use peribolos_vocab::OrgRole;

use crate::loss::{Loss, LossKind};
use crate::plan::{Change, Operation, TeamRole};

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
        /// What kind of change it is. Ordered as changes are shown: losses first.
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
    InvitationCleared = Change, "failed invitation", "failed invitations";
    RepoChanged = Change, "repository", "repositories";
    CollaboratorChanged = Change, "collaborator", "collaborators";
    TeamChanged = Change, "team", "teams";
    TeamMemberChanged = Change, "team member", "team members";
    TeamRepoChanged = Change, "team permission", "team permissions";
}

impl Category {
    /// Whether it takes something away.
    pub(super) fn is_loss(self) -> bool {
        self <= Self::DefaultPermissionLowered
    }

    /// The categories of an operation: more than one where a repository is archived and published at once, or where
    /// the organization's settings change beside the default permission.
    pub(super) fn of(operation: &Operation) -> Vec<Self> {
        let mut categories: Vec<Self> =
            Loss::of(&operation.change).iter().map(|loss| Self::of_loss(loss.kind)).collect();
        match &operation.change {
            Change::EditOrg { changes } => {
                let lowered = categories.len();
                categories.extend(changes.iter().skip(lowered).map(|_| Self::OrgSetting));
            }
            change if categories.is_empty() => categories.push(Self::plain(change)),
            _ => {}
        }
        categories
    }

    pub(super) const fn of_loss(kind: LossKind) -> Self {
        match kind {
            LossKind::OwnerRemoved => Self::OwnerRemoved,
            LossKind::OwnerDemoted => Self::OwnerDemoted,
            LossKind::MemberRemoved => Self::MemberRemoved,
            LossKind::InvitationCancelled => Self::InvitationCancelled,
            LossKind::TeamDeleted => Self::TeamDeleted,
            LossKind::TeamMemberRemoved => Self::TeamMemberRemoved,
            LossKind::MaintainerDemoted => Self::MaintainerDemoted,
            LossKind::TeamRepoRemoved => Self::TeamRepoRemoved,
            LossKind::TeamRepoLowered => Self::TeamRepoLowered,
            LossKind::CollaboratorRemoved => Self::CollaboratorRemoved,
            LossKind::CollaboratorLowered => Self::CollaboratorLowered,
            LossKind::RepoArchived => Self::RepoArchived,
            LossKind::RepoPublished => Self::RepoPublished,
            LossKind::DefaultPermissionLowered => Self::DefaultPermissionLowered,
        }
    }

    /// The category of a change without a loss.
    fn plain(change: &Change) -> Self {
        match change {
            Change::EditOrg { .. } => Self::OrgSetting,
            Change::InviteMember { role: OrgRole::Admin, .. } => Self::OwnerAdded,
            Change::InviteMember { .. } => Self::MemberAdded,
            Change::ChangeRole { .. } => Self::OwnerPromoted,
            // A removal is a loss and does not come here.
            Change::RemoveMember { .. } => Self::MemberRemoved,
            Change::CancelInvitation { .. } => Self::InvitationCancelled,
            Change::ClearFailedInvitation { .. } => Self::InvitationCleared,
            Change::CreateRepo { .. } => Self::RepoCreated,
            Change::EditRepo { .. } => Self::RepoChanged,
            Change::SetCollaborator { from: None, .. } => Self::CollaboratorAdded,
            Change::SetCollaborator { .. } => Self::CollaboratorChanged,
            Change::RemoveCollaborator { .. } => Self::CollaboratorRemoved,
            Change::CreateTeam { .. } => Self::TeamCreated,
            Change::EditTeam { .. } => Self::TeamChanged,
            Change::DeleteTeam { .. } => Self::TeamDeleted,
            Change::SetTeamMember { from: None, .. } => Self::TeamMemberAdded,
            Change::SetTeamMember { to: TeamRole::Member | TeamRole::Maintainer, .. } => {
                Self::TeamMemberChanged
            }
            Change::RemoveTeamMember { .. } => Self::TeamMemberRemoved,
            Change::SetTeamRepo { from: None, .. } => Self::TeamRepoAdded,
            Change::SetTeamRepo { .. } => Self::TeamRepoChanged,
            Change::RemoveTeamRepo { .. } => Self::TeamRepoRemoved,
        }
    }
}
