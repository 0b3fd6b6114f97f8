//! The parts of the receiver, and its route.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use kube::Client;
use peribolos_core::event::Decider;
use tokio::sync::Semaphore;

use super::{Installations, Limits, WebhookSecrets, answer::Answer, handler};
use crate::{metrics::Metrics, services::writer::Writer};

/// The field manager of all that the receiver writes.
const FIELD_MANAGER: &str = "peribolos-receiver";

/// The parts of the receiver.
pub struct Receiver {
    pub(super) secrets: WebhookSecrets,
    pub(super) decider: Decider,
    pub(super) index: Installations,
    pub(super) writer: Writer,
    pub(super) metrics: Metrics,
    pub(super) limits: Limits,
    pub(super) in_flight: Arc<Semaphore>,
}

impl Receiver {
    /// A receiver that writes to this namespace. The index is the caller's to fill.
    pub fn new(
        secrets: WebhookSecrets,
        decider: Decider,
        index: Installations,
        (client, namespace): (Client, &str),
        metrics: Metrics,
        limits: Limits,
    ) -> Self {
        let in_flight = Arc::new(Semaphore::new(limits.bytes_in_flight));
        Self {
            secrets,
            decider,
            index,
            writer: Writer::new(client, namespace, FIELD_MANAGER),
            metrics,
            limits,
            in_flight,
        }
    }
}

/// The receiver's routes: `POST /webhook`, and sentences for all else.
pub fn create_app(receiver: Arc<Receiver>) -> Router {
    Router::new()
        .route("/webhook", post(handler::webhook))
        .fallback(other_path)
        .method_not_allowed_fallback(other_method)
        .with_state(receiver)
}

async fn other_path() -> Answer {
    Answer::Refused(StatusCode::NOT_FOUND, "there is only /webhook here".to_owned())
}

async fn other_method(method: Method) -> Response {
    let sentence = format!("GitHub sends webhooks by POST, not by {method}");
    let mut response = Answer::Refused(StatusCode::METHOD_NOT_ALLOWED, sentence).into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}
