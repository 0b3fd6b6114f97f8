//! A run that is being deleted, or whose installation is: it ends, its TaskRun is stopped, and its check is completed, if that can
//! be done soon. Then its finalizer is removed.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{PeribolosRun, Reason, run::Phase};
use serde_json::Map;

use super::{
    End, Need, State, Step, Verdict, Writer, clear_attempt, close, ended, finish, free_slot, publish, sooner,
};
use crate::run::{
    check::{self, Check},
    facts::{Attempt, Facts, SlotHolder},
    state::is_finished_by_earlier_version,
    status::time,
};

/// How long the controller tries to complete the check.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// How long the deletion of an installation waits for the pod of a run.
const POD_PATIENCE: SignedDuration = SignedDuration::from_mins(1);

/// A run that is being deleted itself.
pub(super) fn decide(facts: &Facts, now: Timestamp) -> Verdict {
    if !facts.has_finalizer() {
        return without_finalizer(facts);
    }
    let pod = match stop(facts, now) {
        Ok(pod) => pod,
        Err(verdict) => return verdict,
    };
    if !facts.published.done.cleared {
        return Verdict::Do(Step::Clear);
    }
    complete(facts, ending(facts, now).as_ref(), pod, now).unwrap_or(Verdict::Do(Step::RemoveFinalizer))
}

/// A run whose installation is being deleted. Its end is written to its status first.
pub(super) fn with_installation(facts: &Facts, now: Timestamp) -> Verdict {
    if !matches!(State::of(&facts.run), State::Ended(_)) {
        return finish(facts, &facts.run, &end(facts), now);
    }
    if is_finished_by_earlier_version(&facts.run) {
        return Verdict::Do(Step::Label);
    }
    let pod = match stop(facts, now) {
        Ok(pod) => pod,
        Err(verdict) => return verdict,
    };
    if !facts.published.done.cleared {
        return Verdict::Do(Step::Clear);
    }
    complete(facts, super::wanted(facts).as_ref(), pod, now).unwrap_or(Verdict::Do(Step::Label))
}

/// When the controller gives up completing the check of a deleted run. None: neither the run nor its installation is being
/// deleted.
///
/// The time counts anew from each start of the controller, so that objects deleted while none was running are finished too.
pub fn check_deadline(facts: &Facts) -> Option<Timestamp> {
    Some(super::after(since(facts)?, facts.scaled(PATIENCE)))
}

/// Since when this process has been able to act on the deletion.
fn since(facts: &Facts) -> Option<Timestamp> {
    let deleted = facts.deleted_at()?;
    let ended = time(facts.status().finished_at.as_ref());
    Some(deleted.max(facts.published.first_seen.unwrap_or(deleted)).max(ended.unwrap_or(deleted)))
}

/// How an unfinished run ends when it or its installation is deleted.
fn end(facts: &Facts) -> End {
    let (what, reason) = if facts.installation_deleted_at().is_some() {
        ("its installation", Reason::InstallationDeleted)
    } else {
        ("the run", Reason::Cancelled)
    };
    let message = format!("{what} was deleted before the run ended; what was applied until then stays");
    End::new(Phase::Cancelled, reason, message)
}

/// The desired check of a deleted run.
fn ending(facts: &Facts, now: Timestamp) -> Option<Check> {
    let mut status = facts.status();
    if !matches!(State::of(&facts.run), State::Ended(_)) {
        status = Writer::new(&facts.run, now).ended(status, &end(facts));
        status.finished_at = facts.run.metadata.deletion_timestamp.as_ref().map(|time| time.0.to_string());
    }
    let run = PeribolosRun { status: Some(status), ..facts.run.clone() };
    check::wanted(&run, facts.installation.as_deref(), &facts.settings)
}

/// Stops the TaskRun. `Ok` once it has stopped. The time is when the pod is checked again, if an installation waits for it.
///
/// # Errors
/// The next verdict.
fn stop(facts: &Facts, now: Timestamp) -> Result<Option<Timestamp>, Verdict> {
    if facts.installation_deleted_at().is_none() {
        return stop_alone(facts).map_or(Ok(None), Err);
    }
    match clear_attempt(facts, "its installation was deleted", now) {
        Some(Verdict::Wait(again_at)) => {
            let until = since(facts).map(|since| super::after(since, facts.scaled(POD_PATIENCE)));
            Ok(sooner(again_at, until).filter(|_| until.is_some_and(|until| now < until)))
        }
        Some(verdict) => Err(verdict),
        None => free_slot(facts, ended::left(facts)).map_or(Ok(None), Err),
    }
}

fn stop_alone(facts: &Facts) -> Option<Verdict> {
    facts.status().task_run_name.as_ref()?;
    if State::of(&facts.run) == State::Starting
        && let Some(verdict) = close::attempt(facts)
    {
        return Some(verdict);
    }
    match &facts.found.attempt {
        None => Some(Verdict::Need(vec![Need::Attempt])),
        Some(Attempt::Seen(seen)) if seen.is_unfinished() && !seen.stopping => {
            Some(Verdict::Do(Step::StopTaskRun("its run was deleted".to_owned())))
        }
        Some(_) => None,
    }
}

/// The next step until GitHub shows the check and the pod has ended. None: both hold, or waiting took too long.
fn complete(
    facts: &Facts,
    wanted: Option<&Check>,
    pod: Option<Timestamp>,
    now: Timestamp,
) -> Option<Verdict> {
    let until = check_deadline(facts).filter(|until| now < *until);
    let next = wanted.zip(until).and_then(|(wanted, _)| publish::confirm_as(facts, wanted, now).err());
    match next {
        Some(Verdict::Wait(again_at)) => Some(Verdict::Wait(sooner(sooner(until, again_at), pod))),
        Some(verdict) => Some(verdict),
        None => pod.map(|again_at| Verdict::Wait(Some(again_at))),
    }
}

/// The run was deleted and only this process still knows it: its slot is free once none of its pods is left.
fn without_finalizer(facts: &Facts) -> Verdict {
    if !facts.has_slot() {
        return Verdict::Wait(None);
    }
    match facts.found.slot_holder {
        None => Verdict::Need(vec![Need::SlotHolder(facts.name().to_owned())]),
        Some(SlotHolder::Gone) => free_slot(facts, Map::new()).unwrap_or(Verdict::Wait(None)),
        // The run that waits for the slot frees it.
        Some(SlotHolder::Alive | SlotHolder::PodRuns) => Verdict::Wait(None),
    }
}
