//! What every reconcile needs: clients, settings, caches.

use std::sync::Arc;

use jiff::SignedDuration;
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client,
    api::ListParams,
    core::PartialObjectMeta,
    runtime::{
        events::{Recorder, Reporter},
        reflector::Store,
    },
};
use peribolos_api::{GitHubInstallation, PeribolosRun, names};
use peribolos_core::{accounts::Accounts, defaults::InstallationDefaults, run::facts::Settings};
use peribolos_github::App;

use super::{
    TaskPods,
    lease::Gate,
    watches::{Controllers, Notifier},
};
use crate::{
    kubernetes::client::{CallError, call},
    metrics::Metrics,
    services::tokens::TokenService,
    state::{
        backoff::Backoff, content::ContentWrites, listing::Listing, pacing::Pacing, published::Publications,
        reservations::Reservations, runs::Runs, tekton::Tekton, tokens::Tokens, written::Written,
    },
};

/// What every reconcile needs. One per process, behind an [`Arc`].
pub struct Context {
    /// The Kubernetes client.
    pub client: Client,
    /// The gate that all writes pass.
    pub gate: Gate,
    /// The namespace of installations, runs, TaskRuns and Secrets.
    pub namespace: String,
    /// The GitHub App.
    pub app: App,
    /// The App's id.
    pub app_id: u64,
    /// The accounts that the operator works for.
    pub accounts: Accounts,
    /// The spec of installations that the operator creates, except their id.
    pub installation_defaults: InstallationDefaults,
    /// What the pods of all TaskRuns have in common.
    pub task_pods: TaskPods,
    /// Settings that are the same for all runs.
    pub settings: Arc<Settings>,
    /// All installations, from the watch.
    pub installations: Store<GitHubInstallation>,
    /// The metadata of all Secrets of tokens, from the watch.
    pub secrets: Store<PartialObjectMeta<Secret>>,
    /// The runs that are not labelled as ended, from the watch.
    pub runs: Store<PeribolosRun>,
    /// The same runs, indexed by installation.
    pub runs_by_installation: Runs,
    /// Events for people.
    pub recorder: Recorder,
    /// The metrics.
    pub metrics: Metrics,
    /// The runs that were started but are not running in the watch yet.
    pub reservations: Reservations,
    /// What this process has published on GitHub for each run.
    pub published: Publications,
    /// Which versions of runs are outdated, whatever the watch shows.
    pub written: Arc<Written>,
    /// When something was created on GitHub for each installation.
    pub content_writes: ContentWrites,
    /// How often the reconcile of each run has failed.
    pub run_backoff: Backoff,
    /// The missing part of Tekton, if any.
    pub tekton: Tekton,
    /// The installations' tokens.
    pub tokens: TokenService,
    /// GitHub's list of installations.
    pub listing: Listing,
    /// Triggers the reconcile of an installation.
    pub wake_installation: Notifier,
    /// Triggers the reconcile of an installation's unfinished runs.
    pub wake_runs_of: Notifier,
}

/// The inputs of a [`Context`] besides the watches.
pub struct Parts {
    /// The Kubernetes client.
    pub client: Client,
    /// The gate that all writes pass.
    pub gate: Gate,
    /// The name under which Events are written.
    pub reporter: Reporter,
    /// The GitHub App.
    pub app: App,
    /// The App's id.
    pub app_id: u64,
    /// The accounts that the operator works for.
    pub accounts: Accounts,
    /// The spec of installations that the operator creates, except their id.
    pub installation_defaults: InstallationDefaults,
    /// What the pods of all TaskRuns have in common.
    pub task_pods: TaskPods,
    /// Settings that are the same for all runs.
    pub settings: Settings,
    /// The metrics.
    pub metrics: Metrics,
}

impl Context {
    /// The context of these controllers.
    pub fn new(parts: Parts, controllers: &Controllers) -> Self {
        let Parts {
            client,
            gate,
            reporter,
            app,
            app_id,
            accounts,
            installation_defaults,
            task_pods,
            settings,
            metrics,
        } = parts;
        let namespace = settings.namespace.clone();
        let tokens = TokenService {
            client: client.clone(),
            namespace: namespace.clone(),
            app: app.clone(),
            accounts: accounts.clone(),
            installations: controllers.installations_by_key.clone(),
            secrets: controllers.secrets_by_owner.clone(),
            metrics: metrics.clone(),
            memory: Tokens::default(),
            pacing: Pacing::at(settings.time_scale),
        };
        Self {
            recorder: Recorder::new(client.clone(), reporter),
            client,
            gate,
            namespace,
            app,
            app_id,
            accounts,
            installation_defaults,
            task_pods,
            installations: controllers.installations.store(),
            secrets: controllers.secrets.clone(),
            runs: controllers.runs.store(),
            runs_by_installation: controllers.runs_by_installation.clone(),
            metrics,
            reservations: Reservations::waking(controllers.wake.clone()),
            published: Publications::default(),
            written: Arc::clone(&controllers.written),
            run_backoff: Backoff::at(settings.time_scale),
            content_writes: ContentWrites::new(settings.time_scale.of_signed(SignedDuration::from_hours(1))),
            settings: Arc::new(settings),
            tekton: Tekton::default(),
            tokens,
            listing: Listing::default(),
            wake_installation: controllers.wake_installation.clone(),
            wake_runs_of: controllers.wake_runs_of.clone(),
        }
    }
}

impl Context {
    /// An installation's runs that are not labelled as ended, from the API server: the watch may be behind.
    ///
    /// # Errors
    /// When the API server does not list them.
    pub(super) async fn unended_runs(&self, installation: &str) -> Result<Vec<PeribolosRun>, CallError> {
        let labels =
            format!("{}={installation},{}!={}", names::LABEL_INSTALLATION, names::LABEL_ENDED, names::TRUE);
        let runs: Api<PeribolosRun> = Api::namespaced(self.client.clone(), &self.namespace);
        let mut found = call(runs.list(&ListParams::default().labels(&labels))).await?.items;
        found.retain(|run| run.spec.installation_ref.name == installation);
        Ok(found)
    }
}

/// A shared [`Context`].
pub type Shared = Arc<Context>;
