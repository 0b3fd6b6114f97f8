//! One organization of the simulated GitHub, with a token of its installation.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use peribolos_github::{Client, InstallationId, Login, TokenScope};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::github::GitHub;

/// One organization that nobody else uses.
pub struct Organization {
    github: &'static GitHub,
    login: Login,
    installation: u64,
    client: Client,
    dir: TempDir,
}

impl Organization {
    /// Puts an organization into the state, under a login of its own, and installs the App there.
    ///
    /// The state is that of a fixture of the simulator; the installation's number is replaced.
    ///
    /// # Errors
    /// When the simulator refuses the state.
    pub async fn seed(state: &Value) -> Result<Self> {
        let github = GitHub::get()?;
        let installation = github.number();
        let login: Login = format!("org-{installation}").parse()?;
        let mut state = state.clone();
        state["installation"]["id"] = json!(installation);
        let path = format!("/orgs/{}", login.as_str());
        github.control("PUT", &path, Some(&state)).await.context("the fixture")?;
        let token = github.app().mint(InstallationId(installation), &TokenScope::default()).await?.token;
        let dir = tempfile::Builder::new().prefix("peribolos-conformance-").tempdir()?;
        std::fs::write(dir.path().join("token"), token.expose_secret())?;
        let client = github.app().with_token(token);
        Ok(Self { github, login, installation, client, dir })
    }

    /// The GitHub that it is on.
    pub fn github(&self) -> &'static GitHub {
        self.github
    }

    /// Its login.
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// GitHub as its installation sees it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The file with the installation's token.
    pub fn token_file(&self) -> PathBuf {
        self.dir.path().join("token")
    }

    /// A directory that goes when this is dropped.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The whole state, as a fixture has it.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn state(&self) -> Result<Value> {
        self.github.control("GET", &format!("/orgs/{}", self.login.as_str()), None).await
    }

    /// Everything that its installation asked, in order.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn requests(&self) -> Result<Vec<Value>> {
        self.list("requests").await
    }

    /// Everything that its installation changed, in order.
    ///
    /// # Errors
    /// When the simulator does not answer.
    pub async fn audit(&self) -> Result<Vec<Value>> {
        self.list("audit").await
    }

    async fn list(&self, what: &str) -> Result<Vec<Value>> {
        let path = format!("/{what}?installation={}", self.installation);
        Ok(serde_json::from_value(self.github.control("GET", &path, None).await?)?)
    }
}
