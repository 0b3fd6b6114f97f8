//! The token of an installation that is being deleted, with which the checks of its runs are completed. It is kept in memory and
//! never written to a Secret.

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::GitHubInstallation;
use peribolos_core::{
    installation_status::{View, entitlement},
    token::{self, Issued, Turn, Urgency},
};
use peribolos_github::{Client, InstallationId, TokenScope};

use super::{
    TokenError, TokenService,
    mint::{failed, request},
};

/// A client with that token, minted once.
///
/// # Errors
/// [`TokenError::NotEntitled`] if GitHub no longer issues one; otherwise why there is none now.
pub(super) async fn client(
    tokens: &TokenService,
    installation: &GitHubInstallation,
) -> Result<Client, TokenError> {
    if let Some(refusal) = entitlement::refusal(&View::remembered(installation), &tokens.accounts) {
        return Err(TokenError::NotEntitled(refusal));
    }
    let uid = installation.uid().unwrap_or_default();
    let slot = tokens.memory.slot(&uid);
    let _turn = slot.last_turn().await;
    let now = Timestamp::now();
    if let Some(client) = slot.memory().last_client(now) {
        return Ok(client);
    }
    if let Turn::At(until) = tokens.turn(&uid, Urgency::Run) {
        return Err(TokenError::Paced { until });
    }
    let id = InstallationId(installation.spec.installation_id.unsigned_abs());
    match request(tokens, id, &TokenScope::default()).await {
        Ok(minted) => {
            let issued = Issued { at: minted.issued_at, expires: minted.expires_at };
            let client = tokens.app.with_token(minted.token);
            slot.memory().remember_last_client(client.clone(), issued);
            Ok(client)
        }
        Err(error) => {
            let installation = installation.name_any();
            tracing::warn!(installation, %error, "the token to complete the last checks could not be minted");
            let failed = failed(&error);
            // 401, 403 or 404: it is suspended or uninstalled, or the App's key is refused.
            Err(if failed.look || error.is_unauthorized() {
                TokenError::NotEntitled(failed.finding)
            } else {
                let until = token::retry_at(failed.hint, 1, &uid, now);
                TokenError::Refused { finding: failed.finding, until }
            })
        }
    }
}
