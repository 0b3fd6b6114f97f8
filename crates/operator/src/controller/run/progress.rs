//! A running attempt: its step's report is recorded when the container has ended, and its end is judged.

use std::time::Duration;

use jiff::Timestamp;
use kube::{
    api::{Patch, PatchParams},
    runtime::controller::Action,
};
use peribolos_api::{
    PeribolosRunStatus, Reason, names as labels,
    run::{Mode, Phase},
};
use peribolos_core::{
    installation_status::last_apply,
    run::{
        changes, check,
        outcome::{self, End, Observation, Verdict},
        queue,
        retry::{self, Attempt, Next},
    },
};
use peribolos_github::client::PullState;
use peribolos_vocab::report::{StepExit, StepReport};
use serde_json::json;

use super::{
    admission,
    case::Case,
    error::Error,
    launch, observe, output,
    replace::{self, NewHead},
    settle, shown, status,
};
use crate::kubernetes::{client::call, tekton::TaskRun};

/// A running attempt is checked this often even if its TaskRun does not change: its pod may, and its log does.
const PULSE: Duration = Duration::from_secs(20);

/// Moves a running attempt on.
pub(super) async fn follow(case: &Case<'_>, now: Timestamp) -> Result<Action, Error> {
    let mut status = case.status();
    let name = status.task_run_name.clone().unwrap_or_default();
    let task_run = call(case.task_runs().get_opt(&name)).await?;
    if launch::is_starting(case.run) && task_run.is_none() {
        if case.run.spec.cancel {
            return settle::cancelled_before_start(case).await;
        }
        return launch::launch(case).await;
    }
    if let Some(task_run) = &task_run
        && !launch::is_ours(case, task_run)
    {
        return no_task_run(case, status, &Error::ForeignTaskRun(name), now).await;
    }
    let report = match &task_run {
        Some(task_run) => output::read(case, task_run).await?,
        None => None,
    };
    if let Some(report) = &report {
        record(case, report, &mut status);
    }
    let gives_way = gives_way_to(case);
    if let Some(task_run) = &task_run
        && (case.run.spec.cancel || gives_way.is_some())
    {
        let why =
            if case.run.spec.cancel { "spec.cancel was set" } else { "a newer commit is previewed instead" };
        stop(case, task_run, why).await?;
    }
    let seen = observe::look(case, task_run.as_ref(), report).await?;
    match outcome::judge(case.run.spec.mode, &seen, now) {
        Verdict::Running => {
            status::set(case.run, &mut status, Phase::Running, Reason::Running, "its pod is running", now);
            show_progress(case, task_run.as_ref(), &mut status, now).await;
            status::write(case, status).await?;
            Ok(Action::requeue(PULSE))
        }
        // Its TaskRun is stopped once this is written: a crash in between must not make a cancel of it.
        Verdict::Stop(end) => ended(case, status, end, &seen, now).await,
        Verdict::Ended(end) => {
            let end = match gives_way {
                Some(newer) if end.reason == Reason::Cancelled && !case.run.spec.cancel => End {
                    phase: Phase::Superseded,
                    reason: Reason::Superseded,
                    message: format!("{newer} previews a newer commit"),
                },
                _ => end,
            };
            ended(case, status, end, &seen, now).await
        }
    }
}

/// Shows on the check that the run is in progress, and now and then how far an Apply has come.
async fn show_progress(
    case: &Case<'_>,
    task_run: Option<&TaskRun>,
    status: &mut PeribolosRunStatus,
    now: Timestamp,
) {
    let Ok(github) = case.github().await else { return };
    if !shown::is_in_progress(case) {
        shown::update(case, &github, status, None).await;
    }
    let Some(task_run) = task_run.filter(|_| case.run.spec.mode == Mode::Apply) else { return };
    let started = task_run.metadata.creation_timestamp.as_ref().map_or(now, |time| time.0);
    if shown::wants_progress(case, started, now)
        && let Some(progress) = output::progress(case, task_run).await
    {
        shown::progress(case, &github, status, progress, now).await;
    }
}

fn gives_way_to(case: &Case<'_>) -> Option<String> {
    let others = case.others();
    let others: Vec<_> = others.iter().map(AsRef::as_ref).collect();
    queue::gives_way_to(case.run, &others).and_then(|newer| newer.metadata.name.clone())
}

/// Records what a report says about the file and the plan, whatever comes of the attempt. The counts come at its end:
/// they add up over the attempts.
fn record(case: &Case<'_>, report: &StepReport, status: &mut PeribolosRunStatus) {
    if report.blob.is_some() {
        status.blob.clone_from(&report.blob);
    }
    if report.pull_request_url.is_some() {
        status.pull_request_url.clone_from(&report.pull_request_url);
    }
    // Of an Apply only what it was stopped at: an owner may approve of that.
    if case.run.spec.mode != Mode::Apply || report.exit == StepExit::GuardTripped {
        status.removals.clone_from(&report.removals);
    }
    if !report.content_writes.is_empty() {
        status.content_writes = changes::content_writes(report);
    }
}

/// Ends an attempt that can have no TaskRun, because somebody else has taken its name or the API server does not let it be
/// made: no pod comes of it. The next attempt has another name.
pub(super) async fn no_task_run(
    case: &Case<'_>,
    status: PeribolosRunStatus,
    error: &Error,
    now: Timestamp,
) -> Result<Action, Error> {
    if case.run.spec.cancel {
        return settle::cancelled_before_start(case).await;
    }
    let reason = if error.finds_task_run_invalid() { Reason::TaskInvalid } else { Reason::PodFailed };
    let end = End { phase: Phase::Failed, reason, message: error.to_string() };
    // Nothing of it was started.
    let seen = Observation { exists: true, ..Observation::default() };
    ended(case, status, end, &seen, now).await
}

/// Ends the attempt: the run with it, or until the next attempt.
async fn ended(
    case: &Case<'_>,
    mut status: PeribolosRunStatus,
    mut end: End,
    seen: &Observation,
    now: Timestamp,
) -> Result<Action, Error> {
    let report = seen.report.as_ref();
    if let Some(mut changes) = report.and_then(|report| changes::add(status.changes.as_ref(), report)) {
        if !seen.tells_what_is_left() {
            // It is what its plan found before the apply.
            changes.remaining = 0;
        }
        status.changes = Some(changes);
        // What an earlier attempt may have done is in this one's plan.
        status.outcome_unknown = false;
    }
    status.outcome_unknown |= outcome::is_unknown(case.run.spec.mode, seen, &end);
    // Other attempts have applied something.
    if end.reason == Reason::NoChanges && status.changes.as_ref().is_some_and(|changes| changes.applied > 0) {
        end.reason = Reason::Applied;
    }
    status.reviewed = if seen.tells_what_is_left() {
        report.is_some_and(|report| report.reviewed && report.waiting == 0)
    } else {
        // The plan step has passed the rule, and the other engine's good end says that nothing is left.
        end.phase == Phase::Succeeded && report.is_some()
    };
    if case.run.spec.mode == Mode::Apply && status.blob.is_none() {
        match applied_blob(case).await {
            Ok(blob) => status.blob = blob,
            Err(error) => {
                tracing::warn!(run = case.name(), %error, "the file of the commit can't be read");
            }
        }
    }
    let message = message(case, &end, report);
    if end.reason == Reason::StepFailed
        && let Some(message) = outdated(case).await?
    {
        let end = settle::End::new(Phase::Superseded, Reason::Superseded, message);
        return settle::finish(case, status, end, None).await;
    }
    let again_at = match end.phase {
        Phase::Failed if !case.run.spec.cancel => {
            let attempt = Attempt {
                reason: end.reason,
                cause: report.and_then(|report| report.cause),
                progressed: report
                    .and_then(|report| report.changes?.applied)
                    .is_some_and(|applied| applied > 0),
                retries: status.retries.unwrap_or(0),
                until: report.and_then(|report| report.until),
            };
            match retry::next(&attempt, now) {
                Next::Attempt { at, counted } => {
                    return next_attempt(case, status, &end, &message, (at, counted)).await;
                }
                Next::End { again_at } => again_at.filter(|_| case.run.spec.mode == Mode::Apply),
            }
        }
        Phase::Succeeded if case.run.spec.mode == Mode::Apply => {
            let remaining = status.changes.as_ref().map_or(0, |changes| changes.remaining);
            retry::after_success(if seen.tells_what_is_left() { remaining } else { 0 }, now)
        }
        _ => None,
    };
    if end.reason == Reason::HeadMoved {
        ensure_head(case, &status, &end).await?;
    }
    let end = settle::End {
        phase: end.phase,
        reason: end.reason,
        message: &message,
        again_at,
        tells_what_is_left: seen.tells_what_is_left(),
    };
    settle::finish(case, status, end, report).await
}

/// Puts the run back in line for its next attempt.
async fn next_attempt(
    case: &Case<'_>,
    mut status: PeribolosRunStatus,
    end: &End,
    message: &str,
    (at, counted): (Timestamp, bool),
) -> Result<Action, Error> {
    let message = if counted {
        let retry = status.retries.unwrap_or(0) + 1;
        status.retries = Some(retry);
        format!("{message}; retry {retry} of {} follows", retry::RETRIES)
    } else {
        format!("{message}; another attempt goes on where this one ended")
    };
    status::set(case.run, &mut status, Phase::Queued, end.reason, &message, Timestamp::now());
    status.retry_at = Some(status::seconds(at));
    settle::step_back(case, status).await
}

/// Ensures a run for the head that took this run's place while it was applied. Whatever was applied before this run, the
/// head's file is to be applied after it.
async fn ensure_head(case: &Case<'_>, status: &PeribolosRunStatus, end: &End) -> Result<(), Error> {
    let (github, repository) = (case.github().await?, case.repository()?);
    let branch = admission::branch(case, &github, &repository).await?;
    let Some(sha) = admission::head(&github, &repository, &branch).await? else { return Ok(()) };
    let head = NewHead::read(case, &github, &repository, &branch, sha).await?;
    let mut ended = status.clone();
    (ended.phase, ended.reason) = (Some(end.phase), Some(end.reason.as_str().to_owned()));
    replace::ensure_run_for(case, &head, last_apply(case.run, &ended)).await
}

/// The file of the commit, where no report tells it.
async fn applied_blob(case: &Case<'_>) -> Result<Option<String>, Error> {
    let Some(sha) = case.status().sha else { return Ok(None) };
    let blob = case.blob(&case.github().await?, &case.repository()?, &sha).await?;
    Ok(blob.map(String::from))
}

/// The sentence for the run's status: the step's report is better than its exit code. A DryRun of the branch has no check,
/// so its plan stands in the status.
fn message(case: &Case<'_>, end: &End, report: Option<&StepReport>) -> String {
    let plan = report.and_then(|report| report.plan.clone());
    if let (Reason::Planned, Mode::DryRun, None, Some(plan)) =
        (end.reason, case.run.spec.mode, case.run.spec.source.pull_request, plan)
    {
        return plan;
    }
    match check::reported(report, end.reason) {
        Some(check) if !check.title.is_empty() => match check.annotations.first() {
            Some(first) if end.reason == Reason::ConfigInvalid => {
                let column = first.start_column.map(|column| format!(":{column}")).unwrap_or_default();
                format!("{}: {}:{}{column}: {}", check.title, first.path, first.start_line, first.message)
            }
            _ => check.title.clone(),
        },
        _ => end.message.clone(),
    }
}

/// Why nobody waits for this preview any more: the step can't preview a pull request that changed under its hands.
async fn outdated(case: &Case<'_>) -> Result<Option<&'static str>, Error> {
    let (Mode::DryRun, Some(number)) = (case.run.spec.mode, case.run.spec.source.pull_request) else {
        return Ok(None);
    };
    let pull = admission::pull(&case.github().await?, &case.repository()?, number).await?;
    Ok(match pull {
        Some(pull) if pull.state == PullState::Open => {
            let is_head = case.status().sha.as_deref() == Some(pull.head.sha.as_str());
            (!is_head).then_some("the pull request got a newer commit meanwhile")
        }
        _ => Some("the pull request was merged or closed meanwhile"),
    })
}

/// Stops the attempt's TaskRun, if there is one.
pub(super) async fn stop_by_name(case: &Case<'_>, why: &str) -> Result<(), Error> {
    let Some(name) = case.status().task_run_name else { return Ok(()) };
    match call(case.task_runs().get_opt(&name)).await? {
        Some(task_run) if launch::is_ours(case, &task_run) => stop(case, &task_run, why).await,
        _ => Ok(()),
    }
}

/// Asks Tekton to stop the TaskRun; it deletes the pod.
async fn stop(case: &Case<'_>, task_run: &TaskRun, why: &str) -> Result<(), Error> {
    if task_run.spec.status.is_some()
        || task_run.status.as_ref().is_some_and(|status| status.completion_time.is_some())
    {
        return Ok(());
    }
    let patch = json!({"spec": {"status": "TaskRunCancelled", "statusMessage": why}});
    let params = PatchParams { field_manager: Some(labels::MANAGER.to_owned()), ..PatchParams::default() };
    let name = task_run.metadata.name.as_deref().unwrap_or_default();
    match call(case.task_runs().patch(name, &params, &Patch::Merge(patch))).await {
        Err(error) if error.is_not_found() => Ok(()),
        other => Ok(other.map(drop)?),
    }
}
