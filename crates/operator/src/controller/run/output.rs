//! What a step said: read as soon as its container has ended, because Tekton deletes the pod on timeout and cancel.

use kube::api::LogParams;
use peribolos_api::run::Mode;
use peribolos_core::step_output::{MAX_LINE_BYTES, StepOutput};

use super::{case::Case, error::Error};
use crate::kubernetes::{client::call, tekton::TaskRun};

/// How many of a log's last lines are looked at.
const LINES: i64 = 50;

/// The words of the run's own step, if it has ended and they can be read.
pub(super) async fn read(case: &Case<'_>, task_run: &TaskRun) -> Result<Option<StepOutput>, Error> {
    let Some(status) = &task_run.status else { return Ok(None) };
    let wanted = if case.run.spec.mode == Mode::Dump { "dump" } else { "plan" };
    let ended = status.steps.iter().find(|step| step.name == wanted && step.state.terminated.is_some());
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
