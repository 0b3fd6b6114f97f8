//! A run that waits: for its installation, for its admission, for its turn, for its next attempt. Here a newer push
//! supersedes a waiting one.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    ConditionType, GitHubInstallation, PeribolosRun, Reason,
    run::{Mode, Phase, RunRepository},
};
use serde_json::Map;

use super::{
    Need, Step, Verdict, admit, back_in_line, branch, cancelled_before_start, clear_attempt, finish,
    free_slot, lasting, located, not_head, organization_moved, previews, publish, sooner, start, write,
};
use crate::config::{ConfigFound, ConfigRepository};
use crate::run::{
    admit::Admission,
    facts::{Facts, Reservation, SlotHolder, is_labelled_ended},
    first,
    follow_up::BASE,
    preview::Unchanged,
    queue::{self, Queue, Turn},
    state::{State, phase},
    status::{End, Why, Writer, set_commit, time},
};
use crate::{adopt::is_restored, drift::last_apply_uid};

/// What a run waits for while its installation's runs are suspended.
pub(super) const SUSPENDED: &str = "runs are suspended: spec.suspend of the installation is true";

/// Why a run that was restored from a backup is not carried out.
const RESTORED: &str = "the run was restored from a backup, and nobody knows whether it was carried out: what is to be \
    applied is found by the branch's head";

/// How often a run that waits for Tekton is reconciled; this sends no request.
const TEKTON_PULSE: SignedDuration = SignedDuration::from_secs(15);

/// How long a preview waits for the base's file to be applied.
const APPLY_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// How soon a newer version of the run is expected.
const OLD_PULSE: SignedDuration = SignedDuration::from_secs(1);

pub(super) fn decide(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Verdict {
    if facts.run.spec.cancel {
        return cancelled_before_start(facts, now);
    }
    if State::of(&facts.run) == State::New && is_from_backup(&facts.run) {
        return finish(facts, &facts.run, &End::new(Phase::Skipped, Reason::Restored, RESTORED), now);
    }
    if let Some(trouble) = &facts.trouble {
        return if trouble.is_lasting() {
            lasting(facts, installation, trouble, now)
        } else {
            let phase = if State::of(&facts.run) == State::New { Phase::Pending } else { Phase::Queued };
            back_in_line(facts, phase, &trouble.why, trouble.until, now)
        };
    }
    let status = facts.status();
    if status.retry_at.is_some()
        && let Some(verdict) =
            clear_attempt(facts, status.message.as_deref().unwrap_or("the attempt failed"), now)
    {
        return verdict;
    }
    if is_older_than_its_slot(facts) && !facts.found.run_live {
        return Verdict::Wait(Some(super::after(now, OLD_PULSE)));
    }
    // A failed attempt or an interrupted start may have left it.
    if let Some(verdict) = free_slot(facts, Map::new()) {
        return verdict;
    }
    if let Some(why) = not_ready(installation) {
        let status = Writer::new(&facts.run, now).waiting(Phase::Pending, &why);
        return write(facts, status).unwrap_or(Verdict::Wait(None));
    }
    if let (true, Some(ConfigFound::OtherOrganization(login))) = (facts.found.rechecked, &facts.found.config)
    {
        return organization_moved(facts, login, now);
    }
    if !facts.published.may_look(now) {
        return Verdict::Wait(facts.published.blocked_until);
    }
    match State::of(&facts.run) {
        State::New => new(facts, installation, now),
        _ => in_line(facts, installation, &facts.run, now),
    }
}

/// A run that was not admitted yet.
fn new(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Verdict {
    if facts.run.spec.mode == Mode::Dump {
        // Its repository may have to be created, which it does when it has the slot.
        let status = Writer::new(&facts.run, now).admitted(None);
        let run = PeribolosRun { status: Some(status), ..facts.run.clone() };
        return in_line(facts, installation, &run, now);
    }
    let repository = match located(facts, installation, now) {
        Ok(repository) => repository,
        Err(verdict) => return verdict,
    };
    match admit::admit(facts, installation, repository) {
        Admission::Need(need) => Verdict::Need(vec![need]),
        Admission::Refused(end, sha) => {
            let mut run = for_commit(facts, repository, sha.as_deref());
            if end.why.reason == Reason::OwnerRequired {
                // Who merged it reads there what is to be done.
                run.status.get_or_insert_default().merged_pull_requests =
                    first::merged(facts.found.backing.as_ref());
            }
            finish(facts, &run, &end, now)
        }
        Admission::Admitted(sha) => {
            let run = for_commit(facts, repository, None);
            let status = Writer::new(&run, now).admitted(Some(&sha));
            in_line(facts, installation, &PeribolosRun { status: Some(status), ..run }, now)
        }
    }
}

/// Whether the run was created long after its trigger: without its status it is unknown whether it was carried out.
fn is_from_backup(run: &PeribolosRun) -> bool {
    let created = run.metadata.creation_timestamp.as_ref().map(|time| time.0);
    is_restored(created, &run.spec.trigger.at)
}

/// Whether the slot was taken for an attempt that this version of the run does not know of: it is under way, or broken off, in
/// a newer one. An attempt is counted before it gets the slot, and stays counted.
fn is_older_than_its_slot(facts: &Facts) -> bool {
    let active = facts.installation_status().active_run.filter(|_| facts.has_slot());
    active.is_some_and(|active| active.attempt > facts.status().attempts.unwrap_or(0))
}

/// The run with the repository and the commit that it is for, which are not written yet.
fn for_commit(facts: &Facts, repository: &ConfigRepository, sha: Option<&str>) -> PeribolosRun {
    let mut run = facts.run.clone();
    let status = run.status.get_or_insert_default();
    if let Some(Some(same)) = &facts.found.same_commit {
        status.check_of = Some(same.pull_request);
        status.base_blob = Some(same.base_blob.clone());
    }
    if let Some(Unchanged::With(blob)) = &facts.found.unchanged {
        status.base_blob = Some(blob.clone());
    }
    if let Some(Unchanged::With(_) | Unchanged::Always) = &facts.found.unchanged {
        status.unchanged_path = facts.installation.as_ref().map(|it| it.spec.config.path.clone());
    }
    status.repository = Some(RunRepository { name: repository.name.clone(), id: repository.id });
    if let Some(sha) = sha {
        set_commit(status, sha);
    }
    run
}

/// A run that was admitted; `run` has its commit, which may not be written yet.
fn in_line(facts: &Facts, installation: &GitHubInstallation, run: &PeribolosRun, now: Timestamp) -> Verdict {
    if installation.spec.suspend {
        return wait(facts, run, Phase::Pending, &Why::new(Reason::Suspended, SUSPENDED), None, now);
    }
    let due = time(run.status.as_ref().and_then(|status| status.retry_at.as_ref())).filter(|at| *at > now);
    let others: Vec<&PeribolosRun> = facts.others().collect();
    let turn = |head: Option<&str>| {
        queue::turn(run, &Queue { others: &others, active_run: facts.slot_holder(), head })
    };
    if let Some(until) = waits_for_apply(run, &others, facts, now) {
        let why = Why::new(Reason::WaitingForRun, "waits until the file of the base branch is applied");
        return wait(facts, run, Phase::Queued, &why, Some(until), now);
    }
    let mut turn_now = turn(None);
    if depends_on_head(facts, run, &turn_now) {
        let branch = match branch(facts, installation, now) {
            Ok(branch) => branch,
            Err(verdict) => return verdict,
        };
        let Some(head) = &facts.found.head else { return Verdict::Need(vec![Need::Head(branch)]) };
        if head.sha.as_deref() != queue::commit(run) {
            return not_head(facts, installation, run, (&branch, head.sha.as_deref()), now);
        }
        if matches!(turn_now, Turn::SupersededBy(_)) {
            turn_now = turn(head.sha.as_deref());
        }
    }
    match turn_now {
        Turn::SupersededBy(newer) => {
            let message = format!("{newer} is newer and does the same");
            finish(facts, run, &End::new(Phase::Superseded, Reason::Superseded, message), now)
        }
        _ if due.is_some() => publish::check(facts, now)
            .unwrap_or_else(|| Verdict::Wait(sooner(due, publish::pending(facts, now)))),
        Turn::WaitFor(other) => wait_for(facts, run, other, now),
        Turn::Start if let Some(why) = facts.without_tekton() => {
            let again_at = super::after(now, facts.scaled(TEKTON_PULSE));
            wait(facts, run, Phase::Pending, &why, Some(again_at), now)
        }
        Turn::Start if run.spec.mode != Mode::DryRun && facts.found.rival.is_none() => {
            Verdict::Need(vec![Need::Rival])
        }
        Turn::Start if let Some(Some(rival)) = &facts.found.rival => {
            let again_at = super::after(now, facts.scaled(start::RIVAL_PULSE));
            wait(facts, run, Phase::Queued, &start::waits_for(rival), Some(again_at), now)
        }
        Turn::Start => match &facts.found.reservation {
            None => Verdict::Do(Step::Reserve),
            Some(Reservation::Granted) => {
                let last_apply = facts.installation_status();
                let status = Writer::new(run, now).starting(last_apply_uid(&last_apply));
                Verdict::Do(Step::WriteStatus(Box::new(super::with_check_id(facts, status))))
            }
            Some(Reservation::Full) => {
                let message =
                    format!("{} runs are running, which is the most at once", facts.settings.capacity);
                let why = Why::new(Reason::WaitingForCapacity, message);
                wait(facts, run, Phase::Queued, &why, None, now)
            }
            Some(Reservation::Rival(other)) => wait_for(facts, run, other.clone(), now),
        },
    }
}

/// Until when a preview waits that is made because the base has another file: while that is being applied, all that it changes
/// would be shown as a change of the pull request. It does not wait for long, as people may wait for its check.
fn waits_for_apply(
    run: &PeribolosRun,
    others: &[&PeribolosRun],
    facts: &Facts,
    now: Timestamp,
) -> Option<Timestamp> {
    if run.spec.mode != Mode::DryRun || run.spec.trigger.event != BASE {
        return None;
    }
    let created = run.metadata.creation_timestamp.as_ref()?.0;
    let until = super::after(created, facts.scaled(APPLY_PATIENCE));
    let is_under_way = |other: &PeribolosRun| {
        let waits_for_retry = other.status.as_ref().is_some_and(|status| status.retry_at.is_some());
        other.spec.mode == Mode::Apply && !phase(other).is_final() && !other.spec.cancel && !waits_for_retry
    };
    (until > now && others.iter().any(|other| is_under_way(other))).then_some(until)
}

/// Whether the branch's head is to be read before the run's turn comes. An Apply's commit may be outdated, because of late or
/// repeated deliveries: such a run takes no place in the queue, and no other run gives way to it.
fn depends_on_head(facts: &Facts, run: &PeribolosRun, turn: &Turn) -> bool {
    let is_new = State::of(&facts.run) == State::New;
    run.spec.mode == Mode::Apply
        && match turn {
            Turn::SupersededBy(_) => true,
            // The head is read before the TaskRun is created anyway; a run without a commit of its own has just received the
            // head.
            Turn::Start => false,
            Turn::WaitFor(_) => is_new && !run.spec.source.sha.is_empty(),
        }
}

/// Waits for another run to end. A run that has the slot and is in no watch may no longer exist.
fn wait_for(facts: &Facts, run: &PeribolosRun, other: String, now: Timestamp) -> Verdict {
    // A run that has ended frees the slot before it is labelled.
    let is_alive =
        facts.others().any(|there| there.metadata.name.as_ref() == Some(&other) && !is_labelled_ended(there));
    let mut until = None;
    if facts.slot_holder() == Some(&other) && !is_alive {
        match facts.found.slot_holder {
            None => return Verdict::Need(vec![Need::SlotHolder(other)]),
            Some(SlotHolder::Gone) => {
                if let Some(of) = facts.installation_status().active_run {
                    return Verdict::Do(Step::FreeSlot { of, leaving: Map::new() });
                }
            }
            // It may be a run that the watch does not show yet; pods are in no watch.
            Some(SlotHolder::Alive | SlotHolder::PodRuns) => {
                until = Some(super::after(now, facts.scaled(super::POD_PULSE)));
            }
        }
    }
    let why = Why::new(Reason::WaitingForRun, format!("waits for {other} to end"));
    wait(facts, run, Phase::Queued, &why, until, now)
}

/// Writes what the run waits for and shows it on the commit, so that the author sees that the push was received.
fn wait(
    facts: &Facts,
    run: &PeribolosRun,
    phase: Phase,
    why: &Why,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Verdict {
    let status = Writer::new(run, now).waiting(phase, why);
    write(facts, status)
        .or_else(|| publish::check(facts, now))
        .or_else(|| publish::react(facts, now))
        .or_else(|| previews::again(facts, facts.installation.as_deref()?, now))
        .unwrap_or_else(|| Verdict::Wait(sooner(until, publish::pending(facts, now))))
}

/// Why the installation can't start a run now.
fn not_ready(installation: &GitHubInstallation) -> Option<Why> {
    let waiting = |message: &str| Some(Why::new(Reason::WaitingForInstallation, message));
    let status = installation.status.clone().unwrap_or_default();
    let token = status.conditions.iter().find(|c| c.type_ == ConditionType::TokenIssued.as_str());
    match token {
        // If no token is held, one is minted for the run.
        Some(condition) if condition.status == "True" || condition.reason == Reason::OnDemand.as_str() => {}
        Some(condition) => {
            let reason = Reason::parse(&condition.reason).unwrap_or(Reason::WaitingForInstallation);
            return Some(Why::new(reason, format!("waits for its installation: {}", condition.message)));
        }
        None => return waiting("waits for its installation's token"),
    }
    if status.account.is_none() {
        return waiting("waits for its installation's account");
    }
    None
}
