//! The check run on the commit, kept as the run's status says.

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{
    PeribolosRunStatus, Reason,
    run::{Mode, Phase},
};
use peribolos_core::run::check::{self, CheckState};
use peribolos_github::{
    AppId, Client, FullName, Sha,
    client::{CheckOutput, CheckRun, CheckRunId, CheckRunUpdate, CheckStatus, NewCheckRun},
};
use peribolos_vocab::{Annotation, report::StepReport};

use super::{case::Case, error::Error};

/// What the check of a run in this status should be. None: there is none to write.
pub(super) fn wanted(
    case: &Case<'_>,
    status: &PeribolosRunStatus,
    report: Option<&StepReport>,
) -> Option<CheckRunUpdate> {
    check::name(case.run)?;
    let phase = status.phase.unwrap_or(Phase::Pending);
    let reason = status.reason.as_deref().and_then(Reason::parse);
    let state = check::state(phase, reason, status.check_run_id.is_some())?;
    let (status_word, conclusion) = match state {
        CheckState::Queued => (CheckStatus::Queued, None),
        CheckState::InProgress => (CheckStatus::InProgress, None),
        CheckState::Completed(conclusion) => (CheckStatus::Completed, Some(conclusion)),
    };
    let time = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
    Some(CheckRunUpdate {
        status: Some(status_word),
        conclusion,
        details_url: details_url(case, status),
        started_at: time(&status.started_at),
        completed_at: conclusion.and_then(|_| time(&status.finished_at)),
        output: Some(render(case.run.spec.mode, status, phase, reason, report)),
    })
}

fn render(
    mode: Mode,
    status: &PeribolosRunStatus,
    phase: Phase,
    reason: Option<Reason>,
    report: Option<&StepReport>,
) -> CheckOutput {
    let message = status.message.clone().unwrap_or_default();
    let from_step = reason.filter(|_| phase.is_final()).and_then(|reason| check::reported(report, reason));
    let title = match from_step {
        Some(check) if !check.title.is_empty() => check::defuse(&check.title),
        _ => check::title(mode, phase, reason).to_owned(),
    };
    let mut summary = match from_step {
        Some(check) if !check.summary.is_empty() => check::defuse(&check.summary),
        _ if message.is_empty() => title.clone(),
        _ => check::defuse(check::explanation(reason, &message)),
    };
    if from_step.is_some()
        && status.attempts.is_some_and(|attempts| attempts > 1)
        && let Some(changes) = &status.changes
    {
        summary = format!("In all attempts together: {}.\n\n{summary}", changes.summary);
    }
    // Remarks on the file hold however the run ends.
    let remarks = report.filter(|_| phase.is_final()).map(|report| report.check.annotations.as_slice());
    let annotations = remarks.unwrap_or_default().iter().map(annotation).collect();
    CheckOutput { title: check::cap(&title, 250), summary, text: None, annotations }
}

/// Annotations are shown as plain text by GitHub, so only their length is bounded, which the reader has done.
fn annotation(from: &Annotation) -> Annotation {
    let mut annotation = from.clone();
    if annotation.start_line != annotation.end_line {
        (annotation.start_column, annotation.end_column) = (None, None);
    }
    annotation
}

/// Brings GitHub's check to what is wanted: finds or makes it, then changes it. Gives its id.
///
/// The run has its finalizer by now ([`super::adopt`]), so the check is never left without somebody to complete it.
pub(super) async fn bring(
    case: &Case<'_>,
    github: &Client,
    status: &PeribolosRunStatus,
    wanted: &CheckRunUpdate,
) -> Result<Option<i64>, Error> {
    let (Some(name), Some(sha)) = (check::name(case.run), status.sha.as_deref()) else { return Ok(None) };
    let (repository, sha): (_, Sha) = (case.repository()?, sha.parse()?);
    let known = if let Some(id) = status.check_run_id.and_then(|id| u64::try_from(id).ok()) {
        Some(CheckRunId(id))
    } else {
        find(case, github, &repository, &sha, name).await?.map(|check| check.id)
    };
    let id = if let Some(id) = known {
        github.update_check_run(&repository, id, wanted).await?.id
    } else {
        let new = NewCheckRun {
            name: name.to_owned(),
            head_sha: sha,
            external_id: case.run.uid().unwrap_or_default(),
            state: wanted.clone(),
        };
        github.create_check_run(&repository, &new).await?.id
    };
    Ok(i64::try_from(id.0).ok())
}

/// Completes a check, unless it is complete already with the same conclusion: then it stays as it is. Gives its id.
pub(super) async fn complete(
    case: &Case<'_>,
    github: &Client,
    status: &PeribolosRunStatus,
    wanted: &CheckRunUpdate,
) -> Result<Option<i64>, Error> {
    let (Some(name), Some(sha)) = (check::name(case.run), status.sha.as_deref()) else { return Ok(None) };
    let (repository, sha): (_, Sha) = (case.repository()?, sha.parse()?);
    if let Some(check) = find(case, github, &repository, &sha, name).await?
        && check.conclusion.is_some()
        && check.conclusion == wanted.conclusion
    {
        return Ok(i64::try_from(check.id.0).ok());
    }
    bring(case, github, status, wanted).await
}

/// The run's check on GitHub, if there is one: its external id is the run's uid.
async fn find(
    case: &Case<'_>,
    github: &Client,
    repository: &FullName,
    sha: &Sha,
    name: &str,
) -> Result<Option<CheckRun>, Error> {
    let there = github.find_check_runs(repository, sha, AppId(case.ctx.app_id), name).await?;
    let external_id = case.run.uid();
    Ok(there.into_iter().find(|check| check.external_id == external_id))
}

fn details_url(case: &Case<'_>, status: &PeribolosRunStatus) -> Option<String> {
    let template = case.ctx.details_url_template.as_deref()?;
    let task_run = status.task_run_name.as_deref().unwrap_or_default();
    Some(
        template
            .replace("{namespace}", &case.ctx.namespace)
            .replace("{run}", &case.name())
            .replace("{taskrun}", task_run)
            .replace("{pod}", &if task_run.is_empty() { String::new() } else { format!("{task_run}-pod") }),
    )
}
