//! What can be seen of a TaskRun and its pod, in the terms of the decisions.

use k8s_openapi::api::core::v1::Pod;
use kube::{ResourceExt, api::ListParams};
use peribolos_core::run::outcome::{self, Condition, Observation, Step};
use peribolos_vocab::report::StepReport;

use super::{case::Case, error::Error, launch, task_run};
use crate::kubernetes::{
    client::call,
    tekton::{StepState, TaskRun},
};

/// Observes a TaskRun, its pod, and the Secrets the pod mounts. `report` is that of its last step.
pub(super) async fn look(
    case: &Case<'_>,
    task_run: Option<&TaskRun>,
    report: Option<StepReport>,
) -> Result<Observation, Error> {
    let Some(task_run) = task_run else { return Ok(Observation::default()) };
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
        match call(case.pods().get_opt(&status.pod_name)).await? {
            Some(pod) => pod_state(&pod),
            None => outcome::Pod::Gone,
        }
    };
    let waiting = !steps.iter().any(|step| step.started);
    let secret_missing = if waiting { missing_secret(case, task_run).await? } else { None };
    let made = task_run.metadata.creation_timestamp.as_ref().map(|time| time.0);
    let engine = task_run::engine(case.run.spec.mode, task_run);
    Ok(Observation { engine, exists: true, condition, steps, pod, made, secret_missing, report })
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

/// Kubernetes retries a missing Secret for ever and Tekton waits for its timeout, so it is looked at here.
async fn missing_secret(case: &Case<'_>, task_run: &TaskRun) -> Result<Option<String>, Error> {
    use k8s_openapi::api::core::v1::Secret;
    let secrets: kube::Api<Secret> = kube::Api::namespaced(case.ctx.client.clone(), &case.ctx.namespace);
    for secret in task_run.spec.workspaces.iter().filter_map(|workspace| workspace.secret.as_ref()) {
        if call(secrets.get_metadata_opt(&secret.secret_name)).await?.is_none() {
            return Ok(Some(secret.secret_name.clone()));
        }
    }
    Ok(None)
}

/// Whether the pod of this run's TaskRun can do no more: it has ended, is gone, or was never made.
pub(super) async fn pod_is_done(case: &Case<'_>, task_run_name: &str) -> Result<bool, Error> {
    let found = call(case.task_runs().get_opt(task_run_name)).await?;
    let (ours, foreign) = match found {
        Some(task_run) if launch::is_ours(case, &task_run) => (Some(task_run), None),
        other => (None, other.and_then(|foreign| foreign.uid())),
    };
    let Some(task_run) = ours else {
        // Its pod goes with it, but the garbage collector may not have come by yet. Tekton labels pods by TaskRun, and
        // has each TaskRun own its pods.
        let of_task_run = ListParams::default().labels(&format!("tekton.dev/taskRun={task_run_name}"));
        let pods = call(case.pods().list(&of_task_run)).await?;
        let is_foreign =
            |pod: &Pod| pod.owner_references().iter().any(|owner| Some(&owner.uid) == foreign.as_ref());
        return Ok(pods.iter().all(|pod| is_foreign(pod) || has_ended(pod)));
    };
    let status = task_run.status.unwrap_or_default();
    if status.pod_name.is_empty() {
        return Ok(status.completion_time.is_some());
    }
    Ok(call(case.pods().get_opt(&status.pod_name)).await?.is_none_or(|pod| has_ended(&pod)))
}

/// Whether all containers of a pod have ended.
pub(super) fn has_ended(pod: &Pod) -> bool {
    matches!(pod_state(pod), outcome::Pod::Present { ended: true, .. })
}
