//! What can follow from a decision: a look at something, one write, or a wait.

use jiff::Timestamp;
use peribolos_api::{PeribolosRunStatus, installation::ActiveRun};
use serde_json::{Map, Value};

use super::check::Check;
use crate::{drift::issue, event::NewRun, names::RunToken};

/// What is done next about a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// These are looked up, beside one another.
    Need(Vec<Need>),
    /// This is done.
    Do(Step),
    /// Nothing until then, unless something changes. None: something has to change.
    Wait(Option<Timestamp>),
}

/// Something that is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// The branch that is applied.
    Branch,
    /// Who requested the run by a comment.
    Commander,
    /// The pull request that it is a preview of.
    Pull,
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
    /// What previews have shown of what the Apply brings.
    Reviewed,
    /// The attempt's TaskRun.
    Attempt,
    /// The report of the attempt's step.
    Report,
    /// How far the running step has come.
    Progress,
    /// Whether the pod of the last attempt can do no more.
    PodDone,
    /// The run's checks.
    Checks,
    /// Where the config repository is now; its number, where it is known.
    NewName(Option<u64>),
    /// The open pull requests against this branch.
    Pulls(String),
    /// Whether the run of this name, which has the slot, is there.
    SlotHolder(String),
}

/// A token that an attempt gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// The installation's own.
    Own,
    /// One that is made for runs.
    Lesser(RunToken),
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Sets the run's owner, labels and finalizer.
    Adopt,
    /// Writes the run's status.
    WriteStatus(Box<PeribolosRunStatus>),
    /// Takes a place below the limit of running runs.
    Reserve,
    /// Takes the installation's slot.
    TakeSlot(ActiveRun),
    /// Frees the slot, and writes what the run leaves in its installation's status.
    FreeSlot {
        /// Who has it.
        of: ActiveRun,
        /// The fields of the installation's status, each as it is to be.
        leaving: Map<String, Value>,
    },
    /// Has a token that is good enough for an attempt.
    EnsureToken(Token),
    /// Makes the config repository where it is missing.
    EnsureRepository,
    /// Makes the attempt's TaskRun.
    CreateTaskRun(Box<TaskRunPlan>),
    /// Makes the name of an attempt unusable that is given up, and deletes the pods that it may have had.
    CloseAttempt(String),
    /// Has Tekton stop the attempt's TaskRun; why.
    StopTaskRun(String),
    /// Writes the check. Without a number it is made.
    WriteCheck(Option<i64>, Box<Check>),
    /// Makes a run.
    CreateRun(Box<NewRun>),
    /// Reacts to the comment that requested the run.
    Acknowledge,
    /// Answers the comment, whose command is refused, with this sentence.
    Refuse(String),
    /// Opens, updates or closes the issue about drift.
    Issue(IssueChange),
    /// Gives the reservation back and removes the lesser tokens that no run uses.
    Clear,
    /// Has GitHub asked about the installation again.
    Recheck,
    /// Writes these fields of the installation's status, if they are as they were.
    Record(Map<String, Value>),
    /// Labels the TaskRuns of a run that has ended, so that no watch has them any more.
    LabelTaskRuns,
    /// Labels the run as ended and removes its finalizer, in one patch.
    Label,
    /// Removes the finalizer of a run that is being deleted.
    RemoveFinalizer,
}

/// What becomes of the issue about drift.
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

/// What the attempt's TaskRun is made of, beside the run and its installation.
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
