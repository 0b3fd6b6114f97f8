//! The controllers with their watches, each kind of which is watched once.
//!
//! A controller that had a watch of its own on another's objects could be woken before the store it reads them from has
//! the change, reconcile the old version, and miss the change. So each controller notifies the other once its own store has the
//! change.

use std::sync::Arc;

use futures::channel::mpsc;
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Client,
    core::PartialObjectMeta,
    runtime::{
        Controller,
        reflector::{ObjectRef, Store},
    },
};
use peribolos_api::{GitHubInstallation, PeribolosRun};

use super::{installation, lease::Leadership, run};
use crate::{
    kubernetes::outages::Outages,
    state::{installations::Installations, runs::Runs, secrets::Secrets, written::Written},
};

/// Notifies the other controller of an installation that changed. All clones notify the same controller.
#[derive(Clone)]
pub struct Notifier(mpsc::UnboundedSender<ObjectRef<GitHubInstallation>>);

/// The receiving end of a [`Notifier`].
pub(super) type Notifications = mpsc::UnboundedReceiver<ObjectRef<GitHubInstallation>>;

impl Notifier {
    pub(super) fn notify(&self, installation: ObjectRef<GitHubInstallation>) {
        // Sending fails only once the other controller was dropped, when the process stops.
        self.0.unbounded_send(installation).ok();
    }
}

/// Both controllers, not running yet.
pub struct Controllers {
    /// The controller of the installations. Its store has all of them.
    pub installations: Controller<GitHubInstallation>,
    /// The installations, indexed by id and account.
    pub installations_by_key: Installations,
    /// The metadata of their Secrets.
    pub secrets: Store<PartialObjectMeta<Secret>>,
    /// The same metadata, indexed by the installation that owns the Secret.
    pub secrets_by_owner: Secrets,
    /// Triggers the reconcile of an installation.
    pub wake_installation: Notifier,
    /// The controller of the runs. Its store has all that have not ended.
    pub runs: Controller<PeribolosRun>,
    /// The runs, indexed by installation.
    pub runs_by_installation: Runs,
    /// The versions of runs that this process has replaced.
    pub written: Arc<Written>,
    /// Wakes a run that waits for a place below the limit of running ones.
    pub wake: run::Wake,
    /// Triggers the reconcile of an installation's unfinished runs.
    pub wake_runs_of: Notifier,
    /// The watches that fail at the moment.
    pub outages: Outages,
}

impl Controllers {
    /// The controllers of a namespace. Their watches fill the stores all the time; they reconcile what is there once this process
    /// leads.
    pub fn new(client: &Client, namespace: &str, leadership: &Leadership) -> Self {
        let outages = Outages::default();
        let (to_runs, of_installations) = mpsc::unbounded();
        let (to_installations, of_runs) = mpsc::unbounded();
        let wake_installation = Notifier(to_installations);
        let wake_runs_of = Notifier(to_runs);
        let secrets_by_owner = Secrets::default();
        let (installations, secrets, installations_by_key) = installation::controller(
            client,
            namespace,
            wake_runs_of.clone(),
            of_runs,
            secrets_by_owner.clone(),
            (leadership, &outages),
        );
        let (wake, woken) = mpsc::unbounded();
        let (runs_by_installation, written) = (Runs::default(), Arc::<Written>::default());
        let runs = run::controller(
            client,
            namespace,
            wake_installation.clone(),
            of_installations,
            (wake.clone(), woken),
            (runs_by_installation.clone(), Arc::clone(&written)),
            (leadership, &outages),
        );
        Self {
            installations,
            installations_by_key,
            secrets,
            secrets_by_owner,
            wake_installation,
            runs,
            runs_by_installation,
            written,
            wake,
            wake_runs_of,
            outages,
        }
    }
}
