//! A receiver in a namespace of its own.

use std::{net::SocketAddr, sync::Arc};

use kube::{Api, Client, api::PostParams};
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_core::{
    accounts::Accounts,
    event::{Decider, Index},
};
use peribolos_operator::{
    defaults,
    kubernetes::outages::Outages,
    metrics::Metrics,
    receiver::{Installations, Limits, Receiver, WebhookSecrets, create_app, serve},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    http::SECRET,
    support::{ControlPlane, eventually, namespace},
};

/// Our App's id, in all tests.
pub const APP_ID: u64 = 99;

/// A receiver that listens, and its namespace.
pub struct Served {
    pub address: SocketAddr,
    pub client: Client,
    pub namespace: String,
    pub metrics: Metrics,
    pub index: Installations,
    _secrets: TempDir,
    _stop: DropGuard,
}

/// A receiver with a filled index.
pub async fn receiver() -> Served {
    receiver_with(Limits::default()).await
}

/// The same with other limits.
pub async fn receiver_with(limits: Limits) -> Served {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let served = start(client.clone(), &namespace, limits).await;
    tokio::spawn({
        let (index, namespace) = (served.index.clone(), namespace.clone());
        async move { index.follow(client, &namespace, &Outages::default()).await }
    });
    eventually("the index", async || served.index.is_filled().then_some(()).ok_or("empty")).await;
    served
}

/// A receiver whose index nobody fills.
pub async fn start(client: Client, namespace: &str, limits: Limits) -> Served {
    let index = Installations::default();
    start_with(client, namespace, limits, index).await
}

/// A receiver with this index, that writes by this client.
pub async fn start_with(client: Client, namespace: &str, limits: Limits, index: Installations) -> Served {
    let secrets = tempfile::tempdir().unwrap();
    std::fs::write(secrets.path().join("webhook-secret"), format!("{SECRET}\n")).unwrap();
    std::fs::write(secrets.path().join("webhook-secret-previous"), "previous").unwrap();
    let decider = Decider {
        app_id: APP_ID,
        accounts: Accounts::parse(&["acme*"]).unwrap(),
        defaults: defaults::load(None).unwrap(),
    };
    let metrics = Metrics::new();
    let receiver = Receiver::new(
        WebhookSecrets::load(secrets.path()).unwrap(),
        decider,
        index.clone(),
        (client.clone(), namespace),
        metrics.clone(),
        limits,
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    tokio::spawn(serve(listener, create_app(Arc::new(receiver)), limits, stop.clone()));
    let (namespace, stop) = (namespace.to_owned(), stop.drop_guard());
    Served { address, client, namespace, metrics, index, _secrets: secrets, _stop: stop }
}

impl Served {
    pub fn installations(&self) -> Api<GitHubInstallation> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub fn runs(&self) -> Api<PeribolosRun> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Makes an installation's object and waits until the receiver knows it.
    pub async fn installation(&self, name: &str, labels: Value, spec: Value) -> GitHubInstallation {
        let object = json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": name, "labels": labels}, "spec": spec,
        });
        let object = serde_json::from_value(object).unwrap();
        let object = self.installations().create(&PostParams::default(), &object).await.unwrap();
        let id = object.spec.installation_id;
        let knows =
            || self.index.installations(id).iter().any(|known| known.metadata.uid == object.metadata.uid);
        eventually("the index's update", async || knows().then_some(()).ok_or("unknown")).await;
        object
    }

    /// The object that the operator would make for installation 1 of acme.
    pub async fn acme(&self) -> GitHubInstallation {
        self.installation(
            "acme-1",
            json!({"peribolos.dev/created-by": "operator"}),
            json!({"installationId": 1}),
        )
        .await
    }
}
