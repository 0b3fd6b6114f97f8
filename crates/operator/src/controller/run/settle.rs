//! A run's end: its status first, then what follows from it. Each part can be done again, so a crash loses none.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kube::{
    Resource, ResourceExt,
    api::DeleteParams,
    runtime::{
        controller::Action,
        events::{Event, EventType},
    },
};
use peribolos_api::{
    PeribolosRun, PeribolosRunStatus, Reason,
    run::{Mode, Phase},
};
use peribolos_core::{names::RunToken, run::history};
use peribolos_vocab::report::StepReport;

use super::{
    admission, case::Case, check, drift, error::Error, finalizer, launch, moved, observe, output, progress,
    replace, shown, slot, status,
};
use crate::{
    kubernetes::client::call,
    metrics::{ModeLabel, RunEnd},
    services::tokens,
};

/// So many old previews are looked up each time a run ends.
const RECORDS_LOOKED_AT: usize = 5;

/// How long a check that the App may not write is tried again: a repository may be archived by mistake, and a permission
/// given back.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// How a run ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct End<'a> {
    pub(super) phase: Phase,
    pub(super) reason: Reason,
    pub(super) message: &'a str,
    /// When the same file is applied again.
    pub(super) again_at: Option<Timestamp>,
    /// Whether its report tells what it left.
    pub(super) tells_what_is_left: bool,
}

impl<'a> End<'a> {
    /// An end after which nothing is to be done again.
    pub(super) const fn new(phase: Phase, reason: Reason, message: &'a str) -> Self {
        Self { phase, reason, message, again_at: None, tells_what_is_left: true }
    }
}

/// Ends a run that has no pod.
pub(super) async fn end(
    case: &Case<'_>,
    phase: Phase,
    reason: Reason,
    message: &str,
) -> Result<Action, Error> {
    finish(case, case.status(), End::new(phase, reason, message), None).await
}

/// Ends a run that was cancelled before anything was made for its next attempt.
pub(super) async fn cancelled_before_start(case: &Case<'_>) -> Result<Action, Error> {
    let begun = case.status().attempts.unwrap_or(0);
    // An attempt that is only written down has made nothing.
    let made = if launch::is_starting(case.run) { begun.saturating_sub(1) } else { begun };
    let message = match made {
        0 => "the run was cancelled before it started".to_owned(),
        made => format!("the run was cancelled before attempt {} started", made + 1),
    };
    end(case, Phase::Cancelled, Reason::Cancelled, &message).await
}

/// Writes a run's end, and its step's report to its check while that can still be read.
pub(super) async fn finish(
    case: &Case<'_>,
    mut status: PeribolosRunStatus,
    end: End<'_>,
    report: Option<&StepReport>,
) -> Result<Action, Error> {
    let End { phase, reason, message, again_at, tells_what_is_left } = end;
    status::set(case.run, &mut status, phase, reason, message, Timestamp::now());
    status.retry_at = again_at.map(status::seconds);
    let is_silent = phase == Phase::Succeeded && !tells_what_is_left;
    if case.run.spec.mode == Mode::Apply && (reason == Reason::TimedOut || is_silent) {
        replace::compare(case).await?;
    }
    // The check goes first: its annotations come from a pod that may be gone after a restart, and to write the same
    // check twice changes nothing. A check that can't be written now is completed by `conclude`.
    if let Ok(github) = case.github().await {
        let is_written = shown::update(case, &github, &mut status, report).await;
        let is_published = drift::publish(case, &github, &status, report).await;
        if is_published || (is_written && case.has_check()) {
            shown::note(&mut status, report, Timestamp::now());
        }
    }
    status::write(case, status.clone()).await?;
    count(case, &status);
    publish(case, &status).await;
    Ok(Action::requeue(Duration::from_millis(100)))
}

/// Writes that an attempt failed and another follows. The verdict is written first: what is stopped because of it looks
/// cancelled afterwards.
pub(super) async fn step_back(case: &Case<'_>, mut status: PeribolosRunStatus) -> Result<Action, Error> {
    if let Ok(github) = case.github().await {
        shown::update(case, &github, &mut status, None).await;
    }
    status::write(case, status.clone()).await?;
    publish(case, &status).await;
    Ok(Action::requeue(Duration::from_millis(100)))
}

/// Frees the slot of a run between two attempts, once the pod of the last one is done. False: not yet.
pub(super) async fn vacate(case: &Case<'_>) -> Result<bool, Error> {
    let status = case.status();
    if status.retry_at.is_none() {
        return Ok(true);
    }
    if let Some(task_run) = &status.task_run_name {
        progress::stop_by_name(case, status.message.as_deref().unwrap_or("the attempt failed")).await?;
        if !observe::pod_is_done(case, task_run).await? {
            return Ok(false);
        }
    }
    slot::give_back(case, &status).await?;
    case.ctx.reservations.release(case.run).await;
    Ok(true)
}

/// Does what is left to do for a run that has ended: slot, check, tokens, history.
pub(super) async fn conclude(case: &Case<'_>) -> Result<Action, Error> {
    let status = case.status();
    progress::stop_by_name(case, status.message.as_deref().unwrap_or("the run has ended")).await?;
    if let Some(task_run) = &status.task_run_name
        && !observe::pod_is_done(case, task_run).await?
    {
        return Ok(Action::requeue(Duration::from_secs(2)));
    }
    preview_again(case).await?;
    slot::give_back(case, &status).await?;
    case.ctx.reservations.release(case.run).await;
    remove_tokens(case).await?;
    complete_check(case, status).await?;
    tell_of_drift(case).await?;
    drift::correct(case).await?;
    shown::forget(case);
    prune(case).await?;
    Ok(Action::await_change())
}

/// Open pull requests would now change another file.
async fn preview_again(case: &Case<'_>) -> Result<(), Error> {
    let outcome = match case.github().await {
        Ok(github) => replace::preview_again(case, &github).await,
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        let why = give_up(case, error).await?;
        tracing::warn!(run = case.name(), why, "open pull requests can't be previewed anew");
    }
    Ok(())
}

async fn complete_check(case: &Case<'_>, mut status: PeribolosRunStatus) -> Result<(), Error> {
    let unfinished = finalizer::has(case.run)
        || (status.check_run_id.is_none()
            && status.sha.is_some()
            && check::wanted(case, &status, None).is_some());
    if !unfinished {
        return Ok(());
    }
    let before = status.clone();
    let outcome = match case.github().await {
        Ok(github) if before.check_run_id.is_none() || !shown::is_shown(case, &status) => {
            let report = output::read_again(case).await?;
            shown::complete(case, &github, &mut status, report.as_ref()).await
        }
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        let ended = status.finished_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
        if is_hopeless(&error) && ended.is_some_and(|ended| Timestamp::now().duration_since(ended) < PATIENCE)
        {
            return Err(error);
        }
        let why = give_up(case, error).await?;
        tracing::warn!(run = case.name(), why, "the check can't be completed");
    }
    if before != status {
        status::write(case, status).await?;
    }
    finalizer::remove(case).await
}

/// Opens or updates the issue about drift that could not be written when the run ended.
async fn tell_of_drift(case: &Case<'_>) -> Result<(), Error> {
    let mut status = case.status();
    if status.shown_at.is_some() || !drift::is_the_word(case) {
        return Ok(());
    }
    let report = output::read_again(case).await?;
    let outcome = match case.github().await {
        Ok(github) => drift::tell(case, &github, &status, report.as_ref()).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(true) => {
            shown::note(&mut status, report.as_ref(), Timestamp::now());
            status::write(case, status).await
        }
        Ok(false) => Ok(()),
        Err(error) => {
            let why = give_up(case, error).await?;
            tracing::warn!(run = case.name(), why, "the issue about drift can't be written");
            Ok(())
        }
    }
}

/// Why nothing is gained by trying again.
///
/// # Errors
/// When something may be.
async fn give_up(case: &Case<'_>, error: Error) -> Result<String, Error> {
    match error {
        Error::GitHub(error) if error.is_moved() => moved::explain(case, error).await,
        error if is_hopeless(&error) => Ok(error.to_string()),
        error => Err(error),
    }
}

/// The App may no longer write that check: nothing is gained by trying for ever. A suspension passes.
pub(super) fn is_hopeless(error: &Error) -> bool {
    match error {
        Error::GitHub(error) => {
            matches!(error.status(), Some(401 | 403 | 404 | 410 | 422))
                && !error.is_rate_limited()
                && !error.is_suspended()
        }
        Error::Token(error) => {
            matches!(error.reason(), Reason::InstallationNotFound | Reason::PermissionsMissing)
        }
        _ => false,
    }
}

/// The additional tokens go with the last run that needs them.
async fn remove_tokens(case: &Case<'_>) -> Result<(), Error> {
    if case.run.spec.mode == Mode::Apply {
        return Ok(());
    }
    for token in RunToken::ALL {
        let is_used = async || {
            let starting = case.ctx.reservations.of(&case.run.spec.installation_ref).await;
            let others = case.others();
            others.iter().map(AsRef::as_ref).chain(&starting).any(|other| launch::uses(other, token))
        };
        tokens::remove_extra(&case.ctx.tokens, &case.installation, token, is_used).await?;
    }
    Ok(())
}

/// Deletes what is beyond the installation's history.
async fn prune(case: &Case<'_>) -> Result<(), Error> {
    let all = case.others();
    let runs: Vec<_> = all.iter().map(AsRef::as_ref).chain([case.run]).collect();
    for name in history::beyond(&case.installation.spec.run.history, &runs) {
        delete(case, &name).await?;
    }
    let now = Timestamp::now();
    for run in history::recorded(&runs, now).into_iter().take(RECORDS_LOOKED_AT) {
        if is_pull_request_past(case, run, now).await? {
            delete(case, &run.name_any()).await?;
        }
    }
    Ok(())
}

async fn delete(case: &Case<'_>, name: &str) -> Result<(), Error> {
    match call(case.runs().delete(name, &DeleteParams::background())).await {
        Err(error) if !error.is_not_found() => return Err(error.into()),
        _ => tracing::info!(run = name, "deleted: it is beyond the history"),
    }
    Ok(())
}

/// Whether the pull request of a preview was closed so long ago that nobody will ask what was shown.
async fn is_pull_request_past(case: &Case<'_>, run: &PeribolosRun, now: Timestamp) -> Result<bool, Error> {
    let Some(number) = run.spec.source.pull_request else { return Ok(true) };
    let outcome = match case.github().await {
        Ok(github) => admission::pull(&github, &case.repository()?, number).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(Some(pull)) => Ok(pull.closed_at.is_some_and(|closed| history::is_past(closed, now))),
        Ok(None) => Ok(true),
        Err(error) => give_up(case, error).await.map(|_| false),
    }
}

fn count(case: &Case<'_>, status: &PeribolosRunStatus) {
    let mode = case.run.spec.mode.as_str().to_owned();
    let result = status.reason.clone().unwrap_or_default();
    case.ctx.metrics.runs_total.get_or_create(&RunEnd { mode: mode.clone(), result }).inc();
    let started = status.started_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    if let Some(started) = started {
        let took = Timestamp::now().duration_since(started).as_secs_f64();
        case.ctx.metrics.run_duration.get_or_create(&ModeLabel { mode }).observe(took);
    }
}

async fn publish(case: &Case<'_>, status: &PeribolosRunStatus) {
    let is_final = status.phase.is_some_and(Phase::is_final);
    let trouble = status.phase == Some(Phase::Failed) || (!is_final && status.retry_at.is_some());
    let event = Event {
        type_: if trouble { EventType::Warning } else { EventType::Normal },
        reason: status.reason.clone().unwrap_or_default(),
        note: status.message.clone().filter(|message| message.len() <= 1000),
        action: "Run".to_owned(),
        secondary: Some(case.installation.object_ref(&())),
    };
    if let Err(error) = case.ctx.recorder.publish(&event, &case.run.object_ref(&())).await {
        tracing::debug!(run = case.name(), %error, "the Event could not be written");
    }
}
