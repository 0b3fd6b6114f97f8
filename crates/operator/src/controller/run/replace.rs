//! Ensures a run that follows from another: for the head of the branch in the place of an older commit, to compare the
//! organization with its file after an Apply, to correct drift, or to preview open pull requests anew on another base.

use jiff::Timestamp;
use kube::{
    Resource, ResourceExt,
    api::{ListParams, PostParams},
};
use peribolos_api::{
    PeribolosRun, PeribolosRunSpec,
    installation::{LastApply, Preview},
    names as labels,
    run::{Mode, Source, Trigger},
};
use peribolos_core::{
    event,
    heal::file,
    names,
    run::{check, source},
};
use peribolos_github::{
    Client, FullName, Sha,
    client::{PullFilter, PullState},
};

use super::{admission, case::Case, error::Error};
use crate::kubernetes::client::call;

/// The head that a branch has by now, and its file's blob; empty: there is no file in it.
pub(super) struct NewHead {
    pub(super) sha: Sha,
    branch: String,
    blob: String,
}

impl NewHead {
    /// Looks what file the head has.
    pub(super) async fn read(
        case: &Case<'_>,
        github: &Client,
        repository: &FullName,
        branch: &str,
        sha: Sha,
    ) -> Result<Self, Error> {
        let blob = case.blob(github, repository, sha.as_str()).await?.map(String::from).unwrap_or_default();
        Ok(Self { sha, branch: branch.to_owned(), blob })
    }
}

/// Holds a branch's head against the commit of a run: the head if it is that, else what it is by now; `None`: the branch is
/// gone.
pub(super) async fn held_against(
    case: &Case<'_>,
    github: &Client,
    (repository, branch): (&FullName, &str),
    head: Option<Sha>,
    sha: &str,
) -> Result<Result<Sha, Option<NewHead>>, Error> {
    Ok(match head {
        Some(head) if head.as_str() == sha => Ok(head),
        Some(head) => Err(Some(NewHead::read(case, github, repository, branch, head).await?)),
        None => Err(None),
    })
}

/// Makes a run for the head in the place of this one, if one is needed. Its name follows from the newest Apply and the
/// head, so it is made once. `left`: what this run leaves as the last Apply, if it has applied something.
pub(super) async fn ensure_run_for(
    case: &Case<'_>,
    head: &NewHead,
    left: Option<LastApply>,
) -> Result<(), Error> {
    let _turn = case.ctx.reservations.replacing().await;
    let others = others_now(case).await?;
    let others: Vec<&PeribolosRun> = others.iter().collect();
    let mut status = case.installation.status.clone().unwrap_or_default();
    status.last_apply = left.or(status.last_apply);
    let sha = head.sha.as_str();
    let (login, repository) = (case.login().unwrap_or_default(), &case.installation.spec.config.repository);
    let newest = file::in_place_of(
        case.run,
        &status,
        file::Head { sha, blob: &head.blob },
        &others,
        |other| source::settle(&other.spec, login, repository, &head.branch).is_ok(),
        Timestamp::now(),
    );
    let Some(newest) = newest else { return Ok(()) };
    let name = names::healing_run(&case.installation.name_any(), &newest, sha);
    create(case, &name, Mode::Apply, "heal", Work { sha, pull_request: None }).await
}

/// The installation's other runs, asked of the API server: the watch may not show yet what was made a moment ago. One that
/// nobody has labelled yet only the watch knows.
async fn others_now(case: &Case<'_>) -> Result<Vec<PeribolosRun>, Error> {
    let installation = &case.run.spec.installation_ref.name;
    let of_installation =
        ListParams::default().labels(&format!("{}={installation}", labels::LABEL_INSTALLATION));
    let mut runs = call(case.runs().list(&of_installation)).await?.items;
    runs.retain(|other| {
        other.spec.installation_ref == case.run.spec.installation_ref
            && other.metadata.name != case.run.metadata.name
    });
    let watched = case.others().into_iter().filter(|other| {
        runs.iter().all(|there| there.metadata.name != other.metadata.name)
            && !other.labels().contains_key(labels::LABEL_INSTALLATION)
    });
    let watched: Vec<_> = watched.map(|other| (*other).clone()).collect();
    runs.extend(watched);
    Ok(runs)
}

/// Ensures a DryRun of the branch's head: it tells what an Apply left that did not tell by itself.
pub(super) async fn compare(case: &Case<'_>) -> Result<(), Error> {
    let name = names::comparison(&case.installation.name_any(), &case.name());
    create(case, &name, Mode::DryRun, AFTER_APPLY, Work::default()).await
}

/// Makes sure that the open pull requests are previewed anew once an Apply has brought another file to the base.
pub(super) async fn preview_again(case: &Case<'_>, github: &Client) -> Result<(), Error> {
    let (Some(base), Some(blob)) = (case.status().sha, case.status().blob) else { return Ok(()) };
    let installation = &case.installation;
    // Only while this Apply has the slot: afterwards it is told from those before it no more.
    if case.run.spec.mode != Mode::Apply
        || case.active_run() != Some(&case.name())
        || case.last_applied_blob() == Some(&blob)
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

/// What is noted as the event that a DryRun follows from which compares the organization with its file after an Apply.
pub(super) const AFTER_APPLY: &str = "after-apply";

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
                // To the fraction of a second, as the receiver notes it: this run is newer than those it saw.
                at: Timestamp::now().to_string(),
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
        Err(error) if error.is_already_exists() => Ok(()),
        other => Ok(other.map(drop)?),
    }
}
