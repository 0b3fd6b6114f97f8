//! Makes and stops the attempt's TaskRun.

use jiff::Timestamp;
use kube::{ResourceExt, api::Patch};
use peribolos_api::names as labels;
use peribolos_core::{
    names,
    run::{answer::Answer, step::TaskRunPlan},
};
use serde_json::json;

use super::{RunContext, build::build};
use crate::{
    controller::run::error::Error,
    kubernetes::{
        client::call,
        write::{patch_by, post_by},
    },
};

/// Makes the TaskRun; one of that name that is this run's is success.
pub(super) async fn create(at: RunContext<'_>, plan: &TaskRunPlan) -> Result<Answer, Error> {
    let task_run = build(at, plan, &at.repository()?);
    let params = post_by(labels::MANAGER);
    match call(at.task_runs().create(&params, &task_run)).await {
        Ok(_) => {
            observe_queue(at);
            Ok(Answer::Done)
        }
        Err(error) if error.is_already_exists() => {
            let there = call(at.task_runs().get(&task_run.name_any())).await?;
            Ok(if at.owns(&there) { Answer::Done } else { Answer::Foreign })
        }
        Err(error) if error.is_forbidden_or_invalid() => {
            let invalid = error.is_invalid();
            Err(Error::NoTaskRun { invalid, source: error })
        }
        Err(error) => Err(error.into()),
    }
}

fn observe_queue(at: RunContext<'_>) {
    let is_first = at.run.status.as_ref().is_some_and(|status| status.attempts == Some(1));
    if let (true, Some(made)) = (is_first, &at.run.metadata.creation_timestamp) {
        at.ctx.metrics.run_queue.observe(Timestamp::now().duration_since(made.0).as_secs_f64());
    }
}

/// Labels the TaskRuns of a run that has ended. One that was deleted needs no label.
pub(super) async fn label(at: RunContext<'_>) -> Result<Answer, Error> {
    let attempts = at.run.status.as_ref().and_then(|status| status.attempts).unwrap_or(0);
    let params = patch_by(labels::MANAGER);
    for attempt in 1..=attempts {
        let name = names::task_run(&at.name(), attempt);
        let Some(there) = call(at.task_runs().get_metadata_opt(&name)).await? else { continue };
        if !at.owns(&there) || there.labels().contains_key(labels::LABEL_ENDED) {
            continue;
        }
        let patch = json!({"metadata": {
            "uid": there.metadata.uid, "resourceVersion": there.metadata.resource_version,
            "labels": {labels::LABEL_ENDED: labels::TRUE},
        }});
        match call(at.task_runs().patch_metadata(&name, &params, &Patch::Merge(patch))).await {
            Err(error) if !error.is_not_found() => return Err(error.into()),
            _ => {}
        }
    }
    Ok(Answer::Done)
}

/// Has Tekton stop the TaskRun; it deletes the pod.
pub(super) async fn stop(at: RunContext<'_>, why: &str) -> Result<Answer, Error> {
    let Some(name) = at.task_run_name() else { return Ok(Answer::Done) };
    let Some(task_run) = call(at.task_runs().get_opt(name)).await? else { return Ok(Answer::Done) };
    let is_over = task_run.status.as_ref().is_some_and(|status| status.completion_time.is_some());
    if !at.owns(&task_run) || task_run.spec.status.is_some() || is_over {
        return Ok(Answer::Done);
    }
    let patch = json!({
        "metadata": {"uid": task_run.metadata.uid, "resourceVersion": task_run.metadata.resource_version},
        "spec": {"status": "TaskRunCancelled", "statusMessage": why},
    });
    let params = patch_by(labels::MANAGER);
    match call(at.task_runs().patch(name, &params, &Patch::Merge(patch))).await {
        Err(error) if error.is_not_found() => Ok(Answer::Done),
        other => Ok(other.map(|_| Answer::Done)?),
    }
}
