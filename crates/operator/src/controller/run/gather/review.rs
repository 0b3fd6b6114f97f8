//! The removals of an Apply that were shown: by the latest previews of all pull requests that were merged since the
//! last reviewed commit, and to the owner who requested the Apply. Section 7 of the design.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;
use peribolos_api::{PeribolosRun, PeribolosRunStatus, installation::Preview, run::MergedPullRequest};
use peribolos_core::config::ConfigFound;
use peribolos_core::run::{
    admit,
    arguments::{MAX_MERGED, Reviewed},
    facts::Facts,
    queue,
    review::{Since, is_preview_with_plan, needs_no_preview},
};
use peribolos_github::{
    Client, FullName, Sha,
    client::{MAX_COMPARED, MAX_TOUCHING, Pull},
};

use super::{RunContext, command, others};
use crate::controller::run::error::Error;

/// The number of concurrent calls.
const CONCURRENCY: usize = 8;
/// How long GitHub may take to show a merged pull request with its commits. Reports say some ten seconds.
const LATE: SignedDuration = SignedDuration::from_mins(10);

/// Gathers what was shown for the commits since the last reviewed one, and whether anything had to be shown.
pub(super) async fn gather(at: RunContext<'_>, facts: &Facts) -> Result<Reviewed, Error> {
    let (github, repository, sha) = (&at.github().await?, &at.repository()?, &at.sha().parse()?);
    let approved = command::approved(at, facts, sha).await?;
    let spec = &at.installation.spec;
    if spec.preview == Preview::Off && !spec.comments {
        return Ok(Reviewed { shown: approved, ..Reviewed::default() });
    }
    let mut introduced = introduced(at, github, repository, sha).await?;
    let pulls: Vec<Vec<Pull>> = stream::iter(introduced.commits)
        .map(|commit| async move { github.pulls_for_commit(repository, &commit).await })
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let has_direct = pulls.is_empty() || pulls.iter().any(|pulls| !pulls.iter().any(Pull::is_merged));
    let mut merged: BTreeMap<u64, Pull> =
        pulls.into_iter().flatten().filter(Pull::is_merged).map(|pull| (pull.number, pull)).collect();
    if has_direct {
        match not_known_yet(at, github, repository, &merged).await? {
            Some(late) => merged.extend(late.into_iter().map(|pull| (pull.number, pull))),
            None => introduced.since = introduced.since.map(|since| Since { commits: None, ..since }),
        }
    }
    let applied = applied(at, facts, github, repository, &merged).await?;
    if spec.preview == Preview::Off {
        return Ok(Reviewed { shown: approved, without_pull_requests: false, merged: applied });
    }
    let since = introduced.since.map(|since| Since { by_pull_request: !merged.is_empty(), ..since });
    let here = match &facts.found.config {
        Some(ConfigFound::Here(config)) => Here { repository, id: Some(config.id) },
        _ => Here { repository, id: None },
    };
    let records = if merged.is_empty() { Vec::new() } else { others::records(at, facts).await? };
    let shown = merged.values().filter_map(|pull| {
        let preview = latest_preview(records.iter(), here, pull)?;
        let shows_any =
            |status: &&PeribolosRunStatus| status.shown_at.is_some() && !status.removals.is_empty();
        let status = preview.status.as_ref().filter(shows_any)?;
        Some((preview.uid()?, status.removals.clone()))
    });
    Ok(Reviewed {
        // What an owner saw comes first, because the number of records is limited.
        shown: approved.into_iter().chain(shown).collect(),
        without_pull_requests: since.is_some_and(|since| needs_no_preview(&since)),
        merged: applied,
    })
}

/// The newest of the pull requests that were merged into the branch, with who did it: lists of pull requests do not say that.
async fn applied(
    at: RunContext<'_>,
    facts: &Facts,
    github: &Client,
    repository: &FullName,
    merged: &BTreeMap<u64, Pull>,
) -> Result<Vec<MergedPullRequest>, Error> {
    let branch = match &facts.found.config {
        Some(ConfigFound::Here(repository)) => Some(admit::branch(at.installation, repository)),
        _ => None,
    };
    let of_branch = merged.values().filter(|pull| branch.is_none_or(|branch| pull.base.branch == branch));
    let newest: Vec<u64> = of_branch.map(|pull| pull.number).rev().take(MAX_MERGED).collect();
    tracing::debug!(run = at.name(), pull_requests = ?newest, "the pull requests that the apply is of");
    stream::iter(newest.into_iter().rev())
        .map(|number| async move {
            let pull = github.get_pull(repository, number).await?;
            Ok(MergedPullRequest {
                number: i64::try_from(number).unwrap_or(i64::MAX),
                merged_by: pull.merged_by.map(|user| user.login.to_string()).unwrap_or_default(),
            })
        })
        .buffered(CONCURRENCY)
        .try_collect()
        .await
}

/// The pull requests with the file that were merged a moment ago and that GitHub does not show yet with their commits: it does
/// so some seconds late. As long as there is one, no commit is treated as one without a pull request. One that GitHub shows
/// with its merge was merged before the commits in question. None: there are too many that may be one.
async fn not_known_yet(
    at: RunContext<'_>,
    github: &Client,
    repository: &FullName,
    known: &BTreeMap<u64, Pull>,
) -> Result<Option<Vec<Pull>>, Error> {
    let since = Timestamp::now().checked_sub(LATE).unwrap_or(Timestamp::MIN);
    let Some(mut late) = github.pulls_closed_since(repository, since).await? else { return Ok(None) };
    late.retain(|pull| {
        pull.merged_at.is_some_and(|merged| merged >= since) && !known.contains_key(&pull.number)
    });
    let path = &at.installation.spec.config.path;
    let with_file = stream::iter(late)
        .map(|pull| async move {
            if let Some(merge) = &pull.merge_commit_sha {
                let shown = github.pulls_for_commit(repository, merge).await?;
                if shown.iter().any(|shown| shown.number == pull.number) {
                    return Ok(None);
                }
            }
            let files = github.pull_files(repository, pull.number).await?;
            Ok::<_, Error>(files.contains(path).then_some(pull))
        })
        .buffered(CONCURRENCY)
        .try_filter_map(async |found| Ok(found))
        .try_collect()
        .await?;
    Ok(Some(with_file))
}

/// The commits that an Apply brings.
struct Introduced {
    /// The commits whose pull requests have shown something.
    commits: Vec<Sha>,
    /// What is known about the commits since the last reviewed one, apart from their pull requests. None: no commit was reviewed.
    since: Option<Since>,
}

/// The commits that changed the file since the last reviewed one, and the merges that did, which a file's history leaves out: one
/// that takes an older file changes it by no commit of its own. Where nothing did, all commits. Without a reviewed commit, the one
/// that made the head's file.
async fn introduced(
    at: RunContext<'_>,
    github: &Client,
    repository: &FullName,
    sha: &Sha,
) -> Result<Introduced, Error> {
    let path = &at.installation.spec.config.path;
    let reviewed = at.installation.status.as_ref().and_then(|status| status.last_reviewed_sha.as_deref());
    let Some(reviewed) = reviewed.map(str::parse::<Sha>).transpose()? else {
        let touching = github.commits_touching(repository, path, sha).await?.unwrap_or_default();
        let commits = touching.into_iter().map(|commit| commit.sha).take(1).collect();
        return Ok(Introduced { commits, since: None });
    };
    let (between, before, touching) = tokio::try_join!(
        github.compare(repository, &reviewed, sha),
        github.commits_touching(repository, path, &reviewed),
        github.commits_touching(repository, path, sha),
    )?;
    let unknown = Since { is_descendant: false, commits: None, by_pull_request: false };
    let (Some(between), Some(before), Some(mut touching)) = (between, before, touching) else {
        return Ok(Introduced { commits: Vec::new(), since: Some(unknown) });
    };
    // What the newest of the reviewed one's history do not have is new.
    let before: HashSet<Sha> = before.into_iter().map(|commit| commit.sha).collect();
    touching.retain(|commit| !before.contains(&commit.sha));
    let mut commits: Vec<Sha> = touching.into_iter().map(|commit| commit.sha).collect();
    let is_complete = commits.len() < MAX_TOUCHING && between.merges.is_some();
    let merges = changing(at, between.merges.unwrap_or_default(), &commits).await?;
    // A merge is no direct commit, whoever pushed it: what it takes away may be in no commit that was looked at.
    let is_certain = is_complete && merges.is_empty();
    let since = Since {
        is_descendant: between.is_descendant,
        commits: is_certain.then_some(commits.len()),
        by_pull_request: false,
    };
    commits.extend(merges);
    if commits.is_empty() && between.total <= MAX_COMPARED {
        commits = between.commits;
    }
    Ok(Introduced { commits, since: Some(since) })
}

/// The merges after which the branch that they were made on has another file, but for those that are known to.
async fn changing(at: RunContext<'_>, merges: Vec<(Sha, Sha)>, known: &[Sha]) -> Result<Vec<Sha>, Error> {
    stream::iter(merges.into_iter().filter(|(merge, _)| !known.contains(merge)))
        .map(|(merge, before)| async move {
            let (after, before) = tokio::try_join!(at.blob(merge.as_str()), at.blob(before.as_str()))?;
            Ok((after != before).then_some(merge))
        })
        .buffered(CONCURRENCY)
        .try_filter_map(async |found| Ok(found))
        .try_collect()
        .await
}

/// The repository whose pull requests were merged.
#[derive(Clone, Copy)]
struct Here<'a> {
    repository: &'a FullName,
    /// Its id.
    id: Option<i64>,
}

impl Here<'_> {
    /// Whether a run was of this repository, whatever its name was then.
    fn is_of(self, run: &PeribolosRun) -> bool {
        let recorded = run.status.as_ref().and_then(|status| status.repository.as_ref());
        if let Some((id, recorded)) = self.id.zip(recorded) {
            return recorded.id == id;
        }
        // A run of an earlier version has recorded no id.
        let named = &run.spec.source.repository;
        named.is_empty() || named.parse().is_ok_and(|of: FullName| of == *self.repository)
    }
}

/// The newest preview of a pull request that has a plan, if it is of what was merged.
fn latest_preview<'a>(
    runs: impl Iterator<Item = &'a PeribolosRun>,
    here: Here<'_>,
    pull: &Pull,
) -> Option<&'a PeribolosRun> {
    let is_its = |run: &&PeribolosRun| {
        let number = run.spec.source.pull_request.and_then(|number| u64::try_from(number).ok());
        number == Some(pull.number) && here.is_of(run)
    };
    runs.filter(is_its)
        .filter(|run| is_preview_with_plan(run))
        .max_by_key(|run| {
            // Of two that were made at the same moment, the one that shows less is the newest: it is not known which one is.
            let removals = run.status.as_ref().map_or(0, |status| status.removals.len());
            let (created, triggered, name) = queue::order(run);
            (created, triggered, Reverse(removals), name)
        })
        .filter(|run| queue::commit(run) == Some(pull.head.sha.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MERGED: &str = "1111111111111111111111111111111111111111";
    const EARLIER: &str = "2222222222222222222222222222222222222222";
    /// The repository that a preview names, and the id that it has recorded.
    type Of = (&'static str, Option<i64>);

    const HERE: Of = ("acme/.github", Some(5));

    /// A preview of pull request 7.
    fn preview(name: &str, (repository, id): Of, sha: &str) -> PeribolosRun {
        let recorded = id.map(|id| json!({"name": "x", "id": id}));
        serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": name},
            "spec": {
                "installationRef": {"name": "acme-1"}, "mode": "DryRun",
                "source": {"repository": repository, "pullRequest": 7}, "trigger": {"at": format!("2026-01-01T00:00:0{name}Z")},
            },
            "status": {"phase": "Succeeded", "sha": sha, "changes": {"planned": 1}, "repository": recorded},
        }))
        .unwrap()
    }

    #[rstest::rstest]
    #[case::of_what_was_merged(&[("1", HERE, MERGED)], Some("1"))]
    #[case::of_an_earlier_commit(&[("1", HERE, EARLIER)], None)]
    #[case::the_newest_is_of_an_earlier_one(&[("1", HERE, MERGED), ("2", HERE, EARLIER)], None)]
    #[case::of_another_repository(&[("1", ("acme/other", Some(6)), MERGED)], None)]
    #[case::of_the_installations_own(&[("1", ("", Some(5)), MERGED)], Some("1"))]
    #[case::before_it_was_renamed(&[("1", ("acme/conf", Some(5)), MERGED)], Some("1"))]
    #[case::before_the_organization_was_renamed(&[("1", ("old/.github", Some(5)), MERGED)], Some("1"))]
    #[case::of_another_one_of_that_name(&[("1", ("acme/.github", Some(6)), MERGED)], None)]
    #[case::of_an_earlier_version(&[("1", ("acme/.github", None), MERGED)], Some("1"))]
    #[case::of_an_earlier_version_elsewhere(&[("1", ("acme/other", None), MERGED)], None)]
    fn a_preview_shows_what_it_was_made_of(
        #[case] previews: &[(&str, Of, &str)],
        #[case] expected: Option<&str>,
    ) {
        let side = |sha: &str| json!({"ref": "b", "sha": sha, "repo": null});
        let pull: Pull = serde_json::from_value(json!({
            "number": 7, "state": "closed", "title": "", "html_url": "", "user": null, "head": side(MERGED), "base": side(EARLIER),
            "closed_at": null, "merged_at": "2026-01-01T00:00:09Z", "merge_commit_sha": null, "mergeable": null,
        }))
        .unwrap();
        let runs: Vec<_> = previews.iter().map(|(name, of, sha)| preview(name, *of, sha)).collect();
        let here = Here { repository: &"acme/.github".parse().unwrap(), id: Some(5) };
        let latest = latest_preview(runs.iter(), here, &pull);
        assert_eq!(latest.and_then(|run| run.metadata.name.as_deref()), expected);
        // One that was made at the same moment and shows more comes before it, whatever it is called.
        if let Some(mut more) = latest.cloned() {
            more.metadata.name = Some("9".to_owned());
            more.status.as_mut().unwrap().removals = vec!["digest".to_owned()];
            let latest = latest_preview(runs.iter().chain([&more]), here, &pull);
            assert_eq!(latest.and_then(|run| run.metadata.name.as_deref()), expected);
        }
    }
}
