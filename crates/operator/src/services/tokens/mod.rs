//! Tokens of installations: minted when due, kept in Secrets, and used for calls to GitHub.
//!
//! The Secret is the source of truth: its times are the schedule, so a restart mints nothing. They are also annotations, so
//! that a restart reads no Secret either. Pauses after failures and clients are kept in memory; losing them costs at most a
//! request to GitHub.

mod ensure;
mod error;
mod gone;
mod last;
mod mint;
mod owner;
mod scope;
mod secret;
mod shown;
mod store;

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_api::{GitHubInstallation, Reason};
use peribolos_core::{
    accounts::Accounts,
    installation_status::{Finding, View, entitlement},
    names::RunToken,
    token::{AppLimit, Load, Schedule, Turn, Urgency},
};
use peribolos_github::{App, Client};

use self::ensure::{Provided, ready, secure};
pub use self::{
    ensure::{Need, TokenInfo},
    error::TokenError,
};
pub(crate) use self::{
    ensure::{extras, refresh},
    gone::withdraw,
    mint::failed,
    owner::TokenOwner,
};
use crate::{
    metrics::Metrics,
    state::{installations::Installations, pacing::Pacing, secrets::Secrets, tokens::Tokens},
};

/// The dependencies for minting tokens and maintaining their Secrets.
pub struct TokenService {
    /// The Kubernetes client.
    pub client: kube::Client,
    /// The namespace of the installations and of their Secrets.
    pub namespace: String,
    /// The GitHub App.
    pub app: App,
    /// The accounts that may have a token.
    pub accounts: Accounts,
    /// The installations, from the watch.
    pub installations: Installations,
    /// The metadata of all Secrets of tokens, from the watch.
    pub secrets: Secrets,
    /// The metrics.
    pub metrics: Metrics,
    /// The memory of each installation.
    pub memory: Tokens,
    /// The pace of mints.
    pub pacing: Pacing,
}

impl TokenService {
    /// When a token may be minted for the installation object of that uid.
    fn turn(&self, uid: &str, urgency: Urgency) -> Turn {
        self.pacing.ask(uid, urgency, self.app_limit())
    }

    /// The hourly limit of the App's own requests, where GitHub names one.
    pub(crate) fn app_limit(&self) -> Option<AppLimit> {
        let limit = self.app.limit()?;
        let reset = Timestamp::from_second(limit.reset).ok()?;
        Some(AppLimit { limit: limit.limit, remaining: limit.remaining, reset })
    }

    /// Decides by the number of installations when the tokens of idle ones are replaced.
    pub(crate) fn weigh<'a>(&self, all: impl IntoIterator<Item = &'a GitHubInstallation>) {
        let mut load = Load::default();
        for installation in all {
            load.add(Schedule::from(&installation.spec.token));
        }
        self.pacing.set_refresh(load.refresh(self.app.limit().map(|limit| limit.limit)));
    }

    /// Why another object owns the installation of this one, if one does.
    pub(crate) fn duplicate(&self, installation: &GitHubInstallation) -> Option<Finding> {
        let all = self.installations.of_id(installation.spec.installation_id);
        entitlement::duplicate(installation, all.iter().map(AsRef::as_ref))
    }

    /// Whether the object is being deleted, as it was read or as the watch has it by now.
    fn is_being_deleted(&self, installation: &GitHubInstallation) -> bool {
        let there = self.installations.of_id(installation.spec.installation_id);
        let same = there.iter().map(AsRef::as_ref).filter(|there| there.uid() == installation.uid());
        [installation].into_iter().chain(same).any(|object| object.metadata.deletion_timestamp.is_some())
    }

    /// Why an object gets no token, according to its status.
    pub(crate) fn not_entitled(&self, installation: &GitHubInstallation) -> Option<Finding> {
        if self.is_being_deleted(installation) {
            let finding = Finding::new(Reason::InstallationDeleted, "this installation is being deleted");
            return Some(finding);
        }
        self.duplicate(installation)
            .or_else(|| entitlement::refusal(&View::remembered(installation), &self.accounts))
    }
}

/// The Secret for `need`, with a sufficient token; a new one is minted if necessary.
///
/// At most one mint per installation is under way at a time: others wait and then find the token there.
///
/// # Errors
/// Why there is none, with the time from which a retry is worthwhile.
pub async fn ensure(
    tokens: &TokenService,
    installation: &GitHubInstallation,
    need: Need,
) -> Result<TokenInfo, TokenError> {
    provide(tokens, installation, need, Urgency::Run).await.map(|provided| provided.info)
}

/// The same with the token itself.
async fn provide(
    tokens: &TokenService,
    installation: &GitHubInstallation,
    need: Need,
    urgency: Urgency,
) -> Result<Provided, TokenError> {
    let owner = TokenOwner::known(tokens, installation)?;
    let slot = tokens.memory.slot(&owner.uid);
    if let Some(provided) = ready(tokens, &owner, &slot, need).await? {
        return Ok(provided);
    }
    let _turn = slot.turn().await;
    secure(tokens, &owner, &slot, need, urgency).await?.good_enough()
}

/// Removes the Secret of an additional token, unless a run uses it. This is checked while nothing else can write
/// the Secret, so that it is not removed from a run that is just starting.
///
/// # Errors
/// When the request to the API server fails.
pub async fn remove_extra(
    tokens: &TokenService,
    installation: &GitHubInstallation,
    kind: RunToken,
    is_used: impl AsyncFnOnce() -> bool,
) -> Result<(), TokenError> {
    let uid = installation.uid().unwrap_or_default();
    let slot = tokens.memory.slot(&uid);
    let _turn = slot.turn().await;
    if is_used().await {
        return Ok(());
    }
    store::remove_owned(tokens, &kind.secret(&installation.name_any()), &uid).await
}

/// A GitHub client of this installation, for the controller's own requests for a run.
///
/// The token is that of the Secret; one is minted only if there is no valid one. After a 401 call [`invalidate`]. Where the
/// installation is being deleted it is one that no Secret has.
///
/// # Errors
/// Why there is no valid token, with the time from which on it is worth asking again.
pub async fn client(tokens: &TokenService, installation: &GitHubInstallation) -> Result<Client, TokenError> {
    if tokens.is_being_deleted(installation) {
        return last::client(tokens, installation).await;
    }
    client_at(tokens, installation, Urgency::Run).await
}

/// The same for requests that can wait, of an installation that is not being deleted: if a token has to be minted, those of
/// runs take precedence.
///
/// # Errors
/// [`TokenError::Paced`] if others take precedence; otherwise as for [`client`].
pub async fn idle_client(
    tokens: &TokenService,
    installation: &GitHubInstallation,
) -> Result<Client, TokenError> {
    client_at(tokens, installation, Urgency::Idle).await
}

async fn client_at(
    tokens: &TokenService,
    installation: &GitHubInstallation,
    urgency: Urgency,
) -> Result<Client, TokenError> {
    let owner = TokenOwner::known(tokens, installation)?;
    let slot = tokens.memory.slot(&owner.uid);
    if let Some(client) = slot.memory().client(Timestamp::now()) {
        return Ok(client);
    }
    let provided = provide(tokens, installation, Need::Valid, urgency).await?;
    let client = tokens.app.with_token(provided.token);
    slot.memory().remember_client(client.clone(), provided.info.issued);
    Ok(client)
}

/// Records that GitHub answered 401 to the installation's token: the next request for it gets a new one.
pub fn invalidate(tokens: &TokenService, installation: &GitHubInstallation) {
    tokens.memory.slot(&installation.uid().unwrap_or_default()).memory().refuse_client();
}
