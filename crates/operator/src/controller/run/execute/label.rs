//! The last write of a run's life: it is labelled as ended, and its finalizer is removed, in one patch.

use kube::api::Patch;
use peribolos_api::names;
use peribolos_core::run::{answer::Answer, history::Record};
use serde_json::{Value, json};

use super::RunContext;
use crate::{
    controller::run::error::Error,
    kubernetes::{
        client::call,
        write::{patch_by, without_finalizer},
    },
};

/// Labels the run as ended.
pub(super) async fn ended(at: RunContext<'_>) -> Result<Answer, Error> {
    let mut labels = json!({names::LABEL_ENDED: names::TRUE});
    if let Some(record) = Record::of(at.run) {
        labels[names::LABEL_REMOVALS] = json!(record.label());
    }
    patch(at, json!({"labels": labels, "finalizers": without_finalizer(at.run, names::FINALIZER_CHECK)}))
        .await
}

/// Removes the finalizer of a run that is being deleted.
pub(super) async fn remove_finalizer(at: RunContext<'_>) -> Result<Answer, Error> {
    patch(at, json!({"finalizers": without_finalizer(at.run, names::FINALIZER_CHECK)})).await
}

async fn patch(at: RunContext<'_>, mut metadata: Value) -> Result<Answer, Error> {
    metadata["resourceVersion"] = json!(at.run.metadata.resource_version);
    let patch = Patch::Merge(json!({"metadata": metadata}));
    let params = patch_by(names::MANAGER);
    let run = call(at.runs().patch(&at.name(), &params, &patch)).await?;
    Ok(Answer::Run(Box::new(run)))
}
