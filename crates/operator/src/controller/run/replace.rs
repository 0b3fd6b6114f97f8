//! Makes sure of a run for the head of the branch, in the place of one for an older commit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::{Resource, ResourceExt, api::PostParams};
use peribolos_api::{
    PeribolosRun, PeribolosRunSpec, names as labels,
    run::{Mode, Source, Trigger},
};
use peribolos_core::{names, run::queue};

use super::{case::Case, error::Error, status};
use crate::kubernetes::client::call;

/// Makes the run, unless it is there already: its name follows from the newest Apply and the head.
pub(super) async fn ensure_run_for(case: &Case<'_>, head: &str) -> Result<(), Error> {
    let mut applies = case.others();
    applies.retain(|other| other.spec.mode == Mode::Apply);
    // A run for that head that still waits does what is needed.
    if applies.iter().any(|other| {
        let phase = queue::phase(other);
        !phase.is_final() && (other.spec.source.sha == head || other.spec.source.sha.is_empty())
    }) {
        return Ok(());
    }
    let newest = applies.iter().map(AsRef::as_ref).chain([case.run]).max_by_key(|other| queue::order(other));
    let newest = newest.map(ResourceExt::name_any).unwrap_or_default();
    let installation = case.installation.name_any();
    let mut run = PeribolosRun::new(
        &names::healing_run(&installation, &newest, head),
        PeribolosRunSpec {
            installation_ref: case.run.spec.installation_ref.clone(),
            mode: Mode::Apply,
            source: Source {
                repository: case.repository()?.to_string(),
                git_ref: case.run.spec.source.git_ref.clone(),
                sha: head.to_owned(),
                pull_request: None,
            },
            trigger: Trigger {
                event: "heal".to_owned(),
                at: status::seconds(Timestamp::now()),
                ..Trigger::default()
            },
            cancel: false,
        },
    );
    run.metadata.labels = Some(BTreeMap::from([
        (labels::LABEL_INSTALLATION.to_owned(), installation),
        (labels::LABEL_MODE.to_owned(), "apply".to_owned()),
        (labels::LABEL_SHA.to_owned(), head.to_owned()),
        (labels::LABEL_CREATED_BY.to_owned(), labels::CREATED_BY_OPERATOR.to_owned()),
    ]));
    run.metadata.owner_references = case.installation.controller_owner_ref(&()).map(|owner| vec![owner]);
    let params = PostParams { field_manager: Some(labels::MANAGER.to_owned()), ..PostParams::default() };
    match call(case.runs().create(&params, &run)).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => Ok(other.map(drop)?),
    }
}
