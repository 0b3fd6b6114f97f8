//! The ended runs: once an hour, in pages of metadata, those beyond the history are deleted. One that is labelled as ended although
//! something is left to be done loses the label, so that the watch has it again.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, Patch, Preconditions},
    core::PartialObjectMeta,
};
use peribolos_api::{GitHubInstallation, PeribolosRun, names, run::Mode};
use peribolos_core::{
    heal::file::is_requested,
    run::{
        history::{Counts, EndedRun, Record, beyond},
        state::is_finished_by_earlier_version,
    },
};
use serde_json::json;

use super::{FIELD_MANAGER, HealError, Pace, pace::Rest, pages::Pages, task_runs};
use crate::{
    controller::context::Context,
    kubernetes::{client::call, write::patch_by},
};

/// Old runs are labelled so far apart: 20 a second.
const BETWEEN_OLD: Duration = Duration::from_millis(50);

type Metadata = PartialObjectMeta<PeribolosRun>;

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let mut rest = Rest::new("history", pace.history);
    loop {
        let end = pass(ctx).await.and(task_runs::sweep(ctx, pace.keep_task_runs).await);
        rest.after(end).await;
    }
}

async fn pass(ctx: &Context) -> Result<(), HealError> {
    let runs: Api<PeribolosRun> = Api::namespaced(ctx.client.clone(), &ctx.namespace);
    label_old(ctx, &runs).await?;
    let installations: HashMap<String, Arc<GitHubInstallation>> =
        ctx.installations.state().into_iter().map(|object| (object.name_any(), object)).collect();
    let now = Timestamp::now();
    let mut counts: HashMap<String, Counts> = HashMap::new();
    let mut pages = Pages::of_ended(&runs);
    while let Some(page) = pages.next().await? {
        for run in page {
            let of = installation_of(&run);
            if is_contradicted(&run, installations.get(&of).map(AsRef::as_ref)) {
                take_label_off(&runs, &run).await?;
            } else if let Some(ended) = read(&run) {
                counts.entry(of).or_default().add(&ended, now);
            }
        }
    }
    // The runs of a deleted installation are deleted with it.
    counts.retain(|of, counts| installations.get(of).is_some_and(|it| counts.exceed(&it.spec.run.history)));
    if counts.is_empty() {
        return Ok(());
    }
    // Which ones are beyond is read again: remembering each run of all installations would take more memory than they themselves.
    let mut ended: HashMap<String, Vec<EndedRun<Identity>>> = HashMap::new();
    let mut pages = Pages::of_ended(&runs);
    while let Some(page) = pages.next().await? {
        for run in page {
            let of = installation_of(&run);
            let is_ended = !is_contradicted(&run, installations.get(&of).map(AsRef::as_ref));
            if is_ended && counts.contains_key(&of) {
                ended.entry(of).or_default().extend(read(&run));
            }
        }
    }
    for (of, ended) in ended {
        let Some(installation) = installations.get(&of) else { continue };
        for run in beyond(&installation.spec.run.history, ended, now) {
            delete(&runs, run).await?;
        }
    }
    Ok(())
}

fn installation_of(run: &Metadata) -> String {
    run.labels().get(names::LABEL_INSTALLATION).cloned().unwrap_or_default()
}

/// Labels the runs that an earlier version of the operator has finished, a few per second: until then the watch contains them.
async fn label_old(ctx: &Context, runs: &Api<PeribolosRun>) -> Result<(), HealError> {
    let params = patch_by(FIELD_MANAGER);
    let old = ctx.runs_by_installation.all();
    for run in old.into_iter().filter(|run| is_finished_by_earlier_version(run)) {
        let mut labels = json!({names::LABEL_ENDED: names::TRUE});
        if let Some(record) = Record::of(&run) {
            labels[names::LABEL_REMOVALS] = json!(record.label());
        }
        let patch = json!({"metadata": {
            "uid": run.metadata.uid, "resourceVersion": run.metadata.resource_version, "labels": labels,
        }});
        match call(runs.patch_metadata(&run.name_any(), &params, &Patch::Merge(patch))).await {
            Err(error) if !error.is_not_found() && !error.is_conflict() => return Err(error.into()),
            _ => tokio::time::sleep(BETWEEN_OLD).await,
        }
    }
    Ok(())
}

/// The preconditions of a deletion: exactly this object, as it was read.
struct Identity {
    name: String,
    uid: Option<String>,
    version: Option<String>,
}

fn read(run: &Metadata) -> Option<EndedRun<Identity>> {
    let labels = run.labels();
    let mode = Mode::of_label(labels.get(names::LABEL_MODE)?)?;
    let created = run.metadata.creation_timestamp.as_ref()?.0;
    let id =
        Identity { name: run.name_any(), uid: run.uid(), version: run.metadata.resource_version.clone() };
    Some(EndedRun {
        id,
        mode,
        made: (created, run.name_any()),
        is_requested: is_requested(&run.metadata),
        pull_request: labels.get(names::LABEL_PULL_REQUEST).cloned(),
        record: labels.get(names::LABEL_REMOVALS).map(|value| Record::of_label(value)),
    })
}

/// Whether a run that is labelled as ended is not finished, for example because somebody else has labelled it.
fn is_contradicted(run: &Metadata, installation: Option<&GitHubInstallation>) -> bool {
    let status = installation.and_then(|installation| installation.status.as_ref());
    let active = status.and_then(|status| status.active_run.as_ref());
    run.finalizers().iter().any(|finalizer| finalizer == names::FINALIZER_CHECK)
        || active.is_some_and(|active| Some(&active.uid) == run.metadata.uid.as_ref())
}

async fn take_label_off(runs: &Api<PeribolosRun>, run: &Metadata) -> Result<(), HealError> {
    let patch = json!({"metadata": {
        "uid": run.metadata.uid, "resourceVersion": run.metadata.resource_version,
        "labels": {names::LABEL_ENDED: null},
    }});
    let params = patch_by(FIELD_MANAGER);
    match call(runs.patch_metadata(&run.name_any(), &params, &Patch::Merge(patch))).await {
        Err(error) if !error.is_not_found() && !error.is_conflict() => return Err(error.into()),
        _ => tracing::warn!(
            run = run.name_any(),
            "the run was labelled as ended before it had ended; its label is removed and it is reconciled again"
        ),
    }
    Ok(())
}

async fn delete(runs: &Api<PeribolosRun>, run: Identity) -> Result<(), HealError> {
    let preconditions = Preconditions { uid: run.uid, resource_version: run.version };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::background() };
    match call(runs.delete(&run.name, &params)).await {
        Ok(_) => tracing::info!(run = run.name, "deleted a run beyond the history limit"),
        // It was deleted, or has changed; in that case the next pass checks it.
        Err(error) if error.is_not_found() || error.is_conflict() => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(metadata: serde_json::Value) -> Metadata {
        serde_json::from_value(json!({"metadata": metadata})).unwrap()
    }

    #[test]
    fn a_label_that_nobody_should_have_set_is_told() {
        let plain = || json!({"name": "r", "uid": "u"});
        let mut kept = plain();
        kept["finalizers"] = json!([names::FINALIZER_CHECK]);
        let installation: GitHubInstallation = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation", "metadata": {"name": "a"},
            "spec": {"installationId": 1}, "status": {"activeRun": {"name": "r", "uid": "u", "attempt": 1}},
        }))
        .unwrap();
        assert!(is_contradicted(&run(kept), None));
        assert!(is_contradicted(&run(plain()), Some(&installation)));
        assert!(!is_contradicted(&run(plain()), None));
    }
}
