//! Which commits changed a file.

use serde::Deserialize;

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::{RepoName, Sha};

/// The most commits that are read of a file's history.
const MAX_TOUCHING: usize = 100;

/// A commit, and the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touching {
    /// Its id.
    pub sha: Sha,
    /// Its first parent: the branch as it was before. The first commit has none.
    pub parent: Option<Sha>,
}

#[derive(Deserialize)]
struct Body {
    sha: Sha,
    parents: Vec<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    sha: Sha,
}

impl Client {
    /// The commits of `head`'s history that changed the file at `path`, newest first, at most 100. As git's own log, it
    /// leaves out sides of a merge whose changes the merge did not take.
    pub async fn commits_touching(
        &self,
        repo: &RepoName,
        path: &str,
        head: &Sha,
    ) -> Result<Vec<Touching>, Error> {
        let call = Call::get("/repos/{owner}/{repo}/commits", &[repo.owner.as_str(), &repo.name])?
            .query("sha", head.as_str())
            .query("path", path)
            .query("per_page", MAX_TOUCHING.to_string());
        let found: Vec<Body> = self.read(call).await?;
        let touching = |body: Body| {
            let parent = body.parents.into_iter().next().map(|parent| parent.sha);
            Touching { sha: body.sha, parent }
        };
        Ok(found.into_iter().map(touching).collect())
    }
}
