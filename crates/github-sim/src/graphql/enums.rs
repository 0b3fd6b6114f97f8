//! GitHub's enums, and what they are in the state.

use async_graphql::Enum;

use crate::state::{
    OrgRole, Privacy, RepoRole, TeamRole, Visibility,
    access::Affiliation,
    checks::{CheckStatus, Conclusion},
};

/// Role of a member of an organization.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum OrganizationMemberRole {
    Admin,
    Member,
}

impl From<OrgRole> for OrganizationMemberRole {
    fn from(role: OrgRole) -> Self {
        match role {
            OrgRole::Admin => Self::Admin,
            OrgRole::Member => Self::Member,
        }
    }
}

/// Role of somebody who is invited to an organization.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum OrganizationInvitationRole {
    Admin,
    BillingManager,
    DirectMember,
    Reinstate,
}

impl From<OrgRole> for OrganizationInvitationRole {
    fn from(role: OrgRole) -> Self {
        match role {
            OrgRole::Admin => Self::Admin,
            OrgRole::Member => Self::DirectMember,
        }
    }
}

/// Role of a member of a team.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum TeamMemberRole {
    Maintainer,
    Member,
}

impl From<TeamRole> for TeamMemberRole {
    fn from(role: TeamRole) -> Self {
        match role {
            TeamRole::Maintainer => Self::Maintainer,
            TeamRole::Member => Self::Member,
        }
    }
}

/// Which members of a team: its own, its child teams', or both.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum TeamMembershipType {
    All,
    ChildTeam,
    Immediate,
}

/// Who can see a team. REST says `closed` for visible.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum TeamPrivacy {
    Secret,
    Visible,
}

impl From<Privacy> for TeamPrivacy {
    fn from(privacy: Privacy) -> Self {
        match privacy {
            Privacy::Secret => Self::Secret,
            Privacy::Closed => Self::Visible,
        }
    }
}

/// What somebody may do with a repository.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum RepositoryPermission {
    Admin,
    Maintain,
    Read,
    Triage,
    Write,
}

impl From<RepoRole> for RepositoryPermission {
    fn from(role: RepoRole) -> Self {
        match role {
            RepoRole::Admin => Self::Admin,
            RepoRole::Maintain => Self::Maintain,
            RepoRole::Push => Self::Write,
            RepoRole::Triage => Self::Triage,
            RepoRole::Pull => Self::Read,
        }
    }
}

/// What somebody may do with a repository, in the four levels of an organization's base permission.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum DefaultRepositoryPermissionField {
    Admin,
    None,
    Read,
    Write,
}

impl From<RepoRole> for DefaultRepositoryPermissionField {
    fn from(role: RepoRole) -> Self {
        match role {
            RepoRole::Admin => Self::Admin,
            RepoRole::Maintain | RepoRole::Push => Self::Write,
            RepoRole::Triage | RepoRole::Pull => Self::Read,
        }
    }
}

/// Who can see a repository.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum RepositoryVisibility {
    Internal,
    Private,
    Public,
}

impl From<Visibility> for RepositoryVisibility {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Internal => Self::Internal,
            Visibility::Private => Self::Private,
            Visibility::Public => Self::Public,
        }
    }
}

/// Which collaborators of a repository.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum CollaboratorAffiliation {
    All,
    Direct,
    Outside,
}

impl From<CollaboratorAffiliation> for Affiliation {
    fn from(which: CollaboratorAffiliation) -> Self {
        match which {
            CollaboratorAffiliation::All => Self::All,
            CollaboratorAffiliation::Direct => Self::Direct,
            CollaboratorAffiliation::Outside => Self::Outside,
        }
    }
}

/// Title of a squashed commit.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum SquashMergeCommitTitle {
    CommitOrPrTitle,
    PrTitle,
}

impl From<&str> for SquashMergeCommitTitle {
    fn from(rest: &str) -> Self {
        if rest == "PR_TITLE" { Self::PrTitle } else { Self::CommitOrPrTitle }
    }
}

/// Message of a squashed commit.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum SquashMergeCommitMessage {
    Blank,
    CommitMessages,
    PrBody,
}

/// Title of a merge commit.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum MergeCommitTitle {
    MergeMessage,
    PrTitle,
}

impl From<&str> for MergeCommitTitle {
    fn from(rest: &str) -> Self {
        if rest == "PR_TITLE" { Self::PrTitle } else { Self::MergeMessage }
    }
}

/// Message of a merge commit.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum MergeCommitMessage {
    Blank,
    PrBody,
    PrTitle,
}

impl From<&str> for MergeCommitMessage {
    fn from(rest: &str) -> Self {
        match rest {
            "BLANK" => Self::Blank,
            "PR_BODY" => Self::PrBody,
            _ => Self::PrTitle,
        }
    }
}

impl From<&str> for SquashMergeCommitMessage {
    fn from(rest: &str) -> Self {
        match rest {
            "BLANK" => Self::Blank,
            "PR_BODY" => Self::PrBody,
            _ => Self::CommitMessages,
        }
    }
}

/// How far a check is. An App's are only completed, in progress or queued.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum CheckStatusState {
    Completed,
    InProgress,
    Pending,
    Queued,
    Requested,
    Waiting,
}

impl From<CheckStatus> for CheckStatusState {
    fn from(status: CheckStatus) -> Self {
        match status {
            CheckStatus::Queued => Self::Queued,
            CheckStatus::InProgress => Self::InProgress,
            CheckStatus::Completed => Self::Completed,
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum CheckConclusionState {
    ActionRequired,
    Cancelled,
    Failure,
    Neutral,
    Skipped,
    Stale,
    StartupFailure,
    Success,
    TimedOut,
}

impl From<Conclusion> for CheckConclusionState {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::ActionRequired => Self::ActionRequired,
            Conclusion::Cancelled => Self::Cancelled,
            Conclusion::Failure => Self::Failure,
            Conclusion::Neutral => Self::Neutral,
            Conclusion::Success => Self::Success,
            Conclusion::Skipped => Self::Skipped,
            Conclusion::Stale => Self::Stale,
            Conclusion::TimedOut => Self::TimedOut,
        }
    }
}

/// All runs of a name, or the newest one.
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub(super) enum CheckRunType {
    All,
    Latest,
}
