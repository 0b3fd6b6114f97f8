//! Where GitHub is, and as whom it is asked: flags that the steps and `dump` share.

use std::path::{Path, PathBuf};

use clap::Args;
use peribolos_github::{AppId, Client, Error as GitHubError, GitHubConfig};
use secrecy::SecretString;
use url::Url;

use super::failure::StepError;

/// Where GitHub is.
#[derive(Clone, Debug, Args)]
pub struct GitHubArgs {
    /// The root of GitHub's REST API; for GitHub Enterprise Server https://HOST/api/v3
    #[arg(
        long = "github-api-url",
        value_name = "URL",
        env = "PERIBOLOS_GITHUB_API_URL",
        default_value = "https://api.github.com"
    )]
    api_url: Url,
    /// The GraphQL endpoint, if it is not the one that belongs to the REST API
    #[arg(long = "github-graphql-url", value_name = "URL", env = "PERIBOLOS_GITHUB_GRAPHQL_URL")]
    graphql_url: Option<Url>,
    /// A file with certificates (PEM) that are trusted beside the system's
    #[arg(long = "github-ca-file", value_name = "FILE", env = "PERIBOLOS_GITHUB_CA_FILE")]
    ca_file: Option<PathBuf>,
}

impl GitHubArgs {
    /// Where GitHub is and how it is talked to, for the App of this id.
    ///
    /// # Errors
    /// When the certificates can't be read.
    pub fn config(&self, app_id: AppId) -> Result<GitHubConfig, GitHubError> {
        let extra_ca_pem = match &self.ca_file {
            Some(path) => Some(std::fs::read(path).map_err(|error| {
                GitHubError::Config(format!("the certificates {} can't be read: {error}", path.display()))
            })?),
            None => None,
        };
        Ok(GitHubConfig {
            graphql_url: self.graphql_url.clone(),
            extra_ca_pem,
            ..GitHubConfig::new(app_id, self.api_url.clone())
        })
    }

    /// GitHub as the holder of a token sees it. Sends nothing.
    ///
    /// # Errors
    /// When a URL or the certificates can't be used.
    pub fn client(&self, token: SecretString) -> Result<Client, GitHubError> {
        // A token needs no App.
        Client::connect(&self.config(AppId(0))?, token)
    }

    /// The same, with the token in a file.
    pub(super) fn client_of(&self, token_file: &Path) -> Result<Client, StepError> {
        let text = std::fs::read_to_string(token_file).map_err(|source| StepError::File {
            path: token_file.to_owned(),
            what: "read",
            source,
        })?;
        // Secrets made by hand end in a line break; upstream peribolos trims, too.
        match text.trim() {
            "" => Err(StepError::NoToken(token_file.to_owned())),
            token => Ok(self.client(token.to_owned().into())?),
        }
    }
}
