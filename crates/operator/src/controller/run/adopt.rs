//! A run belongs to its installation: owner reference and labels, whoever made it. One with a check is kept
//! until that is completed.

use kube::{
    Resource, ResourceExt,
    api::{Patch, PatchParams},
};
use peribolos_api::{PeribolosRun, names};
use serde_json::json;

use super::{case::Case, error::Error, finalizer};
use crate::kubernetes::client::call;

/// Sets what is missing, and gives the run as it is then. None: nothing is missing, as whoever made it for the operator
/// has set all of it.
pub(super) async fn ensure(case: &Case<'_>) -> Result<Option<PeribolosRun>, Error> {
    let owner = case.installation.controller_owner_ref(&());
    let uid = owner.as_ref().map(|owner| &owner.uid);
    let is_ours = case.run.owner_references().iter().any(|reference| Some(&reference.uid) == uid);
    let mode = case.run.spec.mode.as_str().to_ascii_lowercase();
    // A run that was made without a commit has none until the controller has looked it up.
    let sha = case.status().sha;
    let labels = case.run.labels();
    let labelled = labels.get(names::LABEL_INSTALLATION) == Some(&case.run.spec.installation_ref.name)
        && labels.get(names::LABEL_MODE) == Some(&mode)
        && (sha.is_none() || labels.get(names::LABEL_SHA) == sha.as_ref());
    // The finalizer comes with the first write, long before there is a check to complete.
    let guarded = !case.has_check() || finalizer::has(case.run) || case.phase().is_final();
    if is_ours && labelled && guarded {
        return Ok(None);
    }
    let mut finalizers = case.run.finalizers().to_vec();
    if !guarded {
        finalizers.push(names::FINALIZER_CHECK.to_owned());
    }
    let patch = json!({"metadata": {
        "resourceVersion": case.run.metadata.resource_version,
        "finalizers": finalizers,
        "ownerReferences": owner.into_iter().collect::<Vec<_>>(),
        "labels": {
            names::LABEL_INSTALLATION: case.run.spec.installation_ref.name,
            names::LABEL_MODE: mode,
            names::LABEL_SHA: sha.as_ref().or_else(|| labels.get(names::LABEL_SHA)),
        },
    }});
    let params = PatchParams { field_manager: Some(names::MANAGER.to_owned()), ..PatchParams::default() };
    Ok(Some(call(case.runs().patch(&case.name(), &params, &Patch::Merge(patch))).await?))
}
