//! A running attempt: the report of its step is recorded once the container has ended, and its outcome is decided.

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunStatus, Reason,
    run::{Mode, Phase},
};
use peribolos_vocab::report::{StepExit, StepReport};

use super::{
    Kind, Need, Step, Verdict, Why, Writer, branch, create, ensure_head, finish, follow_up, previews,
    publish, sooner, with_check_id, write,
};
use crate::{
    drift::is_comparison,
    installation_status::last_apply,
    run::{
        changes, check,
        facts::{Attempt, Facts},
        leaving::comparison,
        outcome::{self, End as TaskRunEnd, Observation, Verdict as Judged},
        preview, queue, report,
        retry::{self, Next},
        status::End,
        trouble::Trouble,
    },
};

/// How often a running attempt is checked even if its TaskRun does not change: its pod may change, and its log does.
const PULSE: SignedDuration = SignedDuration::from_secs(20);

pub(super) fn decide(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Verdict {
    let absent = Observation::default();
    let seen = match &facts.found.attempt {
        None => return Verdict::Need(vec![Need::Attempt]),
        Some(Attempt::Foreign) => return no_task_run(facts, installation, None, now),
        Some(Attempt::Unmade | Attempt::Closed) => &absent,
        Some(Attempt::Seen(seen)) => seen.as_ref(),
    };
    if seen.exists && seen.has_ended_step() && facts.found.report.is_none() {
        // This happens before anything stops the pod, because the log is deleted with it.
        return Verdict::Need(vec![Need::Report]);
    }
    let others: Vec<&PeribolosRun> = facts.others().collect();
    let newer = queue::gives_way_to(&facts.run, &others).and_then(|newer| newer.metadata.name.clone());
    if seen.exists && !seen.stopping && seen.is_unfinished() && (facts.run.spec.cancel || newer.is_some()) {
        let why =
            if facts.run.spec.cancel { "spec.cancel was set" } else { "a newer preview takes its place" };
        return Verdict::Do(Step::StopTaskRun(why.to_owned()));
    }
    let report = facts.found.report.as_ref().and_then(Option::as_ref);
    let mut seen = seen.clone();
    seen.report = report.cloned();
    let seen = &seen;
    match outcome::judge(facts.run.spec.mode, seen, facts.settings.time_scale) {
        Judged::Running => still_running(facts, installation, seen, report, now),
        // The TaskRun is stopped after this is written: a crash in between must not turn the outcome into a cancellation.
        Judged::Stop(end) => ended(facts, installation, &end, seen, now),
        Judged::Ended(end) => {
            let end = match newer {
                Some(newer) if end.reason == Reason::Cancelled && !facts.run.spec.cancel => TaskRunEnd {
                    phase: Phase::Superseded,
                    reason: Reason::Superseded,
                    message: format!("{newer} is a newer preview of the pull request"),
                },
                _ => end,
            };
            ended(facts, installation, &end, seen, now)
        }
    }
}

fn still_running(
    facts: &Facts,
    installation: &GitHubInstallation,
    seen: &Observation,
    report: Option<&StepReport>,
    now: Timestamp,
) -> Verdict {
    let status = record(&facts.run, Writer::new(&facts.run, now).running(), report);
    write(facts, status)
        .or_else(|| publish::check(facts, now).filter(|_| facts.published.progress_at.is_none()))
        .or_else(|| publish::react(facts, now))
        .or_else(|| progress(facts, seen, now))
        .or_else(|| previews::again(facts, installation, now))
        .unwrap_or_else(|| {
            let pulse = Some(super::after(now, facts.scaled(PULSE)));
            Verdict::Wait(sooner(pulse, publish::pending(facts, now).filter(|at| *at > now)))
        })
}

/// Updates the progress of an Apply in its check from time to time.
fn progress(facts: &Facts, seen: &Observation, now: Timestamp) -> Option<Verdict> {
    let started = seen.made.unwrap_or(now);
    let is_due = facts.run.spec.mode == Mode::Apply
        && seen.steps.iter().any(|step| step.started && step.exit.is_none())
        && check::is_progress_due(facts.settings.time_scale, started, facts.published.progress_at, now)
        && facts.published.may_ask(now);
    if !is_due {
        return None;
    }
    match &facts.found.progress {
        None => Some(Verdict::Need(vec![Need::Progress])),
        Some(None) => None,
        Some(Some(progress)) => {
            let mut wanted = super::wanted(facts)?;
            wanted.title = check::progress_title(*progress);
            publish::to(facts, wanted, now)
        }
    }
}

/// The status with what a report says about the file and the plan, whatever the outcome of the attempt. Counts follow at its end:
/// they add up over the attempts.
fn record(
    run: &PeribolosRun,
    mut status: PeribolosRunStatus,
    report: Option<&StepReport>,
) -> PeribolosRunStatus {
    let Some(report) = report else { return status };
    if report.blob.is_some() {
        status.blob.clone_from(&report.blob);
    }
    if report.base.is_some() && report.exit != StepExit::HeadMoved {
        status.base_sha.clone_from(&report.base);
    }
    if report.pull_request_url.is_some() {
        status.pull_request_url.clone_from(&report.pull_request_url);
    }
    // An Apply records only the removals that stopped it: an owner may approve them.
    if run.spec.mode != Mode::Apply || report.exit == StepExit::GuardTripped {
        status.removals.clone_from(&report.removals);
    }
    if !report.content_writes.is_empty() {
        status.content_writes = changes::content_writes(report);
    }
    status
}

/// Ends an attempt that can't have a TaskRun, because another object has its name or the API server rejects it: no
/// pod is created. The next attempt has another name.
pub(super) fn no_task_run(
    facts: &Facts,
    installation: &GitHubInstallation,
    trouble: Option<&Trouble>,
    now: Timestamp,
) -> Verdict {
    if facts.run.spec.cancel {
        return super::cancelled_before_start(facts, now);
    }
    let is_invalid = trouble.is_some_and(|trouble| trouble.kind == Kind::NoTaskRun { invalid: true });
    let message = trouble.map_or_else(
        || {
            let name = facts.status().task_run_name.unwrap_or_default();
            format!("a TaskRun {name} exists that does not belong to this run; delete it")
        },
        |trouble| trouble.why.message.clone(),
    );
    let reason = if is_invalid { Reason::TaskInvalid } else { Reason::PodFailed };
    let end = TaskRunEnd { phase: Phase::Failed, reason, message };
    // Nothing of it was started.
    let seen = Observation { exists: true, ..Observation::default() };
    ended(facts, installation, &end, &seen, now)
}

/// Ends the attempt: the run with it, or until the next attempt.
fn ended(
    facts: &Facts,
    installation: &GitHubInstallation,
    end: &TaskRunEnd,
    seen: &Observation,
    now: Timestamp,
) -> Verdict {
    let report = seen.report.as_ref();
    let mode = facts.run.spec.mode;
    let is_reported = seen.reports_what_is_left();
    let mut status = with_check_id(facts, record(&facts.run, facts.status(), report));
    if let Some(mut changes) = report.and_then(|report| changes::add(status.changes.as_ref(), report)) {
        if !is_reported {
            // These counts are from the plan that was made before the apply.
            changes.remaining = 0;
        }
        status.changes = Some(changes);
        // The plan of this attempt takes into account what an earlier attempt may have done.
        status.outcome_unknown = false;
    }
    status.outcome_unknown |= outcome::is_unknown(mode, seen, end);
    let mut end = end.clone();
    // Other attempts have applied something.
    if end.reason == Reason::NoChanges && status.changes.as_ref().is_some_and(|changes| changes.applied > 0) {
        end.reason = Reason::Applied;
    }
    status.reviewed = if is_reported {
        report.is_some_and(|report| report.reviewed && report.waiting == 0)
    } else {
        // The plan step has passed the rule, and the success of the other engine means that nothing is left.
        end.phase == Phase::Succeeded && report.is_some()
    };
    if mode == Mode::Apply && status.blob.is_none() {
        match &facts.found.blob {
            None => return Verdict::Need(vec![Need::Blob]),
            Some(blob) => status.blob.clone_from(blob),
        }
    }
    match outdated(facts, installation, &end, now) {
        Err(verdict) => return verdict,
        Ok(Some(message)) => {
            return finish(facts, &facts.run, &End::new(Phase::Superseded, Reason::Superseded, message), now);
        }
        Ok(None) => {}
    }
    let why = Why::new(end.reason, report::message(&facts.run, &end, report));
    let again_at = match end.phase {
        Phase::Failed if !facts.run.spec.cancel => {
            let attempt = retry::Attempt {
                reason: end.reason,
                cause: report.and_then(|report| report.cause),
                progressed: report
                    .and_then(|report| report.changes?.applied)
                    .is_some_and(|applied| applied > 0),
                retries: status.retries.unwrap_or(0),
                until: report.and_then(|report| report.until),
            };
            match retry::next(&attempt, facts.settings.time_scale, now) {
                Next::Attempt { at, counted } => return next_attempt(facts, status, why, (at, counted), now),
                Next::End { again_at } => again_at.filter(|_| mode == Mode::Apply),
            }
        }
        Phase::Succeeded if mode == Mode::Apply => {
            let remaining = status.changes.as_ref().map_or(0, |changes| changes.remaining);
            retry::after_success(if is_reported { remaining } else { 0 }, facts.settings.time_scale, now)
        }
        _ => None,
    };
    let before = facts.status().changes.map_or(0, |changes| changes.applied);
    status.report = report::stored(end.reason, report, status.changes.as_ref().filter(|_| before > 0));
    let status = Writer::new(&facts.run, now).ended(status, &End { phase: end.phase, why, again_at });
    if let Some(verdict) = followed_up(facts, installation, &status, (end.reason, is_reported), now) {
        return verdict;
    }
    Verdict::Do(Step::WriteStatus(Box::new(status)))
}

/// Ensures the follow-up run before the end is written. None: it exists, or none follows.
fn followed_up(
    facts: &Facts,
    installation: &GitHubInstallation,
    status: &PeribolosRunStatus,
    (reason, reports_what_is_left): (Reason, bool),
    now: Timestamp,
) -> Option<Verdict> {
    if is_comparison(&facts.run) {
        return recorded(facts, status);
    }
    if facts.run.spec.mode != Mode::Apply {
        return None;
    }
    let is_silent = status.phase == Some(Phase::Succeeded) && !reports_what_is_left;
    if reason == Reason::TimedOut || is_silent {
        return create(facts, follow_up::comparison(&facts.run, installation, now));
    }
    if reason != Reason::HeadMoved {
        return None;
    }
    match &facts.trouble {
        Some(trouble) if trouble.is_lasting() => return None,
        Some(trouble) => return Some(Verdict::Wait(Some(trouble.until))),
        None => {}
    }
    // Whatever was applied before this run, the head's file is to be applied after it.
    let branch = match branch(facts, installation, now) {
        Ok(branch) => branch,
        Err(verdict @ (Verdict::Need(_) | Verdict::Do(Step::Record(_)))) => return Some(verdict),
        Err(_) => return None,
    };
    let Some(head) = &facts.found.head else { return Some(Verdict::Need(vec![Need::Head(branch)])) };
    let head = head.sha.as_deref()?;
    ensure_head(facts, installation, (&branch, head), last_apply(&facts.run, status), now)
}

/// Records in the installation's status what a comparison has found, before its end is written: the next one begins after
/// that. None: it is recorded.
pub(super) fn recorded(facts: &Facts, status: &PeribolosRunStatus) -> Option<Verdict> {
    let there = facts.installation_status().last_drift_check;
    if there.is_some_and(|last| last.name == facts.name()) {
        return None;
    }
    Some(Verdict::Do(Step::Record(comparison(&facts.run, status))))
}

/// Puts the run back in line for its next attempt.
fn next_attempt(
    facts: &Facts,
    mut status: PeribolosRunStatus,
    why: Why,
    (at, counted): (Timestamp, bool),
    now: Timestamp,
) -> Verdict {
    let message = if counted {
        let retry = status.retries.unwrap_or(0) + 1;
        status.retries = Some(retry);
        format!("{}; retry {retry} of {} follows", why.message, retry::RETRIES)
    } else {
        let next =
            if facts.run.spec.mode == Mode::DryRun { "follows" } else { "goes on where this one ended" };
        format!("{}; another attempt {next}", why.message)
    };
    let status = Writer::new(&facts.run, now).next_attempt(status, &Why { message, ..why }, at);
    Verdict::Do(Step::WriteStatus(Box::new(status)))
}

/// Why this preview is no longer needed: the step can't preview a pull request that has changed in the meantime.
///
/// # Errors
/// What has to be done first.
fn outdated(
    facts: &Facts,
    installation: &GitHubInstallation,
    end: &TaskRunEnd,
    now: Timestamp,
) -> Result<Option<&'static str>, Verdict> {
    let is_preview = facts.run.spec.mode == Mode::DryRun && facts.run.spec.source.pull_request.is_some();
    if end.reason != Reason::StepFailed || !is_preview || facts.trouble.is_some() {
        return Ok(None);
    }
    let branch = match branch(facts, installation, now) {
        Ok(branch) => branch,
        Err(verdict @ (Verdict::Need(_) | Verdict::Do(Step::Record(_)))) => return Err(verdict),
        // The step's own failure says more.
        Err(_) => return Ok(None),
    };
    Ok(match &facts.found.pull {
        None => return Err(Verdict::Need(vec![Need::Pull])),
        Some(Some(pull)) => preview::not_needed(pull, facts.status().sha.as_deref(), &branch),
        Some(None) => Some("the pull request was deleted meanwhile"),
    })
}
