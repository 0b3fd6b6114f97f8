//! Every run gets the owner reference and labels of its installation, whoever created it. A run that will have a check also
//! gets a finalizer until the check is completed.

use kube::{Resource, ResourceExt, api::Patch};
use peribolos_api::names;
use peribolos_core::run::{answer::Answer, check};
use serde_json::json;

use super::RunContext;
use crate::{
    controller::run::error::Error,
    kubernetes::{client::call, write::patch_by},
};

/// Sets what is missing. Runs that the operator created have everything already.
pub(super) async fn adopt(at: RunContext<'_>) -> Result<Answer, Error> {
    let owner = at.installation.controller_owner_ref(&());
    let uid = owner.as_ref().map(|owner| &owner.uid);
    let is_ours = at.run.owner_references().iter().any(|reference| Some(&reference.uid) == uid);
    let mode = at.run.spec.mode.label();
    // A run that was created without a commit has none until the controller has read the head.
    let sha = Some(at.sha()).filter(|sha| !sha.is_empty());
    let pull_request = at.run.spec.source.pull_request.map(|number| number.to_string());
    let labels = at.run.labels();
    let is_labelled = labels.get(names::LABEL_INSTALLATION) == Some(&at.run.spec.installation_ref.name)
        && labels.get(names::LABEL_MODE) == Some(&mode)
        && (sha.is_none() || labels.get(names::LABEL_SHA).map(String::as_str) == sha)
        && labels.get(names::LABEL_PULL_REQUEST) == pull_request.as_ref();
    // The finalizer is added by the first write, long before there is a check to complete.
    let missing: Vec<String> = check::finalizers(at.run)
        .into_iter()
        .filter(|finalizer| !at.run.finalizers().contains(finalizer))
        .collect();
    if is_ours && is_labelled && missing.is_empty() {
        return Ok(Answer::Done);
    }
    let finalizers: Vec<String> = at.run.finalizers().iter().cloned().chain(missing).collect();
    let patch = json!({"metadata": {
        "resourceVersion": at.run.metadata.resource_version,
        "finalizers": finalizers,
        "ownerReferences": owner.into_iter().collect::<Vec<_>>(),
        "labels": {
            names::LABEL_INSTALLATION: at.run.spec.installation_ref.name,
            names::LABEL_MODE: mode,
            names::LABEL_SHA: sha.or_else(|| labels.get(names::LABEL_SHA).map(String::as_str)),
            names::LABEL_PULL_REQUEST: pull_request,
        },
    }});
    let params = patch_by(names::MANAGER);
    let run = call(at.runs().patch(&at.name(), &params, &Patch::Merge(patch))).await?;
    Ok(Answer::Run(Box::new(run)))
}
