//! A node whose kubelet hands out the logs that tests give it: the API server fetches them by TLS, as from a real one.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::Path, http::StatusCode, routing::get};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Logs by namespace, pod and container.
type Logs = Arc<Mutex<HashMap<(String, String, String), String>>>;

/// A node. It ends with the test's runtime.
pub struct Kubelet {
    node: String,
    logs: Logs,
}

impl Kubelet {
    /// Starts it and makes its Node.
    pub async fn start(client: &Client) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let logs = Logs::default();
        let there = logs.clone();
        let log = move |Path(key): Path<(String, String, String)>| async move {
            there.lock().unwrap().get(&key).cloned().ok_or(StatusCode::NOT_FOUND)
        };
        let routes = Router::new().route("/containerLogs/{namespace}/{pod}/{container}", get(log));
        tokio::spawn(async move { axum::serve(Tls { listener, acceptor: acceptor() }, routes).await });
        let nodes: Api<Node> = Api::all(client.clone());
        // Not by the port: the operating system gives it to another test once this one has ended, and its Node is still there.
        let object = json!({"metadata": {"generateName": "node-"}});
        let made =
            nodes.create(&PostParams::default(), &serde_json::from_value(object).unwrap()).await.unwrap();
        let node = made.name_any();
        let status = json!({"status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
        }});
        nodes.patch_status(&node, &PatchParams::default(), &Patch::Merge(status)).await.unwrap();
        Self { node, logs }
    }

    /// Makes a pod with one container on this node, or changes what its container has logged. `phase` is the pod's.
    pub async fn pod(&self, pods: &Api<Pod>, name: &str, container: &str, phase: &str, log: &str) {
        self.try_pod(pods, name, container, phase, log).await.unwrap();
    }

    /// The same where the API server may be away.
    pub async fn try_pod(
        &self,
        pods: &Api<Pod>,
        name: &str,
        container: &str,
        phase: &str,
        log: &str,
    ) -> kube::Result<()> {
        let namespace = pods.resource_url().rsplit('/').nth(1).unwrap().to_owned();
        let key = (namespace, name.to_owned(), container.to_owned());
        self.logs.lock().unwrap().insert(key, log.to_owned());
        if pods.get_opt(name).await?.is_none() {
            let pod = json!({"metadata": {"name": name}, "spec": {
                "nodeName": self.node, "containers": [{"name": container, "image": "none.invalid/none"}],
            }});
            pods.create(&PostParams::default(), &serde_json::from_value(pod).unwrap()).await?;
        }
        let status = Patch::Merge(json!({"status": {"phase": phase}}));
        pods.patch_status(name, &PatchParams::default(), &status).await.map(drop)
    }
}

/// The API server takes any certificate of a kubelet unless it is told an authority.
fn acceptor() -> TlsAcceptor {
    let issued = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.listener.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
