//! Looks whether Tekton's API and our Tasks are there: without them runs wait, and a TaskRun that nobody carries out tells
//! nothing.

use std::{collections::HashSet, time::Duration};

use jiff::Timestamp;
use kube::{
    Api, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
    core::GroupVersionKind,
    runtime::reflector::ObjectRef,
};
use peribolos_core::tekton::Missing;
use tokio_util::sync::CancellationToken;

use super::context::{Context, Shared};
use crate::kubernetes::client::{CallError, call};

/// How often it is looked.
const INTERVAL: Duration = Duration::from_secs(10);
/// How long after one installation with unfinished runs the next one is told that something has changed: 20 a second.
const PACE: Duration = Duration::from_millis(50);

/// Looks until `stop`, and has the installations with unfinished runs looked at where something has changed.
pub(super) async fn run(ctx: Shared, stop: CancellationToken) {
    let scale = ctx.settings.time_scale;
    let mut ticks = tokio::time::interval(scale.of(INTERVAL));
    let mut said = None;
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match missing(&ctx).await {
            Ok(missing) => ctx.tekton.seen(missing, Timestamp::now()),
            // What could not be looked at is as it was.
            Err(error) => tracing::debug!(%error, "whether Tekton is there could not be seen"),
        }
        let lasting = ctx.tekton.lasting(scale, Timestamp::now());
        if lasting == said {
            continue;
        }
        if let Some(missing) = &lasting {
            tracing::warn!(%missing, "no run can start");
        } else {
            tracing::info!("what was missing of Tekton is there");
        }
        said = lasting;
        wake_all(&ctx, &stop).await;
    }
}

/// Has the installations with unfinished runs reconciled, and these runs.
async fn wake_all(ctx: &Context, stop: &CancellationToken) {
    let runs = ctx.runs.state();
    let concerned: HashSet<&str> = runs.iter().map(|run| run.spec.installation_ref.name.as_str()).collect();
    for installation in concerned {
        let installation = ObjectRef::new(installation).within(&ctx.namespace);
        ctx.wake_installation.tell(installation.clone());
        ctx.wake_runs_of.tell(installation);
        if stop.run_until_cancelled(tokio::time::sleep(PACE)).await.is_none() {
            return;
        }
    }
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
