//! The reports of the steps: read as soon as a container has ended, because Tekton deletes the pod on timeout and cancel.

use jiff::{SignedDuration, Timestamp};
use kube::api::LogParams;
use peribolos_vocab::report::{MAX_LINE_BYTES, Progress, StepReport};

use super::{RunContext, find};
use crate::{
    controller::run::error::Error,
    kubernetes::{
        client::{CallError, call},
        tekton::{StepState, TaskRun},
    },
};

/// How many of a log's last lines are read.
const LINES: i64 = 50;
/// How many bytes of a running step's log are read to find its progress.
const PROGRESS_BYTES: i64 = 64 * 1024;
/// How long reading a log that the cluster can't provide is retried after the end: without it the outcome of a run is unknown.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

/// The attempt's TaskRun, if it has a pod.
async fn with_pod(at: RunContext<'_>) -> Result<Option<TaskRun>, Error> {
    let Some(name) = at.task_run_name() else { return Ok(None) };
    let found = find(at, name).await?.filter(|task_run| at.owns(task_run));
    Ok(found.filter(|task_run| task_run.status.as_ref().is_some_and(|status| !status.pod_name.is_empty())))
}

/// The report of the last step that has ended and wrote one.
pub(super) async fn read(at: RunContext<'_>) -> Result<Option<StepReport>, Error> {
    let Some(task_run) = with_pod(at).await? else { return Ok(None) };
    let status = task_run.status.clone().unwrap_or_default();
    for step in status.steps.iter().rev().filter(|step| has_ended(step)) {
        let limit = i64::try_from(4 * MAX_LINE_BYTES).unwrap_or(i64::MAX);
        let log = match log(at, &status.pod_name, step, limit).await {
            Ok(log) => log,
            Err(error) if is_passing(&error) && ended_lately(&task_run) => return Err(error.into()),
            // The pod, or only its log, may have been deleted already; the exit code still shows how it ended.
            Err(error) => {
                tracing::info!(run = at.name(), step = step.name, %error, "the step's log can't be read");
                continue;
            }
        };
        match StepReport::from_log(&log) {
            Ok(report) => return Ok(Some(report)),
            Err(error) => tracing::info!(run = at.name(), step = step.name, "{error}"),
        }
    }
    Ok(None)
}

/// The progress of the running step. None: it reports none, or its log can't be read at the moment.
pub(super) async fn progress(at: RunContext<'_>) -> Option<Progress> {
    let status = with_pod(at).await.ok()??.status?;
    let step = status.steps.iter().find(|step| step.state.running.is_some())?;
    match log(at, &status.pod_name, step, PROGRESS_BYTES).await {
        Ok(log) => Progress::from_log(&log),
        Err(error) => {
            tracing::debug!(run = at.name(), %error, "the running step's log can't be read");
            None
        }
    }
}

async fn log(at: RunContext<'_>, pod: &str, step: &StepState, limit: i64) -> Result<String, CallError> {
    let params = LogParams {
        container: Some(step.container.clone()),
        tail_lines: Some(LINES),
        limit_bytes: Some(limit),
        ..LogParams::default()
    };
    call(at.pods().logs(pod, &params)).await
}

/// Whether a retry may help: the node's kubelet or the API server did not answer.
fn is_passing(error: &CallError) -> bool {
    !error.is_not_found() && !error.is_forbidden_or_invalid()
}

fn ended_lately(task_run: &TaskRun) -> bool {
    let ended = task_run.status.as_ref().and_then(|status| status.completion_time.as_ref());
    ended.is_some_and(|ended| Timestamp::now().duration_since(ended.0) < PATIENCE)
}

/// A step that was skipped has a container, too, and no report.
fn has_ended(step: &StepState) -> bool {
    step.state.terminated.is_some() && step.termination_reason.as_deref() != Some("Skipped")
}
