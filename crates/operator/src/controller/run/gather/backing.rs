//! Who is behind an Apply: the sender of its push, and who merged the pull request that brought its file. Both are only names in a
//! run, so what they are in the organization is read from GitHub. And who controls the repository, which an owner has to know.

use peribolos_api::run::MergedPullRequest;
use peribolos_core::run::{
    command::Standing,
    first::{Backing, Merge, Merged, brought_by},
};
use peribolos_github::{Client, FileAnswer, Login, Sha, client::Pull};

use super::{RunContext, command};
use crate::{controller::run::error::Error, services::config::strangers};

/// The event of a run whose sender has pushed its commit.
const PUSH: &str = "push";

/// Reads who is behind the Apply of a commit. The rest is only read if the sender is no owner.
pub(super) async fn backing(at: RunContext<'_>, sha: &str, branch: &str) -> Result<Backing, Error> {
    let github = at.github().await?;
    let trigger = &at.run.spec.trigger;
    let sender = match trigger.sender.parse::<Login>() {
        Ok(sender) if trigger.event == PUSH => Some(command::standing(at, &github, &sender).await?),
        _ => None,
    };
    if sender == Some(Standing::Owner) {
        return Ok(Backing { sender, ..Backing::default() });
    }
    let merge = merge(at, &github, sha, branch).await?;
    Ok(Backing { sender, merge, strangers: strangers(&github, &at.repository()?).await? })
}

/// The merge of the pull request that brought the newest commit with a change of the file onto the branch.
async fn merge(at: RunContext<'_>, github: &Client, sha: &str, branch: &str) -> Result<Option<Merge>, Error> {
    let (repository, path) = (at.repository()?, &at.installation.spec.config.path);
    let sha: Sha = sha.parse()?;
    let touching = github.commits_touching(&repository, path, &sha).await?.unwrap_or_default();
    let Some(newest) = touching.first() else { return Ok(None) };
    let pulls = github.pulls_for_commit(&repository, &newest.sha).await?;
    let having = pulls.iter().filter_map(|pull| {
        Some(Merged { number: pull.number, base: &pull.base.branch, at: pull.merged_at? })
    });
    let Some(number) = brought_by(having, branch) else { return Ok(None) };
    // Lists leave out who merged it.
    let Pull { merged_by, merged_at, merge_commit_sha, .. } = github.get_pull(&repository, number).await?;
    let (Some(by), Some(merged), Some(merge)) = (merged_by, merged_at, merge_commit_sha) else {
        return Ok(None);
    };
    let (changed, result, applied) = tokio::try_join!(
        github.pull_files(&repository, number),
        github.file(&repository, path, merge.as_str(), None),
        github.file(&repository, path, sha.as_str(), None),
    )?;
    let has_file = match (result, applied) {
        (FileAnswer::Found { blob: result, .. }, FileAnswer::Found { blob: applied, .. }) => {
            result == applied
        }
        _ => false,
    };
    let pull_request = MergedPullRequest {
        number: i64::try_from(number).unwrap_or(i64::MAX),
        merged_by: by.login.to_string(),
    };
    let by = command::standing(at, github, &by.login).await?;
    Ok(Some(Merge { pull_request, by, at: merged, shows_file: changed.contains(path), has_file }))
}
