//! Minting a token, and the meaning of GitHub's refusals.

use jiff::Timestamp;
use peribolos_api::Reason;
use peribolos_core::{
    installation_status::Finding,
    names::RunToken,
    token::{Cause, Hint, Issued, LastMint},
};
use peribolos_github::{Error, InstallationId, MintedToken, Retry, TokenScope};

use super::{
    TokenError, TokenOwner, TokenService,
    scope::scope,
    secret::Held,
    store::{self, Stored},
};
use crate::{
    metrics::Outcome,
    state::tokens::{Failed, Known, Slot, Unwritten},
};

/// Mints a token. It is kept in memory until it is written into its Secret, because the next one can be minted only after a
/// while.
pub(super) async fn mint(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    kind: Option<RunToken>,
    cause: Cause,
) -> Result<Held, TokenError> {
    let scope = scope(owner, kind)?;
    let minted = match request(tokens, owner.id, &scope).await {
        Ok(minted) => minted,
        // Only this run's scope is refused; the installation's own token is not affected.
        Err(error) if kind.is_some() && error.is_unprocessable() => {
            return Err(TokenError::Scope(error.to_string()));
        }
        Err(error) => {
            tracing::warn!(installation = owner.name, ?cause, %error, "no token was minted");
            let mut failed = failed(&error);
            let mut memory = slot.memory();
            if failed.look && memory.failure().is_none() {
                // Most likely it was suspended or uninstalled: the installation is fetched next, which shows that.
                failed.finding.reason = Reason::Progressing;
            }
            let lasting = memory.fail(failed, &owner.uid, Timestamp::now());
            return Err(TokenError::Refused { finding: lasting.failure.finding, until: lasting.not_before });
        }
    };
    let issued = Issued { at: minted.issued_at, expires: minted.expires_at };
    let held = Held { token: minted.token, issued };
    {
        let mut memory = slot.memory();
        memory.mint(kind, LastMint { at: Timestamp::now(), lifetime: issued.lifetime() });
        memory.keep(kind, Unwritten { token: held.token.clone(), issued, scope });
        // The answer has the permissions that are granted now, even if the webhook about a change was lost.
        memory.look |= kind.is_none() && minted.permissions != *owner.granted;
    }
    tracing::info!(installation = owner.name, secret = owner.secret(kind), ?cause, "minted a token");
    Ok(held)
}

/// Requests a token, and counts the answer.
pub(super) async fn request(
    tokens: &TokenService,
    id: InstallationId,
    scope: &TokenScope,
) -> Result<MintedToken, Error> {
    let answer = tokens.app.mint(id, scope).await;
    if let Err(error) = &answer
        && error.is_rate_limited()
        && let Some(until) = error.retry().not_before(Timestamp::now())
    {
        // The limit belongs to the App and applies to all installations.
        tokens.pacing.refuse(until);
    }
    let result = answer.as_ref().map_or_else(|error| failed(error).finding.reason.as_str(), |_| "ok");
    tokens.metrics.tokens_minted.get_or_create(&Outcome { result: result.to_owned() }).inc();
    answer
}

/// An earlier minted token whose Secret could not be written, if it has the required scope.
pub(super) fn unwritten(owner: &TokenOwner<'_>, slot: &Slot, kind: Option<RunToken>) -> Option<Held> {
    let kept = slot.memory().unwritten(kind)?;
    scope(owner, kind)
        .is_ok_and(|scope| kept.scope == scope)
        .then_some(Held { token: kept.token, issued: kept.issued })
}

/// Writes a minted token into its Secret.
pub(super) async fn write(
    tokens: &TokenService,
    owner: &TokenOwner<'_>,
    slot: &Slot,
    kind: Option<RunToken>,
    before: &Stored,
    held: &Held,
) -> Result<(), TokenError> {
    let version = store::write(tokens, &owner.secret(kind), owner, before, held).await?;
    let mut memory = slot.memory();
    memory.written(kind);
    memory.know(kind, Some(Known { version, issued: held.issued }));
    if kind.is_none() {
        memory.succeed();
        memory.remember_client(tokens.app.with_token(held.token.clone()), held.issued);
    }
    Ok(())
}

/// The meaning of a refusal or a failed connection for the installation.
pub(crate) fn failed(error: &Error) -> Failed {
    let reason = if error.is_unauthorized() || matches!(error, Error::Key(_)) {
        Reason::CredentialsInvalid
    } else if error.is_rate_limited() {
        Reason::RateLimited
    } else {
        Reason::GitHubUnavailable
    };
    let message = match reason {
        Reason::CredentialsInvalid => {
            format!("GitHub refuses the App's key; check the App's id and key: {error}")
        }
        _ => error.to_string(),
    };
    let hint = match error.retry() {
        Retry::After(pause) => Hint::After(pause),
        Retry::AtReset(time) => Hint::At(time),
        Retry::Never | Retry::Backoff => Hint::Nothing,
    };
    let look = error.is_not_found() || error.is_forbidden();
    Failed { finding: Finding::new(reason, message), hint, look }
}
