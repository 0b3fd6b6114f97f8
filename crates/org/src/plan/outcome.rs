//! What became of the operations of a plan.

use serde::{Deserialize, Serialize};

use super::Change;

/// What became of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It is in force.
    Done,
    /// GitHub took it, and it is in force once somebody has accepted an invitation.
    Waiting,
    /// GitHub refused it, or could not be reached.
    Failed(Failure),
    /// Its request was not sent, because something else was refused or could not be reached.
    NotSent {
        /// Why that stands against it.
        reason: NotSentReason,
        /// What was refused, or could not be reached.
        failure: Failure,
    },
    /// It was not tried, because an operation that it needs was not done.
    Skipped {
        /// That operation's index in the plan.
        because: usize,
    },
    /// It takes something away that a grant which is not in force was to replace.
    Withheld(Withheld),
    /// It was not as planned any more, and was left: a sentence that says how.
    Left(String),
    /// It was not reached: there was no time left, or the file had changed.
    NotTried,
}

impl Outcome {
    /// Whether what needs the operation can be done: it is in force, or will be once somebody accepts.
    pub const fn is_base(&self) -> bool {
        matches!(self, Self::Done | Self::Waiting)
    }

    /// Whether GitHub shows afterwards what came of `change`: that it is in force, or the invitation that waits. Of a member
    /// who is still to accept another role it shows the role of before.
    pub const fn is_shown(&self, change: &Change) -> bool {
        match self {
            Self::Done => true,
            Self::Waiting => !self.is_hidden_until_accepted(change),
            _ => false,
        }
    }

    /// Whether somebody has yet to accept `change`, of which GitHub shows nothing until then.
    pub const fn is_hidden_until_accepted(&self, change: &Change) -> bool {
        matches!(self, Self::Waiting) && matches!(change, Change::ChangeRole { .. })
    }
}

/// Why the request of an operation was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotSentReason {
    /// What it is about could not be read.
    Unread,
    /// The newest version of the file could not be read.
    HeadUnread,
    /// The permission for changes of its kind is missing.
    PermissionMissing,
    /// GitHub takes no more invitations.
    InvitationLimit,
}

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// GitHub's sentence, or ours where GitHub gave none.
    pub sentence: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Whether another try may help.
    pub cause: Cause,
    /// What can be done about it: a sentence.
    pub what_to_do: String,
}

/// Whether another try of something that failed may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// Soon.
    Transient,
    /// After a day: GitHub takes no more invitations.
    Invitations,
    /// Only when something else changes.
    Refused,
}

/// Why a removal was withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Withheld {
    /// A grant of the plan that was to replace what is taken away is not in force: its index in the plan.
    Grant {
        /// The index.
        operation: usize,
    },
    /// Somebody who was invited before has not accepted yet: the index in [`super::Plan::waiting`].
    Invitation {
        /// The index.
        waiting: usize,
    },
    /// Too few active owners would be left.
    Owners {
        /// So many would be left.
        left: usize,
        /// So many there must be.
        minimum: usize,
    },
    /// The person must stay an owner.
    RequiredOwner,
}

impl Withheld {
    /// Whether it is made as soon as somebody accepts an invitation: nothing has failed. `outcomes` are those of the
    /// operations before it.
    pub fn awaits_acceptance(&self, outcomes: &[Outcome]) -> bool {
        match self {
            Self::Invitation { .. } => true,
            Self::Grant { operation } => outcomes.get(*operation) == Some(&Outcome::Waiting),
            Self::Owners { .. } | Self::RequiredOwner => false,
        }
    }
}
