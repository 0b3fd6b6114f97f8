//! Who moved a branch.

use serde::Deserialize;

use super::Client;
use crate::account::User;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Sha};

/// How many of a branch's latest moves are looked at.
const LOOKED_AT: &str = "100";

#[derive(Deserialize)]
struct Activity {
    /// The commit to which the branch was moved.
    after: Sha,
    /// Who moved it; `None` where the account is gone.
    actor: Option<User>,
}

impl Client {
    /// Who last moved a branch to this commit: by a push, by creating the branch, or on GitHub's pages. `None` where GitHub does not
    /// show it: nobody did lately, the account is gone, or the repository can't be read. A commit's author and committer are
    /// what its maker says, this is what GitHub has seen ([List repository activities][1], which needs Contents: read).
    ///
    /// [1]: https://docs.github.com/en/rest/repos/repos#list-repository-activities
    pub async fn pushed_by(&self, repo: &FullName, branch: &str, head: &Sha) -> Result<Option<User>, Error> {
        let call = Call::get("/repos/{owner}/{repo}/activity", &[repo.owner.as_str(), &repo.name])?
            .query("ref", format!("refs/heads/{branch}"))
            .query("per_page", LOOKED_AT);
        let found: Vec<Activity> = match self.read(call).await {
            // A fork may be out of this App's reach, without a commit, or taken down.
            Err(error) if error.is_forbidden() || matches!(error.status(), Some(404 | 409 | 451)) => {
                return Ok(None);
            }
            other => other?,
        };
        Ok(found.into_iter().find(|activity| activity.after == *head).and_then(|activity| activity.actor))
    }
}
