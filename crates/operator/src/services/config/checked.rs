//! The newest commits of a branch with the App's checks, as decisions about adoption see them.

use peribolos_core::{
    adopt::{Check, Commit},
    run::check::APPLY,
};
use peribolos_github::{AppId, Client, Error, FullName};

/// The commits of a branch, each with the file's blob and the checks of Applies that the App has made; none if there is no such
/// branch. `file` is the branch and the path.
///
/// # Errors
/// If GitHub can't be asked.
pub(crate) async fn checked_commits(
    github: &Client,
    app: AppId,
    repository: &FullName,
    file: (&str, &str),
) -> Result<Vec<Commit>, Error> {
    let commits = github.checked_commits(repository, file, app, APPLY).await?.unwrap_or_default();
    let commit = |commit: peribolos_github::client::CheckedCommit| Commit {
        sha: commit.sha.as_str().to_owned(),
        blob: commit.blob.map(|blob| blob.as_str().to_owned()),
        checks: commit
            .checks
            .into_iter()
            .map(|check| Check {
                external_id: check.external_id,
                title: check.output.title.unwrap_or_default(),
                text: check.output.text.unwrap_or_default(),
                conclusion: check.conclusion,
                started_at: check.started_at,
                completed_at: check.completed_at,
            })
            .collect(),
    };
    Ok(commits.into_iter().map(commit).collect())
}
