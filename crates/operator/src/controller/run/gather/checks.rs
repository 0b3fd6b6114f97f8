//! The run's checks on GitHub: those whose external id is the run's uid.

use peribolos_core::run::{check, facts::CheckSeen};
use peribolos_github::{AppId, Sha, client::CheckStatus};

use super::RunContext;
use crate::controller::run::error::Error;

/// The run's checks, the first one first.
pub(super) async fn read(at: RunContext<'_>) -> Result<Vec<CheckSeen>, Error> {
    let (Some(name), Ok(sha)) = (check::name(at.run), at.sha().parse::<Sha>()) else { return Ok(Vec::new()) };
    let app = AppId(at.ctx.app_id);
    let mut found = at.github().await?.find_check_runs(&at.repository()?, &sha, app, name).await?;
    found.retain(|check| check.external_id == at.run.metadata.uid);
    found.sort_by_key(|check| check.id);
    let seen = found.into_iter().filter_map(|check| {
        Some(CheckSeen {
            id: i64::try_from(check.id.0).ok()?,
            in_progress: check.status == CheckStatus::InProgress,
            conclusion: check.conclusion,
        })
    });
    Ok(seen.collect())
}
