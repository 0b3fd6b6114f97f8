//! What happened to a repository's branches, and by whom, as its activity page lists it.

use jiff::Timestamp;

use super::Login;
use crate::git::Sha;

/// How a branch came to another commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ActivityKind {
    Push,
    ForcePush,
    BranchCreation,
    BranchDeletion,
    PullRequestMerge,
    MergeQueueMerge,
}

impl ActivityKind {
    /// GitHub's word, in answers and in the parameter `activity_type`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::ForcePush => "force_push",
            Self::BranchCreation => "branch_creation",
            Self::BranchDeletion => "branch_deletion",
            Self::PullRequestMerge => "pr_merge",
            Self::MergeQueueMerge => "merge_queue_merge",
        }
    }
}

/// A branch that came to another commit.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    pub(crate) id: u64,
    pub(crate) kind: ActivityKind,
    /// The full name of the branch.
    pub(crate) git_ref: String,
    /// The commit before; zeros if there was none.
    pub(crate) before: Sha,
    /// The commit after; zeros if there is none.
    pub(crate) after: Sha,
    pub(crate) actor: Login,
    pub(crate) at: Timestamp,
}
