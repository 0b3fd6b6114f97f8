//! A preview that GitHub's event cancelled: the event may be older than what has happened since.

use kube::api::{Patch, PatchParams};
use peribolos_api::{PeribolosRun, names};
use peribolos_github::client::PullState;
use serde_json::json;

use super::{admission, case::Case, error::Error};
use crate::kubernetes::client::call;

/// Looks whether the pull request is closed indeed, and takes the cancel back where it is open again. Gives the run as it
/// is then; None: there was nothing to look at, as where a person has cancelled the run.
pub(super) async fn look(case: &Case<'_>) -> Result<Option<PeribolosRun>, Error> {
    let told = case.run.metadata.annotations.iter().any(|all| all.contains_key(names::ANNOTATION_CLOSED));
    if !told || case.phase().is_final() {
        return Ok(None);
    }
    let cancel = case.run.spec.cancel && !is_open(case).await?;
    let patch = json!({
        "metadata": {
            "resourceVersion": case.run.metadata.resource_version,
            "annotations": {names::ANNOTATION_CLOSED: null},
        },
        "spec": {"cancel": cancel},
    });
    if case.run.spec.cancel && !cancel {
        tracing::info!(run = case.name(), "goes on: its pull request was opened again");
    }
    let params = PatchParams { field_manager: Some(names::MANAGER.to_owned()), ..PatchParams::default() };
    Ok(Some(call(case.runs().patch(&case.name(), &params, &Patch::Merge(patch))).await?))
}

async fn is_open(case: &Case<'_>) -> Result<bool, Error> {
    let Some(number) = case.run.spec.source.pull_request else { return Ok(false) };
    let github = match case.github().await {
        // Nobody can look, and nothing could run either.
        Err(Error::Token(_)) => return Ok(false),
        other => other?,
    };
    let pull = admission::pull(&github, &case.repository()?, number).await?;
    Ok(pull.is_some_and(|pull| pull.state == PullState::Open))
}
