//! One delivery, from its header to its answer. Nothing is parsed, logged or written before its signature holds.

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use peribolos_core::event::{Decision, Delivery};
use peribolos_github::webhook::{Webhook, verify_signature};

use super::{
    Receiver,
    answer::Answer,
    body::{self, BodyError},
    count, payload,
};

/// The headers that GitHub sends. <https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers>
const SIGNATURE: &str = "x-hub-signature-256";
const EVENT: &str = "x-github-event";
const DELIVERY: &str = "x-github-delivery";
/// The longest event name and delivery id, in characters.
const LONGEST_NAME: usize = 100;

pub(super) async fn webhook(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> Response {
    let since = Instant::now();
    let (parts, body) = request.into_parts();
    let (answer, closes) = match admit(&receiver, &parts.headers, body).await {
        Ok(body) => (answer(&receiver, &parts.headers, &body.bytes).await, false),
        Err(answer) => (answer, true),
    };
    let event = parts.headers.get(EVENT).and_then(|value| value.to_str().ok());
    count::answered(&receiver.metrics, event, &answer, since);
    let mut response = answer.into_response();
    if closes {
        // What is left of the body is not read.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The body, if it is GitHub's.
async fn admit(receiver: &Receiver, headers: &HeaderMap, body: Body) -> Result<body::Held, Answer> {
    let unauthorized = |sentence: String| Answer::Refused(StatusCode::UNAUTHORIZED, sentence);
    let signature =
        headers.get(SIGNATURE).ok_or_else(|| unauthorized("X-Hub-Signature-256 is missing".to_owned()))?;
    let held = body::read(body, &receiver.limits, &receiver.in_flight).await.map_err(unread)?;
    verify_signature(&receiver.secrets.current(), &held.bytes, signature.as_bytes())
        .map_err(|error| unauthorized(error.to_string()))?;
    Ok(held)
}

fn unread(error: BodyError) -> Answer {
    let status = match error {
        BodyError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
        BodyError::Broken => StatusCode::BAD_REQUEST,
        BodyError::Busy => {
            return Answer::Unavailable("too many deliveries arrive at once: send this one again");
        }
    };
    Answer::Refused(status, error.to_string())
}

/// The result of a verified delivery.
async fn answer(receiver: &Receiver, headers: &HeaderMap, body: &[u8]) -> Answer {
    let (event, id) = match named(headers) {
        Ok(names) => names,
        Err(refused) => return refused,
    };
    let webhook = match Webhook::parse(event, body) {
        Ok(webhook) => webhook,
        Err(error) => return Answer::Refused(StatusCode::BAD_REQUEST, error.to_string()),
    };
    if !receiver.index.is_filled() {
        return Answer::Unavailable("the receiver does not know yet what is there: send this delivery again");
    }
    let delivery = Delivery { id: id.to_owned(), event: event.to_owned(), at: Timestamp::now() };
    match receiver.decider.decide(&receiver.index, &delivery, &payload::event(webhook)) {
        Decision::Ignored(reason) => {
            tracing::debug!(event, delivery = id, reason = reason.as_str(), "ignored");
            Answer::Ignored(reason)
        }
        Decision::BeingDeleted => {
            tracing::info!(event, delivery = id, "refused: the installation's object is being deleted");
            Answer::Unavailable("this installation's object is being deleted: send this delivery again")
        }
        Decision::Actions(actions) => {
            let writes = receiver.writer.perform(actions, id);
            match tokio::time::timeout(receiver.limits.write_deadline, writes).await {
                Ok(Ok(results)) => {
                    tracing::info!(event, delivery = id, ?results, "persisted");
                    Answer::Persisted(results)
                }
                Ok(Err(error)) => {
                    tracing::error!(event, delivery = id, %error, "a write to Kubernetes failed");
                    Answer::Unavailable("a write to Kubernetes failed: send this delivery again")
                }
                Err(_) => {
                    tracing::error!(event, delivery = id, "a write to Kubernetes took too long");
                    Answer::Unavailable("a write to Kubernetes took too long: send this delivery again")
                }
            }
        }
    }
}

/// The event's name and the delivery's id. They are not signed, so they are held to a form that is safe anywhere.
fn named(headers: &HeaderMap) -> Result<(&str, &str), Answer> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let sentence = "the webhook's content type must be application/json: see the App's settings";
        return Err(Answer::Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence.to_owned()));
    }
    let name = |key: &str, also: char| {
        let fits = |text: &&str| {
            (1..=LONGEST_NAME).contains(&text.len())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == also)
        };
        headers.get(key).and_then(|value| value.to_str().ok()).filter(fits)
    };
    let refused = |sentence: &str| Answer::Refused(StatusCode::BAD_REQUEST, sentence.to_owned());
    let event = name(EVENT, '_').ok_or_else(|| refused("X-GitHub-Event is missing or is no event's name"))?;
    let id =
        name(DELIVERY, '-').ok_or_else(|| refused("X-GitHub-Delivery is missing or is no delivery's id"))?;
    Ok((event, id))
}
