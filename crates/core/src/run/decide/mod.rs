//! What is done next about a run: facts in, one verdict out. The rules are in the order of a run's life: [`waiting`],
//! [`start`], [`running`], [`ended`], [`deleted`].

mod close;
mod deleted;
mod ended;
mod fail;
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
    facts::{Attempt, Facts, NewName},
    follow_up, moved,
    state::State,
    status::{End, Why, Writer},
    step::{Need, Step, Verdict},
    trouble::{Kind, Trouble},
};

pub use deleted::check_deadline;
pub use fail::Attempted;

/// Decides what is done next about a run.
pub fn decide(facts: &Facts, now: Timestamp) -> Verdict {
    close::before(facts, by_state(facts, now), now)
}

fn by_state(facts: &Facts, now: Timestamp) -> Verdict {
    if facts.is_labelled_ended() && facts.run.metadata.deletion_timestamp.is_none() {
        return Verdict::Wait(None);
    }
    let Some(installation) = facts.installation.as_deref() else { return without_installation(facts, now) };
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

/// A run whose installation is not there waits for it; nobody can complete its check.
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

/// Writes the status, unless it is there.
fn write(facts: &Facts, status: PeribolosRunStatus) -> Option<Verdict> {
    (facts.run.status.as_ref() != Some(&status)).then(|| Verdict::Do(Step::WriteStatus(Box::new(status))))
}

/// Ends a run; `run` has what is known of it and not written yet.
fn finish(facts: &Facts, run: &PeribolosRun, end: &End, now: Timestamp) -> Verdict {
    let status = Writer::new(run, now).ended(run.status.clone().unwrap_or_default(), end);
    Verdict::Do(Step::WriteStatus(Box::new(with_check_id(facts, status))))
}

/// The status with the number of the run's check, where this process knows it.
fn with_check_id(facts: &Facts, mut status: PeribolosRunStatus) -> PeribolosRunStatus {
    status.check_run_id = facts.published.check_id.or(status.check_run_id);
    status
}

/// Ends a run that was cancelled before anything was made for its next attempt.
fn cancelled_before_start(facts: &Facts, now: Timestamp) -> Verdict {
    let begun = facts.status().attempts.unwrap_or(0);
    // An attempt that is only written down has made nothing.
    let made = if State::of(&facts.run) == State::Starting { begun.saturating_sub(1) } else { begun };
    let message = if made == 0 {
        "the run was cancelled before it started"
    } else {
        "the run was cancelled before its next attempt started"
    };
    finish(facts, &facts.run, &End::new(Phase::Cancelled, Reason::Cancelled, message), now)
}

/// The branch that is applied.
///
/// # Errors
/// The verdict, where that is to be looked up or there is none.
fn branch(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Result<String, Verdict> {
    match &facts.found.branch {
        None => Err(Verdict::Need(vec![Need::Branch])),
        Some(Some(branch)) => Ok(branch.clone()),
        Some(None) => {
            let repository =
                format!("{}/{}", admit::login(installation), installation.spec.config.repository);
            let message = format!("the repository {repository} does not exist, or the App can't see it");
            let end = End::new(Phase::Failed, Reason::ConfigMissing, message);
            Err(finish(facts, &facts.run, &end, now))
        }
    }
}

/// What follows from trouble in looking up what an end or a start depends on, where no wait helps.
fn lasting(facts: &Facts, installation: &GitHubInstallation, trouble: &Trouble, now: Timestamp) -> Verdict {
    if let Kind::Moved(number) = trouble.kind {
        let repository = format!("{}/{}", admit::login(installation), installation.spec.config.repository);
        let now_named = match &facts.found.new_name {
            None => return Verdict::Need(vec![Need::NewName(number)]),
            Some(NewName::Organization(login)) => {
                if !facts.found.rechecked {
                    return Verdict::Do(Step::Recheck);
                }
                let message = format!(
                    "the organization {login} seems to have another name by now; the installation is checked again"
                );
                let why = Why::new(Reason::WaitingForInstallation, message);
                return back_in_line(facts, Phase::Pending, &why, trouble.until, now);
            }
            Some(NewName::Renamed(name)) => Some(name.as_str()),
            Some(NewName::Unseen) => None,
        };
        let end = End::new(Phase::Failed, Reason::ConfigMissing, moved::sentence(&repository, now_named));
        return finish(facts, &facts.run, &end, now);
    }
    let end = End::new(Phase::Failed, Reason::PermissionsMissing, trouble.why.message.clone());
    finish(facts, &facts.run, &end, now)
}

/// A run that can't go on now waits, and shows why. The first sentence stays while the trouble does: GitHub's carries the
/// request's id, and a status that changes with every try would bring the next try by itself.
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

/// Nothing was made: the attempt does not count. The status goes first, so that no run is ever running without the slot;
/// whoever waits with the slot gives it back.
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

/// The branch has moved on from the commit of `run`, or is gone: the commit is not applied, and a run for the new head is
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
            &End::new(Phase::Failed, Reason::ConfigMissing, "the branch is gone"),
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

/// Ensures a run for the head, if one is needed. None: there is one, or none is needed. `left`: what this run leaves as the
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
        // The watch may not have yet what was made a moment ago.
        return Some(Verdict::Need(vec![Need::Others]));
    }
    let head = follow_up::Head { branch, sha: head, blob: blob.as_deref().unwrap_or_default() };
    let run = follow_up::for_head(facts, installation, head, left, now)?;
    create(facts, run)
}

/// Makes a run, unless that is done.
fn create(facts: &Facts, run: crate::event::NewRun) -> Option<Verdict> {
    (!facts.found.created.contains(&run.name)).then(|| Verdict::Do(Step::CreateRun(Box::new(run))))
}

/// Who has the slot when this run takes it.
fn active_run(facts: &Facts) -> ActiveRun {
    ActiveRun {
        name: facts.name().to_owned(),
        uid: facts.uid().to_owned(),
        attempt: facts.status().attempts.unwrap_or(0),
    }
}

/// Frees the slot, if this run has it; the fields are what it leaves in its installation's status.
fn free_slot(facts: &Facts, leaving: Map<String, serde_json::Value>) -> Option<Verdict> {
    if facts.run.spec.mode == Mode::DryRun || !facts.has_slot() {
        return None;
    }
    let of = facts.installation_status().active_run?;
    Some(Verdict::Do(Step::FreeSlot { of, leaving }))
}

/// Has the attempt's TaskRun stopped and its pod gone. None: they are.
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

/// Waits for the pods of the attempt. None: they can do no more.
fn pod_ends(facts: &Facts, now: Timestamp) -> Option<Verdict> {
    match facts.found.pod_done {
        None => Some(Verdict::Need(vec![Need::PodDone])),
        Some(true) => None,
        Some(false) => Some(Verdict::Wait(Some(after(now, facts.scaled(POD_PULSE))))),
    }
}

/// A pod that is to end is looked at this often: no watch tells of pods.
const POD_PULSE: SignedDuration = SignedDuration::from_secs(2);

fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// What the run's check should be, by its status.
fn wanted(facts: &Facts) -> Option<check::Check> {
    check::wanted(&facts.run, facts.installation.as_deref(), &facts.settings)
}
