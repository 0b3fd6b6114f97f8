//! Checks whether Tekton's API and our Tasks exist: without them runs wait, because a TaskRun without a controller never reports
//! anything.

use std::{collections::HashSet, time::Duration};

use jiff::Timestamp;
use kube::{
    Api, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
    core::GroupVersionKind,
    runtime::reflector::ObjectRef,
};
use peribolos_api::GitHubInstallation;
use peribolos_core::tekton::Missing;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::context::{Context, Shared};
use crate::kubernetes::client::{CallError, call};

/// The interval of the checks.
const INTERVAL: Duration = Duration::from_secs(10);
/// The pause between the notifications of installations with unfinished runs after a change: 20 per second.
const PACE: Duration = Duration::from_millis(50);

/// Checks until `stop`, and after a change triggers the reconcile of the installations with unfinished runs.
pub(super) async fn run(ctx: Shared, stop: CancellationToken) {
    let mut looks = tokio::time::interval(ctx.settings.time_scale.of(INTERVAL));
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut logged, mut to_wake) = (None, Vec::new());
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = looks.tick() => {
                let lasting = look(&ctx).await;
                if lasting != logged {
                    log(lasting.as_ref());
                    logged = lasting;
                    to_wake = concerned(&ctx);
                }
            }
            _ = pace.tick(), if !to_wake.is_empty() => {
                if let Some(installation) = to_wake.pop() {
                    ctx.wake_installation.notify(installation.clone());
                    ctx.wake_runs_of.notify(installation);
                }
            }
        }
    }
}

/// What has been missing for long enough to be reported.
async fn look(ctx: &Context) -> Option<Missing> {
    match missing(ctx).await {
        Ok(missing) => ctx.tekton.seen(missing, Timestamp::now()),
        // If the check fails, the last result remains.
        Err(error) => tracing::debug!(%error, "the check for Tekton's API failed"),
    }
    ctx.tekton.lasting(ctx.settings.time_scale, Timestamp::now())
}

fn log(missing: Option<&Missing>) {
    if let Some(missing) = missing {
        tracing::warn!(%missing, "no run can start");
    } else {
        tracing::info!("Tekton's API and the Tasks are available again");
    }
}

/// The installations with unfinished runs.
fn concerned(ctx: &Context) -> Vec<ObjectRef<GitHubInstallation>> {
    let runs = ctx.runs.state();
    let names: HashSet<&str> = runs.iter().map(|run| run.spec.installation_ref.name.as_str()).collect();
    names.into_iter().map(|name| ObjectRef::new(name).within(&ctx.namespace)).collect()
}

async fn missing(ctx: &Context) -> Result<Option<Missing>, CallError> {
    let api = match call(ctx.client.list_api_group_resources("tekton.dev/v1")).await {
        Ok(api) => api,
        Err(error) if error.is_not_found() => return Ok(Some(Missing::Api)),
        Err(error) => return Err(error),
    };
    let serves = |plural: &str| api.resources.iter().any(|resource| resource.name == plural);
    if !serves("taskruns") {
        return Ok(Some(Missing::Api));
    }
    if !serves("tasks") {
        return Ok(None);
    }
    let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("tekton.dev", "v1", "Task"));
    let tasks: Api<DynamicObject> = Api::namespaced_with(ctx.client.clone(), &ctx.namespace, &kind);
    let tasks = call(tasks.list_metadata(&ListParams::default())).await?;
    let names: Vec<String> = tasks.iter().map(ResourceExt::name_any).collect();
    Ok(Missing::of_tasks(names.iter().map(String::as_str)))
}
