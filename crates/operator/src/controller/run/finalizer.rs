//! The finalizer that keeps a run until its check is completed.

use std::time::Duration;

use jiff::Timestamp;
use kube::{
    ResourceExt,
    api::{Patch, PatchParams},
};
use peribolos_api::{Reason, names, run::Phase};
use serde_json::json;

use super::{case::Case, check, error::Error, progress, settle, status};
use crate::kubernetes::client::call;

/// How long completing the check of a deleted run is tried: after that the run goes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the run has the finalizer.
pub(super) fn has(run: &peribolos_api::PeribolosRun) -> bool {
    run.finalizers().iter().any(|finalizer| finalizer == names::FINALIZER_CHECK)
}

/// Removes the finalizer; a run that is gone is fine.
pub(super) async fn remove(case: &Case<'_>) -> Result<(), Error> {
    let run = match call(case.runs().get(&case.name())).await {
        Err(error) if error.is_not_found() => return Ok(()),
        other => other?,
    };
    if !has(&run) {
        return Ok(());
    }
    let left: Vec<String> =
        run.finalizers().iter().filter(|finalizer| *finalizer != names::FINALIZER_CHECK).cloned().collect();
    write(case, run.metadata.resource_version.as_deref(), &left).await
}

async fn write(case: &Case<'_>, version: Option<&str>, finalizers: &[String]) -> Result<(), Error> {
    let patch = json!({"metadata": {"resourceVersion": version, "finalizers": finalizers}});
    let params = PatchParams { field_manager: Some(names::MANAGER.to_owned()), ..PatchParams::default() };
    match call(case.runs().patch(&case.name(), &params, &Patch::Merge(patch))).await {
        Err(error) if error.is_not_found() => Ok(()),
        other => Ok(other.map(drop)?),
    }
}

/// A run is being deleted: its check is completed if that can be done soon, then the run is let go.
pub(super) async fn let_go(case: &Case<'_>) -> Result<(), Error> {
    if !has(case.run) {
        return Ok(());
    }
    progress::stop_by_name(case, "its run was deleted").await?;
    match complete(case).await {
        Ok(()) => {}
        Err(Error::Kubernetes(error)) => return Err(error.into()),
        Err(error) => {
            let since =
                case.run.metadata.deletion_timestamp.as_ref().map_or(Timestamp::UNIX_EPOCH, |time| time.0);
            let waited = Timestamp::now().duration_since(since);
            if !settle::is_hopeless(&error)
                && waited < jiff::SignedDuration::try_from(PATIENCE).unwrap_or_default()
            {
                return Err(error);
            }
            tracing::warn!(run = case.name(), %error, "the check of a deleted run stays as it is");
        }
    }
    remove(case).await
}

async fn complete(case: &Case<'_>) -> Result<(), Error> {
    let mut last = case.status();
    if last.sha.is_none() {
        return Ok(());
    }
    if !case.phase().is_final() {
        let message = "the run was deleted before it ended; what was applied until then stays";
        status::set(case.run, &mut last, Phase::Cancelled, Reason::Cancelled, message, Timestamp::now());
    }
    let Some(wanted) = check::wanted(case, &last, None) else { return Ok(()) };
    let github = case.github().await?;
    check::bring(case, &github, &last, &wanted).await?;
    Ok(())
}
