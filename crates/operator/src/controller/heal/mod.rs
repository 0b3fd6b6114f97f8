//! The healer: finds by itself what a lost webhook would have reported. A webhook is only an accelerator.
//!
//! Five loops, each with its own pace: the list of installations, the failed deliveries, the config file of each installation,
//! drift checks that are due, and the ended runs and TaskRuns that are no longer kept. Their decisions are in
//! `peribolos_core::heal`; every write is idempotent.

mod adopt;
mod deliveries;
mod drift;
mod file;
mod files;
mod history;
mod installations;
mod known;
mod pace;
mod pages;
mod task_runs;

use std::sync::Arc;

use jiff::Timestamp;
use peribolos_api::{GitHubInstallation, names};
use tokio_util::sync::CancellationToken;

pub use self::pace::Pace;
use super::{
    context::{Context, Shared},
    lease::Leadership,
};
use crate::{
    kubernetes::filled::filled,
    metrics::Kind,
    services::{config::ConfigError, writer::Writer},
};

/// The field manager of everything that the healer writes.
const FIELD_MANAGER: &str = "peribolos-healer";

/// Heals at this pace until `stop`, once this process leads.
pub async fn run(ctx: Shared, pace: Pace, leadership: Leadership, stop: CancellationToken) {
    // Before anything is reconciled: what is in the list need not be requested one by one.
    ctx.listing.set_awaited();
    if stop.run_until_cancelled(leadership.ours()).await.is_some() {
        Box::pin(run_at(ctx, pace, stop)).await;
    }
}

/// Repeats a pass at this pace until `stop`.
pub async fn run_at(ctx: Shared, pace: Pace, stop: CancellationToken) {
    ctx.listing.set_awaited();
    let work = async {
        // Until the watches are filled, everything that GitHub lists would look new.
        let filled = tokio::join!(filled(&ctx.installations), filled(&ctx.runs));
        if let (Ok(()), Ok(())) = filled {
            tokio::join!(
                Box::pin(installations::repeat(&ctx, &pace)),
                Box::pin(deliveries::repeat(&ctx, &pace)),
                Box::pin(files::repeat(&ctx, &pace)),
                Box::pin(drift::repeat(&ctx, &pace)),
                Box::pin(history::repeat(&ctx, &pace))
            );
        }
    };
    stop.run_until_cancelled(work).await;
}

/// Why a pass ended early. The next one starts from the beginning.
#[derive(Debug, thiserror::Error)]
enum HealError {
    #[error("GitHub: {0}")]
    GitHub(#[from] peribolos_github::Error),
    #[error(transparent)]
    Kubernetes(#[from] crate::kubernetes::client::CallError),
    #[error("{0}")]
    Token(#[from] crate::services::tokens::TokenError),
    #[error("a name of GitHub's can't be read: {0}")]
    Id(#[from] peribolos_github::IdError),
    #[error("the key is App {found}'s, but --app-id is {expected}: nothing is concluded from its list")]
    OtherApp { found: u64, expected: u64 },
}

impl From<ConfigError> for HealError {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::GitHub(error) => Self::GitHub(error),
            ConfigError::Name(error) => Self::Id(error),
        }
    }
}

impl HealError {
    /// The time before which GitHub does not accept further requests, if it named one.
    fn not_before(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::GitHub(error) => error.retry().not_before(now),
            _ => None,
        }
    }
}

impl Context {
    pub(in crate::controller) fn healer(&self) -> Writer {
        Writer::new(self.client.clone(), &self.namespace, FIELD_MANAGER)
    }

    /// Creates follow-up runs.
    pub(in crate::controller) fn runs_writer(&self) -> Writer {
        Writer::new(self.client.clone(), &self.namespace, names::MANAGER)
    }

    /// The installations that are not being deleted: nothing is created for the others any more.
    fn kept_installations(&self) -> impl Iterator<Item = Arc<GitHubInstallation>> {
        let all = self.installations.state().into_iter();
        all.filter(|installation| installation.metadata.deletion_timestamp.is_none())
    }

    fn healed(&self, kind: &'static str) {
        self.metrics.healed.get_or_create(&Kind { kind: kind.to_owned() }).inc();
    }
}
