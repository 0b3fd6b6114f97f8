//! Which commits changed a file.

use serde::Deserialize;

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Sha};

/// The most commits that are read of a file's history.
pub const MAX_TOUCHING: usize = 100;

/// A commit, and those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touching {
    /// Its id.
    pub sha: Sha,
    /// Its parents, the first one first. The first commit has none, a merge two or more.
    pub parents: Vec<Sha>,
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
    /// leaves out sides of a merge whose changes the merge did not take. `None` where the repository has no such commit (any
    /// more).
    pub async fn commits_touching(
        &self,
        repo: &FullName,
        path: &str,
        head: &Sha,
    ) -> Result<Option<Vec<Touching>>, Error> {
        let call = Call::get("/repos/{owner}/{repo}/commits", &[repo.owner.as_str(), &repo.name])?
            .query("sha", head.as_str())
            .query("path", path)
            .query("per_page", MAX_TOUCHING.to_string());
        let found: Option<Vec<Body>> = self.find(call).await?;
        let touching = |body: Body| {
            let parents = body.parents.into_iter().map(|parent| parent.sha).collect();
            Touching { sha: body.sha, parents }
        };
        Ok(found.map(|found| found.into_iter().map(touching).collect()))
    }
}
