//! Writes the check run on the commit, and only here.

use peribolos_core::run::{
    answer::Answer,
    check::{Check, CheckState},
};
use peribolos_github::{
    AppId, Sha,
    client::{CheckOutput, CheckRunId, CheckRunUpdate, CheckStatus, NewCheckRun},
};

use super::RunContext;
use crate::controller::run::error::Error;

/// Updates the check of that id to the desired state, or creates it.
pub(super) async fn write(at: RunContext<'_>, id: Option<i64>, check: &Check) -> Result<Answer, Error> {
    let (github, repository) = (at.github().await?, at.repository()?);
    let update = update(check);
    let id = if let Some(id) = id.and_then(|id| u64::try_from(id).ok()) {
        github.update_check_run(&repository, CheckRunId(id), &update).await?.id
    } else {
        let sha: Sha = check.sha.parse()?;
        let new = NewCheckRun {
            name: check.name.to_owned(),
            head_sha: sha,
            external_id: at.run.metadata.uid.clone().unwrap_or_default(),
            state: update,
        };
        github.create_check_run(&repository, &new).await?.id
    };
    Ok(Answer::Check(i64::try_from(id.0).unwrap_or_default()))
}

/// Writes the newest check of that name on a commit once more, unchanged. Where there is none, nothing waits for it.
pub(super) async fn repeat(at: RunContext<'_>, name: &str, sha: &str) -> Result<Answer, Error> {
    let (github, repository) = (at.github().await?, at.repository()?);
    let found = github.find_check_runs(&repository, &sha.parse()?, AppId(at.ctx.app_id), name).await?;
    let ended = found.into_iter().filter(|check| check.conclusion.is_some());
    if let Some(check) = ended.max_by_key(|check| check.id.0) {
        let unchanged = CheckRunUpdate {
            status: Some(CheckStatus::Completed),
            conclusion: check.conclusion,
            details_url: None,
            started_at: None,
            completed_at: check.completed_at,
            output: None,
        };
        github.update_check_run(&repository, check.id, &unchanged).await?;
    }
    Ok(Answer::Done)
}

fn update(check: &Check) -> CheckRunUpdate {
    let (status, conclusion) = match check.state {
        CheckState::Queued => (CheckStatus::Queued, None),
        CheckState::InProgress => (CheckStatus::InProgress, None),
        CheckState::Completed(conclusion) => (CheckStatus::Completed, Some(conclusion)),
    };
    CheckRunUpdate {
        status: Some(status),
        conclusion,
        details_url: check.details_url.clone(),
        started_at: check.started_at,
        completed_at: check.completed_at,
        output: Some(CheckOutput {
            title: check.title.clone(),
            summary: check.summary.clone(),
            text: check.marker.as_ref().map(ToString::to_string),
            annotations: check.annotations.clone(),
        }),
    }
}
