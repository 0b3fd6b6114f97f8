//! The branch that is applied, and its head.

use peribolos_github::Sha;

use super::RunContext;
use crate::controller::run::error::Error;

/// The branch that is applied: the installation's, or the repository's default. None: the repository does not exist, or the App
/// can't see it.
pub(super) async fn branch(at: RunContext<'_>) -> Result<Option<String>, Error> {
    let configured = &at.installation.spec.config.branch;
    if !configured.is_empty() {
        return Ok(Some(configured.clone()));
    }
    match at.github().await?.get_repo(&at.repository()?).await {
        Err(error) if error.is_not_found() => Ok(None),
        other => Ok(Some(other?.default_branch.unwrap_or_else(|| "main".to_owned()))),
    }
}

/// A branch's head. None: the branch does not exist, or the repository has no commit.
pub(super) async fn head(at: RunContext<'_>, branch: &str) -> Result<Option<Sha>, Error> {
    match at.github().await?.branch_head(&at.repository()?, branch).await {
        Err(error) if error.is_conflict() => Ok(None),
        other => Ok(other?),
    }
}
