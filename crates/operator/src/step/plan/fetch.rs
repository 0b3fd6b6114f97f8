//! The commit that is planned, and the file in it.

use std::time::Duration;

use bytes::Bytes;
use peribolos_github::{
    Client, FileAnswer, FullName, Sha,
    client::{Pull, PullState},
};
use peribolos_org::MAX_BYTES;

use super::StepError;
use super::annotate;

/// GitHub computes a test merge on request, usually within seconds: how often the request is repeated, …
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

/// What merging a pull request would make: the commit that GitHub keeps as `refs/pull/N/merge`.
pub(super) async fn merge_commit(
    client: &Client,
    repository: &FullName,
    number: u64,
    head: &Sha,
) -> Result<Sha, StepError> {
    for attempt in 1..=MERGE_ATTEMPTS {
        let pull = client.get_pull(repository, number).await?;
        current(&pull, head)?;
        match pull.mergeable {
            Some(false) => return Err(StepError::Conflict(number)),
            Some(true) => {
                let merge = client.get_ref(repository, &format!("pull/{number}/merge")).await?;
                // The ref is the last test merge that was worked out, which may be an older one.
                if let Some(merge) =
                    merge.filter(|merge| pull.merge_commit_sha.as_ref().is_none_or(|test| test == merge))
                {
                    return Ok(merge);
                }
            }
            None => {}
        }
        if attempt < MERGE_ATTEMPTS {
            tracing::info!(pull_request = number, "GitHub is still working out the merge");
            tokio::time::sleep(MERGE_PAUSE).await;
        }
    }
    Err(StepError::MergeUnknown(number))
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
