//! Events in the form that decisions are made from.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::account::AccountType;
use crate::client::CheckRunId;
use crate::{AppId, FullName, InstallationId, Login, Sha};

/// One delivery, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The installation it is about; `None`: the payload names none.
    pub installation: Option<InstallationId>,
    /// Whose it is: the account the installation is on, or the owner of the repository.
    pub account: Option<EventAccount>,
    /// The repository it happened in; `None` outside of one.
    pub repository: Option<EventRepository>,
    /// Who did it.
    pub sender: Option<Sender>,
    /// What happened.
    pub event: WebhookEvent,
}

/// What happened. Actions are open: GitHub adds some.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookEvent {
    /// GitHub tries the URL.
    Ping,
    /// The App was installed, removed, suspended, or granted more.
    Installation(InstallationEvent),
    /// The repositories an installation covers changed.
    InstallationRepositories {
        /// `added` or `removed`.
        action: String,
    },
    /// The account of an installation was renamed.
    InstallationTarget {
        /// `renamed`.
        action: String,
    },
    /// An organization or its membership changed.
    Organization(OrganizationEvent),
    /// A branch or tag moved.
    Push(PushEvent),
    /// A pull request changed.
    PullRequest(PullRequestEvent),
    /// A merge queue has formed a group of pull requests, or given it up.
    MergeGroup(MergeGroupEvent),
    /// A comment on an issue or pull request.
    IssueComment(CommentEvent),
    /// A check run changed, or somebody asks for it again.
    CheckRun(CheckRunEvent),
    /// The checks of a commit changed, or somebody asks for them again.
    CheckSuite(CheckSuiteEvent),
    /// An event this program does not take; the name is GitHub's, at most 100 characters of it.
    Unknown(String),
}

/// An account as an event names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventAccount {
    /// Its name; an enterprise's slug.
    pub login: Login,
    /// What kind of account it is.
    pub kind: AccountType,
}

/// The repository of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRepository {
    /// Its id, which survives a rename.
    pub id: Option<u64>,
    /// Its name with the owner.
    pub full_name: FullName,
    /// Its default branch; some events leave it out.
    pub default_branch: Option<String>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Their name.
    pub login: Login,
    /// What kind of account it is.
    pub kind: AccountType,
}

/// `installation`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationEvent {
    /// `created`, `deleted`, `suspend`, `unsuspend`, `new_permissions_accepted`.
    pub action: String,
    /// The installation.
    pub id: InstallationId,
    /// The App; `None` where an old server leaves it out.
    pub app_id: Option<AppId>,
}

/// `organization`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationEvent {
    /// `renamed`, `deleted`, `member_added`, `member_removed`, `member_invited`.
    pub action: String,
    /// The organization, by its new name.
    pub login: Login,
}

/// `push`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushEvent {
    /// The whole ref, such as `refs/heads/main`.
    pub git_ref: String,
    /// The commit before; zero: the ref is new.
    pub before: Sha,
    /// The commit now; zero: the ref is gone.
    pub after: Sha,
    /// Whether the ref is new.
    pub created: bool,
    /// Whether the ref is gone.
    pub deleted: bool,
    /// Whether commits were lost by it.
    pub forced: bool,
    /// How many commits the payload lists.
    pub commits: usize,
    /// Which files they touch.
    pub touched: Touched,
}

/// Which files a push touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// The payload does not show it: the push was forced, created the ref, or lists no commits or as many as it can.
    Unknown,
    /// These were added, changed or removed.
    Paths(BTreeSet<String>),
}

impl Touched {
    /// Whether `path` may have been touched.
    pub fn may_include(&self, path: &str) -> bool {
        match self {
            Self::Unknown => true,
            Self::Paths(paths) => paths.contains(path),
        }
    }
}

/// `pull_request`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequestEvent {
    /// `opened`, `synchronize`, `closed`, …
    pub action: String,
    /// Its number in the repository.
    pub number: u64,
    /// Whether its author calls it unfinished.
    pub draft: bool,
    /// Whether it was merged.
    pub merged: bool,
    /// When it was closed, merged or not; `None`: it is open.
    pub closed_at: Option<Timestamp>,
    /// Where it is to go.
    pub base: Side,
    /// What is to go there.
    pub head: Side,
    /// Whether `base` was changed by this edit.
    pub base_changed: bool,
}

/// `merge_group`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeGroupEvent {
    /// `checks_requested` or `destroyed`.
    pub action: String,
    /// The group's own full ref, `refs/heads/gh-readonly-queue/…`.
    pub head_ref: String,
    /// The commit that the base branch would get.
    pub head_sha: Sha,
    /// The full ref of the base branch.
    pub base_ref: String,
}

/// One side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// Its commit.
    pub sha: Sha,
    /// Its repository; `None` where a fork is gone.
    pub repo: Option<FullName>,
}

/// `issue_comment`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentEvent {
    /// `created`, `edited`, `deleted`.
    pub action: String,
    /// The comment's number.
    pub comment_id: u64,
    /// The first line of the comment, without spaces around it, at most 200 characters.
    pub first_line: String,
    /// Whether it is on a pull request and not on an issue.
    pub is_pull_request: bool,
    /// The number of the issue or pull request.
    pub issue_number: u64,
    /// The App that wrote it, where one did.
    pub performed_via: Option<AppId>,
    /// Whether its author is an owner, a member or a collaborator, as far as GitHub shows it: a member who conceals the
    /// membership may be none of these.
    pub by_insider: bool,
}

/// `check_run`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRunEvent {
    /// `created`, `completed`, `rerequested`, `requested_action`.
    pub action: String,
    /// Its number.
    pub id: CheckRunId,
    /// Its name.
    pub name: String,
    /// The commit it is on.
    pub head_sha: Sha,
    /// The App it is of.
    pub app_id: Option<AppId>,
    /// What that App calls it; empty is `None`.
    pub external_id: Option<String>,
    /// The open pull requests of the same repository with that head.
    pub pull_numbers: Vec<u64>,
}

/// `check_suite`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckSuiteEvent {
    /// `completed`, `requested`, `rerequested`.
    pub action: String,
    /// The commit it is on.
    pub head_sha: Sha,
    /// The App it is of.
    pub app_id: Option<AppId>,
    /// The open pull requests of the same repository with that head.
    pub pull_numbers: Vec<u64>,
}
