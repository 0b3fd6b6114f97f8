//! Pull requests.

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChangedFile, Client};
use crate::account::User;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Sha};

/// The most closed pull requests that are looked at.
const MAX_CLOSED: usize = 100;

/// Whether a pull request is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PullState {
    /// It can be merged.
    Open,
    /// It was merged or given up.
    Closed,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pull {
    /// Its number in the repository.
    pub number: u64,
    /// Whether it is open.
    pub state: PullState,
    /// Whether its author calls it unfinished.
    #[serde(default)]
    pub draft: bool,
    /// Its first line.
    pub title: String,
    /// Its page.
    pub html_url: String,
    /// Who made it; `None` where the account is gone.
    pub user: Option<User>,
    /// What is to be merged.
    pub head: PullSide,
    /// Where to.
    pub base: PullSide,
    /// When it was closed, merged or not; `None`: it is open.
    pub closed_at: Option<Timestamp>,
    /// When it was merged; `None`: it is not.
    pub merged_at: Option<Timestamp>,
    /// When it was last changed, or commented on.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// Who merged it; `None`: it is not merged, or this came from a list.
    #[serde(default)]
    pub merged_by: Option<User>,
    /// The commit that merged it or, while it is open, the last test merge.
    pub merge_commit_sha: Option<Sha>,
    /// Whether it can be merged without conflict; `None`: GitHub has not found out yet, or this came from a list.
    pub mergeable: Option<bool>,
}

impl Pull {
    /// Whether it was merged.
    pub fn is_merged(&self) -> bool {
        self.merged_at.is_some()
    }
}

/// One side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullSide {
    /// The branch, without `refs/heads/`.
    #[serde(rename = "ref")]
    pub branch: String,
    /// Its commit.
    pub sha: Sha,
    /// Its repository; `None` where a fork is gone.
    pub repo: Option<PullRepository>,
}

/// The repository of one side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullRepository {
    /// Its name with the owner.
    pub full_name: FullName,
}

/// Which pull requests to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullFilter<'a> {
    /// Only from this branch, in the form `owner:branch`.
    pub head: Option<&'a str>,
    /// Only into this branch.
    pub base: Option<&'a str>,
    /// Only in this state; `None`: in any.
    pub state: Option<PullState>,
}

/// A pull request to be made inside one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPull<'a> {
    /// Its first line.
    pub title: &'a str,
    /// Its text, Markdown.
    pub body: &'a str,
    /// The branch to be merged.
    pub head: &'a str,
    /// The branch to merge into.
    pub base: &'a str,
}

impl Client {
    /// A pull request.
    ///
    /// # Errors
    /// [`Error::is_not_found`] where there is none of that number.
    pub async fn get_pull(&self, repo: &FullName, number: u64) -> Result<Pull, Error> {
        let values = [repo.owner.as_str(), &repo.name, &number.to_string()];
        self.read(Call::get("/repos/{owner}/{repo}/pulls/{pull_number}", &values)?).await
    }

    /// Every pull request that `filter` lets through, newest first.
    pub async fn list_pulls(&self, repo: &FullName, filter: &PullFilter<'_>) -> Result<Vec<Pull>, Error> {
        let state = match filter.state {
            Some(PullState::Open) => "open",
            Some(PullState::Closed) => "closed",
            None => "all",
        };
        let call = Call::get("/repos/{owner}/{repo}/pulls", &[repo.owner.as_str(), &repo.name])?
            .query("state", state)
            .query_if("head", filter.head)
            .query_if("base", filter.base);
        self.all(call).await
    }

    /// Makes a pull request.
    ///
    /// # Errors
    /// [`Error::is_unprocessable`] where one is open for these branches, or nothing lies between them.
    pub async fn create_pull(&self, repo: &FullName, new: &NewPull<'_>) -> Result<Pull, Error> {
        self.write(Method::POST, "/repos/{owner}/{repo}/pulls", &[repo.owner.as_str(), &repo.name], new).await
    }

    /// The closed pull requests that were changed since then, the last changed first; `None`: there are too many, as somebody may
    /// have commented on them all.
    pub async fn pulls_closed_since(
        &self,
        repo: &FullName,
        since: Timestamp,
    ) -> Result<Option<Vec<Pull>>, Error> {
        let call = Call::get("/repos/{owner}/{repo}/pulls", &[repo.owner.as_str(), &repo.name])?
            .query("state", "closed")
            .query("sort", "updated")
            .query("direction", "desc")
            .query("per_page", MAX_CLOSED.to_string());
        let mut found: Vec<Pull> = self.read(call).await?;
        let listed = found.len();
        found.retain(|pull| pull.updated_at.is_none_or(|updated| updated >= since));
        Ok((listed < MAX_CLOSED || found.len() < listed).then_some(found))
    }

    /// The paths of the files that a pull request changes, those that it renames by both names.
    pub async fn pull_files(&self, repo: &FullName, number: u64) -> Result<Vec<String>, Error> {
        let values = [repo.owner.as_str(), &repo.name, &number.to_string()];
        let call = Call::get("/repos/{owner}/{repo}/pulls/{pull_number}/files", &values)?;
        let files: Vec<ChangedFile> = self.all(call).await?;
        Ok(files.into_iter().flat_map(|file| [Some(file.path), file.previous]).flatten().collect())
    }

    /// The pull requests that introduced a commit to the default branch or, while it is not there, that hold it open. GitHub
    /// may know a merged one some seconds late.
    pub async fn pulls_for_commit(&self, repo: &FullName, sha: &Sha) -> Result<Vec<Pull>, Error> {
        let values = [repo.owner.as_str(), &repo.name, sha.as_str()];
        self.all(Call::get("/repos/{owner}/{repo}/commits/{commit_sha}/pulls", &values)?).await
    }
}
