//! A namespace, a GitHub that sends no webhooks, and a controller that heals every moment.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use kube::{
    Api, Client,
    api::{ListParams, Patch, PatchParams, PostParams},
    runtime::events::Reporter,
};
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_core::{accounts::Accounts, run::facts::Settings, time_scale::TimeScale};
use peribolos_github::{App, AppId, GitHubConfig, PrivateKey};
use peribolos_operator::{
    controller::{
        TaskPods,
        context::{Context, Parts, Shared},
        heal, installation,
        lease::{Gate, Leadership},
        watches::Controllers,
    },
    defaults,
    metrics::Metrics,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::only_watch::only_watch;
use crate::support::{ControlPlane, GitHub, eventually, github::APP_ID, namespace};

/// The name of acme's object when the operator makes it.
pub const NAME: &str = "acme-1234567";
const ID: i64 = 1_234_567;

/// Two organizations with the App; nobody listens to them.
pub const FIXTURE: &str = "
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin}
    repos:
      .github: {visibility: private, files: {peribolos.yaml: 'orgs: {acme: {admins: [alice, bob]}}'}}
    installation: {id: 1234567}
  globex:
    id: 9002
    settings: {name: Globex, billing_email: billing@globex.example}
    members: {hank: admin, homer: admin}
    repos: {.github: {visibility: private, files: {README.md: hello}}}
    installation: {id: 7654321}
";

/// All of it.
pub struct World {
    pub client: Client,
    pub namespace: String,
    pub github: GitHub,
    pub metrics: Metrics,
    watch: CancellationToken,
    _stop: DropGuard,
}

/// Often enough for a test.
fn pace() -> heal::Pace {
    let often = Duration::from_millis(300);
    heal::Pace {
        installations: often,
        deliveries: often,
        drift: often,
        files: often,
        history: often,
        keep_task_runs: SignedDuration::from_millis(1),
        redeliveries: [SignedDuration::from_secs(1); 3],
        apart: SignedDuration::from_millis(1),
    }
}

impl World {
    pub async fn start() -> Self {
        let client = ControlPlane::shared().client();
        let namespace = namespace(&client).await;
        Self::at(client, namespace, GitHub::start(FIXTURE, &[]).await)
    }

    /// The same where a person has made an object of that name for acme before.
    pub async fn installed(name: &str) -> Self {
        Self::with(json!({"name": name}), ID, Value::Null).await
    }

    /// The same where the operator has made an object of that name for an installation that is not there, and it says so.
    pub async fn gone(name: &str) -> Self {
        let labels = json!({"peribolos.dev/created-by": "operator"});
        let condition = json!({"type": "Ready", "status": "False", "reason": "InstallationNotFound", "message": "gone",
            "lastTransitionTime": "2026-01-01T00:00:00Z"});
        Self::with(json!({"name": name, "labels": labels}), 99, json!({"conditions": [condition]})).await
    }

    async fn with(metadata: Value, id: i64, status: Value) -> Self {
        let client = ControlPlane::shared().client();
        let namespace = namespace(&client).await;
        let installations: Api<GitHubInstallation> = Api::namespaced(client.clone(), &namespace);
        let object = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": metadata, "spec": {"installationId": id},
        }));
        installations.create(&PostParams::default(), &object.unwrap()).await.unwrap();
        if !status.is_null() {
            let (name, patch) = (metadata["name"].as_str().unwrap(), Patch::Merge(json!({"status": status})));
            installations.patch_status(name, &PatchParams::default(), &patch).await.unwrap();
        }
        Self::at(client, namespace, GitHub::start(FIXTURE, &[]).await)
    }

    /// Heals for the account acme what this GitHub did not tell.
    pub fn at(client: Client, namespace: String, github: GitHub) -> Self {
        let pem = std::fs::read_to_string(github.private_key()).unwrap();
        let config = GitHubConfig::new(AppId(APP_ID), github.url().parse().unwrap());
        let app = App::new(&config, PrivateKey::from_pem(&SecretString::from(pem)).unwrap()).unwrap();
        // What the healer says is shown with a test that fails.
        tracing_subscriber::fmt().with_test_writer().try_init().ok();
        let metrics = Metrics::new();
        let stop = CancellationToken::new();
        let watch = stop.child_token();
        controller(&client, &namespace, app, &metrics, &stop, &watch);
        Self { client, namespace, github, metrics, watch, _stop: stop.drop_guard() }
    }

    /// From now on the watch tells nothing more of runs.
    pub fn runs_go_unseen(&self) {
        self.watch.cancel();
    }

    pub fn installations(&self) -> Api<GitHubInstallation> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub fn runs(&self) -> Api<PeribolosRun> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Waits for an object with that reason of its Ready condition.
    pub async fn ready(&self, name: &str, reason: &str) {
        eventually(&format!("{name} is {reason}"), async || {
            let object = self.installations().get(name).await.map_err(|error| error.to_string())?;
            let conditions = object.status.unwrap_or_default().conditions;
            let is = conditions.iter().any(|c| c.type_ == "Ready" && c.reason == reason);
            if is { Ok(()) } else { Err(format!("{conditions:?}")) }
        })
        .await;
    }

    /// Waits for the runs to be so many, and gives them.
    pub async fn runs_are(&self, number: usize) -> Vec<PeribolosRun> {
        eventually(&format!("{number} runs"), async || {
            let runs = self.all_runs().await;
            if runs.len() == number { Ok(runs) } else { Err(runs) }
        })
        .await
    }

    pub async fn all_runs(&self) -> Vec<PeribolosRun> {
        self.runs().list(&ListParams::default()).await.unwrap().items
    }

    /// Writes into a status, as the run reconciler does.
    pub async fn note(&self, name: &str, status: Value) {
        let patch = Patch::Merge(json!({"status": status}));
        self.installations().patch_status(name, &PatchParams::default(), &patch).await.unwrap();
    }

    /// Waits until GitHub was asked three more times: whatever was to follow from the first answer has.
    pub async fn passes(&self, method: &str, path_end: &str) {
        let before = self.github.requests(method, path_end).await;
        eventually(&format!("three more {method} {path_end}"), async || {
            let now = self.github.requests(method, path_end).await;
            if now >= before + 3 { Ok(()) } else { Err(now) }
        })
        .await;
    }
}

/// The installations' controller and the healer. Runs are watched only: no pods are made.
fn controller(
    client: &Client,
    namespace: &str,
    app: App,
    metrics: &Metrics,
    stop: &CancellationToken,
    watch: &CancellationToken,
) {
    let leadership = Leadership::default();
    leadership.begin();
    let controllers = Controllers::new(client, namespace, &leadership);
    let parts = Parts {
        client: client.clone(),
        gate: Gate::default(),
        reporter: Reporter { controller: "test".to_owned(), instance: None },
        app,
        app_id: APP_ID,
        accounts: Accounts::parse(&["acme"]).unwrap(),
        installation_defaults: defaults::load(None).unwrap(),
        task_pods: TaskPods::default(),
        settings: Settings {
            namespace: namespace.to_owned(),
            capacity: 20,
            time_scale: TimeScale::REAL,
            late: SignedDuration::from_secs(15),
            details_url_template: None,
            support_url: None,
            docs_url: None,
        },
        metrics: metrics.clone(),
    };
    let ctx: Shared = Arc::new(Context::new(parts, &controllers));
    let Controllers { installations, runs, .. } = controllers;
    let (work, heals) = (
        installation::run(installations, Arc::clone(&ctx), stop.clone()),
        heal::run_at(ctx, pace(), stop.clone()),
    );
    let watch = only_watch(runs, watch.clone());
    // In one task, as in the program.
    tokio::spawn(async move { tokio::join!(work, heals, watch).2 });
}
