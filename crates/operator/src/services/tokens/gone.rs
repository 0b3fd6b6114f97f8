//! Taking tokens away: from an installation that may have none, and where Secrets are left over.

use kube::ResourceExt;
use peribolos_api::GitHubInstallation;

use super::{TokenError, TokenService, store};
use crate::state::tokens::Slot;

/// Removes every Secret of an installation that may have no token.
///
/// # Errors
/// When the API server does not do it.
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
