//! Tokens of installations: minted when due, kept in Secrets, handed to whoever calls GitHub.
//!
//! The Secret is the truth: its times are the schedule, so a restart mints nothing. What is kept in memory are pauses
//! after failures and clients, and losing it costs a question to GitHub at most.

mod ensure;
mod error;
mod gone;
mod holder;
mod memory;
mod mint;
mod scope;
mod secret;
mod store;

use kube::ResourceExt;
use peribolos_api::GitHubInstallation;
use peribolos_core::names::RunToken;
use peribolos_github::Client;

use self::ensure::ready;
pub use self::{
    ensure::{Need, TokenInfo},
    error::TokenError,
    memory::Tokens,
    scope::{ASKED, REQUIRED},
};
pub(crate) use self::{
    ensure::{extras, secure},
    gone::withdraw,
    holder::Holder,
    memory::{Failed, Slot, Trigger},
    mint::failed,
};
use crate::controller::context::Context;

/// The Secret that `need` asks for, with a token that is good enough for it; minted if it is not.
///
/// At most one mint per installation is under way at a time: others wait and then find the token there.
///
/// # Errors
/// Why there is none, with the time from which on it is worth asking again.
pub async fn ensure(
    ctx: &Context,
    installation: &GitHubInstallation,
    need: Need,
) -> Result<TokenInfo, TokenError> {
    let holder = Holder::known(ctx, installation)?;
    let slot = ctx.tokens.slot(&holder.uid);
    if let Some(info) = ready(ctx, &holder, &slot, need).await? {
        return Ok(info);
    }
    let _turn = slot.turn().await;
    let secured = secure(ctx, &holder, &slot, need).await?;
    secured.good_enough()
}

/// Removes the Secret of a run's additional token, unless a run uses it: that is looked at while nobody else can write
/// the Secret, so that none is taken from a run which is just starting.
///
/// # Errors
/// When the API server does not do it.
pub async fn remove_extra(
    ctx: &Context,
    installation: &GitHubInstallation,
    kind: RunToken,
    is_used: impl AsyncFnOnce() -> bool,
) -> Result<(), TokenError> {
    let uid = installation.uid().unwrap_or_default();
    let slot = ctx.tokens.slot(&uid);
    let _turn = slot.turn().await;
    if is_used().await {
        return Ok(());
    }
    store::remove_owned(ctx, &kind.secret(&installation.name_any()), &uid).await
}

/// GitHub as this installation sees it, for the controller's own calls.
///
/// The token is that of the Secret; one is minted only if there is no valid one. After a 401 call [`invalidate`].
///
/// # Errors
/// Why there is no valid token, with the time from which on it is worth asking again.
pub async fn client(ctx: &Context, installation: &GitHubInstallation) -> Result<Client, TokenError> {
    let holder = Holder::known(ctx, installation)?;
    let slot = ctx.tokens.slot(&holder.uid);
    if let Some(client) = slot.memory().client(jiff::Timestamp::now()) {
        return Ok(client);
    }
    let info = ensure(ctx, installation, Need::Valid).await?;
    let client = ctx.app.with_token(info.token);
    slot.memory().remember_client(client.clone(), info.issued);
    Ok(client)
}

/// GitHub answered 401 to the installation's token: the next that asks for it gets a new one.
pub fn invalidate(ctx: &Context, installation: &GitHubInstallation) {
    ctx.tokens.slot(&installation.uid().unwrap_or_default()).memory().refuse_client();
}
