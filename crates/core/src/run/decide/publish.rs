//! GitHub is a projection of the run's status: whatever it does not show yet is written, one write after the other.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::Reason;
use peribolos_vocab::CheckConclusion;

use super::{Need, Step, Verdict, wanted};
use crate::run::{
    budget::{self, Purpose},
    check::{self, Check, CheckState},
    facts::{CheckSeen, Facts},
    state::State,
    status::time,
    step::Sign,
};

/// How long the controller tries to make GitHub show the status of an ended run.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// The next write or read that makes the check show the run's status. None: it does already, or nothing can be done now.
pub(super) fn check(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    to(facts, wanted(facts)?, now)
}

/// The same for a check that should be so.
pub(super) fn to(facts: &Facts, wanted: Check, now: Timestamp) -> Option<Verdict> {
    let published = &facts.published;
    if is_published(facts, &wanted) || is_given_up(facts, now) || !published.may_ask(now) {
        return None;
    }
    if let Some(confirmable) = confirmable_at(facts) {
        return (confirmable <= now).then(|| Verdict::Need(vec![Need::Checks]));
    }
    let id = published.check_id.or_else(|| facts.status().check_run_id);
    // Before a crash the check may have been created without its id being recorded, or may have been written completely.
    let is_unknown = id.is_none() || (published.check.is_none() && published.inherited_at.is_some());
    if is_unknown && facts.found.checks.is_none() {
        return Some(Verdict::Need(vec![Need::Checks]));
    }
    let purpose = Purpose::of_check(&facts.run, id.is_none());
    let is_left_out = purpose != Purpose::Outdated
        && budget::is_dispensable(&facts.run, wanted.state)
        && !facts.budget.is_ample(now);
    if is_left_out || facts.budget.free_at(purpose, now).is_some() {
        return None;
    }
    Some(Verdict::Do(Step::WriteCheck(id, Box::new(wanted))))
}

/// Until when nothing may be created for this run, because the installation's requests of the last hour leave no room. None:
/// something may be.
fn has_to_wait(facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    facts.budget.free_at(Purpose::of(&facts.run), now)
}

/// Whether GitHub is known to show this check.
fn is_published(facts: &Facts, wanted: &Check) -> bool {
    let published = &facts.published;
    if published.unknown_since.is_some() {
        return false;
    }
    match &published.check {
        // The check was written from the report, which is removed from the status at the end.
        Some(check) if matches!(wanted.state, CheckState::Completed(_)) => check.state == wanted.state,
        Some(check) => check == wanted,
        None => match wanted.state {
            // What an earlier process has published for a waiting run is equivalent.
            CheckState::Queued => published.inherited_at.is_some() && facts.status().check_run_id.is_some(),
            CheckState::InProgress => first(facts).is_some_and(|check| check.in_progress),
            CheckState::Completed(conclusion) => shows(facts, conclusion),
        },
    }
}

/// Whether GitHub is known to show the end of the run with its report: this process has written it, or an earlier one has, which
/// writes a conclusion with the report alone.
pub(super) fn shows_end(facts: &Facts) -> bool {
    wanted(facts).is_some_and(|wanted| match &facts.published.check {
        Some(check) => *check == wanted,
        None => is_published(facts, &wanted),
    })
}

/// Whether the check was read and has this conclusion.
fn shows(facts: &Facts, conclusion: CheckConclusion) -> bool {
    first(facts).is_some_and(|check| check.conclusion == Some(conclusion))
}

fn first(facts: &Facts) -> Option<&CheckSeen> {
    facts.found.checks.as_ref().and_then(|checks| checks.first())
}

/// Whether the controller has given up on the run's check.
pub(super) fn is_given_up(facts: &Facts, now: Timestamp) -> bool {
    let ended = time(facts.status().finished_at.as_ref());
    facts.published.done.check
        || ended.is_some_and(|ended| now.duration_since(ended) > facts.scaled(PATIENCE))
}

/// The earliest time for the next publication.
pub(super) fn pending(facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    facts.published.paused_until.max(confirmable_at(facts)).max(has_to_wait(facts, now))
}

/// When a write of unknown outcome has either taken effect or never will.
pub(super) fn confirmable_at(facts: &Facts) -> Option<Timestamp> {
    facts.published.unknown_since.map(|since| super::after(since, facts.late()))
}

/// Whether something may be written to GitHub for this run: publishing is not paused, and no earlier request may still
/// take effect.
pub(super) fn may_write(facts: &Facts, now: Timestamp) -> bool {
    facts.published.may_ask(now) && confirmable_at(facts).is_none_or(|confirmable| confirmable <= now)
}

/// Whether something may be created on GitHub for this run.
pub(super) fn may_create(facts: &Facts, now: Timestamp) -> bool {
    may_write(facts, now) && has_to_wait(facts, now).is_none()
}

/// The next read or write until GitHub is known to show the checks of an ended run as its status says: `Ok` once it does.
///
/// # Errors
/// The next verdict.
pub(super) fn confirm(facts: &Facts, now: Timestamp) -> Result<(), Verdict> {
    wanted(facts).map_or(Ok(()), |wanted| confirm_as(facts, &wanted, now))
}

/// The same for a check that should be so.
pub(super) fn confirm_as(facts: &Facts, wanted: &Check, now: Timestamp) -> Result<(), Verdict> {
    if is_given_up(facts, now) {
        return Ok(());
    }
    if let Some(verdict) = to(facts, wanted.clone(), now) {
        return Err(verdict);
    }
    if !is_published(facts, wanted) {
        return Err(Verdict::Wait(pending(facts, now)));
    }
    let surplus = facts.found.checks.iter().flatten().skip(1).find(|check| check.conclusion.is_none());
    if let Some(surplus) = surplus
        && facts.published.may_ask(now)
    {
        return Err(Verdict::Do(Step::WriteCheck(Some(surplus.id), Box::new(wanted.clone()))));
    }
    if let Some(since) = facts.published.inherited_at {
        // Another process may have sent a request that takes effect late.
        let from = super::after(since, facts.late());
        return Err(if now < from {
            Verdict::Wait(Some(from))
        } else if facts.published.may_ask(now) {
            Verdict::Need(vec![Need::Checks])
        } else {
            Verdict::Wait(pending(facts, now))
        });
    }
    Ok(())
}

/// The check that was requested again, of a run that ended without carrying that out. GitHub has put its check suite back to queued,
/// and shows an end of it only once a check of it is written.
pub(super) fn repeat(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    let (name, sha) = wants_repetition(facts)?;
    may_write(facts, now).then_some(Verdict::Do(Step::RepeatCheck { name, sha }))
}

/// The name and the commit of the check that is to be repeated.
pub(super) fn wants_repetition(facts: &Facts) -> Option<(&'static str, String)> {
    let status = facts.status();
    let reason = status.reason.as_deref().and_then(Reason::parse);
    let is_meant = facts.is_rerequest()
        && !facts.published.done.repeated
        && matches!(reason, Some(Reason::NotHead | Reason::NotAllowed));
    let name = check::name(&facts.run).filter(|_| is_meant)?;
    let sha = status.sha.unwrap_or_else(|| facts.run.spec.source.sha.clone());
    (!sha.is_empty()).then_some((name, sha))
}

/// The reaction to the comment that requested the run.
pub(super) fn react(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    let sign = wants_reaction(facts)?;
    may_write(facts, now).then_some(Verdict::Do(Step::React(sign)))
}

/// The reaction that the comment still lacks. One that asked for help gets an answer and no reaction.
pub(super) fn wants_reaction(facts: &Facts) -> Option<Sign> {
    if !facts.is_command() || facts.published.done.acknowledged {
        return None;
    }
    let status = facts.status();
    let is_ended = matches!(State::of(&facts.run), State::Ended(_));
    match status.reason.as_deref().and_then(Reason::parse) {
        Some(Reason::NotAllowed) if is_ended => Some(Sign::Refused),
        _ if !is_ended || status.started_at.is_some() => Some(Sign::Taken),
        _ => None,
    }
}
