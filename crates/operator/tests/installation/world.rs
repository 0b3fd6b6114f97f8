//! The controller under test, between a real API server and a simulated GitHub.

use std::{collections::BTreeMap, sync::Arc};

use jiff::SignedDuration;
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
    runtime::events::Reporter,
};
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_core::{
    accounts::Accounts, defaults::InstallationDefaults, run::facts::Settings, time_scale::TimeScale,
};
use peribolos_github::{App, AppId, GitHubConfig};
use peribolos_operator::{
    controller::{
        TaskPods,
        context::{Context, Parts, Shared},
        installation,
        lease::{Gate, Leadership},
        watches::Controllers,
    },
    metrics::Metrics,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    key::AppKey,
    sim::{APP_ID, INSTALLATION, Sim},
};
use crate::only_watch::only_watch;
use crate::support::{ControlPlane, eventually, namespace};

/// The name of the object in these tests.
pub const NAME: &str = "acme";

/// A namespace, a GitHub and an App's key.
pub struct World {
    pub client: Client,
    pub namespace: String,
    pub sim: Sim,
    pub key: AppKey,
}

/// A controller at work.
pub struct Running {
    pub ctx: Shared,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

impl World {
    /// A new world in which GitHub's tokens live that long.
    pub async fn new(token_ttl: &str) -> Self {
        let client = ControlPlane::shared().client();
        let key = AppKey::generate();
        let (namespace, sim) = (namespace(&client).await, Sim::start(&key, token_ttl).await);
        Self { client, namespace, sim, key }
    }

    /// Starts the controller for the account `acme`.
    pub fn start(&self) -> Running {
        self.start_with(&self.key, "acme")
    }

    /// Starts the controller with a key and for an account.
    pub fn start_with(&self, key: &AppKey, account: &str) -> Running {
        // The runs' own controller is not at work here: only its watch is.
        let leadership = Leadership::default();
        leadership.begin();
        let controllers = Controllers::new(&self.client, &self.namespace, &leadership);
        let config = GitHubConfig::new(AppId(APP_ID), self.sim.url.parse().unwrap());
        let parts = Parts {
            client: self.client.clone(),
            gate: Gate::default(),
            reporter: Reporter { controller: "test".into(), instance: None },
            app: App::new(&config, key.private()).unwrap(),
            app_id: APP_ID,
            accounts: Accounts::parse(&[account]).unwrap(),
            installation_defaults: defaults(),
            task_pods: TaskPods::default(),
            settings: Settings {
                namespace: self.namespace.clone(),
                capacity: 20,
                time_scale: TimeScale::REAL,
                late: SignedDuration::from_secs(15),
                details_url_template: None,
                support_url: None,
                docs_url: None,
            },
            metrics: Metrics::new(),
        };
        let ctx = Arc::new(Context::new(parts, &controllers));
        let Controllers { installations, runs, .. } = controllers;
        let stop = CancellationToken::new();
        let work = installation::run(installations, Arc::clone(&ctx), stop.clone());
        let watch = only_watch(runs, stop.clone());
        let task = tokio::spawn(async move { tokio::join!(work, watch).0 });
        Running { ctx, stop, task }
    }

    pub fn installations(&self) -> Api<GitHubInstallation> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub fn runs(&self) -> Api<PeribolosRun> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Makes the object, with what else the spec should say.
    pub async fn install(&self, more: Value) -> GitHubInstallation {
        self.install_as(NAME, more).await
    }

    pub async fn install_as(&self, name: &str, more: Value) -> GitHubInstallation {
        let mut spec = json!({"installationId": INSTALLATION});
        spec.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let object = json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": name}, "spec": spec,
        });
        let object = serde_json::from_value(object).unwrap();
        self.installations().create(&PostParams::default(), &object).await.unwrap()
    }

    /// Waits until the object's Ready condition has that status and reason.
    pub async fn ready(&self, name: &str, status: &str, reason: &str) -> GitHubInstallation {
        eventually(&format!("Ready={status} {reason} of {name}"), async || {
            let object = self.installations().get(name).await.unwrap();
            let ready = condition(&object, "Ready");
            if ready.as_ref().is_some_and(|(s, r, _)| s == status && r == reason) {
                Ok(object)
            } else {
                Err(ready)
            }
        })
        .await
    }

    /// Waits until a Secret is there.
    pub async fn secret(&self, name: &str) -> Secret {
        eventually(&format!("Secret {name}"), async || {
            self.secrets().get_opt(name).await.unwrap().ok_or("it is not there")
        })
        .await
    }

    /// Waits until a Secret is gone.
    pub async fn no_secret(&self, name: &str) {
        eventually(&format!("the end of Secret {name}"), async || {
            match self.secrets().get_opt(name).await.unwrap() {
                None => Ok(()),
                Some(_) => Err("it is there"),
            }
        })
        .await;
    }

    /// Changes the object, as a person would.
    pub async fn patch(&self, name: &str, patch: Value) {
        self.installations().patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }

    /// Has GitHub asked again, as the receiver does.
    pub async fn recheck(&self, name: &str, delivery: &str) {
        self.patch(name, json!({"metadata": {"annotations": {"peribolos.dev/recheck": delivery}}})).await;
    }

    /// Changes the spec so that nothing happens but a reconcile, and waits for it.
    pub async fn reconciled(&self, name: &str) -> GitHubInstallation {
        let before = self.installations().get(name).await.unwrap();
        let minutes = if before.spec.run.timeout.to_string() == "90m" { "91m" } else { "90m" };
        self.patch(name, json!({"spec": {"run": {"timeout": minutes}}})).await;
        eventually("a reconcile", async || {
            let object = self.installations().get(name).await.unwrap();
            let observed = object.status.as_ref().and_then(|status| status.observed_generation);
            if observed == object.metadata.generation { Ok(object) } else { Err(observed) }
        })
        .await
    }

    pub async fn delete_secret(&self, name: &str) {
        self.secrets().delete(name, &DeleteParams::default()).await.unwrap();
    }
}

fn defaults() -> InstallationDefaults {
    InstallationDefaults::new(serde_json::from_value(json!({"installationId": 1})).unwrap())
}

/// Status, reason and message of a condition.
pub fn condition(object: &GitHubInstallation, kind: &str) -> Option<(String, String, String)> {
    let conditions = &object.status.as_ref()?.conditions;
    let found = conditions.iter().find(|c| c.type_ == kind)?;
    Some((found.status.clone(), found.reason.clone(), found.message.clone()))
}

/// A Secret's keys and values.
pub fn texts(secret: &Secret) -> BTreeMap<String, String> {
    let data = secret.data.clone().unwrap_or_default();
    data.into_iter().map(|(key, value)| (key, String::from_utf8(value.0).unwrap())).collect()
}

/// What tells a Secret's versions apart.
pub fn version(secret: &Secret) -> (Option<String>, Option<String>) {
    (secret.uid(), secret.resource_version())
}
