//! Decides the next step of a run: facts in, one verdict out. The rules are in the order of a run's life: [`waiting`],
//! [`start`], [`running`], [`ended`], [`deleted`].

mod close;
mod comments;
mod deleted;
mod ended;
mod fail;
mod previews;
mod publish;
mod running;
mod start;
mod waiting;

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunStatus, Reason,
    installation::ActiveRun,
    run::{Mode, Phase},
};
use serde_json::Map;

use super::{
    admit, check,
    facts::{Attempt, Facts},
    follow_up, retry,
    state::State,
    status::{End, Why, Writer, set_commit},
    step::{Need, Step, Verdict},
    trouble::{Kind, Trouble},
};

use crate::config::{self, ConfigFound, ConfigRepository};

pub use deleted::check_deadline;
pub use fail::Attempted;

/// Decides the next step of a run.
pub fn decide(facts: &Facts, now: Timestamp) -> Verdict {
    close::before(facts, by_state(facts, now), now)
}

fn by_state(facts: &Facts, now: Timestamp) -> Verdict {
    if facts.is_labelled_ended() && facts.run.metadata.deletion_timestamp.is_none() {
        return Verdict::Wait(None);
    }
    let Some(installation) = facts.installation.as_deref() else { return without_installation(facts, now) };
    if let Some(verdict) = after_move(facts, installation, now) {
        return verdict;
    }
    if facts.run.metadata.deletion_timestamp.is_some() {
        return deleted::decide(facts, now);
    }
    let state = State::of(&facts.run);
    if !facts.found.adopted && !matches!(state, State::Ended(_)) {
        return Verdict::Do(Step::Adopt);
    }
    if facts.installation_deleted_at().is_some() {
        return deleted::with_installation(facts, now);
    }
    match state {
        State::New | State::Admitted => waiting::decide(facts, installation, now),
        State::Starting => start::decide(facts, installation, now),
        State::Running => running::decide(facts, installation, now),
        State::Ended(_) => ended::decide(facts, installation, now),
    }
}

/// A run whose installation does not exist waits for it; its check can't be completed.
fn without_installation(facts: &Facts, now: Timestamp) -> Verdict {
    if facts.run.metadata.deletion_timestamp.is_some() {
        return if facts.has_finalizer() { Verdict::Do(Step::RemoveFinalizer) } else { Verdict::Wait(None) };
    }
    if !matches!(State::of(&facts.run), State::New | State::Admitted) {
        return Verdict::Wait(None);
    }
    let name = &facts.run.spec.installation_ref.name;
    let why = Why::new(Reason::WaitingForInstallation, format!("there is no GitHubInstallation {name}"));
    let status = Writer::new(&facts.run, now).waiting(Phase::Pending, &why);
    write(facts, status).unwrap_or(Verdict::Wait(None))
}

/// Writes the status, unless the run already has it.
fn write(facts: &Facts, status: PeribolosRunStatus) -> Option<Verdict> {
    (facts.run.status.as_ref() != Some(&status)).then(|| Verdict::Do(Step::WriteStatus(Box::new(status))))
}

/// Ends a run; `run` includes what is known but not written yet.
fn finish(facts: &Facts, run: &PeribolosRun, end: &End, now: Timestamp) -> Verdict {
    let status = Writer::new(run, now).ended(run.status.clone().unwrap_or_default(), end);
    Verdict::Do(Step::WriteStatus(Box::new(with_check_id(facts, status))))
}

/// The status with the id of the run's check, if this process knows it.
fn with_check_id(facts: &Facts, mut status: PeribolosRunStatus) -> PeribolosRunStatus {
    status.check_run_id = facts.published.check_id.or(status.check_run_id);
    status
}

/// Ends a run that was cancelled before anything was created for its next attempt.
fn cancelled_before_start(facts: &Facts, now: Timestamp) -> Verdict {
    let begun = facts.status().attempts.unwrap_or(0);
    // An attempt that is only recorded has created nothing.
    let made = if State::of(&facts.run) == State::Starting { begun.saturating_sub(1) } else { begun };
    let message = if made == 0 {
        "the run was cancelled before it started"
    } else {
        "the run was cancelled before its next attempt started"
    };
    finish(facts, &facts.run, &End::new(Phase::Cancelled, Reason::Cancelled, message), now)
}

/// The config repository, looked up for this run, once the installation's status says the same.
///
/// # Errors
/// The verdict, if it must be looked up or recorded first, or can't be used.
fn located<'a>(
    facts: &'a Facts,
    installation: &GitHubInstallation,
    now: Timestamp,
) -> Result<&'a ConfigRepository, Verdict> {
    let Some(found) = &facts.found.config else { return Err(Verdict::Need(vec![Need::Config])) };
    if let Some(fields) = config::record(installation, found, now) {
        return Err(Verdict::Do(Step::Record(fields)));
    }
    let phase = if facts.run.spec.mode == Mode::Dump { Phase::Skipped } else { Phase::Failed };
    let end = match found {
        ConfigFound::Here(repository) => return Ok(repository),
        ConfigFound::OtherOrganization(login) => return Err(organization_moved(facts, login, now)),
        ConfigFound::Absent(name) => {
            End::new(phase, Reason::ConfigMissing, config::absent(config::login(installation), name))
        }
        ConfigFound::Unusable(problem) => {
            let reason = Reason::parse(&problem.reason).unwrap_or(Reason::ConfigMissing);
            End::new(phase, reason, problem.message.clone())
        }
    };
    Err(finish(facts, &for_check(facts, installation), &end, now))
}

/// The run with the commit of its delivery, if it ends before it was admitted: people wait for a check on that commit, and read there
/// why nothing came of it. GitHub refuses a check on a commit that is not in the repository.
fn for_check(facts: &Facts, installation: &GitHubInstallation) -> PeribolosRun {
    let mut run = facts.run.clone();
    let sha = run.spec.source.sha.clone();
    let is_there = config::of_run(&run, installation).is_some() && check::name(&run).is_some();
    let status = run.status.get_or_insert_default();
    if status.sha.is_none() && is_there && !sha.is_empty() {
        set_commit(status, &sha);
    }
    run
}

/// The organization was renamed: the installation is fetched from GitHub, and the run waits for its new name.
fn organization_moved(facts: &Facts, login: &str, now: Timestamp) -> Verdict {
    if !facts.found.rechecked {
        return Verdict::Do(Step::Recheck);
    }
    let message = format!(
        "the organization {login} seems to have another name by now; the installation is checked again"
    );
    let why = Why::new(Reason::WaitingForInstallation, message);
    back_in_line(facts, Phase::Pending, &why, facts.published.blocked_until.unwrap_or(now), now)
}

/// Looks the config repository up again if GitHub has answered that it was moved. None: this was done, or is not needed.
fn after_move(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Option<Verdict> {
    if !facts.found.moved || facts.trouble.is_some() {
        return None;
    }
    match &facts.found.config {
        None => Some(Verdict::Need(vec![Need::Config])),
        Some(found) => {
            config::record(installation, found, now).map(|fields| Verdict::Do(Step::Record(fields)))
        }
    }
}

/// The branch that is applied.
///
/// # Errors
/// As [`located`].
fn branch(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Result<String, Verdict> {
    let repository = located(facts, installation, now)?;
    Ok(admit::branch(installation, repository).to_owned())
}

/// What follows if a fact on which an end or a start depends can't be fetched and waiting does not help.
fn lasting(facts: &Facts, installation: &GitHubInstallation, trouble: &Trouble, now: Timestamp) -> Verdict {
    if let Kind::Moved(_) = trouble.kind {
        // It was looked up again, and is moved all the same.
        let name = config::of_run(&facts.run, installation).unwrap_or_default();
        let message = config::gone(config::login(installation), name);
        let end = End::new(Phase::Failed, Reason::ConfigMissing, message);
        return finish(facts, &for_check(facts, installation), &end, now);
    }
    let mut end = End::new(Phase::Failed, Reason::PermissionsMissing, trouble.why.message.clone());
    if trouble.why.reason == Reason::AccessBlocked {
        end.why.reason = Reason::AccessBlocked;
        end.again_at = retry::again_at(&facts.run, end.why.reason, facts.settings.time_scale, now);
    }
    finish(facts, &for_check(facts, installation), &end, now)
}

/// A run that can't continue now waits and shows why. The first message is kept while the trouble lasts: GitHub's contains the
/// request's id, and a status that changes with every attempt would trigger the next attempt by itself.
fn back_in_line(facts: &Facts, phase: Phase, why: &Why, until: Timestamp, now: Timestamp) -> Verdict {
    let status = facts.status();
    let is_shown = status.phase == Some(phase) && status.reason.as_deref() == Some(why.reason.as_str());
    if is_shown || status.retry_at.is_some() {
        return Verdict::Wait(Some(until));
    }
    if State::of(&facts.run) == State::Starting {
        return not_started(facts, phase, why, None, now);
    }
    write(facts, Writer::new(&facts.run, now).waiting(phase, why)).unwrap_or(Verdict::Wait(Some(until)))
}

/// Nothing was created, so the attempt does not count. The status is written first, so that no run is ever running without the
/// slot; a waiting run that still has the slot gives it back.
fn not_started(
    facts: &Facts,
    phase: Phase,
    why: &Why,
    retry_at: Option<Timestamp>,
    now: Timestamp,
) -> Verdict {
    let status = Writer::new(&facts.run, now).not_started(phase, why, retry_at);
    Verdict::Do(Step::WriteStatus(Box::new(status)))
}

/// The branch has moved on from the commit of `run`, or was deleted: the commit is not applied, and a run for the new head is
/// ensured.
fn not_head(
    facts: &Facts,
    installation: &GitHubInstallation,
    run: &PeribolosRun,
    (branch, head): (&str, Option<&str>),
    now: Timestamp,
) -> Verdict {
    if facts.is_rerequest() {
        let end = End::new(Phase::Skipped, Reason::NotHead, admit::not_head_again(branch));
        return finish(facts, run, &end, now);
    }
    let Some(head) = head else {
        return finish(
            facts,
            run,
            &End::new(Phase::Failed, Reason::ConfigMissing, "the branch was deleted"),
            now,
        );
    };
    if let Some(verdict) = ensure_head(facts, installation, (branch, head), None, now) {
        return verdict;
    }
    let short: String = head.chars().take(7).collect();
    let message = format!("the branch is at {short} by now, and nothing but its head is applied");
    finish(facts, run, &End::new(Phase::Superseded, Reason::Superseded, message), now)
}

/// Ensures a run for the head, if one is needed. None: it exists, or none is needed. `left`: what this run records as the
/// last Apply.
fn ensure_head(
    facts: &Facts,
    installation: &GitHubInstallation,
    (branch, head): (&str, &str),
    left: Option<peribolos_api::installation::LastApply>,
    now: Timestamp,
) -> Option<Verdict> {
    let Some(blob) = &facts.found.head_blob else {
        return Some(Verdict::Need(vec![Need::HeadBlob(head.to_owned())]));
    };
    if !facts.found.others_live {
        // The watch may not show yet what was created a moment ago.
        return Some(Verdict::Need(vec![Need::Others]));
    }
    let head = follow_up::Head { branch, sha: head, blob: blob.as_deref().unwrap_or_default() };
    let run = follow_up::for_head(facts, installation, head, left, now)?;
    create(facts, run)
}

/// Creates a run, unless it has been created.
fn create(facts: &Facts, run: crate::event::NewRun) -> Option<Verdict> {
    (!facts.found.created.contains(&run.name)).then(|| Verdict::Do(Step::CreateRun(Box::new(run))))
}

/// The value of the slot when this run has taken it.
fn active_run(facts: &Facts) -> ActiveRun {
    ActiveRun {
        name: facts.name().to_owned(),
        uid: facts.uid().to_owned(),
        attempt: facts.status().attempts.unwrap_or(0),
    }
}

/// Frees the slot, if this run has it; the fields are what it records in its installation's status.
fn free_slot(facts: &Facts, leaving: Map<String, serde_json::Value>) -> Option<Verdict> {
    if facts.run.spec.mode == Mode::DryRun || !facts.has_slot() {
        return None;
    }
    let of = facts.installation_status().active_run?;
    Some(Verdict::Do(Step::FreeSlot { of, leaving }))
}

/// Stops the attempt's TaskRun and waits until its pod has ended. None: both are done.
fn clear_attempt(facts: &Facts, why: &str, now: Timestamp) -> Option<Verdict> {
    facts.status().task_run_name.as_ref()?;
    let Some(attempt) = &facts.found.attempt else { return Some(Verdict::Need(vec![Need::Attempt])) };
    if let Attempt::Seen(seen) = attempt
        && seen.is_unfinished()
        && !seen.stopping
    {
        return Some(Verdict::Do(Step::StopTaskRun(why.to_owned())));
    }
    pod_ends(facts, now)
}

/// Waits for the pods of the attempt. None: all of them have ended.
fn pod_ends(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    match facts.found.pod_done {
        None => Some(Verdict::Need(vec![Need::PodDone])),
        Some(true) => None,
        Some(false) => Some(Verdict::Wait(Some(after(now, facts.scaled(POD_PULSE))))),
    }
}

/// How often an ending pod is checked: pods are not watched.
const POD_PULSE: SignedDuration = SignedDuration::from_secs(2);

fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// The desired check of the run, derived from its status.
fn wanted(facts: &Facts) -> Option<check::Check> {
    check::wanted(&facts.run, facts.installation.as_deref(), &facts.settings)
}
