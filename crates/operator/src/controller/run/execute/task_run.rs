//! Creates, closes and stops the attempt's TaskRun.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::{
    ResourceExt,
    api::{DeleteParams, ListParams, Patch, Preconditions},
};
use peribolos_api::names as labels;
use peribolos_core::run::{answer::Answer, step::TaskRunPlan};
use serde_json::json;

use super::{
    RunContext,
    build::{self, build},
};
use crate::{
    controller::run::{
        error::Error,
        gather::{find, has_ended, is_closed, pods_of},
    },
    kubernetes::{
        client::call,
        tekton::CANCELLED,
        write::{patch_by, post_by},
    },
};

/// Creates the TaskRun. An existing one of that name that belongs to this run counts as success.
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
            Ok(match () {
                () if !at.owns(&there) => Answer::Foreign,
                () if is_closed(&there) => Answer::Closed,
                () => Answer::Done,
            })
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

/// Labels the TaskRuns of a run that has ended. One that was deleted meanwhile needs no label.
pub(super) async fn label(at: RunContext<'_>) -> Result<Answer, Error> {
    let installation = &at.run.spec.installation_ref.name;
    let unlabelled =
        format!("{}={installation},{}!={}", labels::LABEL_INSTALLATION, labels::LABEL_ENDED, labels::TRUE);
    let there = match call(at.task_runs().list_metadata(&ListParams::default().labels(&unlabelled))).await {
        Ok(there) => there,
        // The cluster does not serve TaskRuns.
        Err(error) if error.is_not_found() => return Ok(Answer::Done),
        Err(error) => return Err(error.into()),
    };
    let params = patch_by(labels::MANAGER);
    for task_run in there.iter().filter(|task_run| at.owns(*task_run)) {
        let patch = json!({"metadata": {
            "uid": task_run.metadata.uid, "resourceVersion": task_run.metadata.resource_version,
            "labels": {labels::LABEL_ENDED: labels::TRUE},
        }});
        let name = task_run.name_any();
        match call(at.task_runs().patch_metadata(&name, &params, &Patch::Merge(patch))).await {
            Err(error) if !error.is_not_found() => return Err(error.into()),
            _ => {}
        }
    }
    Ok(Answer::Done)
}

/// Makes the name of the attempt unusable, and deletes the pods that it may have had. If the TaskRun was created after all, it is
/// not changed, and the next read finds it.
pub(super) async fn close(at: RunContext<'_>, name: &str) -> Result<Answer, Error> {
    let params = post_by(labels::MANAGER);
    match call(at.task_runs().create(&params, &build::closed(at, name))).await {
        Ok(_) => {}
        Err(error) if error.is_already_exists() => {
            let there = call(at.task_runs().get(name)).await?;
            if !at.owns(&there) {
                return Ok(Answer::Foreign);
            }
            if !is_closed(&there) {
                return Ok(Answer::Done);
            }
        }
        // Neither this nor the attempt's own TaskRun can be made: there is no such kind, the namespace is terminating.
        Err(error) if error.is_forbidden_or_invalid() || error.is_not_found() => {}
        Err(error) => return Err(error.into()),
    }
    for pod in call(at.pods().list(&pods_of(name))).await? {
        let uid = pod.uid();
        let is_of_task_run = |owner: &OwnerReference| owner.kind == "TaskRun" && owner.name == name;
        if !pod.owner_references().iter().any(is_of_task_run) || has_ended(&pod) {
            continue;
        }
        let preconditions = Some(Preconditions { uid, resource_version: None });
        let params = DeleteParams { preconditions, ..DeleteParams::background() };
        match call(at.pods().delete(&pod.name_any(), &params)).await {
            Err(error) if !error.is_not_found() => return Err(error.into()),
            _ => {}
        }
    }
    Ok(Answer::Closed)
}

/// Cancels the TaskRun; Tekton deletes the pod.
pub(super) async fn stop(at: RunContext<'_>, why: &str) -> Result<Answer, Error> {
    let Some(name) = at.task_run_name() else { return Ok(Answer::Done) };
    let Some(task_run) = find(at, name).await? else { return Ok(Answer::Done) };
    let is_over = task_run.status.as_ref().is_some_and(|status| status.completion_time.is_some());
    if !at.owns(&task_run) || task_run.spec.status.is_some() || is_over {
        return Ok(Answer::Done);
    }
    let patch = json!({
        "metadata": {"uid": task_run.metadata.uid, "resourceVersion": task_run.metadata.resource_version},
        "spec": {"status": CANCELLED, "statusMessage": why},
    });
    let params = patch_by(labels::MANAGER);
    match call(at.task_runs().patch(name, &params, &Patch::Merge(patch))).await {
        Err(error) if error.is_not_found() => Ok(Answer::Done),
        other => Ok(other.map(|_| Answer::Done)?),
    }
}
