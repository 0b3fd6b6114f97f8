//! The TaskRuns of ended runs: they and their pods are deleted some time after their end. The runs are kept for the history.

use jiff::{SignedDuration, Timestamp};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, Preconditions},
    core::PartialObjectMeta,
};
use peribolos_api::PeribolosRun;
use peribolos_core::run::history::is_past;

use super::{HealError, pages::Pages};
use crate::{
    controller::context::Context,
    kubernetes::{client::call, tekton::TaskRun},
};

/// Deletes those that ended at least `keep` ago. Their metadata shows which ones may have, and only these are read.
pub(super) async fn sweep(ctx: &Context, keep: SignedDuration) -> Result<(), HealError> {
    let api: Api<TaskRun> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    let mut pages = Pages::of_ended(&api);
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(()),
            // Tekton is not installed.
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for found in page.iter().filter(|found| is_of_a_run(found)) {
            let created = found.metadata.creation_timestamp.as_ref().map(|time| time.0);
            if is_past(created, keep, Timestamp::now()) {
                delete(&api, &found.name_any(), keep).await?;
            }
        }
    }
}

fn is_of_a_run(found: &PartialObjectMeta<TaskRun>) -> bool {
    found.owner_references().iter().any(|owner| owner.kind == PeribolosRun::kind(&()))
}

async fn delete(api: &Api<TaskRun>, name: &str, keep: SignedDuration) -> Result<(), HealError> {
    let Some(found) = call(api.get_opt(name)).await? else { return Ok(()) };
    let completed = found.status.as_ref().and_then(|status| status.completion_time.as_ref());
    if !is_past(completed.map(|time| time.0), keep, Timestamp::now()) {
        return Ok(());
    }
    let only_that = Preconditions { uid: found.uid(), resource_version: found.resource_version() };
    let params = DeleteParams { preconditions: Some(only_that), ..DeleteParams::background() };
    match call(api.delete(name, &params)).await {
        Ok(_) => tracing::info!(task_run = name, "deleted the TaskRun of a run that is kept"),
        // It was deleted, or has changed; in that case the next pass checks it.
        Err(error) if error.is_not_found() || error.is_conflict() => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
