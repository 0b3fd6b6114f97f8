//! The controllers with their watches, each kind of which is watched once.
//!
//! A controller that had a watch of its own on another's objects could be woken before the store it reads them from has
//! the change, see them as they were, and sleep on. So each tells the other, behind its store.

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

/// Where the other controller is told of an installation that something changed about. Clones tell the same.
#[derive(Clone)]
pub struct Tell(mpsc::UnboundedSender<ObjectRef<GitHubInstallation>>);

/// Where it hears that.
pub(super) type Told = mpsc::UnboundedReceiver<ObjectRef<GitHubInstallation>>;

impl Tell {
    pub(super) fn tell(&self, installation: ObjectRef<GitHubInstallation>) {
        // The other end is gone only with its controller, when the process stops.
        self.0.unbounded_send(installation).ok();
    }
}

/// Both controllers, not running yet.
pub struct Controllers {
    /// That of the installations; its store has them all.
    pub installations: Controller<GitHubInstallation>,
    /// They by id and account.
    pub installations_by_key: Installations,
    /// The metadata of their Secrets.
    pub secrets: Store<PartialObjectMeta<Secret>>,
    /// The same by the installation that owns them.
    pub secrets_by_owner: Secrets,
    /// Has an installation reconciled.
    pub wake_installation: Tell,
    /// That of the runs; its store has them all.
    pub runs: Controller<PeribolosRun>,
    /// The runs by installation.
    pub runs_by_installation: Runs,
    /// Which versions of them are old.
    pub written: Arc<Written>,
    /// Wakes a run that waits for a place below the limit of running ones.
    pub wake: run::Wake,
    /// Has the unfinished runs of an installation reconciled.
    pub wake_runs_of: Tell,
    /// Which of the watches can't be had.
    pub outages: Outages,
}

impl Controllers {
    /// The controllers of a namespace. Their watches fill the stores all the time; they reconcile what is there once this process
    /// leads.
    pub fn new(client: &Client, namespace: &str, leadership: &Leadership) -> Self {
        let outages = Outages::default();
        let (to_runs, of_installations) = mpsc::unbounded();
        let (to_installations, of_runs) = mpsc::unbounded();
        let wake_installation = Tell(to_installations);
        let wake_runs_of = Tell(to_runs);
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
