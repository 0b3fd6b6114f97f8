//! The file that is planned: that of a commit, or that of a merge.

use std::time::Duration;

use bytes::Bytes;
use peribolos_github::{
    Client, FileAnswer, FullName, Sha,
    client::{Pull, PullState},
    merge::{self, FileMerge, Place},
};
use peribolos_org::MAX_BYTES;

use super::StepError;
use super::annotate;

/// GitHub makes a test merge within seconds. Where it is needed: how often the request is repeated, …
const MERGE_ATTEMPTS: u32 = 10;
/// … after so long.
const MERGE_PAUSE: Duration = Duration::from_secs(2);

/// A file at a commit.
#[derive(Debug)]
pub(super) struct Fetched {
    /// The id of its content.
    pub(super) blob: Sha,
    /// Its content.
    pub(super) content: Bytes,
}

/// The file in exactly this commit.
pub(super) async fn file(
    client: &Client,
    repository: &FullName,
    path: &str,
    commit: &Sha,
) -> Result<Fetched, StepError> {
    let missing =
        || StepError::NoFile { path: path.to_owned(), repository: repository.clone(), sha: commit.clone() };
    let blob = match client.file(repository, path, commit.as_str(), None).await? {
        FileAnswer::Found { size, .. } if size > MAX_BYTES as u64 => {
            return Err(annotate::too_large(path, size));
        }
        FileAnswer::Found { blob, .. } => blob,
        FileAnswer::Missing | FileAnswer::NotModified => {
            // Only to say the right thing: 404 is the answer to both.
            return Err(match client.get_repo(repository).await {
                Err(error) if error.is_not_found() => StepError::NoRepository(repository.clone()),
                Err(error) => error.into(),
                Ok(_) => missing(),
            });
        }
    };
    let content = client.raw_file(repository, path, commit).await?.ok_or_else(missing)?;
    Ok(Fetched { blob, content })
}

/// A file as merging a pull request would make it.
#[derive(Debug)]
pub(super) struct Merged {
    /// The commit of the base branch that it would be merged into.
    pub(super) base: Sha,
    /// The file.
    pub(super) file: Fetched,
}

/// The file as merging a pull request now would make it, into this branch; empty: into any.
pub(super) async fn merged(
    client: &Client,
    at: Place<'_>,
    number: u64,
    head: &Sha,
    branch: &str,
) -> Result<Merged, StepError> {
    let mut attempts = MERGE_ATTEMPTS;
    loop {
        let pull = client.get_pull(at.repository, number).await?;
        current(&pull, head)?;
        directed(&pull, branch)?;
        let base = base(client, at.repository, &pull.base.branch).await?;
        match merge::file(client, at, &pull, &base).await? {
            FileMerge::As(commit) => {
                let file = file(client, at.repository, at.path, &commit).await?;
                return Ok(Merged { base, file });
            }
            FileMerge::Text(text) if text.len() > MAX_BYTES => {
                return Err(annotate::too_large(at.path, text.len() as u64));
            }
            FileMerge::Text(text) => {
                let file = Fetched { blob: merge::blob_id(&text), content: text.into() };
                return Ok(Merged { base, file });
            }
            FileMerge::Conflict => return Err(StepError::Conflict(number)),
            FileMerge::Undecidable { doubt, test_is_due } => {
                attempts -= 1;
                if !test_is_due || attempts == 0 {
                    return Err(StepError::Undecidable { number, doubt });
                }
            }
        }
        tracing::info!(pull_request = number, "GitHub is still working out the merge");
        tokio::time::sleep(MERGE_PAUSE).await;
    }
}

async fn base(client: &Client, repository: &FullName, branch: &str) -> Result<Sha, StepError> {
    let head = client.branch_head(repository, branch).await?;
    head.ok_or_else(|| StepError::NoBranch { repository: repository.clone(), branch: branch.to_owned() })
}

/// Whether two commits have the same file, or both have none.
pub(super) async fn is_same_file(
    client: &Client,
    at: Place<'_>,
    one: &Sha,
    other: &Sha,
) -> Result<bool, StepError> {
    if one == other {
        return Ok(true);
    }
    let blob = async |commit: &Sha| {
        Ok::<_, StepError>(match client.file(at.repository, at.path, commit.as_str(), None).await? {
            FileAnswer::Found { blob, .. } => Some(blob),
            FileAnswer::Missing | FileAnswer::NotModified => None,
        })
    };
    Ok(blob(one).await? == blob(other).await?)
}

/// Checks that the pull request is still directed at this branch (empty: at any), which still has the file that a preview was made
/// with.
///
/// # Errors
/// [`StepError::Redirected`]: it is directed at another one. [`StepError::BaseMoved`]: the branch has another file.
/// [`StepError::Conflict`]: GitHub has found that it can't be merged.
pub(super) async fn check_base(
    client: &Client,
    at: Place<'_>,
    number: u64,
    base_of: &Sha,
    branch: &str,
) -> Result<(), StepError> {
    let pull = client.get_pull(at.repository, number).await?;
    directed(&pull, branch)?;
    // At first GitHub has not worked that out. It is about all files.
    if pull.mergeable == Some(false) {
        return Err(StepError::Conflict(number));
    }
    let now = base(client, at.repository, &pull.base.branch).await?;
    if is_same_file(client, at, base_of, &now).await? { Ok(()) } else { Err(StepError::BaseMoved(number)) }
}

fn current(pull: &Pull, head: &Sha) -> Result<(), StepError> {
    if pull.state != PullState::Open {
        return Err(StepError::Closed(pull.number));
    }
    if pull.head.sha != *head {
        return Err(StepError::Stale {
            number: pull.number,
            found: pull.head.sha.clone(),
            wanted: head.clone(),
        });
    }
    Ok(())
}

fn directed(pull: &Pull, branch: &str) -> Result<(), StepError> {
    if branch.is_empty() || pull.base.branch == branch {
        return Ok(());
    }
    Err(StepError::Redirected {
        number: pull.number,
        found: pull.base.branch.clone(),
        wanted: branch.to_owned(),
    })
}
