//! Issues, pull requests and their comments.

use jiff::Timestamp;

use super::Login;
use crate::git::Sha;

/// An issue, or a pull request: GitHub numbers them together.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) author: Login,
    pub(crate) open: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) closed_by: Option<Login>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) pull: Option<Pull>,
}

/// What a pull request has beyond an issue.
#[derive(Clone, Debug)]
pub(crate) struct Pull {
    /// Id of the pull request; its issue has another.
    pub(crate) id: u64,
    /// Branch it comes from, in the same repository.
    pub(crate) head_branch: String,
    pub(crate) head: Sha,
    pub(crate) base_branch: String,
    /// Commit of the base branch when the last test merge was made.
    pub(crate) base: Sha,
    pub(crate) draft: bool,
    /// The last test merge, `refs/pull/N/merge`.
    pub(crate) merge: Option<TestMerge>,
    /// Whether the two heads can be merged, since somebody has asked for it.
    pub(crate) mergeable: Option<Mergeable>,
    pub(crate) merged: Option<Merged>,
}

/// A merge that GitHub makes to see whether it can. A later push to the base branch leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestMerge {
    pub(crate) commit: Sha,
    pub(crate) at: Timestamp,
}

/// What GitHub has found out about merging these two commits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mergeable {
    pub(crate) base: Sha,
    pub(crate) head: Sha,
    pub(crate) can: bool,
}

/// How a pull request was merged.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    pub(crate) at: Timestamp,
    pub(crate) by: Login,
    pub(crate) commit: Sha,
}

/// A comment on an issue or a pull request.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) issue: u64,
    pub(crate) author: Login,
    /// Written with an installation token.
    pub(crate) via_app: bool,
    pub(crate) body: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) reactions: Vec<Reaction>,
}

/// A reaction to an issue or a comment.
#[derive(Clone, Debug)]
pub(crate) struct Reaction {
    pub(crate) id: u64,
    pub(crate) user: Login,
    /// One of GitHub's eight, as `+1` or `eyes`.
    pub(crate) content: String,
    pub(crate) created_at: Timestamp,
}
