//! What previews showed of the commits that an Apply brings: the union of the latest previews of all pull requests that
//! were merged since the last Apply that succeeded.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use kube::ResourceExt;
use peribolos_api::{
    PeribolosRun,
    installation::Preview,
    run::{Mode, Phase},
};
use peribolos_core::run::{
    arguments::{Direct, Reviewed},
    queue,
};
use peribolos_github::{
    Client, RepoName, Sha,
    client::{MAX_COMPARED, Pull},
};

use super::{asked, case::Case, error::Error};

/// Calls at once.
const CONCURRENCY: usize = 8;

/// Gathers what was shown of the commits between the last applied one and `sha`, which are on `branch`, and which of them
/// nobody was to be shown.
pub(super) async fn gather(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
    branch: &str,
    sha: &Sha,
) -> Result<Reviewed, Error> {
    let by_owner = asked::is_approved(case, github, repository, sha).await?;
    if case.installation.spec.preview == Preview::Off {
        return Ok(Reviewed { by_owner, ..Reviewed::default() });
    }
    let applied = applied(case)?;
    let steps = steps(case, github, repository, applied.as_ref(), sha).await?;
    let commits: Vec<Sha> = steps.iter().map(|step| step.sha.clone()).collect();
    let pulls: Vec<Vec<Pull>> = stream::iter(commits)
        .map(|commit| async move { github.pulls_for_commit(repository, &commit).await })
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let merged: Vec<Vec<u64>> = pulls.iter().map(|pulls| merged_into(branch, pulls)).collect();
    let direct = steps.into_iter().zip(&merged).filter(|(_, merged)| merged.is_empty());
    let mut commits: Vec<_> = direct.map(|(step, _)| (step.before.map(text), text(step.after))).collect();
    commits.dedup();
    let numbers: BTreeSet<u64> = merged.into_iter().flatten().collect();
    let others = case.others();
    let shown = numbers.into_iter().filter_map(|number| {
        let preview = latest_preview(others.iter().map(AsRef::as_ref), number)?;
        Some((preview.uid()?, preview.status.as_ref()?.removals.clone()))
    });
    let direct = Direct { commits, applied: applied.map(text) };
    Ok(Reviewed { shown: shown.collect(), direct, by_owner })
}

/// A commit that an Apply brings.
struct Step {
    sha: Sha,
    /// Between which commits its file changed.
    before: Option<Sha>,
    after: Sha,
}

/// The commits since the last applied one that changed the file, oldest first; of the first Apply, the last that did. Where
/// they can't be told, or are too many, none: then no pull request can have shown them, and none is taken for one that
/// came without.
async fn steps(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
    applied: Option<&Sha>,
    sha: &Sha,
) -> Result<Vec<Step>, Error> {
    let path = &case.installation.spec.config.path;
    let Some(applied) = applied else {
        // There was no file before, as far as anybody has applied it.
        let newest = github.commits_touching(repository, path, sha).await?.into_iter().next();
        let commit = newest.map_or_else(|| sha.clone(), |newest| newest.sha);
        return Ok(vec![Step { sha: commit, before: None, after: sha.clone() }]);
    };
    let (comparison, touching) = tokio::try_join!(
        github.compare(repository, applied, sha),
        github.commits_touching(repository, path, sha),
    )?;
    let commits = comparison.filter(|comparison| comparison.total <= MAX_COMPARED);
    let commits = commits.map(|comparison| comparison.commits).unwrap_or_default();
    let mut steps: Vec<Step> = touching
        .into_iter()
        .filter(|touching| commits.contains(&touching.sha))
        .map(|touching| Step { sha: touching.sha.clone(), before: touching.parent, after: touching.sha })
        .collect();
    steps.reverse();
    if steps.is_empty() {
        // Whatever changed, as by a merge that takes an older file, came by one of these.
        let step = |commit| Step { sha: commit, before: Some(applied.clone()), after: sha.clone() };
        return Ok(commits.into_iter().map(step).collect());
    }
    Ok(steps)
}

fn applied(case: &Case<'_>) -> Result<Option<Sha>, Error> {
    let status = case.installation.status.as_ref();
    Ok(status.and_then(|status| status.last_applied_sha.as_deref()).map(str::parse).transpose()?)
}

fn text(sha: Sha) -> String {
    sha.as_str().to_owned()
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
