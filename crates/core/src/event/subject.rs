//! What a delivery says, reduced to what decisions need.

use jiff::Timestamp;

/// The contents of a delivery. They are only a hint: heads, members and files are verified with GitHub before they count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The installation it came through.
    pub installation: Option<i64>,
    /// Whose event it is: the account of the installation, or the owner of the repository.
    pub account: Option<Account>,
    /// Who caused it.
    pub sender: Option<Sender>,
    /// What happened.
    pub subject: Subject,
}

/// A GitHub account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub login: String,
    /// Whether it is an organization: the operator works for no other kind.
    pub is_organization: bool,
}

/// Who caused an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Their name.
    pub login: String,
    /// Whether it is no person.
    pub is_bot: bool,
}

/// What happened. Actions are open: GitHub adds new ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// GitHub tries the webhook.
    Ping,
    /// An event that the operator does not take.
    Unknown,
    /// `installation`
    Installation {
        /// The payload's `action`.
        action: String,
    },
    /// `installation_repositories`, whatever its action.
    InstallationRepositories,
    /// `installation_target`
    InstallationTarget {
        /// The payload's `action`.
        action: String,
    },
    /// `organization`
    Organization {
        /// The payload's `action`.
        action: String,
    },
    /// `push`
    Push(Push),
    /// `pull_request`
    PullRequest(PullRequest),
    /// `merge_group`
    MergeGroup(MergeGroup),
    /// `issue_comment`
    Comment(Comment),
    /// `check_run`
    CheckRun(Check),
    /// `check_suite`
    CheckSuite(CheckSuite),
}

/// A repository of the event's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Whom it belongs to.
    pub owner: String,
    /// Its name without the owner.
    pub name: String,
    /// Its id, which survives a rename; none where the payload leaves it out.
    pub id: Option<i64>,
    /// Its default branch; empty where the payload leaves it out.
    pub default_branch: String,
}

/// A `push`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Where.
    pub repository: Repository,
    /// The full ref.
    pub git_ref: String,
    /// The new head; all zeros for a deletion.
    pub after: String,
    /// The ref was deleted.
    pub deleted: bool,
    /// The paths its commits touched; `None` if the payload does not have them.
    pub touched: Option<Vec<String>>,
}

/// A `pull_request`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// The payload's `action`.
    pub action: String,
    /// Where.
    pub repository: Repository,
    /// Its number.
    pub number: i64,
    /// Not yet meant to be merged.
    pub draft: bool,
    /// Closed by being merged.
    pub merged: bool,
    /// When it was closed; None: it is open.
    pub closed_at: Option<Timestamp>,
    /// The branch it is to be merged into.
    pub base: String,
    /// For `edited`: whether the base is what was edited.
    pub base_changed: bool,
    /// The commit it proposes.
    pub head: String,
}

/// A `merge_group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeGroup {
    /// The payload's `action`.
    pub action: String,
    /// Where.
    pub repository: Repository,
    /// The group's own full ref.
    pub git_ref: String,
    /// Its commit.
    pub head: String,
    /// The full ref of the branch it is to be merged into.
    pub base: String,
}

/// An `issue_comment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The payload's `action`.
    pub action: String,
    /// Where.
    pub repository: Repository,
    /// The comment's id.
    pub id: i64,
    /// The first line of its text.
    pub first_line: String,
    /// The number of the issue or pull request.
    pub number: i64,
    /// Whether that is a pull request.
    pub on_pull_request: bool,
    /// The App that wrote it for somebody, if one did.
    pub app: Option<u64>,
    /// Whether GitHub calls its author an owner, a member or a collaborator.
    pub by_insider: bool,
}

/// A `check_run`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The payload's `action`.
    pub action: String,
    /// Where.
    pub repository: Repository,
    /// The App that made it.
    pub app: Option<u64>,
    /// The commit it is on.
    pub sha: String,
    /// What its maker wrote there: the run's UID for a check of ours.
    pub external_id: String,
}

/// A `check_suite`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSuite {
    /// The payload's `action`.
    pub action: String,
    /// Where.
    pub repository: Repository,
    /// The App whose checks are in it.
    pub app: Option<u64>,
    /// The commit it is on.
    pub sha: String,
}
