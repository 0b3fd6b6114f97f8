//! Deletes what is beyond the installation's history.

use jiff::Timestamp;
use kube::{
    ResourceExt,
    api::{DeleteParams, Preconditions},
};
use peribolos_api::PeribolosRun;
use peribolos_core::run::{answer::Answer, facts::Facts, history};

use super::RunContext;
use crate::{controller::run::error::Error, kubernetes::client::call};

/// Deletes the ended runs that are not kept.
pub(super) async fn prune(at: RunContext<'_>, facts: &Facts) -> Result<Answer, Error> {
    let runs: Vec<&PeribolosRun> = facts.others().chain([at.run]).collect();
    let beyond = history::beyond(&at.installation.spec.run.history, &runs, Timestamp::now());
    for run in beyond.into_iter().filter(|run| run.metadata.uid != at.run.metadata.uid) {
        let preconditions = Preconditions {
            uid: run.metadata.uid.clone(),
            resource_version: run.metadata.resource_version.clone(),
        };
        let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::background() };
        match call(at.runs().delete(&run.name_any(), &params)).await {
            Ok(_) => tracing::info!(run = run.name_any(), "deleted: it is beyond the history"),
            // It was deleted, or has changed: then it is looked at again when the next run ends.
            Err(error) if error.is_not_found() || error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Answer::Done)
}
