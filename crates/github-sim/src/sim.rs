//! One simulated GitHub.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::{
    config::{AppConfig, Config, ConfigError, Webhook},
    ghes::Ghes,
    hooks::Outgoing,
    state::World,
};

/// A GitHub of one App: its state and its settings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sim {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    world: Mutex<World>,
    app: AppConfig,
    webhook: Option<Webhook>,
    token_ttl: std::time::Duration,
    ghes: Option<Ghes>,
    outbox: Mutex<Option<UnboundedReceiver<Outgoing>>>,
}

impl Sim {
    /// A simulator with what the fixture of `config` says. Nothing is delivered until [`crate::serve`] runs.
    pub fn new(mut config: Config) -> Result<Self, ConfigError> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut world = World::new(&config, sender);
        config.take_fixture().load(&mut world)?;
        let inner = Inner {
            world: Mutex::new(world),
            app: config.app,
            webhook: config.webhook,
            token_ttl: config.token_ttl,
            ghes: config.ghes,
            outbox: Mutex::new(Some(receiver)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The state, locked. Never held across an await.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.inner.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn app(&self) -> &AppConfig {
        &self.inner.app
    }

    pub(crate) fn webhook(&self) -> Option<&Webhook> {
        self.inner.webhook.as_ref()
    }

    pub(crate) fn token_ttl(&self) -> std::time::Duration {
        self.inner.token_ttl
    }

    /// What stands before the paths of the REST API: nothing on github.com.
    pub(crate) fn api_prefix(&self) -> &'static str {
        if self.inner.ghes.is_some() { "/api/v3" } else { "" }
    }

    /// Whether a path is neither of the API nor of the controls. On github.com every path is of the API.
    pub(crate) fn is_outside_api(&self, path: &str) -> bool {
        let within = ["/api/v3/", "/_sim/"].iter().any(|prefix| path.starts_with(prefix));
        self.inner.ghes.is_some() && !within && path != "/api/graphql"
    }

    /// The deliveries to be sent; given out once, to the one worker.
    pub(crate) fn take_outbox(&self) -> Option<UnboundedReceiver<Outgoing>> {
        self.inner.outbox.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
