//! The address of GitHub, and the token: flags that the steps and `dump` share.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use futures::FutureExt;
use futures::future::BoxFuture;
use peribolos_core::time_scale::TimeScale;
use peribolos_github::snapshot::Patience;
use peribolos_github::{AppId, Client, Error as GitHubError, GitHubConfig, TokenSource};
use secrecy::SecretString;
use url::Url;

use super::failure::StepError;

/// The address of GitHub.
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

    /// The host of GitHub's pages, as `gh` names it.
    pub(crate) fn web_host(&self) -> String {
        let host = self.api_url.host_str().unwrap_or("github.com");
        // A GitHub Enterprise Server has both on one host.
        host.strip_prefix("api.").unwrap_or(host).to_owned()
    }

    /// A client of GitHub with a token. Sends nothing.
    ///
    /// # Errors
    /// When a URL or the certificates can't be used.
    pub fn client(&self, token: SecretString) -> Result<Client, GitHubError> {
        // A token needs no App.
        Client::connect(&self.config(AppId(0))?, token)
    }

    /// The same, with the token in a file, which is read again when GitHub no longer accepts the token.
    pub(super) async fn client_of(&self, token_file: &Path) -> Result<Client, StepError> {
        let file = TokenFile(token_file.to_owned());
        // Here a file that can't be read has an error of its own.
        file.read()?;
        Ok(Client::connect_renewing(&self.config(AppId(0))?, Arc::new(file)).await?)
    }
}

/// How waits are shortened, for tests.
#[derive(Clone, Copy, Debug, Args)]
pub struct TimeArgs {
    /// Divides every wait
    #[arg(long = "time-scale", hide = true, env = "PERIBOLOS_TIME_SCALE", default_value = "1")]
    pub(crate) scale: TimeScale,
}

impl TimeArgs {
    /// How long a read waits for GitHub.
    pub(crate) fn patience(self, deadline: Option<Instant>) -> Patience {
        Patience { longest: self.scale.of(Patience::default().longest), deadline, scale: self.scale.factor() }
    }
}

/// A file with a token, as the kubelet keeps it up to date.
struct TokenFile(PathBuf);

impl TokenFile {
    fn read(&self) -> Result<SecretString, StepError> {
        let text = std::fs::read_to_string(&self.0).map_err(|source| StepError::File {
            path: self.0.clone(),
            what: "read",
            source,
        })?;
        // Secrets made by hand end in a line break; upstream peribolos trims, too.
        match text.trim() {
            "" => Err(StepError::NoToken(self.0.clone())),
            token => Ok(token.to_owned().into()),
        }
    }
}

impl TokenSource for TokenFile {
    fn newest(&self) -> BoxFuture<'_, Result<SecretString, GitHubError>> {
        let read = self.read().map_err(|error| GitHubError::Config(error.to_string()));
        std::future::ready(read).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("https://api.github.com", "github.com")]
    #[case("https://api.acme.ghe.com", "acme.ghe.com")]
    #[case("https://git.acme.example/api/v3", "git.acme.example")]
    fn gh_is_told_the_host_of_the_pages(#[case] api: &str, #[case] host: &str) {
        let args = GitHubArgs { api_url: api.parse().unwrap(), graphql_url: None, ca_file: None };
        assert_eq!(args.web_host(), host);
    }
}
