//! As whom people ask GitHub: with a token of their own, or as the App.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use peribolos_core::installation_status::read_only;
use peribolos_github::account::Installation;
use peribolos_github::{App, AppId, Client, Login, PrivateKey, TokenScope};
use secrecy::SecretString;

use super::app_id;
use crate::controller::tokens::REQUIRED;
use crate::step::GitHubArgs;

/// The variable with the token: a flag could be seen by everybody on the machine.
const TOKEN: &str = "GITHUB_TOKEN";

/// As whom GitHub is asked. Without the App's key, the token in the environment variable GITHUB_TOKEN is used. It must be
/// an owner's (scopes admin:org and repo), or secret teams and private repositories are missing.
#[derive(Debug, Args)]
pub(super) struct AccessArgs {
    /// Ask as the GitHub App of this id, which must be installed on the organization
    #[arg(long, env = "PERIBOLOS_APP_ID", value_name = "ID", value_parser = app_id, requires = "private_key_file")]
    app_id: Option<u64>,
    /// The file with the App's private key (PEM)
    #[arg(long, env = "PERIBOLOS_PRIVATE_KEY_FILE", value_name = "FILE", requires = "app_id")]
    private_key_file: Option<PathBuf>,
    #[command(flatten)]
    github: GitHubArgs,
}

impl AccessArgs {
    /// GitHub, for reading this organization.
    pub(super) async fn client(&self, org: &Login) -> anyhow::Result<Client> {
        match (self.app_id, &self.private_key_file) {
            (Some(id), Some(file)) => self.as_app(AppId(id), file, org).await,
            _ => Ok(self.github.client(token()?)?),
        }
    }

    async fn as_app(&self, id: AppId, file: &Path, org: &Login) -> anyhow::Result<Client> {
        let what = || format!("the private key {}", file.display());
        let pem = SecretString::from(std::fs::read_to_string(file).with_context(what)?);
        let key = PrivateKey::from_pem(&pem).with_context(what)?;
        let app = App::new(&self.github.config(id)?, key)?;
        let installation = installation(&app, org).await?;
        // It reads, so its token can do nothing else.
        let permissions = read_only(&REQUIRED, &installation.permissions);
        let scope = TokenScope { repositories: None, permissions: Some(permissions) };
        let minted = app.mint(installation.id, &scope).await.context("GitHub gives the App no token")?;
        Ok(app.with_token(minted.token))
    }
}

async fn installation(app: &App, org: &Login) -> anyhow::Result<Installation> {
    let installations =
        app.list_installations().await.context("GitHub does not tell where the App is installed")?;
    let is_there =
        |installation: &Installation| installation.account.login.as_str().eq_ignore_ascii_case(org.as_str());
    match installations.into_iter().find(is_there) {
        Some(installation) => Ok(installation),
        None => bail!("the App is not installed on {org}: install it there, or use an owner's token"),
    }
}

fn token() -> anyhow::Result<SecretString> {
    match std::env::var(TOKEN) {
        Ok(token) if !token.trim().is_empty() => Ok(token.trim().to_owned().into()),
        _ => bail!(
            "{TOKEN} is not set: give it an owner's token, such as that of `gh auth token`, or give --app-id and \
             --private-key-file"
        ),
    }
}
