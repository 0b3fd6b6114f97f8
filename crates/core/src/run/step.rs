//! What a decision can result in: reading facts, one write, or a wait.

use jiff::Timestamp;
use peribolos_api::{PeribolosRunStatus, installation::ActiveRun};
use serde_json::{Map, Value};

use super::{check::Check, comment::Post};
use crate::{drift::issue, event::NewRun, names::RunToken};

/// The next step of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Fetches these facts concurrently.
    Need(Vec<Need>),
    /// Makes this write.
    Do(Step),
    /// Waits until then, or until something changes. None: waits for a change.
    Wait(Option<Timestamp>),
}

/// A fact that is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// The config repository.
    Config,
    /// Who administers the config repository without being an owner; of a Dump, if it does not have the file yet.
    Strangers,
    /// Who is behind the Apply of this commit.
    Backing {
        /// The commit.
        sha: String,
        /// The branch that is applied.
        branch: String,
    },
    /// Who requested the run by a comment.
    Commander,
    /// The pull request that it is a preview of.
    Pull,
    /// The open pull request of the same commit whose preview may show more.
    SameCommit,
    /// Whether the pull request leaves the file as it is.
    Unchanged,
    /// The head of this branch.
    Head(String),
    /// The blob of the file of this commit, which is the head.
    HeadBlob(String),
    /// The blob of the file of the run's own commit.
    Blob,
    /// The installation, from the API server.
    Installation,
    /// Whether another object of the same installation or account has an unfinished run.
    Rival,
    /// The other runs, from the API server.
    Others,
    /// The removals of this Apply that previews have shown.
    Reviewed,
    /// The attempt's TaskRun.
    Attempt,
    /// The report of the attempt's step.
    Report,
    /// How far the running step has come.
    Progress,
    /// Whether the pod of the last attempt has ended.
    PodDone,
    /// The run's checks.
    Checks,
    /// The open pull requests against this branch, and their previews.
    OpenPulls(String),
    /// Whether the run of this name, which has the slot, exists.
    SlotHolder(String),
}

/// A token that an attempt gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// The installation's own.
    Own,
    /// An additional token that is minted for runs.
    Lesser(RunToken),
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Sets the run's owner, labels and finalizer.
    Adopt,
    /// Writes the run's status.
    WriteStatus(Box<PeribolosRunStatus>),
    /// Reserves a place below the limit of concurrent runs.
    Reserve,
    /// Takes the installation's slot.
    TakeSlot(ActiveRun),
    /// Frees the slot, and writes what the run leaves in its installation's status.
    FreeSlot {
        /// The run that has it.
        of: ActiveRun,
        /// The desired fields of the installation's status.
        leaving: Map<String, Value>,
    },
    /// Ensures a token that is valid long enough for an attempt.
    EnsureToken(Token),
    /// Creates the config repository of this name, which was not found.
    CreateRepository(String),
    /// Creates the attempt's TaskRun.
    CreateTaskRun(Box<TaskRunPlan>),
    /// Makes the name of an abandoned attempt unusable, and deletes the pods that it may have had.
    CloseAttempt(String),
    /// Cancels the attempt's TaskRun, with this message.
    StopTaskRun(String),
    /// Writes the check. Without an id it is created.
    WriteCheck(Option<i64>, Box<Check>),
    /// Writes the newest check of this name on this commit once more as it is.
    RepeatCheck {
        /// The name.
        name: &'static str,
        /// The commit.
        sha: String,
    },
    /// Makes a run.
    CreateRun(Box<NewRun>),
    /// Reacts to the comment that requested the run.
    React(Sign),
    /// Writes a comment, or removes one that is there twice.
    WriteComment(Box<Post>),
    /// Opens, updates or closes the issue about drift.
    Issue(IssueChange),
    /// Releases the reservation and removes the additional tokens that no run uses.
    Clear,
    /// Requests a refresh of the installation from GitHub.
    Recheck,
    /// Writes these fields of the installation's status, if they have not changed; null removes one.
    Record(Map<String, Value>),
    /// Labels the TaskRuns of a run that has ended, so that the watches leave them out.
    LabelTaskRuns,
    /// Labels the run as ended and removes its finalizer, in one patch.
    Label,
    /// Removes the finalizer of a run that is being deleted.
    RemoveFinalizer,
}

/// A reaction to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It is carried out.
    Taken,
    /// It is not: its author may not give it.
    Refused,
}

/// The change of the issue about drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueChange {
    /// It is opened, or updated, with this text.
    Found {
        /// The text.
        body: String,
    },
    /// It is closed.
    Gone,
}

impl IssueChange {
    /// The change, given the issues that there are.
    pub fn step<'a>(self, issues: impl IntoIterator<Item = issue::Known<'a>>) -> issue::Step {
        match self {
            Self::Found { body } => issue::found(issues, body),
            Self::Gone => issue::gone(issues),
        }
    }
}

/// The inputs of the attempt's TaskRun besides the run and its installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRunPlan {
    /// Its name.
    pub name: String,
    /// The commit; for a Dump there is none.
    pub sha: String,
    /// The token that the pod gets.
    pub token: Token,
    /// The step's arguments.
    pub args: Vec<String>,
}
