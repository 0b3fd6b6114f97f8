//! What lies between two commits.

use serde::Deserialize;

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Sha};

/// The most commits that are listed of a comparison.
pub const MAX_COMPARED: usize = 100;
/// The most pages of as many commits that are read to find its merges.
const MAX_PAGES: usize = 10;

/// The commits that are in one history and not in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Their ids, oldest first, at most [`MAX_COMPARED`].
    pub commits: Vec<Sha>,
    /// The merges among all of them, each with its first parent: the branch that it was made on. None: there are more than a thousand
    /// commits.
    pub merges: Option<Vec<(Sha, Sha)>>,
    /// How many commits there are.
    pub total: usize,
    /// Whether the head follows from the base: nothing of the base is missing in it.
    pub is_descendant: bool,
}

/// Where two branches parted, and what one of them did since then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The commit where they parted; if there are several, the one that git names first.
    pub merge_base: Sha,
    /// The commits that the head has and the base has not, each with its parents. None: there are more than GitHub lists.
    pub commits: Option<Vec<(Sha, Vec<Sha>)>>,
    /// The files that the head changed since then. None: there are more than GitHub lists.
    pub files: Option<Vec<ChangedFile>>,
}

/// A file that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChangedFile {
    /// Its path.
    #[serde(rename = "filename")]
    pub path: String,
    /// The path that it had, where it was renamed.
    #[serde(rename = "previous_filename")]
    pub previous: Option<String>,
}

/// So many files GitHub lists of a comparison.
const MOST_FILES: usize = 300;

#[derive(Deserialize)]
struct ForkBody {
    merge_base_commit: Commit,
    total_commits: usize,
    commits: Vec<CommitWithParents>,
    files: Option<Vec<ChangedFile>>,
}

#[derive(Deserialize)]
struct CommitWithParents {
    sha: Sha,
    parents: Vec<Commit>,
}

#[derive(Deserialize)]
struct Body {
    total_commits: usize,
    behind_by: usize,
    commits: Vec<CommitWithParents>,
}

#[derive(Deserialize)]
struct Commit {
    sha: Sha,
}

impl Client {
    /// The commits of `head` that `base` has not; `None` where the repository has no such commit (any more).
    pub async fn compare(
        &self,
        repo: &FullName,
        base: &Sha,
        head: &Sha,
    ) -> Result<Option<Comparison>, Error> {
        // By number: GitHub's description promises no links between the pages of a comparison.
        let page = |number: usize| {
            Ok::<_, Error>(
                comparison(repo, base, head)?
                    .query("per_page", MAX_COMPARED.to_string())
                    .query("page", number.to_string()),
            )
        };
        let Some(first) = self.find::<Body>(page(1)?).await? else { return Ok(None) };
        let (total, is_descendant) = (first.total_commits, first.behind_by == 0);
        let mut commits = first.commits;
        for number in 2..=total.div_ceil(MAX_COMPARED).min(MAX_PAGES) {
            let Some(more) = self.find::<Body>(page(number)?).await? else { return Ok(None) };
            commits.extend(more.commits);
        }
        let merge = |commit: &CommitWithParents| match commit.parents.as_slice() {
            [first, _, ..] => Some((commit.sha.clone(), first.sha.clone())),
            _ => None,
        };
        let is_complete = commits.len() >= total;
        Ok(Some(Comparison {
            merges: is_complete.then(|| commits.iter().filter_map(merge).collect()),
            commits: commits.into_iter().map(|commit| commit.sha).take(MAX_COMPARED).collect(),
            total,
            is_descendant,
        }))
    }

    /// Where `head` left `base`, and what it did since then; `None` where they share no commit, or the repository has no such
    /// commit (any more).
    pub async fn fork(&self, repo: &FullName, base: &Sha, head: &Sha) -> Result<Option<Fork>, Error> {
        // Without a page, GitHub lists up to 250 commits.
        let Some(body) = self.find::<ForkBody>(comparison(repo, base, head)?).await? else { return Ok(None) };
        let is_complete = body.commits.len() == body.total_commits;
        let with_parents = |commit: CommitWithParents| {
            (commit.sha, commit.parents.into_iter().map(|parent| parent.sha).collect())
        };
        let commits = is_complete.then(|| body.commits.into_iter().map(with_parents).collect());
        let files = body.files.unwrap_or_default();
        Ok(Some(Fork {
            merge_base: body.merge_base_commit.sha,
            commits,
            files: (files.len() < MOST_FILES).then_some(files),
        }))
    }

    /// Whether `old` is `new` or comes before it in its history; `None` where the repository has no such commit (any more).
    pub async fn is_ancestor(&self, repo: &FullName, old: &Sha, new: &Sha) -> Result<Option<bool>, Error> {
        let found: Option<Body> = self.find(comparison(repo, old, new)?.query("per_page", "1")).await?;
        Ok(found.map(|body| body.behind_by == 0))
    }
}

fn comparison(repo: &FullName, base: &Sha, head: &Sha) -> Result<Call, Error> {
    let range = format!("{base}...{head}");
    let values = [repo.owner.as_str(), &repo.name, &range];
    Call::get("/repos/{owner}/{repo}/compare/{basehead}", &values)
}
