//! An attempt that is given up before its TaskRun is seen. Its creation may have been requested, by this process or by another
//! one that has died or is paused, and such a request may take effect late: the TaskRun would run beside the next attempt, or
//! after a newer run. So the attempt's name is made unusable before the run leaves it.
//!
//! A preview has no slot and changes nothing, so it is not closed.

use jiff::Timestamp;
use peribolos_api::{PeribolosRunStatus, run::Mode};

use super::{Need, State, Step, Verdict, pod_ends};
use crate::run::facts::{Attempt, Facts};

/// Closes the attempt before this verdict is carried out, if the verdict abandons the attempt.
pub(super) fn before(facts: &Facts, verdict: Verdict, now: Timestamp) -> Verdict {
    let Verdict::Do(Step::WriteStatus(status)) = &verdict else { return verdict };
    if !leaves(facts, status) {
        return verdict;
    }
    if let Some(closing) = attempt(facts) {
        return closing;
    }
    // A run that ends waits for its pods before the slot is freed. A run that waits for its next attempt no longer tracks this
    // one.
    if !facts.found.closed || status.task_run_name.is_some() {
        return verdict;
    }
    pod_ends(facts, now).unwrap_or(verdict)
}

/// Whether this status abandons an attempt that has been recorded but not started.
fn leaves(facts: &Facts, status: &PeribolosRunStatus) -> bool {
    State::of(&facts.run) == State::Starting && !State::of_status(facts.run.spec.mode, status).is_active()
}

/// Closes the attempt of a starting run. None: it is already closed, or need not be.
pub(super) fn attempt(facts: &Facts) -> Option<Verdict> {
    let status = facts.status();
    let is_unrequested =
        facts.published.unrequested.is_some() && facts.published.unrequested == status.attempts;
    if facts.run.spec.mode == Mode::DryRun || is_unrequested || facts.found.closed {
        return None;
    }
    match &facts.found.attempt {
        None => Some(Verdict::Need(vec![Need::Attempt])),
        // The TaskRun exists and will end by itself, or none can be created.
        Some(Attempt::Seen(seen)) if seen.exists => None,
        Some(Attempt::Foreign) => None,
        Some(Attempt::Seen(_) | Attempt::Unmade | Attempt::Closed) => {
            Some(Verdict::Do(Step::CloseAttempt(status.task_run_name?)))
        }
    }
}
