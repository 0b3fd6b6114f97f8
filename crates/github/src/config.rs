//! Where GitHub is and how it is talked to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::AppId;
use crate::error::Error;

/// Observes every request, so that the caller can count them without this crate knowing of metrics.
///
/// Called on the request's own task: it must neither block nor panic.
pub trait Observer: Send + Sync {
    /// A request ended. `route` is a template such as `/orgs/{org}/teams`, so its values are bounded; `status` is
    /// the HTTP status, or 0 where no answer came.
    fn request(&self, route: &'static str, status: u16);

    /// An answer reported the limit of the token of the request: requests `remaining` in this window, of `limit`.
    fn rate_limit(&self, remaining: u64, limit: u64);
}

/// What a request that is no mere read does on GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It gives out a token, and changes nothing else.
    Mint,
    /// It changes something.
    Write,
}

/// Decides whether a request that is no mere read is sent. A caller who may have to stop at any moment, such as one that leads
/// only for a while, so has one place for that.
pub trait Gate: Send + Sync {
    /// Called on the request's own task, right before it is sent: it must neither block nor panic. What it gives is kept
    /// until the request ends.
    ///
    /// # Errors
    /// Why it is not sent.
    fn pass(&self, effect: Effect) -> Result<Box<dyn Pass>, Withheld>;
}

/// A request that is under way. Dropped without an answer, nobody knows whether it has taken effect.
pub trait Pass: Send {
    /// GitHub has answered.
    fn answered(self: Box<Self>);
}

/// Why a [`Gate`] did not let a request be sent.
#[derive(Debug, Clone)]
pub struct Withheld {
    /// Why.
    pub cause: Arc<dyn std::error::Error + Send + Sync>,
    /// When the same may be sent, where that is known.
    pub after: Option<Duration>,
}

/// The path of the REST root of a GitHub Enterprise Server.
pub(crate) const ENTERPRISE_SERVER: &str = "/api/v3";

/// How long to wait for GitHub at each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection and its TLS session stand.
    pub connect: Duration,
    /// Until the next byte of an answer.
    pub read: Duration,
    /// Until the next byte of a request is taken.
    pub write: Duration,
    /// For one request with its whole answer.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 5 s to connect, 20 s without a byte, 60 s in all.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(20),
            write: Duration::from_secs(20),
            total: Duration::from_mins(1),
        }
    }
}

/// Everything an [`App`](crate::App) needs besides its private key.
#[derive(Clone)]
pub struct GitHubConfig {
    /// The App's number.
    pub app_id: AppId,
    /// The REST root: `https://api.github.com`, or `https://HOST/api/v3` for GitHub Enterprise Server.
    pub api_url: Url,
    /// The GraphQL endpoint. `None`: derived from `api_url`, see [`GitHubConfig::graphql_endpoint`].
    pub graphql_url: Option<Url>,
    /// Certificates (PEM, one or more) trusted in addition to the system's roots.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// The `User-Agent` header; GitHub refuses requests without one.
    pub user_agent: String,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Observes every request.
    pub observer: Option<Arc<dyn Observer>>,
    /// Decides about every request that is no mere read. `None`: all are sent.
    pub gate: Option<Arc<dyn Gate>>,
}

impl GitHubConfig {
    /// The App `app_id` at `api_url`, with the system's roots only and default timeouts.
    pub fn new(app_id: AppId, api_url: Url) -> Self {
        Self {
            app_id,
            api_url,
            graphql_url: None,
            extra_ca_pem: None,
            user_agent: concat!("peribolos-operator/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeouts: Timeouts::default(),
            observer: None,
            gate: None,
        }
    }

    /// Whether this is a GitHub Enterprise Server, by the path of its REST root.
    pub fn is_enterprise_server(&self) -> bool {
        self.api_url.path().trim_end_matches('/').ends_with(ENTERPRISE_SERVER)
    }

    /// The GraphQL endpoint: the one given, or `https://HOST/api/graphql` for GitHub Enterprise Server
    /// (`https://HOST/api/v3`), or `/graphql` below any other REST root.
    ///
    /// # Errors
    /// [`Error::Config`] where `api_url` can't be a root, such as `mailto:x`.
    pub fn graphql_endpoint(&self) -> Result<Url, Error> {
        if let Some(given) = &self.graphql_url {
            return Ok(given.clone());
        }
        let mut url = self.api_url.clone();
        let path = url.path().trim_end_matches('/');
        let path = match path.strip_suffix(ENTERPRISE_SERVER) {
            Some(above) => format!("{above}/api/graphql"),
            None => format!("{path}/graphql"),
        };
        if url.cannot_be_a_base() {
            return Err(Error::Config(format!("{url} is no root of an API: give an http or https URL")));
        }
        url.set_path(&path);
        url.set_query(None);
        Ok(url)
    }
}

impl fmt::Debug for GitHubConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubConfig")
            .field("app_id", &self.app_id)
            .field("api_url", &self.api_url.as_str())
            .field("graphql_url", &self.graphql_url.as_ref().map(Url::as_str))
            .field("user_agent", &self.user_agent)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("https://api.github.com", "https://api.github.com/graphql")]
    #[case("https://api.github.com/", "https://api.github.com/graphql")]
    #[case("https://ghe.example/api/v3", "https://ghe.example/api/graphql")]
    #[case("https://ghe.example/api/v3/", "https://ghe.example/api/graphql")]
    #[case("http://127.0.0.1:3000", "http://127.0.0.1:3000/graphql")]
    #[case("http://proxy.example/github/", "http://proxy.example/github/graphql")]
    fn graphql_is_derived(#[case] api: &str, #[case] expected: &str) {
        let config = GitHubConfig::new(AppId(1), api.parse().unwrap());
        assert_eq!(config.graphql_endpoint().unwrap().as_str(), expected);
        assert_eq!(config.is_enterprise_server(), expected.ends_with("/api/graphql"));
    }

    #[test]
    fn a_url_without_a_path_is_refused() {
        let config = GitHubConfig::new(AppId(1), "mailto:x@example.org".parse().unwrap());
        assert!(config.graphql_endpoint().is_err());
    }
}
