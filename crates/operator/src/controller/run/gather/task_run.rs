//! The attempt's TaskRun and its pod, as decisions see them.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::{ResourceExt, api::ListParams};
use peribolos_api::{names::ANNOTATION_CLOSED, run::Mode};
use peribolos_core::{
    names,
    run::{
        facts::Attempt,
        outcome::{self, Condition, Engine, Observation, Step},
    },
};

use super::RunContext;
use crate::{
    controller::run::error::Error,
    kubernetes::{
        client::call,
        tekton::{StepState, TaskRun},
    },
};

/// The attempt's TaskRun, its pod, and the Secrets that the pod mounts.
pub(super) async fn attempt(at: RunContext<'_>) -> Result<Attempt, Error> {
    let Some(name) = at.task_run_name() else { return Ok(Attempt::Unmade) };
    match find(at, name).await? {
        None => Ok(Attempt::Unmade),
        Some(task_run) if !at.owns(&task_run) => Ok(Attempt::Foreign),
        Some(task_run) if is_closed(&task_run) => Ok(Attempt::Closed),
        Some(task_run) => Ok(Attempt::Seen(Box::new(look(at, &task_run).await?))),
    }
}

/// The TaskRun of that name. None also if the cluster does not serve TaskRuns.
pub(in crate::controller::run) async fn find(
    at: RunContext<'_>,
    name: &str,
) -> Result<Option<TaskRun>, Error> {
    match call(at.task_runs().get(name)).await {
        Ok(task_run) => Ok(Some(task_run)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn look(at: RunContext<'_>, task_run: &TaskRun) -> Result<Observation, Error> {
    let seen_at = Timestamp::now();
    let status = task_run.status.clone().unwrap_or_default();
    let steps: Vec<Step> = status.steps.iter().map(step).collect();
    let condition =
        status.conditions.iter().find(|condition| condition.kind == "Succeeded").map(|condition| Condition {
            succeeded: match condition.status.as_str() {
                "True" => Some(true),
                "False" => Some(false),
                _ => None,
            },
            reason: condition.reason.clone(),
            message: condition.message.clone(),
        });
    let pod = if status.pod_name.is_empty() {
        outcome::Pod::Unknown
    } else {
        match call(at.pods().get_opt(&status.pod_name)).await? {
            Some(pod) => pod_state(&pod),
            None => outcome::Pod::Gone,
        }
    };
    let waiting = !steps.iter().any(|step| step.started);
    let secret_missing = if waiting { missing_secret(at, task_run).await? } else { None };
    Ok(Observation {
        at: seen_at,
        engine: engine(at.run.spec.mode, task_run),
        exists: true,
        condition,
        steps,
        pod,
        made: task_run.metadata.creation_timestamp.as_ref().map(|time| time.0),
        secret_missing,
        report: None,
        stopping: task_run.spec.status.is_some(),
        completed: status.completion_time.is_some(),
    })
}

/// The kind of Task that a TaskRun runs: the spec may name another one in the meantime.
pub(in crate::controller::run) fn engine(mode: Mode, task_run: &TaskRun) -> Engine {
    let task_ref = task_run.spec.task_ref.as_ref();
    if task_ref.is_some_and(|reference| reference.name == names::task(mode, "")) {
        Engine::Ours
    } else {
        Engine::Another
    }
}

fn step(state: &StepState) -> Step {
    let ended = state.state.terminated.as_ref();
    let skipped = state.termination_reason.as_deref() == Some("Skipped");
    Step {
        name: state.name.clone(),
        started: ended.is_some() || state.state.running.is_some(),
        exit: ended.map(|ended| ended.exit_code),
        out_of_memory: ended.is_some_and(|ended| ended.reason.as_deref() == Some("OOMKilled")),
        skipped,
    }
}

fn pod_state(pod: &Pod) -> outcome::Pod {
    let Some(status) = &pod.status else { return outcome::Pod::Unknown };
    let phase = status.phase.as_deref().unwrap_or_default();
    let unscheduled = status
        .conditions
        .iter()
        .flatten()
        .find(|condition| condition.type_ == "PodScheduled" && condition.status == "False");
    if let (Some(condition), "Pending") = (unscheduled, phase)
        && let Some(since) = &condition.last_transition_time
    {
        return outcome::Pod::Unscheduled(since.0);
    }
    outcome::Pod::Present {
        ended: matches!(phase, "Succeeded" | "Failed"),
        evicted: matches!(
            status.reason.as_deref(),
            Some("Evicted" | "NodeLost" | "NodeShutdown" | "Terminated")
        ),
    }
}

/// Kubernetes retries a missing Secret forever and Tekton waits for its timeout, so the controller checks for it here.
async fn missing_secret(at: RunContext<'_>, task_run: &TaskRun) -> Result<Option<String>, Error> {
    use k8s_openapi::api::core::v1::Secret;
    let secrets: kube::Api<Secret> = kube::Api::namespaced(at.ctx.client.clone(), &at.ctx.namespace);
    for secret in task_run.spec.workspaces.iter().filter_map(|workspace| workspace.secret.as_ref()) {
        if call(secrets.get_metadata_opt(&secret.secret_name)).await?.is_none() {
            return Ok(Some(secret.secret_name.clone()));
        }
    }
    Ok(None)
}

/// Whether the pod of the attempt's TaskRun has ended, was deleted, or was never created.
pub(super) async fn pod_is_done(at: RunContext<'_>) -> Result<bool, Error> {
    let Some(name) = at.task_run_name() else { return Ok(true) };
    let found = find(at, name).await?;
    let (ours, foreign) = match found {
        Some(task_run) if at.owns(&task_run) && is_closed(&task_run) => (None, None),
        Some(task_run) if at.owns(&task_run) => (Some(task_run), None),
        other => (None, other.and_then(|foreign| foreign.uid())),
    };
    let Some(task_run) = ours else {
        // The garbage collector deletes its pod too, but may not have done so yet.
        let pods = call(at.pods().list(&pods_of(name))).await?;
        let is_foreign =
            |pod: &Pod| pod.owner_references().iter().any(|owner| Some(&owner.uid) == foreign.as_ref());
        return Ok(pods.iter().all(|pod| is_foreign(pod) || has_ended(pod)));
    };
    let status = task_run.status.unwrap_or_default();
    if status.pod_name.is_empty() {
        return Ok(status.completion_time.is_some());
    }
    Ok(call(at.pods().get_opt(&status.pod_name)).await?.is_none_or(|pod| has_ended(&pod)))
}

/// Whether a TaskRun exists only to reserve its name.
pub(in crate::controller::run) fn is_closed(task_run: &TaskRun) -> bool {
    task_run.annotations().contains_key(ANNOTATION_CLOSED)
}

/// The pods of the TaskRuns of that name: Tekton labels pods by TaskRun, and has each TaskRun own its pods.
pub(in crate::controller::run) fn pods_of(task_run: &str) -> ListParams {
    ListParams::default().labels(&format!("tekton.dev/taskRun={task_run}"))
}

/// Whether all containers of a pod have ended.
pub(in crate::controller::run) fn has_ended(pod: &Pod) -> bool {
    matches!(pod_state(pod), outcome::Pod::Present { ended: true, .. })
}
