//! The App's client, with its key kept as the mounted file has it.

mod permissions;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use peribolos_github::{App, AppId, Gate, GitHubConfig, Observer, PrivateKey};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;

use url::Url;

pub use self::permissions::{REQUESTED, REQUIRED};
use crate::metrics::{GitHubCall, Metrics};

/// How often the key's file is checked for changes; the kubelet itself takes up to a minute.
const KEY_CHECK: Duration = Duration::from_secs(10);

/// The addresses of GitHub, and the App's credentials.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// The App's id.
    pub app_id: u64,
    /// The file with the App's private key.
    pub private_key_file: &'a Path,
    /// GitHub's REST API.
    pub api_url: &'a Url,
    /// GitHub's GraphQL API, where it does not follow from the REST API's address.
    pub graphql_url: Option<&'a Url>,
    /// A file with certificates to trust besides the system's.
    pub ca_file: Option<&'a Path>,
}

/// Creates the App's client, whose requests pass that gate unless they only read.
///
/// # Errors
/// When a file can't be read or used.
pub fn connect(
    settings: Settings<'_>,
    gate: Arc<dyn Gate>,
    metrics: &Metrics,
) -> anyhow::Result<(App, SecretString)> {
    let mut config = GitHubConfig::new(AppId(settings.app_id), settings.api_url.clone());
    config.graphql_url = settings.graphql_url.cloned();
    config.gate = Some(gate);
    config.observer = Some(Arc::new(Watch {
        metrics: metrics.clone(),
        smallest: Mutex::new((f64::INFINITY, Instant::now())),
    }));
    if let Some(file) = settings.ca_file {
        let pem = std::fs::read(file).with_context(|| format!("--github-ca-file {}", file.display()))?;
        config.extra_ca_pem = Some(pem);
    }
    let pem = read(settings.private_key_file)?;
    let key = PrivateKey::from_pem(&pem)
        .with_context(|| format!("--private-key-file {}", settings.private_key_file.display()))?;
    Ok((App::new(&config, key)?, pem))
}

/// Updates the client's key when its file changes, until `stop`. A file that can't be used is ignored.
pub async fn follow_key(app: App, file: std::path::PathBuf, mut last: SecretString, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(KEY_CHECK);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let pem = match read(&file) {
            Ok(pem) if pem.expose_secret() != last.expose_secret() => pem,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "the App's private key can't be read; the last one is kept"
                );
                continue;
            }
        };
        match PrivateKey::from_pem(&pem) {
            Ok(key) => {
                app.set_private_key(key);
                tracing::info!("the App's private key was replaced");
            }
            Err(error) => {
                tracing::warn!(%error, "the App's new private key can't be used; the last one is kept");
            }
        }
        last = pem;
    }
}

fn read(file: &Path) -> anyhow::Result<SecretString> {
    let pem =
        std::fs::read_to_string(file).with_context(|| format!("--private-key-file {}", file.display()))?;
    Ok(SecretString::from(pem))
}

/// For how long the smallest remaining share of a limit is reported: GitHub's limits are reset every hour.
const WINDOW: Duration = Duration::from_mins(15);

/// Counts requests to GitHub, and keeps the smallest recent remaining share of a limit.
struct Watch {
    metrics: Metrics,
    smallest: Mutex<(f64, Instant)>,
}

impl Observer for Watch {
    fn request(&self, route: &'static str, status: u16) {
        let label = GitHubCall { route: route.to_owned(), status: status.to_string() };
        self.metrics.github_requests.get_or_create(&label).inc();
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate limit has a few digits")]
    fn rate_limit(&self, remaining: u64, limit: u64) {
        if limit > 0 {
            let ratio = remaining as f64 / limit as f64;
            let mut smallest = self.smallest.lock().unwrap_or_else(PoisonError::into_inner);
            if ratio < smallest.0 || smallest.1.elapsed() > WINDOW {
                *smallest = (ratio, Instant::now());
                self.metrics.github_rate_limit_remaining_ratio.set(ratio);
            }
        }
    }
}
