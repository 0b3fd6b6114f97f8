//! Removes tokens: of an installation that is not entitled to any, and in Secrets that are no longer used.

use kube::ResourceExt;
use peribolos_api::GitHubInstallation;

use super::{TokenError, TokenService, store};
use crate::state::tokens::Slot;

/// Removes every Secret of an installation that is not entitled to a token.
///
/// # Errors
/// When the request to the API server fails.
pub(crate) async fn withdraw(
    tokens: &TokenService,
    installation: &GitHubInstallation,
    slot: &Slot,
) -> Result<(), TokenError> {
    let (name, uid) = (installation.name_any(), installation.uid().unwrap_or_default());
    let _turn = slot.turn().await;
    slot.memory().forget_tokens();
    for secret in store::owned(tokens, &name, &uid).await? {
        tracing::info!(installation = name, secret, "removing a token's Secret");
        store::remove_owned(tokens, &secret, &uid).await?;
    }
    Ok(())
}
