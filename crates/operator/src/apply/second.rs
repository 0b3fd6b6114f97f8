//! The organization after an apply: read again, planned again, and compared with what was done.

use std::collections::BTreeSet;
use std::time::Duration;

use peribolos_core::apply::afterwards;
use peribolos_github::Error;
use peribolos_github::snapshot::ReadOptions;
use peribolos_org::plan::{Outcome, Verification, verify};
use peribolos_org::{InvitationState, UnreadCause};

use super::clock::Woke;
use super::{Clock, Ended};
use crate::planning::{Planned, Planning, PlanningError};

/// The pause before the next read if GitHub does not show yet what it accepted.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(20)];

/// The result of reading the organization again.
#[derive(Debug)]
pub enum Again {
    /// It was not read: nothing was done, or not everything could be tried.
    Not,
    /// It was read.
    Read(Box<Second>),
    /// GitHub refused or failed.
    Unread(Error),
}

impl Again {
    /// What the organization is found to be, if it was read.
    pub fn second(&self) -> Option<&Second> {
        match self {
            Self::Read(second) => Some(second),
            Self::Not | Self::Unread(_) => None,
        }
    }

    /// Whether another read would not show more: GitHub shows everything that it accepted, and hides nothing.
    fn is_complete(&self) -> bool {
        match self {
            Self::Not => true,
            Self::Read(second) => !second.not_held && second.verification.unread.is_empty(),
            Self::Unread(_) => false,
        }
    }

    /// That it could not be read, as a sentence without a full stop.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Self::Unread(error) => {
                Some(format!("The organization could not be read again afterwards: {error}"))
            }
            Self::Not | Self::Read(_) => None,
        }
    }
}

/// What the organization is found to be.
#[derive(Clone, Debug)]
pub struct Second {
    /// What remains, what was removed beyond the plan, and what could no longer be read.
    pub verification: Verification,
    /// How many grants wait for somebody to accept them, those of which GitHub shows nothing until then included.
    pub waiting: usize,
    /// Whether something that GitHub accepted is not in effect.
    pub not_held: bool,
    /// Whether something remains that was not planned.
    pub unplanned: bool,
    /// Whether something that is managed could not be read for want of a permission: all of a kind, or what could be read
    /// before.
    pub lacks_permission: bool,
    /// Whether GitHub does not show something that is managed and that it showed before.
    pub hidden: bool,
}

/// Reads and plans again. If GitHub does not show what it accepted, or hides something now, it is read again after some
/// seconds, up to twice.
pub async fn read_again(planning: &Planning<'_>, clock: &Clock, before: &Planned, ended: &Ended) -> Again {
    let outcomes = &ended.outcomes;
    if outcomes.is_empty() || ended.stop.is_some() {
        return Again::Not;
    }
    let options = ReadOptions { invitations_of: invitations(before, outcomes), ..planning.options.clone() };
    let planning = &Planning { options, ..planning.clone() };
    for pause in PAUSES {
        let found = read_once(planning, before, outcomes).await;
        if found.is_complete() {
            return found;
        }
        tracing::info!(
            unread = found.sentence(),
            "GitHub does not show every change yet; reading the organization again"
        );
        if clock.sleep(pause).await == Woke::Stopped {
            return found;
        }
    }
    read_once(planning, before, outcomes).await
}

async fn read_once(planning: &Planning<'_>, before: &Planned, outcomes: &[Outcome]) -> Again {
    let after = match planning.plan(None).await {
        Ok(after) => after,
        Err(PlanningError::GitHub(error)) => return Again::Unread(error),
        // It was planned once already, with the same file.
        Err(error @ PlanningError::TooManyNewPeople { .. }) => {
            tracing::warn!("{error}");
            return Again::Not;
        }
    };
    let mut verification = verify(&before.snapshot, &before.plan, &after.snapshot, &after.plan, outcomes);
    for renamed in &mut verification.renamed {
        renamed.look_into(planning.file);
    }
    let unread_by = |cause: UnreadCause| {
        verification.unread.iter().any(|unread| unread.cause == cause && planning.scope.manages(unread.kind))
    };
    Again::Read(Box::new(Second {
        waiting: after.plan.waiting.len()
            + afterwards::invited(&before.plan, outcomes, &after.plan.operations),
        not_held: !afterwards::missed(&before.plan, outcomes, &after.plan.operations).is_empty(),
        unplanned: afterwards::is_unplanned(&before.plan, &after.plan.operations),
        lacks_permission: after.snapshot.lacks_any(planning.scope) || unread_by(UnreadCause::Permission),
        hidden: unread_by(UnreadCause::Hidden),
        verification,
    }))
}

/// Of which states there were invitations before, or are after what was done: the list of these is there.
fn invitations(before: &Planned, outcomes: &[Outcome]) -> BTreeSet<InvitationState> {
    let invited =
        before.plan.operations.iter().zip(outcomes).filter(|(operation, outcome)| {
            operation.change.invitee().is_some() && **outcome == Outcome::Waiting
        });
    let had = before.snapshot.invitations.iter().map(|invitation| invitation.state);
    had.chain(invited.map(|_| InvitationState::Pending)).collect()
}
