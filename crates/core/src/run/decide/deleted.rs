//! A run that is being deleted: its TaskRun is stopped and its check completed, if that can be done soon. Then it goes.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{GitHubInstallation, PeribolosRun, Reason, run::Phase};
use serde_json::Map;

use super::{End, Need, State, Step, Verdict, Writer, free_slot, publish, sooner};
use crate::run::{
    check,
    facts::{Attempt, Facts, SlotHolder},
};

/// So long it is tried to complete the check of a run that is being deleted.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

pub(super) fn decide(facts: &Facts, _: &GitHubInstallation, now: Timestamp) -> Verdict {
    if !facts.has_finalizer() {
        return without_finalizer(facts);
    }
    if facts.status().task_run_name.is_some() {
        match &facts.found.attempt {
            None => return Verdict::Need(vec![Need::Attempt]),
            Some(Attempt::Seen(seen)) if seen.is_unfinished() && !seen.stopping => {
                return Verdict::Do(Step::StopTaskRun("its run was deleted".to_owned()));
            }
            Some(_) => {}
        }
    }
    if !facts.published.done.cleared {
        return Verdict::Do(Step::Clear);
    }
    complete(facts, now).unwrap_or(Verdict::Do(Step::RemoveFinalizer))
}

/// The next step to complete the check. None: it is complete, or that takes too long.
fn complete(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    let mut status = facts.status();
    if !matches!(State::of(&facts.run), State::Ended(_)) {
        let message = "the run was deleted before it ended; what was applied until then stays";
        let end = End::new(Phase::Cancelled, Reason::Cancelled, message);
        status = Writer::new(&facts.run, now).ended(status, &end);
        status.finished_at = facts.run.metadata.deletion_timestamp.as_ref().map(|time| time.0.to_string());
    }
    let run = PeribolosRun { status: Some(status), ..facts.run.clone() };
    let wanted = check::wanted(&run, &facts.settings)?;
    let since = facts.run.metadata.deletion_timestamp.as_ref().map_or(Timestamp::UNIX_EPOCH, |time| time.0);
    let until = super::after(since, facts.scaled(PATIENCE));
    if now >= until || facts.published.done.check {
        return None;
    }
    if let Some(verdict) = publish::to(facts, wanted.clone(), now) {
        return Some(verdict);
    }
    let is_shown = facts.published.check.as_ref() == Some(&wanted);
    (!is_shown && !publish::is_read_so(facts, &wanted))
        .then(|| Verdict::Wait(sooner(Some(until), publish::pending(facts))))
}

/// The run has gone but for this process: its slot is free once no pod of it is left.
fn without_finalizer(facts: &Facts) -> Verdict {
    if !facts.has_slot() {
        return Verdict::Wait(None);
    }
    match facts.found.slot_holder {
        None => Verdict::Need(vec![Need::SlotHolder(facts.name().to_owned())]),
        Some(SlotHolder::Gone) => free_slot(facts, Map::new()).unwrap_or(Verdict::Wait(None)),
        // Whoever waits for the slot frees it.
        Some(SlotHolder::Alive | SlotHolder::PodRuns) => Verdict::Wait(None),
    }
}
