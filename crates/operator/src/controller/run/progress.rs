//! A run at work: what its steps said is taken down as they end, and its end is judged.

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
    run::{
        outcome::{self, End, Verdict},
        queue, retry,
        said::{self, Said},
    },
    step_output::StepExit,
};
use peribolos_github::client::PullState;
use serde_json::json;

use super::{admission, case::Case, error::Error, launch, observe, output, settle, shown, slot, status};
use crate::kubernetes::{client::call, tekton::TaskRun};

/// A run at work is looked at this often even if its TaskRun does not change: its pod may.
const PULSE: Duration = Duration::from_secs(20);

/// Moves a run at work on.
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
    let said = match &task_run {
        Some(task_run) => take_down(case, task_run, &mut status).await?,
        None => Said::default(),
    };
    let gives_way = gives_way_to(case);
    if let Some(task_run) = &task_run
        && (case.run.spec.cancel || gives_way.is_some())
    {
        let why =
            if case.run.spec.cancel { "spec.cancel was set" } else { "a newer commit is previewed instead" };
        stop(case, task_run, why).await?;
    }
    let seen = observe::look(case, task_run.as_ref()).await?;
    match outcome::judge(case.run.spec.mode, &seen, now) {
        Verdict::AtWork => {
            status::set(case.run, &mut status, Phase::Running, Reason::Running, "its pod is at work", now);
            if let Ok(github) = case.github().await {
                shown::update(case, &github, &mut status, &Said::default()).await;
            }
            status::write(case, status).await?;
            Ok(Action::requeue(PULSE))
        }
        // Its TaskRun is stopped once this is written: a crash in between must not make a cancel of it.
        Verdict::Stop(end) => ended(case, status, end, said, now).await,
        Verdict::Ended(end) => {
            let end = match gives_way {
                Some(newer) if end.reason == Reason::Cancelled && !case.run.spec.cancel => End {
                    phase: Phase::Superseded,
                    reason: Reason::Superseded,
                    message: format!("{newer} previews a newer commit"),
                },
                _ => end,
            };
            ended(case, status, end, said, now).await
        }
    }
}

fn gives_way_to(case: &Case<'_>) -> Option<String> {
    let others = case.others();
    let others: Vec<_> = others.iter().map(AsRef::as_ref).collect();
    queue::gives_way_to(case.run, &others).and_then(|newer| newer.metadata.name.clone())
}

/// Takes down what the steps said, and that the apply step has started.
async fn take_down(
    case: &Case<'_>,
    task_run: &TaskRun,
    status: &mut PeribolosRunStatus,
) -> Result<Said, Error> {
    let said = output::read(case, task_run).await?;
    if let Some(first) = &said.first {
        if first.blob.is_some() {
            status.blob.clone_from(&first.blob);
        }
        if first.pull_request_url.is_some() {
            status.pull_request_url.clone_from(&first.pull_request_url);
        }
        // Of an Apply only what it was stopped at: an owner may approve of that.
        if case.run.spec.mode != Mode::Apply || first.exit == StepExit::GuardTripped {
            status.removals.clone_from(&first.removals);
        }
    }
    if let Some(changes) = said.changes() {
        status.changes = Some(status::changes(changes));
    }
    let planned = said.first.as_ref().is_some_and(|first| first.exit == StepExit::Ok);
    let applies = task_run.status.iter().flat_map(|status| &status.steps).any(|step| {
        step.name == "apply"
            && step.termination_reason.as_deref() != Some("Skipped")
            && (step.state.running.is_some() || step.state.terminated.is_some())
    });
    if case.run.spec.mode == Mode::Apply
        && applies
        && planned
        && let Some(blob) = &status.blob
    {
        slot::note_attempt(case, blob).await?;
    }
    Ok(said)
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
    let end = End { phase: Phase::Failed, reason: Reason::PodFailed, message: error.to_string() };
    ended(case, status, end, Said::default(), now).await
}

/// Ends the attempt: for good, or until it is tried again.
async fn ended(
    case: &Case<'_>,
    mut status: PeribolosRunStatus,
    mut end: End,
    said: Said,
    now: Timestamp,
) -> Result<Action, Error> {
    if end.reason == Reason::Applied {
        end.reason = said::applied(said.changes());
    }
    if end.phase == Phase::Succeeded && case.run.spec.mode == Mode::Apply && status.blob.is_none() {
        match applied_blob(case).await {
            Ok(blob) => status.blob = blob,
            Err(error) => {
                tracing::warn!(run = case.name(), %error, "the file that was applied can't be told");
            }
        }
    }
    let message = message(case, &end, &said);
    if end.reason == Reason::StepFailed
        && let Some(message) = outdated(case).await?
    {
        return settle::finish(
            case,
            status,
            Phase::Superseded,
            Reason::Superseded,
            message,
            &Said::default(),
        )
        .await;
    }
    let attempts = status.attempts.unwrap_or(1);
    if end.phase == Phase::Failed
        && !case.run.spec.cancel
        && let Some(at) = retry::next_attempt(end.reason, attempts, now, said.retry_at())
    {
        let message = format!("{message}; attempt {} of {} follows", attempts + 1, retry::ATTEMPTS);
        status::set(case.run, &mut status, Phase::Queued, end.reason, &message, now);
        status.retry_at = Some(status::seconds(at));
        return settle::step_back(case, status).await;
    }
    settle::finish(case, status, end.phase, end.reason, &message, &said).await
}

/// The file of the commit that was applied, where the step's words are lost that told it.
async fn applied_blob(case: &Case<'_>) -> Result<Option<String>, Error> {
    let Some(sha) = case.status().sha else { return Ok(None) };
    let blob = case.blob(&case.github().await?, &case.repository()?, &sha).await?;
    Ok(blob.map(String::from))
}

/// The sentence for the run's status: our own step's words are better than its exit code. A DryRun of the branch has no
/// check, so its plan stands in the status.
fn message(case: &Case<'_>, end: &End, said: &Said) -> String {
    let words = said.first.as_ref().and_then(|first| first.words.clone());
    if let (Reason::Planned, Mode::DryRun, None, Some(words)) =
        (end.reason, case.run.spec.mode, case.run.spec.source.pull_request, words)
    {
        return words;
    }
    match said.about(end.reason) {
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
