//! What was shown of what an Apply does: the union of the latest previews of all pull requests that were merged since the
//! last Apply that succeeded, and what an owner saw who asked for it.

use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
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
    client::{MAX_COMPARED, MAX_TOUCHING, Pull, Touching},
};

use super::{asked, case::Case, error::Error};

/// Calls at once.
const CONCURRENCY: usize = 8;
/// How long GitHub may take to show a merged pull request with its commits. Reports say some ten seconds.
const LATE: SignedDuration = SignedDuration::from_mins(10);

/// Gathers what was shown of the commits between the last applied one and `sha`, and which of them nobody was to be shown.
pub(super) async fn gather(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
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
    let is_direct: Vec<bool> = pulls.iter().map(|pulls| !pulls.iter().any(Pull::is_merged)).collect();
    let mut merged: BTreeMap<u64, Pull> =
        pulls.into_iter().flatten().filter(Pull::is_merged).map(|pull| (pull.number, pull)).collect();
    let mut may_be_direct = true;
    if is_direct.contains(&true) {
        let late = not_known_yet(case, github, repository, &merged).await?;
        may_be_direct = late.is_empty();
        merged.extend(late.into_iter().map(|pull| (pull.number, pull)));
    }
    let is_direct: Vec<bool> = is_direct.into_iter().map(|direct| direct && may_be_direct).collect();
    let history = history(&brought, &is_direct, applied.as_ref(), sha);
    let others = case.others();
    let shown = merged.values().filter_map(|pull| {
        let preview = latest_preview(others.iter().map(AsRef::as_ref), repository, pull)?;
        let status = preview.status.as_ref().filter(|status| status.shown_at.is_some())?;
        Some((preview.uid()?, status.removals.clone()))
    });
    // An owner's word comes first: there is room for so many only.
    Ok(Reviewed { shown: approved.into_iter().chain(shown).collect(), history })
}

/// The pull requests with the file that were merged a moment ago and that GitHub does not show yet with their commits: it does
/// so some seconds late. As long as there is one, no commit is taken for one that came without.
async fn not_known_yet(
    case: &Case<'_>,
    github: &Client,
    repository: &RepoName,
    known: &BTreeMap<u64, Pull>,
) -> Result<Vec<Pull>, Error> {
    let since = Timestamp::now().checked_sub(LATE).unwrap_or(Timestamp::MIN);
    let mut late = github.pulls_closed_lately(repository).await?;
    late.retain(|pull| {
        pull.merged_at.is_some_and(|merged| merged >= since) && !known.contains_key(&pull.number)
    });
    let path = &case.installation.spec.config.path;
    let with_file: Vec<Option<Pull>> = stream::iter(late)
        .map(|pull| async move {
            let files = github.pull_files(repository, pull.number).await?;
            Ok::<_, Error>(files.contains(path).then_some(pull))
        })
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    Ok(with_file.into_iter().flatten().collect())
}

/// A commit that an Apply brings.
struct Brought {
    sha: Sha,
    /// Those before it, if it changed the file and is not the first.
    before: Vec<Sha>,
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
    let path = &case.installation.spec.config.path;
    let before = async {
        let Some(applied) = applied else { return Ok(Some(Vec::new())) };
        github.commits_touching(repository, path, applied).await
    };
    let (before, touching) = tokio::try_join!(before, github.commits_touching(repository, path, sha))?;
    let (Some(before), Some(mut touching)) = (before, touching) else { return Ok(Vec::new()) };
    // What the newest of the applied one's history do not have is new.
    let before: HashSet<Sha> = before.into_iter().map(|commit| commit.sha).collect();
    touching.retain(|commit| !before.contains(&commit.sha));
    if touching.len() >= MAX_TOUCHING {
        return Ok(Vec::new());
    }
    if let (true, Some(applied)) = (touching.is_empty(), applied) {
        let all = github.compare(repository, applied, sha).await?;
        let all = all.filter(|comparison| comparison.total <= MAX_COMPARED);
        let commits = all.map(|comparison| comparison.commits).unwrap_or_default();
        return Ok(commits
            .into_iter()
            .map(|sha| Brought { sha, before: Vec::new(), touches: false })
            .collect());
    }
    let brought = |commit: Touching| Brought { sha: commit.sha, before: commit.parents, touches: true };
    Ok(touching.into_iter().rev().map(brought).collect())
}

/// Which commits changed the file, and which of them came without a pull request.
fn history(brought: &[Brought], is_direct: &[bool], applied: Option<&Sha>, sha: &Sha) -> History {
    let applied = applied.map(text);
    let with_ways = brought.iter().zip(is_direct);
    let touching = with_ways.filter(|(brought, _)| brought.touches).map(|(brought, direct)| Commit {
        sha: text(&brought.sha),
        before: brought.before.iter().map(text).collect(),
        direct: *direct,
    });
    let mut commits: Vec<Commit> = touching.collect();
    if commits.is_empty() && !brought.is_empty() {
        // Whatever changed, as by a merge that takes an older file, came by one of these, and it can't be told which.
        let direct = is_direct.iter().all(|direct| *direct);
        commits.push(Commit { sha: text(sha), before: applied.iter().cloned().collect(), direct });
    }
    History { commits, applied }
}

fn text(sha: &Sha) -> String {
    sha.as_str().to_owned()
}

/// The newest preview of a pull request that came to a plan, if it is of what was merged.
fn latest_preview<'a>(
    runs: impl Iterator<Item = &'a PeribolosRun>,
    repository: &RepoName,
    pull: &Pull,
) -> Option<&'a PeribolosRun> {
    let is_its = |run: &&PeribolosRun| {
        let source = &run.spec.source;
        run.spec.mode == Mode::DryRun
            && source.pull_request.and_then(|number| u64::try_from(number).ok()) == Some(pull.number)
            && (source.repository.is_empty()
                || source.repository.parse().is_ok_and(|of: RepoName| of == *repository))
    };
    runs.filter(is_its)
        .filter(|run| matches!(queue::phase(run), Phase::Succeeded | Phase::Failed))
        .filter(|run| run.status.as_ref().is_some_and(|status| status.changes.is_some()))
        .max_by_key(|run| queue::order(run))
        .filter(|run| queue::commit(run) == Some(pull.head.sha.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MERGED: &str = "1111111111111111111111111111111111111111";
    const EARLIER: &str = "2222222222222222222222222222222222222222";

    fn preview(name: &str, repository: &str, sha: &str) -> PeribolosRun {
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": name},
            "spec": {
                "installationRef": {"name": "acme-1"}, "mode": "DryRun",
                "source": {"repository": repository, "pullRequest": 7}, "trigger": {"at": format!("2026-01-01T00:00:0{name}Z")},
            },
            "status": {"phase": "Succeeded", "sha": sha, "changes": {"planned": 1}},
        }))
        .unwrap()
    }

    #[rstest::rstest]
    #[case::of_what_was_merged(&[("1", "acme/.github", MERGED)], Some("1"))]
    #[case::of_an_earlier_commit(&[("1", "acme/.github", EARLIER)], None)]
    #[case::the_newest_is_of_an_earlier_one(&[("1", "acme/.github", MERGED), ("2", "acme/.github", EARLIER)], None)]
    #[case::of_another_repository(&[("1", "acme/other", MERGED)], None)]
    #[case::of_the_installations_own(&[("1", "", MERGED)], Some("1"))]
    fn a_preview_shows_what_it_was_made_of(
        #[case] previews: &[(&str, &str, &str)],
        #[case] expected: Option<&str>,
    ) {
        let side = |sha: &str| json!({"ref": "b", "sha": sha, "repo": null});
        let pull: Pull = serde_json::from_value(json!({
            "number": 7, "state": "closed", "title": "", "html_url": "", "user": null, "head": side(MERGED), "base": side(EARLIER),
            "closed_at": null, "merged_at": "2026-01-01T00:00:09Z", "merge_commit_sha": null, "mergeable": null,
        }))
        .unwrap();
        let runs: Vec<_> = previews.iter().map(|(name, of, sha)| preview(name, of, sha)).collect();
        let latest = latest_preview(runs.iter(), &"acme/.github".parse().unwrap(), &pull);
        assert_eq!(latest.and_then(|run| run.metadata.name.as_deref()), expected);
    }
}
