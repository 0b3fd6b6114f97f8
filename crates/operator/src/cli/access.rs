//! The token for GitHub: a person's own, or the App's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use futures::FutureExt;
use futures::future::BoxFuture;
use peribolos_core::installation_status::read_only;
use peribolos_github::account::Installation;
use peribolos_github::client::{Membership, MembershipState, OrgRole};
use peribolos_github::{
    App, AppId, Client, Error as GitHubError, InstallationId, Login, PrivateKey, TokenScope, TokenSource,
};
use secrecy::SecretString;

use super::app_id;
use crate::services::github::ASKED;
use crate::step::GitHubArgs;

/// The variables with the token, the first that is set counts: a flag could be seen by everybody on the machine.
const TOKENS: [&str; 2] = ["PERIBOLOS_GITHUB_TOKEN", "GITHUB_TOKEN"];

/// As whom GitHub is asked. Without the App's key, the token in the environment variable PERIBOLOS_GITHUB_TOKEN is used, or
/// that in GITHUB_TOKEN. It must be an owner's (scopes admin:org and repo), or secret teams and private repositories are
/// missing.
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

/// What GitHub is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read the organization.
    Read,
    /// To change it.
    Change,
}

/// GitHub, and whose token it is asked with.
pub(super) struct Access {
    /// GitHub.
    pub(super) client: Client,
    /// The person whose token it is; none: an App's.
    pub(super) person: Option<Login>,
    /// Whether the token was found in the environment.
    is_own: bool,
}

impl AccessArgs {
    /// GitHub, for this organization.
    pub(super) async fn connect(&self, org: &Login, purpose: Purpose) -> anyhow::Result<Access> {
        if let (Some(id), Some(file)) = (self.app_id, &self.private_key_file) {
            let client = self.as_app(AppId(id), file, org, purpose).await?;
            return Ok(Access { client, person: None, is_own: false });
        }
        let client = self.github.client(token()?)?;
        let person = client.person().await.context("it can't be found out whose token this is")?;
        if let Some(person) = &person {
            is_owner(&client, org, person).await?;
        }
        Ok(Access { client, person, is_own: true })
    }

    async fn as_app(&self, id: AppId, file: &Path, org: &Login, purpose: Purpose) -> anyhow::Result<Client> {
        let what = || format!("the private key {}", file.display());
        let pem = SecretString::from(std::fs::read_to_string(file).with_context(what)?);
        let key = PrivateKey::from_pem(&pem).with_context(what)?;
        let app = App::new(&self.github.config(id)?, key)?;
        let installation = installation(&app, org).await?;
        let permissions = match purpose {
            // Such a token can do nothing else.
            Purpose::Read => Some(read_only(&ASKED, &installation.permissions)),
            Purpose::Change => None,
        };
        let scope = TokenScope { repositories: None, permissions };
        let minted = Minted { app: app.clone(), installation: installation.id, scope };
        app.with_tokens(Arc::new(minted)).await.context("GitHub gives the App no token")
    }
}

impl Access {
    /// Says whose token it is where GitHub refuses to show or change the organization.
    pub(super) fn explained(&self, org: &Login, error: GitHubError) -> anyhow::Error {
        let refused = error.is_forbidden() || error.is_not_found() || error.is_permission_missing();
        let error = anyhow::Error::new(error);
        if !refused || !self.is_own || self.person.is_some() {
            return error;
        }
        error.context(format!(
            "the token is an App's and may not manage {org}. A workflow's own token (`github.token`, `secrets.GITHUB_TOKEN`) \
             never may: give an owner's token in {}, or the App's key by --app-id and --private-key-file",
            TOKENS[0]
        ))
    }
}

/// Tokens of an installation, each made when the one before is no longer accepted.
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

/// GitHub shows secret teams, private repositories and settings to owners alone: what others see is not the organization.
async fn is_owner(client: &Client, org: &Login, person: &Login) -> anyhow::Result<()> {
    let membership = match client.membership(org, person).await {
        Err(error) if error.is_forbidden() => None,
        membership => {
            membership.with_context(|| format!("it can't be found out what {person} is in {org}"))?
        }
    };
    let is_owner = |it: Membership| it.role == OrgRole::Admin && it.state == MembershipState::Active;
    if !membership.is_some_and(is_owner) {
        bail!(
            "{person}, whose token this is, is no owner of {org}: GitHub would hide secret teams, private repositories and \
             settings, and a plan or a dump without them would be wrong. Give an owner's token in {}",
            TOKENS[0]
        );
    }
    Ok(())
}

async fn installation(app: &App, org: &Login) -> anyhow::Result<Installation> {
    let installations =
        app.list_installations().await.context("GitHub does not list where the App is installed")?;
    let is_there =
        |installation: &Installation| installation.account.login.as_str().eq_ignore_ascii_case(org.as_str());
    match installations.into_iter().find(is_there) {
        Some(installation) => Ok(installation),
        None => bail!("the App is not installed on {org}: install it there, or use an owner's token"),
    }
}

fn token() -> anyhow::Result<SecretString> {
    let tokens = TOKENS.iter().filter_map(|name| std::env::var(name).ok());
    match tokens.map(|token| token.trim().to_owned()).find(|token| !token.is_empty()) {
        Some(token) => Ok(token.into()),
        None => bail!(
            "neither {} nor {} is set: give an owner's token there, such as that of `gh auth token`, or give --app-id and \
             --private-key-file",
            TOKENS[0],
            TOKENS[1]
        ),
    }
}
