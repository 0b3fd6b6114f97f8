//! What a simulator is started with.

use std::time::Duration;

use aws_lc_rs::hmac;
use jsonwebtoken::DecodingKey;

use crate::{
    fixture::{Fixture, FixtureError},
    ghes::Ghes,
    http::secondary::SecondaryLimits,
};

/// Settings of one simulator.
#[derive(Debug)]
pub struct Config {
    /// The one GitHub App that this GitHub knows.
    pub app: AppConfig,
    /// Where deliveries go; `None` records them as failed.
    pub webhook: Option<Webhook>,
    /// Lifetime of an installation token. GitHub's is one hour.
    pub token_ttl: Duration,
    /// Requests an installation may make in an hour. GitHub's is 5,000 and more.
    pub rate_limit: u32,
    /// Limits beyond those of the hour. An Enterprise Server has none.
    pub secondary_limits: SecondaryLimits,
    /// The version of GitHub Enterprise Server; `None`: github.com.
    pub ghes: Option<Ghes>,
    /// How many nodes a query of GraphQL may touch; `None`: as many as its pages hold.
    pub graphql_nodes: Option<u64>,
    /// How much shorter the spans of limits are than GitHub's: with 60, a minute is a second. More than 0.
    pub time_scale: f64,
    fixture: Fixture,
}

/// The App: its id, its slug and the public half of its private key.
pub struct AppConfig {
    pub(crate) id: u64,
    pub(crate) slug: String,
    pub(crate) key: DecodingKey,
}

impl std::fmt::Debug for AppConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppConfig").field("id", &self.id).field("slug", &self.slug).finish_non_exhaustive()
    }
}

/// The App's webhook: a URL (`http://` only) and the secret that signs what goes there.
pub struct Webhook {
    pub(crate) url: ::http::Uri,
    pub(crate) key: hmac::Key,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Why a simulator can't start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The public key is not one.
    #[error("the App's public key is no RSA public key in PEM: {0}")]
    PublicKey(#[source] jsonwebtoken::errors::Error),
    /// The webhook URL is not one.
    #[error("the webhook URL {url} must be http://HOST[:PORT]/PATH: {reason}")]
    WebhookUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The webhook secret is empty.
    #[error("the webhook secret is empty: give at least one character")]
    EmptySecret,
    /// The fixture can't be loaded.
    #[error("the fixture can't be loaded")]
    Fixture(#[from] FixtureError),
}

impl AppConfig {
    /// An App of this id and slug, whose tokens are verified against an RSA public key in PEM.
    pub fn new(id: u64, slug: &str, public_key_pem: &[u8]) -> Result<Self, ConfigError> {
        let key = DecodingKey::from_rsa_pem(public_key_pem).map_err(ConfigError::PublicKey)?;
        Ok(Self { id, slug: slug.to_owned(), key })
    }
}

impl Webhook {
    /// A webhook at `url`, signed with `secret` (one trailing newline is cut).
    pub fn new(url: &str, secret: &[u8]) -> Result<Self, ConfigError> {
        let wrong = |reason: String| ConfigError::WebhookUrl { url: url.to_owned(), reason };
        let uri: ::http::Uri = url.parse().map_err(|e: ::http::uri::InvalidUri| wrong(e.to_string()))?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong("the scheme is not http".into()));
        }
        let secret = secret.strip_suffix(b"\n").unwrap_or(secret);
        if secret.is_empty() {
            return Err(ConfigError::EmptySecret);
        }
        Ok(Self { url: uri, key: hmac::Key::new(hmac::HMAC_SHA256, secret) })
    }
}

impl Config {
    /// GitHub's own figures, no webhook and an empty GitHub.
    pub fn new(app: AppConfig) -> Self {
        Self {
            app,
            webhook: None,
            token_ttl: Duration::from_hours(1),
            rate_limit: 5000,
            secondary_limits: SecondaryLimits::STRICT,
            ghes: None,
            graphql_nodes: None,
            time_scale: 1.0,
            fixture: Fixture::default(),
        }
    }

    /// Starts with the users and organizations of a YAML (or JSON) text, see `fixtures/acme.yaml`.
    pub fn with_fixture(mut self, yaml: &str) -> Result<Self, ConfigError> {
        self.fixture = Fixture::parse(yaml)?;
        Ok(self)
    }

    pub(crate) fn take_fixture(&mut self) -> Fixture {
        std::mem::take(&mut self.fixture)
    }
}
