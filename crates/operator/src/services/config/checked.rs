//! The newest commits of a branch with the App's checks, as decisions about adoption see them, and which of the checks are about
//! the organization that the repository belongs to.

use peribolos_core::{
    adopt::{Check, Commit, Origin, Ours, names_only, to_prove},
    run::check::APPLY,
};
use peribolos_github::{AppId, Client, Error, FullName};

use super::{ConfigError, strangers::strangers};

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

/// Finds out which checks on these commits of a repository are about the file at `path` of its organization. Only where that depends on
/// checks of older versions, anything is read.
///
/// # Errors
/// If GitHub can't be asked.
pub(crate) async fn ours<'a>(
    github: &Client,
    repository: &FullName,
    (origin, path): (Origin, &'a str),
    commits: &[Commit],
) -> Result<Ours<'a>, ConfigError> {
    let ours = Ours { origin, path, with_older: false };
    let Some(sha) = to_prove(commits, &ours) else { return Ok(ours) };
    let content = github.raw_file(repository, path, &sha.parse()?).await;
    let is_named = match content {
        Ok(content) => content.is_some_and(|content| names_only(&content, repository.owner.as_str())),
        // No Apply has read it.
        Err(Error::TooLarge { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    let with_older = is_named && strangers(github, repository).await?.is_empty();
    if !with_older {
        tracing::info!(
            %repository,
            sha,
            "checks of an older version are not adopted: nothing shows that they are about this organization"
        );
    }
    Ok(Ours { with_older, ..ours })
}
