//! What the steps said: read as soon as each's container has ended, because Tekton deletes the pod on timeout and cancel.

use kube::api::LogParams;
use peribolos_api::run::Mode;
use peribolos_core::{
    run::said::Said,
    step_output::{MAX_LINE_BYTES, StepOutput},
};

use super::{case::Case, error::Error, launch};
use crate::kubernetes::{
    client::call,
    tekton::{StepState, TaskRun},
};

/// How many of a log's last lines are looked at.
const LINES: i64 = 50;

/// The words of our own steps, of each that has ended and whose words can be read.
pub(super) async fn read(case: &Case<'_>, task_run: &TaskRun) -> Result<Said, Error> {
    let first = if case.run.spec.mode == Mode::Dump { "dump" } else { "plan" };
    let first = read_step(case, task_run, first).await?;
    let verify = match case.run.spec.mode {
        Mode::Apply => read_step(case, task_run, "verify").await?,
        Mode::DryRun | Mode::Dump => None,
    };
    Ok(Said { first, verify })
}

/// The same of a run that has ended, while its pod is still there.
pub(super) async fn read_again(case: &Case<'_>) -> Result<Said, Error> {
    let Some(name) = case.status().task_run_name else { return Ok(Said::default()) };
    match call(case.task_runs().get_opt(&name)).await? {
        Some(task_run) if launch::is_ours(case, &task_run) => read(case, &task_run).await,
        _ => Ok(Said::default()),
    }
}

async fn read_step(case: &Case<'_>, task_run: &TaskRun, wanted: &str) -> Result<Option<StepOutput>, Error> {
    let Some(status) = &task_run.status else { return Ok(None) };
    let ended = status.steps.iter().find(|step| step.name == wanted && has_spoken(step));
    let Some(step) = ended.filter(|_| !status.pod_name.is_empty()) else { return Ok(None) };
    let params = LogParams {
        container: Some(step.container.clone()),
        tail_lines: Some(LINES),
        limit_bytes: i64::try_from(4 * MAX_LINE_BYTES).ok(),
        ..LogParams::default()
    };
    let log = match call(case.pods().logs(&status.pod_name, &params)).await {
        Ok(log) => log,
        // The pod, or only its log, may be gone already; the exit code still says how it ended.
        Err(error) => {
            tracing::info!(run = case.name(), %error, "the step's log can't be read");
            return Ok(None);
        }
    };
    match StepOutput::from_log(&log) {
        Ok(output) => Ok(Some(output)),
        Err(error) => {
            tracing::warn!(run = case.name(), %error, "the step's log says nothing that can be used");
            Ok(None)
        }
    }
}

/// A step that was skipped has a container, too, and no words.
fn has_spoken(step: &StepState) -> bool {
    step.state.terminated.is_some() && step.termination_reason.as_deref() != Some("Skipped")
}
