//! Makes sure of a run that follows from another: for the head of the branch in the place of an older commit, or to see
//! what an Apply left that ran out of time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::{Resource, ResourceExt, api::PostParams};
use peribolos_api::{
    PeribolosRun, PeribolosRunSpec, names as labels,
    run::{Mode, Source, Trigger},
};
use peribolos_core::{
    names,
    run::{check, queue},
};

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
    let name = names::healing_run(&case.installation.name_any(), &newest, head);
    create(case, &name, Mode::Apply, "heal", head).await
}

/// Makes sure of a DryRun of the branch's head: what an Apply did that ran out of time is unknown.
pub(super) async fn look_after_timeout(case: &Case<'_>) -> Result<(), Error> {
    let name = names::look_after(&case.installation.name_any(), &case.name());
    create(case, &name, Mode::DryRun, "timeout", "").await
}

/// Makes a run of this run's installation. One of that name that is there already is success.
async fn create(case: &Case<'_>, name: &str, mode: Mode, event: &str, sha: &str) -> Result<(), Error> {
    let mut run = PeribolosRun::new(
        name,
        PeribolosRunSpec {
            installation_ref: case.run.spec.installation_ref.clone(),
            mode,
            source: Source {
                repository: case.repository()?.to_string(),
                git_ref: case.run.spec.source.git_ref.clone(),
                sha: sha.to_owned(),
                pull_request: None,
            },
            trigger: Trigger {
                event: event.to_owned(),
                at: status::seconds(Timestamp::now()),
                ..Trigger::default()
            },
            cancel: false,
        },
    );
    let mut marks = BTreeMap::from([
        (labels::LABEL_INSTALLATION.to_owned(), case.installation.name_any()),
        (labels::LABEL_MODE.to_owned(), mode.as_str().to_ascii_lowercase()),
        (labels::LABEL_CREATED_BY.to_owned(), labels::CREATED_BY_OPERATOR.to_owned()),
    ]);
    if !sha.is_empty() {
        marks.insert(labels::LABEL_SHA.to_owned(), sha.to_owned());
    }
    run.metadata.labels = Some(marks);
    run.metadata.owner_references = case.installation.controller_owner_ref(&()).map(|owner| vec![owner]);
    run.metadata.finalizers = Some(check::finalizers(&run));
    let params = PostParams { field_manager: Some(labels::MANAGER.to_owned()), ..PostParams::default() };
    match call(case.runs().create(&params, &run)).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => Ok(other.map(drop)?),
    }
}
