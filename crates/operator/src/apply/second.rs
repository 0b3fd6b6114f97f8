//! The organization after an apply: read again, planned again, and held against what was done.

use std::time::Duration;

use peribolos_core::apply::afterwards;
use peribolos_org::plan::{Outcome, Verification, verify};

use super::Clock;
use super::clock::Woke;
use crate::planning::{Planned, Planning, PlanningError};

/// How long after a read another one is made, where GitHub does not show yet what it took.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(20)];

/// What the organization is found to be.
#[derive(Clone, Debug)]
pub struct Second {
    /// What remains, and what is gone beyond the plan.
    pub verification: Verification,
    /// How many grants wait for somebody to accept them.
    pub waiting: usize,
    /// Whether something that GitHub took is not so.
    pub not_held: bool,
    /// Whether something remains that was not planned.
    pub unplanned: bool,
}

/// Reads and plans again. What GitHub took and does not show is read once more after some seconds, twice.
///
/// # Errors
/// When GitHub can't be read.
pub async fn read_again(
    planning: &Planning<'_>,
    clock: &Clock,
    before: &Planned,
    outcomes: &[Outcome],
) -> Result<Second, PlanningError> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let after = planning.plan(None).await?;
        let missed = afterwards::missed(&before.plan, outcomes, &after.plan.operations);
        if !missed.is_empty()
            && let Some(pause) = pauses.next()
        {
            tracing::info!(missed = missed.len(), "GitHub does not show everything yet: it is read again");
            if clock.sleep(pause).await == Woke::InTime {
                continue;
            }
        }
        let verification = verify(&before.snapshot, &before.plan, &after.snapshot, &after.plan, outcomes);
        return Ok(Second {
            waiting: after.plan.waiting.len(),
            not_held: !missed.is_empty(),
            unplanned: afterwards::is_unplanned(&before.plan, &after.plan.operations),
            verification,
        });
    }
}
