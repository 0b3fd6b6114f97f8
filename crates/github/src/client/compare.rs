//! What lies between two commits.

use serde::Deserialize;

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Sha};

/// The most commits that are read of a comparison.
pub const MAX_COMPARED: usize = 100;

/// The commits that are in one history and not in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Their ids, oldest first, at most [`MAX_COMPARED`].
    pub commits: Vec<Sha>,
    /// How many there are.
    pub total: usize,
    /// Whether the head follows from the base: nothing of the base is missing in it.
    pub is_descendant: bool,
}

#[derive(Deserialize)]
struct Body {
    total_commits: usize,
    behind_by: usize,
    commits: Vec<Commit>,
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
        let range = format!("{base}...{head}");
        let values = [repo.owner.as_str(), &repo.name, &range];
        let call = Call::get("/repos/{owner}/{repo}/compare/{basehead}", &values)?
            .query("per_page", MAX_COMPARED.to_string());
        let found: Option<Body> = self.find(call).await?;
        Ok(found.map(|body| Comparison {
            commits: body.commits.into_iter().map(|commit| commit.sha).collect(),
            total: body.total_commits,
            is_descendant: body.behind_by == 0,
        }))
    }
}
