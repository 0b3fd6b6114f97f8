//! What follows from a run that compared the organization with its file: one issue in the config repository, opened,
//! updated and closed, and an Apply where drift is to be corrected.

use peribolos_api::{
    ConditionType, PeribolosRun, PeribolosRunStatus,
    run::{Mode, Phase},
};
use peribolos_core::{
    drift::{self, Drift},
    run::{check, said::Said},
};
use peribolos_github::{
    AccountType, Client,
    client::{Issue, IssueState, IssueUpdate},
};

use super::{admission, case::Case, error::Error, replace};

/// How the issue is found again.
const MARKER: &str = "<!-- peribolos-operator: drift -->";
const TITLE: &str = "The organization differs from its file";

/// Opens, updates or closes the issue. Best effort: the next look for drift does it again.
pub(super) async fn report(case: &Case<'_>, github: &Client, status: &PeribolosRunStatus, said: &Said) {
    if let Err(error) = bring(case, github, status, said).await {
        tracing::warn!(run = case.run.metadata.name, %error, "the issue about drift could not be written");
    }
}

async fn bring(
    case: &Case<'_>,
    github: &Client,
    status: &PeribolosRunStatus,
    said: &Said,
) -> Result<(), Error> {
    let mut ended: PeribolosRun = case.run.clone();
    ended.status = Some(status.clone());
    if drift::is_found_by(&ended, applied_blob(case)) {
        if let Some(first) = &said.first {
            open(case, github, &first.check.summary).await?;
        }
    } else if says_none(&ended, case) && is_drifted(case) {
        close(case, github).await?;
    }
    Ok(())
}

async fn open(case: &Case<'_>, github: &Client, summary: &str) -> Result<(), Error> {
    let repository = case.repository()?;
    let path = &case.installation.spec.config.path;
    let what_next = if case.installation.spec.run.correct_drift {
        "It is corrected by an apply of the file, unless a guard stops that."
    } else {
        "If the file is right, an owner comments `/peribolos apply` here. If GitHub is right, change the file."
    };
    let body = format!(
        "Somebody changed the organization by hand, or an invitation was declined: it is no longer as `{path}` says. An \
         apply of the file would do this:\n\n{}\n\n{what_next} This issue is closed by itself.\n\n{MARKER}\n",
        check::defuse(summary)
    );
    match find(case, github).await? {
        Some(issue) if issue.body.as_deref() == Some(&body) => {}
        Some(issue) => {
            let update = IssueUpdate { body: Some(&body), ..IssueUpdate::default() };
            github.update_issue(&repository, issue.number, &update).await?;
        }
        None => {
            github.create_issue(&repository, TITLE, &body).await?;
        }
    }
    Ok(())
}

async fn close(case: &Case<'_>, github: &Client) -> Result<(), Error> {
    if let Some(issue) = find(case, github).await? {
        let update = IssueUpdate { state: Some(IssueState::Closed), ..IssueUpdate::default() };
        github.update_issue(&case.repository()?, issue.number, &update).await?;
    }
    Ok(())
}

/// The open issue that this App wrote: anybody may write the marker into one of their own.
async fn find(case: &Case<'_>, github: &Client) -> Result<Option<Issue>, Error> {
    for issue in github.list_issues(&case.repository()?, Some(IssueState::Open)).await? {
        if let Some(user) = &issue.user
            && user.kind == AccountType::Bot
            && issue.body.as_deref().is_some_and(|body| body.contains(MARKER))
            && admission::is_our_bot(case, &user.login).await?
        {
            return Ok(Some(issue));
        }
    }
    Ok(None)
}

/// Makes sure of an Apply where this run is the newest word on drift, has found some, and it is to be corrected.
pub(super) async fn correct(case: &Case<'_>) -> Result<(), Error> {
    if !case.installation.spec.run.correct_drift || case.installation.spec.suspend {
        return Ok(());
    }
    let others = case.others();
    let runs = others.iter().map(AsRef::as_ref).chain([case.run]);
    match drift::drift(runs, applied_blob(case)) {
        Drift::Found(by, _) if by == case.name() => replace::correct(case).await,
        _ => Ok(()),
    }
}

fn applied_blob<'a>(case: &'a Case<'_>) -> Option<&'a str> {
    case.installation.status.as_ref()?.last_applied_blob.as_deref()
}

fn says_none(run: &PeribolosRun, case: &Case<'_>) -> bool {
    let succeeded = run.status.as_ref().and_then(|status| status.phase) == Some(Phase::Succeeded);
    match run.spec.mode {
        Mode::Apply => succeeded,
        Mode::DryRun => matches!(drift::drift([run], applied_blob(case)), Drift::None(_)),
        Mode::Dump => false,
    }
}

fn is_drifted(case: &Case<'_>) -> bool {
    let conditions = case.installation.status.iter().flat_map(|status| &status.conditions);
    conditions.into_iter().any(|c| c.type_ == ConditionType::Drifted.as_str() && c.status == "True")
}
