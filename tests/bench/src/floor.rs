//! The floors that are programs of their own.

use std::net::SocketAddr;

use anyhow::{Result, bail};
use axum::{
    Router,
    body::Bytes,
    extract::DefaultBodyLimit,
    http::{HeaderMap, HeaderValue, StatusCode},
    routing::{self, MethodRouter},
};
use futures::StreamExt;
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client,
    core::PartialObjectMeta,
    runtime::{WatchStreamExt, reflector, watcher},
};
use peribolos_api::GitHubInstallation;
use peribolos_github::webhook::{Webhook, WebhookSecret, verify_signature};
use tokio::net::TcpListener;

use crate::support::github::WEBHOOK_SECRET;

/// Serves a bare handler.
pub async fn handler(address: SocketAddr) -> Result<()> {
    let answer = async |_body: Bytes| (StatusCode::ACCEPTED, "accepted");
    serve(address, routing::post(answer)).await
}

async fn serve(address: SocketAddr, webhook: MethodRouter) -> Result<()> {
    let app = Router::new().route("/webhook", webhook).layer(DefaultBodyLimit::disable());
    Ok(axum::serve(TcpListener::bind(address).await?, app).await?)
}

/// Serves a handler that does what cannot be left out: it checks the signature and reads the payload of a push.
pub async fn reader(address: SocketAddr) -> Result<()> {
    let secrets = [WebhookSecret::new(WEBHOOK_SECRET.as_bytes())?];
    let answer = async move |headers: HeaderMap, body: Bytes| {
        let signature = headers.get("x-hub-signature-256").map(HeaderValue::as_bytes).unwrap_or_default();
        let signed = verify_signature(&secrets, &body, signature).is_ok();
        if signed && Webhook::parse("push", &body).is_ok() {
            (StatusCode::ACCEPTED, "accepted")
        } else {
            (StatusCode::UNAUTHORIZED, "unauthorized")
        }
    };
    serve(address, routing::post(answer)).await
}

/// Holds the installations of a namespace and the metadata of its Secrets, and serves 404 when both are listed.
pub async fn watch(namespace: &str, address: SocketAddr) -> Result<()> {
    let client = Client::try_default().await?;
    let (installations, writer) = reflector::store();
    let api: Api<GitHubInstallation> = Api::namespaced(client.clone(), namespace);
    let first = watcher(api, watcher::Config::default()).default_backoff().reflect(writer);
    let (secrets, writer) = reflector::store();
    let api: Api<PartialObjectMeta<Secret>> = Api::namespaced(client, namespace);
    let second = watcher(api, watcher::Config::default()).default_backoff().reflect(writer);
    let listed = async {
        installations.wait_until_ready().await?;
        secrets.wait_until_ready().await?;
        handler(address).await
    };
    tokio::select! {
        () = first.for_each(|_| std::future::ready(())) => bail!("the watch of installations ended"),
        () = second.for_each(|_| std::future::ready(())) => bail!("the watch of Secrets ended"),
        end = listed => end,
    }
}
