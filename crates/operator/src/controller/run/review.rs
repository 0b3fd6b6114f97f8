//! What previews showed of the commits that an Apply brings: the union of the latest previews of all pull requests that
//! were merged since the last Apply that succeeded.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use kube::ResourceExt;
use peribolos_api::{
    PeribolosRun,
    installation::Preview,
    names::ANNOTATION_COMMENT,
    run::{Mode, Phase},
};
use peribolos_core::run::{arguments::Reviewed, queue};
use peribolos_github::{
    Client, RepoName, Sha,
    client::{MAX_COMPARED, Pull},
};

use super::{case::Case, error::Error};

/// Calls at once.
const CONCURRENCY: usize = 8;

/// Gathers what was shown of the commits between the last applied one and `sha`, which are on `branch`.
pub(super) async fn gather(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
    branch: &str,
    sha: &Sha,
) -> Result<Reviewed, Error> {
    let by_owner = case.run.annotations().contains_key(ANNOTATION_COMMENT);
    if case.installation.spec.preview == Preview::Off {
        return Ok(Reviewed { by_owner, ..Reviewed::default() });
    }
    let commits = commits(case, github, repository, sha).await?;
    let pulls: Vec<Vec<Pull>> = stream::iter(commits)
        .map(|commit| async move { github.pulls_for_commit(repository, &commit).await })
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let merged: Vec<Vec<u64>> = pulls.iter().map(|pulls| merged_into(branch, pulls)).collect();
    let direct_commits = merged.iter().any(Vec::is_empty);
    let numbers: BTreeSet<u64> = merged.into_iter().flatten().collect();
    let others = case.others();
    let shown = numbers.into_iter().filter_map(|number| {
        let preview = latest_preview(others.iter().map(AsRef::as_ref), number)?;
        Some((preview.uid()?, preview.status.as_ref()?.removals.clone()))
    });
    Ok(Reviewed { shown: shown.collect(), direct_commits, by_owner })
}

/// The commits since the last applied one. Where they can't be told, or are too many, none: then no pull request can
/// have shown them, and none is taken for one that came without.
async fn commits(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
    sha: &Sha,
) -> Result<Vec<Sha>, Error> {
    let applied = case.installation.status.as_ref().and_then(|status| status.last_applied_sha.as_deref());
    let Some(applied) = applied else { return Ok(vec![sha.clone()]) };
    let comparison = github.compare(repository, &applied.parse()?, sha).await?;
    Ok(comparison
        .filter(|comparison| comparison.total <= MAX_COMPARED)
        .map(|comparison| comparison.commits)
        .unwrap_or_default())
}

fn merged_into(branch: &str, pulls: &[Pull]) -> Vec<u64> {
    pulls
        .iter()
        .filter(|pull| pull.is_merged() && pull.base.branch == branch)
        .map(|pull| pull.number)
        .collect()
}

/// The newest preview of a pull request that came to a plan.
fn latest_preview<'a>(runs: impl Iterator<Item = &'a PeribolosRun>, number: u64) -> Option<&'a PeribolosRun> {
    runs.filter(|run| run.spec.mode == Mode::DryRun)
        .filter(|run| run.spec.source.pull_request.and_then(|of| u64::try_from(of).ok()) == Some(number))
        .filter(|run| matches!(queue::phase(run), Phase::Succeeded | Phase::Failed))
        .filter(|run| run.status.as_ref().is_some_and(|status| status.changes.is_some()))
        .max_by_key(|run| queue::order(run))
}
