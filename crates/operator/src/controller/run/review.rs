//! What was shown of what an Apply does: the union of the latest previews of all pull requests that were merged since the
//! last Apply that succeeded, and what an owner saw who asked for it.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use kube::ResourceExt;
use peribolos_api::{
    PeribolosRun,
    installation::Preview,
    run::{Mode, Phase},
};
use peribolos_core::run::{
    arguments::{Commit, History, Reviewed},
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
    let approved = asked::approved(case, github, repository, sha).await?;
    if case.installation.spec.preview == Preview::Off {
        return Ok(Reviewed { shown: approved, ..Reviewed::default() });
    }
    let applied: Option<Sha> = case.last_applied_sha().map(str::parse).transpose()?;
    let brought = brought(case, github, repository, applied.as_ref(), sha).await?;
    let shas: Vec<Sha> = brought.iter().map(|brought| brought.sha.clone()).collect();
    let pulls: Vec<Vec<Pull>> = stream::iter(shas)
        .map(|commit| async move { github.pulls_for_commit(repository, &commit).await })
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let merged: Vec<Vec<u64>> = pulls.iter().map(|pulls| merged_into(branch, pulls)).collect();
    let history = history(&brought, &merged, applied.as_ref(), sha);
    let numbers: BTreeSet<u64> = merged.into_iter().flatten().collect();
    let others = case.others();
    let shown = numbers.into_iter().filter_map(|number| {
        let preview = latest_preview(others.iter().map(AsRef::as_ref), number)?;
        Some((preview.uid()?, preview.status.as_ref()?.removals.clone()))
    });
    Ok(Reviewed { shown: shown.chain(approved).collect(), history })
}

/// A commit that an Apply brings.
struct Brought {
    sha: Sha,
    /// The one before it, if it changed the file and is not the first.
    before: Option<Sha>,
    /// Whether it changed the file.
    touches: bool,
}

/// The commits since the last applied one that changed the file, oldest first; before the first Apply, all that did. Where
/// none did, all of them. Where they can't be told, or are too many, none: then no pull request can have shown them, and
/// none is taken for one that came without.
async fn brought(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
    applied: Option<&Sha>,
    sha: &Sha,
) -> Result<Vec<Brought>, Error> {
    let touching = github.commits_touching(repository, &case.installation.spec.config.path, sha);
    let all = async {
        let Some(applied) = applied else { return Ok(None) };
        github.compare(repository, applied, sha).await
    };
    let (comparison, touching) = tokio::try_join!(all, touching)?;
    let commits = comparison.filter(|comparison| comparison.total <= MAX_COMPARED);
    let commits = commits.map(|comparison| comparison.commits).unwrap_or_default();
    let touching =
        touching.into_iter().filter(|touching| applied.is_none() || commits.contains(&touching.sha));
    let mut found: Vec<Brought> = touching
        .map(|touching| Brought { sha: touching.sha, before: touching.parent, touches: true })
        .collect();
    found.reverse();
    if found.is_empty() {
        found.extend(commits.into_iter().map(|sha| Brought { sha, before: None, touches: false }));
    }
    Ok(found)
}

/// Which commits changed the file, and which of them came without a pull request.
fn history(brought: &[Brought], merged: &[Vec<u64>], applied: Option<&Sha>, sha: &Sha) -> History {
    let applied = applied.map(text);
    let with_pulls = brought.iter().zip(merged);
    let touching =
        with_pulls.clone().filter(|(brought, _)| brought.touches).map(|(brought, merged)| Commit {
            sha: text(&brought.sha),
            before: brought.before.as_ref().map(text),
            direct: merged.is_empty(),
        });
    let mut commits: Vec<Commit> = touching.collect();
    if commits.is_empty() && !brought.is_empty() {
        // Whatever changed, as by a merge that takes an older file, came by one of these, and it can't be told which.
        let direct = with_pulls.into_iter().all(|(_, merged)| merged.is_empty());
        commits.push(Commit { sha: text(sha), before: applied.clone(), direct });
    }
    History { commits, applied }
}

fn text(sha: &Sha) -> String {
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
