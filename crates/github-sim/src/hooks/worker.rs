//! Sends deliveries: one queue an organization, so that each hears its events in order.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use aws_lc_rs::hmac;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

use super::{Delivery, Outcome, Outgoing};
use crate::{Sim, config::Webhook};

/// How long GitHub waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is kept, in bytes.
const KEPT: usize = 1 << 20;

type Http = Client<HttpConnector, Full<Bytes>>;

/// Sends what comes out of `outbox` until the simulator is gone.
pub(crate) async fn run(sim: Sim, mut outbox: UnboundedReceiver<Outgoing>) {
    let client: Http = Client::builder(TokioExecutor::new()).build_http();
    let mut queues: HashMap<u64, UnboundedSender<u64>> = HashMap::new();
    let mut tasks = JoinSet::new();
    while let Some(Outgoing { org, delivery }) = outbox.recv().await {
        let queue = queues.entry(org).or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            tasks.spawn(one_by_one(sim.clone(), client.clone(), receiver));
            sender
        });
        if queue.send(delivery).is_err() {
            tracing::warn!(org, delivery, "the queue of this organization has ended");
        }
    }
}

async fn one_by_one(sim: Sim, client: Http, mut queue: UnboundedReceiver<u64>) {
    while let Some(id) = queue.recv().await {
        let (delivery, enabled) = {
            let world = sim.world();
            (world.hooks.get(id).cloned(), world.hooks.enabled)
        };
        let Some(delivery) = delivery else { continue };
        let outcome = match sim.webhook() {
            Some(webhook) if enabled => attempt(&sim, &client, webhook, &delivery).await,
            _ => Outcome { status: "webhooks are switched off".into(), ..Outcome::default() },
        };
        let mut world = sim.world();
        let now = world.now();
        if let Some(delivery) = world.hooks.get_mut(id) {
            delivery.delivered_at = now;
            delivery.outcome = Some(outcome);
        }
    }
}

async fn attempt(sim: &Sim, client: &Http, webhook: &Webhook, delivery: &Delivery) -> Outcome {
    let body = delivery.payload.to_string();
    let signature = hex::encode(hmac::sign(&webhook.key, body.as_bytes()));
    let headers = [
        (header::ACCEPT.as_str(), "*/*".to_owned()),
        (header::CONTENT_TYPE.as_str(), "application/json".to_owned()),
        (header::USER_AGENT.as_str(), "GitHub-Hookshot/51m0000".to_owned()),
        ("X-GitHub-Event", delivery.event.clone()),
        ("X-GitHub-Delivery", delivery.guid.clone()),
        ("X-GitHub-Hook-ID", sim.app().id.to_string()),
        ("X-GitHub-Hook-Installation-Target-Type", "integration".to_owned()),
        ("X-GitHub-Hook-Installation-Target-ID", sim.app().id.to_string()),
        ("X-Hub-Signature-256", format!("sha256={signature}")),
    ];
    let mut outcome = Outcome { url: webhook.url.to_string(), ..Outcome::default() };
    outcome.request_headers = headers.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect();
    let mut request = Request::builder().method(Method::POST).uri(webhook.url.clone());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let started = Instant::now();
    match request.body(Full::new(Bytes::from(body))) {
        Ok(request) => match tokio::time::timeout(PATIENCE, exchange(client, request)).await {
            Ok(Ok(answer)) => answer.into_outcome(&mut outcome),
            Ok(Err(error)) => outcome.status = format!("failed to connect to host: {error}"),
            Err(_) => outcome.status = "timed out".into(),
        },
        Err(error) => outcome.status = format!("no request could be made: {error}"),
    }
    outcome.duration = started.elapsed();
    outcome
}

struct Received {
    status: http::StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Received {
    fn into_outcome(self, outcome: &mut Outcome) {
        outcome.status_code = self.status.as_u16();
        self.status.canonical_reason().unwrap_or("Unknown").clone_into(&mut outcome.status);
        let text = |v: &http::HeaderValue| Value::from(String::from_utf8_lossy(v.as_bytes()));
        outcome.response_headers = self.headers.iter().map(|(n, v)| (n.to_string(), text(v))).collect();
        outcome.response_body = String::from_utf8_lossy(&self.body).into_owned();
    }
}

async fn exchange(client: &Http, request: Request<Full<Bytes>>) -> Result<Received, String> {
    let response = client.request(request).await.map_err(|e| e.to_string())?;
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, KEPT).collect().await.map_err(|e| e.to_string())?.to_bytes();
    Ok(Received { status: parts.status, headers: parts.headers, body })
}
