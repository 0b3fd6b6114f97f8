//! The decision about an event.

use std::collections::BTreeMap;

use jiff::Timestamp;
use peribolos_api::{GitHubInstallationSpec, PeribolosRunSpec};

use super::Rerequest;

/// The decision about an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Nothing, and why.
    Ignored(IgnoreReason),
    /// Nothing now: the installation is being deleted. It is to be sent again, when it is clear what is there then.
    BeingDeleted,
    /// These writes, in this order. Each can be done again without harm.
    Actions(Vec<Action>),
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Make a `GitHubInstallation`, labelled as the operator's.
    CreateInstallation {
        /// Its name.
        name: String,
        /// Its spec.
        spec: Box<GitHubInstallationSpec>,
    },
    /// Make a `PeribolosRun`.
    CreateRun(Box<NewRun>),
    /// Make the runs of checks again.
    RunAgain(Box<Rerequest>),
    /// Delete the `GitHubInstallation` that has this uid.
    DeleteInstallation {
        /// Its name.
        name: String,
        /// Its uid: another object of that name stays.
        uid: String,
    },
    /// Make the controller ask GitHub about a `GitHubInstallation`.
    Recheck {
        /// Its name.
        name: String,
    },
    /// Cancel the unfinished `DryRun` of a merge group.
    CancelMergeGroup {
        /// The installation's name.
        installation: String,
        /// The group's full ref.
        git_ref: String,
    },
    /// Cancel the unfinished `DryRun`s of a pull request.
    CancelPreviews {
        /// The installation's name.
        installation: String,
        /// The pull request's number.
        pull_request: i64,
        /// When it was closed: what was requested after that is of a pull request that was opened again. None: it is not known.
        closed_at: Option<Timestamp>,
    },
}

/// A run to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRun {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The uid of its installation, where that is known.
    pub owner_uid: Option<String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Its spec.
    pub spec: PeribolosRunSpec,
}

/// Why nothing comes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IgnoreReason {
    /// GitHub tries the webhook.
    Ping,
    /// An event that the operator does not take.
    UnknownEvent,
    /// An action that the operator does not take.
    UnknownAction,
    /// It came through no installation, or through one that is not known.
    NoInstallation,
    /// The account is no organization.
    UserAccount,
    /// The account is not among `--accounts`.
    AccountNotAllowed,
    /// Another repository than the one with the config.
    OtherRepository,
    /// Another branch than the config's.
    OtherBranch,
    /// A tag was pushed.
    Tag,
    /// The branch was deleted.
    BranchDeleted,
    /// The file was not touched.
    PathUntouched,
    /// The pull request is a draft.
    Draft,
    /// No command for the operator, or not where it can be given, or not by a person.
    NotACommand,
    /// Another App's check.
    OtherApp,
    /// The operator's own comment.
    OwnBot,
}

impl IgnoreReason {
    /// The reason's name, as in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ping => "Ping",
            Self::UnknownEvent => "UnknownEvent",
            Self::UnknownAction => "UnknownAction",
            Self::NoInstallation => "NoInstallation",
            Self::UserAccount => "UserAccount",
            Self::AccountNotAllowed => "AccountNotAllowed",
            Self::OtherRepository => "OtherRepository",
            Self::OtherBranch => "OtherBranch",
            Self::Tag => "Tag",
            Self::BranchDeleted => "BranchDeleted",
            Self::PathUntouched => "PathUntouched",
            Self::Draft => "Draft",
            Self::NotACommand => "NotACommand",
            Self::OtherApp => "OtherApp",
            Self::OwnBot => "OwnBot",
        }
    }
}

impl From<IgnoreReason> for Decision {
    fn from(reason: IgnoreReason) -> Self {
        Self::Ignored(reason)
    }
}

impl From<Vec<Action>> for Decision {
    fn from(actions: Vec<Action>) -> Self {
        Self::Actions(actions)
    }
}
