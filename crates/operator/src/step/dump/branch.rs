//! The branch that holds the proposed file.

use peribolos_github::{
    Client, FileAnswer, Sha,
    client::{PutFile, TreeEntry},
};

use super::{StepError, Target, texts};

/// The branch; one for all attempts.
pub(super) const BRANCH: &str = "peribolos/onboarding";

/// The head of the base branch. An empty repository gets its first commit: nothing can be proposed without one.
pub(super) async fn ensure_first_commit(
    client: &Client,
    target: &Target<'_>,
    default: &str,
) -> Result<Sha, StepError> {
    let head = client.branch_head(target.repository, target.base).await?;
    if let Some(head) = head {
        return Ok(head);
    }
    let no_branch =
        || StepError::NoBranch { repository: target.repository.clone(), branch: target.base.to_owned() };
    if target.base != default && client.branch_head(target.repository, default).await?.is_some() {
        return Err(no_branch());
    }
    let readme = texts::readme(target);
    let file = PutFile {
        path: "README.md",
        content: readme.as_bytes(),
        message: texts::FIRST_COMMIT,
        branch: Some(target.base),
        replaces: None,
    };
    tracing::info!(branch = target.base, "the repository is empty; creating its first commit");
    match client.put_file(target.repository, &file).await {
        Ok(head) => Ok(head),
        // Another process created it first; its commit is equivalent.
        Err(error) if error.is_conflict() || error.is_unprocessable() => {
            client.branch_head(target.repository, target.base).await?.ok_or(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether somebody else made the branch's last commit.
pub(super) async fn is_edited(client: &Client, target: &Target<'_>) -> Result<bool, StepError> {
    let Some(head) = client.branch_head(target.repository, BRANCH).await? else { return Ok(false) };
    let commit = client.get_commit(target.repository, &head).await?;
    // People write messages as they like, but only an App is a bot.
    let is_ours = commit.message == texts::commit_message(target) && commit.author.ends_with("[bot]");
    Ok(!is_ours)
}

/// Commits the file to the branch, and returns the content's id.
///
/// Under an open pull request commits are only added, as people may have looked at those that are there. Otherwise the branch is a leftover and starts again from the base, or it could conflict with it.
pub(super) async fn ensure(
    client: &Client,
    target: &Target<'_>,
    base_head: &Sha,
    content: &[u8],
    open: bool,
) -> Result<Sha, StepError> {
    let repository = target.repository;
    let blob = client.create_blob(repository, content).await?;
    let head = client.branch_head(repository, BRANCH).await?;
    if head.is_some() && open {
        let there = client.file(repository, target.path, BRANCH, None).await?;
        if matches!(there, FileAnswer::Found { blob: found, .. } if found == blob) {
            return Ok(blob);
        }
    }
    let parent = head.as_ref().filter(|_| open).unwrap_or(base_head);
    let commit = commit(client, target, parent, &blob).await?;
    let name = format!("heads/{BRANCH}");
    match head {
        Some(_) => client.update_ref(repository, &name, &commit, !open).await?,
        None => client.create_ref(repository, &name, &commit).await?,
    }
    Ok(blob)
}

async fn commit(client: &Client, target: &Target<'_>, parent: &Sha, blob: &Sha) -> Result<Sha, StepError> {
    let tree = client.get_commit(target.repository, parent).await?.tree;
    let entry = TreeEntry { path: target.path.to_owned(), blob: Some(blob.clone()) };
    let tree = client.create_tree(target.repository, Some(&tree), &[entry]).await?;
    let message = texts::commit_message(target);
    Ok(client.create_commit(target.repository, &message, &tree, std::slice::from_ref(parent)).await?)
}
