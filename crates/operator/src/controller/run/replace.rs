//! Makes sure of a run that follows from another: for the head of the branch in the place of an older commit, to see what
//! an Apply left that ran out of time, or to preview open pull requests anew on another base.

use jiff::Timestamp;
use kube::{Resource, ResourceExt, api::PostParams};
use peribolos_api::{
    PeribolosRun, PeribolosRunSpec,
    installation::Preview,
    names as labels,
    run::{Mode, Source, Trigger},
};
use peribolos_core::{
    event, names,
    run::{check, queue},
};
use peribolos_github::{
    Client,
    client::{PullFilter, PullState},
};

use super::{admission, case::Case, error::Error, status};
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
    create(case, &name, Mode::Apply, "heal", Work { sha: head, pull_request: None }).await
}

/// Makes sure of a DryRun of the branch's head: what an Apply did that ran out of time is unknown.
pub(super) async fn look_after_timeout(case: &Case<'_>) -> Result<(), Error> {
    let name = names::look_after(&case.installation.name_any(), &case.name());
    create(case, &name, Mode::DryRun, "timeout", Work::default()).await
}

/// Makes sure that the open pull requests are previewed anew once an Apply has brought another file to the base.
pub(super) async fn preview_again(case: &Case<'_>, github: &Client) -> Result<(), Error> {
    let (Some(base), Some(blob)) = (case.status().sha, case.status().blob) else { return Ok(()) };
    let installation = &case.installation;
    let applied = installation.status.as_ref().and_then(|status| status.last_applied_blob.as_deref());
    // Only while this Apply has the slot: afterwards it is told from those before it no more.
    if case.run.spec.mode != Mode::Apply
        || case.active_run() != Some(&case.name())
        || applied == Some(&blob)
        || installation.spec.preview == Preview::Off
    {
        return Ok(());
    }
    let repository = case.repository()?;
    let branch = admission::branch(case, github, &repository).await?;
    let filter = PullFilter { base: Some(&branch), state: Some(PullState::Open), head: None };
    for pull in github.list_pulls(&repository, &filter).await?.iter().filter(|pull| !pull.draft) {
        let name = names::preview_again(&installation.name_any(), &base, pull.number);
        let work = Work { sha: pull.head.sha.as_str(), pull_request: i64::try_from(pull.number).ok() };
        create(case, &name, Mode::DryRun, "base", work).await?;
    }
    Ok(())
}

/// Makes sure of an Apply that corrects the drift this DryRun found.
pub(super) async fn correct(case: &Case<'_>) -> Result<(), Error> {
    let name = names::correction(&case.installation.name_any(), &case.name());
    create(case, &name, Mode::Apply, "drift", Work::default()).await
}

/// What a run is about.
#[derive(Clone, Copy, Default)]
struct Work<'a> {
    /// Empty: the head at the time it starts.
    sha: &'a str,
    pull_request: Option<i64>,
}

/// Makes a run of this run's installation. One of that name that is there already is success.
async fn create(case: &Case<'_>, name: &str, mode: Mode, event: &str, work: Work<'_>) -> Result<(), Error> {
    let source = Source {
        repository: case.repository()?.to_string(),
        git_ref: case.run.spec.source.git_ref.clone(),
        sha: work.sha.to_owned(),
        pull_request: work.pull_request,
    };
    let mut marks = event::run_labels(&case.installation.name_any(), mode, &source);
    marks.insert(labels::LABEL_CREATED_BY.to_owned(), labels::CREATED_BY_OPERATOR.to_owned());
    let mut run = PeribolosRun::new(
        name,
        PeribolosRunSpec {
            installation_ref: case.run.spec.installation_ref.clone(),
            mode,
            source,
            trigger: Trigger {
                event: event.to_owned(),
                at: status::seconds(Timestamp::now()),
                ..Trigger::default()
            },
            cancel: false,
        },
    );
    run.metadata.labels = Some(marks);
    run.metadata.owner_references = case.installation.controller_owner_ref(&()).map(|owner| vec![owner]);
    run.metadata.finalizers = Some(check::finalizers(&run));
    let params = PostParams { field_manager: Some(labels::MANAGER.to_owned()), ..PostParams::default() };
    match call(case.runs().create(&params, &run)).await {
        Err(error) if error.is_conflict() => Ok(()),
        other => Ok(other.map(drop)?),
    }
}
