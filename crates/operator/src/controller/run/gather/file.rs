//! The repository that holds the file, and the head of a branch of it.

use peribolos_api::run::Mode;
use peribolos_core::{config::ConfigFound, run::facts::Facts};
use peribolos_github::Sha;

use super::RunContext;
use crate::{controller::run::error::Error, services::config};

/// The config repository.
pub(super) async fn config(at: RunContext<'_>) -> Result<ConfigFound, Error> {
    let others = at.ctx.tokens.installations.others_of_account(at.installation);
    Ok(at.lookup(&at.github().await?).find(&others).await?)
}

/// Who administers the config repository without being an owner; of a Dump, if it does not have the file yet.
pub(super) async fn strangers(at: RunContext<'_>, facts: &Facts) -> Result<Vec<String>, Error> {
    match &facts.found.config {
        Some(ConfigFound::Here(repository)) if at.run.spec.mode == Mode::Dump => {
            Ok(at.lookup(&at.github().await?).strangers(repository).await?)
        }
        Some(ConfigFound::Here(_)) => Ok(config::strangers(&at.github().await?, &at.repository()?).await?),
        _ => Err(Error::NotChosen),
    }
}

/// A branch's head. None: the branch does not exist, or the repository has no commit.
pub(super) async fn head(at: RunContext<'_>, branch: &str) -> Result<Option<Sha>, Error> {
    match at.github().await?.branch_head(&at.repository()?, branch).await {
        Err(error) if error.is_conflict() => Ok(None),
        other => Ok(other?),
    }
}
