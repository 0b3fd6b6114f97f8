//! An attempt that is given up before its TaskRun is seen. The TaskRun may have been asked for, by this process or by another one
//! that is dead or paused, and a request that was sent may land late: it would run beside the next attempt, or after a newer
//! run. So the attempt's name is made unusable before the run leaves it.
//!
//! A preview has no slot and changes nothing, so it is not closed.

use jiff::Timestamp;
use peribolos_api::{PeribolosRunStatus, run::Mode};

use super::{Need, State, Step, Verdict, pod_ends};
use crate::run::facts::{Attempt, Facts};

/// What is done before this verdict: the attempt is closed, where the verdict leaves it.
pub(super) fn before(facts: &Facts, verdict: Verdict, now: Timestamp) -> Verdict {
    let Verdict::Do(Step::WriteStatus(status)) = &verdict else { return verdict };
    if !leaves(facts, status) {
        return verdict;
    }
    if let Some(closing) = attempt(facts) {
        return closing;
    }
    // An end waits for the pods before the slot is freed; who waits for another attempt does not know this one any more.
    if !facts.found.closed || status.task_run_name.is_some() {
        return verdict;
    }
    pod_ends(facts, now).unwrap_or(verdict)
}

/// Whether a run whose attempt is only written down gives it up with this status.
fn leaves(facts: &Facts, status: &PeribolosRunStatus) -> bool {
    State::of(&facts.run) == State::Starting && !State::of_status(facts.run.spec.mode, status).is_active()
}

/// Closes the attempt of a run that starts. None: it is closed, or needs not be.
pub(super) fn attempt(facts: &Facts) -> Option<Verdict> {
    let status = facts.status();
    let is_unasked = facts.published.unasked.is_some() && facts.published.unasked == status.attempts;
    if facts.run.spec.mode == Mode::DryRun || is_unasked || facts.found.closed {
        return None;
    }
    match &facts.found.attempt {
        None => Some(Verdict::Need(vec![Need::Attempt])),
        // It is there, and ends as TaskRuns do; or nobody can make one.
        Some(Attempt::Seen(seen)) if seen.exists => None,
        Some(Attempt::Foreign) => None,
        Some(Attempt::Seen(_) | Attempt::Unmade | Attempt::Closed) => {
            Some(Verdict::Do(Step::CloseAttempt(status.task_run_name?)))
        }
    }
}
