//! The token for GitHub: a person's own, or the App's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use futures::FutureExt;
use futures::future::BoxFuture;
use peribolos_core::installation_status::read_only;
use peribolos_github::account::Installation;
use peribolos_github::snapshot::Patience;
use peribolos_github::{
    App, AppId, Client, Error as GitHubError, InstallationId, Login, PrivateKey, TokenScope, TokenSource,
};
use peribolos_org::show::Applier;
use secrecy::SecretString;

use super::app_id;
use super::token::{self, OwnToken, TokenError};
use crate::services::github::REQUESTED;
use crate::step::GitHubArgs;

/// The credentials for GitHub, as described at the end of each command's help.
pub(super) const HELP: &str = "\
Without the App's key, the token in PERIBOLOS_GITHUB_TOKEN is used, or else that in GITHUB_TOKEN. It must be an \
owner's. A classic token needs the scopes admin:org and repo: `gh auth token` has them after `gh auth refresh --scopes \
admin:org`.";

/// The credentials for GitHub.
#[derive(Debug, Args)]
pub(super) struct AccessArgs {
    /// Authenticate as the GitHub App of this id, which must be installed on the organization
    #[arg(long, env = "PERIBOLOS_APP_ID", value_name = "ID", value_parser = app_id, requires = "private_key_file")]
    app_id: Option<u64>,
    /// The file with the App's private key (PEM)
    #[arg(long, env = "PERIBOLOS_PRIVATE_KEY_FILE", value_name = "FILE", requires = "app_id")]
    private_key_file: Option<PathBuf>,
    #[command(flatten)]
    github: GitHubArgs,
}

/// What the token is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read the organization.
    Read,
    /// To change it.
    Change,
}

/// The GitHub client, and the owner of its token.
pub(super) struct Access {
    /// GitHub.
    pub(super) client: Client,
    /// The token owner; none: an App.
    pub(super) person: Option<Login>,
    /// The variable with the token; none: it was made with the App's key.
    variable: Option<&'static str>,
}

impl AccessArgs {
    /// GitHub, for this organization.
    pub(super) async fn connect(
        &self,
        org: &Login,
        purpose: Purpose,
        patience: Patience,
    ) -> anyhow::Result<Access> {
        if let (Some(id), Some(file)) = (self.app_id, &self.private_key_file) {
            let client = self.as_app(AppId(id), file, org, purpose).await?;
            return Ok(Access { client, person: None, variable: None });
        }
        let host = self.github.web_host();
        let Some(own) = OwnToken::find() else { return Err(TokenError::None { host }.into()) };
        let client = self.github.client(own.token.clone())?;
        let person = token::owner(&client, &own, org, &host, patience).await?;
        Ok(Access { client, person, variable: Some(own.variable) })
    }

    async fn as_app(&self, id: AppId, file: &Path, org: &Login, purpose: Purpose) -> anyhow::Result<Client> {
        let what = || format!("the private key {}", file.display());
        let pem = SecretString::from(std::fs::read_to_string(file).with_context(what)?);
        let key = PrivateKey::from_pem(&pem).with_context(what)?;
        let app = App::new(&self.github.config(id)?, key)?;
        let installation = installation(&app, org).await?;
        let permissions = match purpose {
            // Such a token can do nothing else.
            Purpose::Read => Some(read_only(&REQUESTED, &installation.permissions)),
            Purpose::Change => None,
        };
        let scope = TokenScope { permissions, ..TokenScope::default() };
        let minted = Minted { app: app.clone(), installation: installation.id, scope };
        let client = app.with_tokens(Arc::new(minted)).await;
        client.map_err(|error| as_the_app(org, error)).context("GitHub gives the App no token")
    }
}

impl Access {
    /// The token owner of an apply.
    pub(super) fn applier(&self) -> Applier<'_> {
        self.person.as_ref().map_or(Applier::App, Applier::Person)
    }

    /// Names the token owner and a remedy, if GitHub refuses to show or change the organization.
    pub(super) fn explained(&self, org: &Login, error: GitHubError) -> anyhow::Error {
        token::explained(org, self.applier(), self.variable, error)
    }
}

/// Tokens of an installation; a new one is minted when the last one is no longer accepted.
struct Minted {
    app: App,
    installation: InstallationId,
    scope: TokenScope,
}

impl TokenSource for Minted {
    fn newest(&self) -> BoxFuture<'_, Result<SecretString, GitHubError>> {
        async { Ok(self.app.mint(self.installation, &self.scope).await?.token) }.boxed()
    }
}

/// An error of GitHub's, with what can be done by whoever has the App's key.
fn as_the_app(org: &Login, error: GitHubError) -> anyhow::Error {
    token::explained(org, Applier::App, None, error)
}

async fn installation(app: &App, org: &Login) -> anyhow::Result<Installation> {
    let installations = app.list_installations().await.map_err(|error| as_the_app(org, error));
    let installations = installations.context("GitHub does not list where the App is installed")?;
    let is_there =
        |installation: &Installation| installation.account.login.as_str().eq_ignore_ascii_case(org.as_str());
    match installations.into_iter().find(is_there) {
        Some(installation) => Ok(installation),
        None => bail!("the App is not installed on {org}: install it there, or use an owner's token"),
    }
}
