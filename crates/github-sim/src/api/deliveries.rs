//! The App's deliveries: listed, shown, sent again.

use axum::{
    Router,
    extract::Path,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    Sim,
    clock::rfc3339,
    hooks::{Delivery, Outcome},
    http::{Answer, Call, Refusal, reply},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/app/hook/config", get(config))
        .route("/app/hook/deliveries", get(list))
        .route("/app/hook/deliveries/{id}", get(show))
        .route("/app/hook/deliveries/{id}/attempts", post(redeliver))
}

async fn config(call: Call) -> Answer {
    call.actor.need_app()?;
    let url = call.sim.webhook().map(|w| w.url.to_string());
    reply::ok(json!({"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": url}))
}

/// GitHub's `hook-delivery-item`.
fn item(delivery: &Delivery, outcome: &Outcome) -> Value {
    json!({
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": rfc3339(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": (outcome.duration.as_secs_f64() * 100.0).round() / 100.0,
        "status": outcome.status,
        "status_code": outcome.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation,
        "repository_id": delivery.repository,
        "throttled_at": null,
    })
}

/// Newest first. The cursor is the id of the last delivery that was shown.
async fn list(call: Call) -> Answer {
    call.actor.need_app()?;
    let world = call.world();
    let before = match call.param("cursor") {
        Some(cursor) => {
            let id = cursor.strip_prefix("v1_").and_then(|c| c.parse().ok());
            Some(id.ok_or_else(|| Refusal::BadRequest("The cursor is not valid".into()))?)
        }
        None => None,
    };
    let ended = world.hooks.deliveries.iter().rev().filter_map(|d| Some((d, d.outcome.as_ref()?)));
    let mut left = ended.filter(|(d, _)| before.is_none_or(|b: u64| d.id < b)).peekable();
    let page: Vec<_> = left.by_ref().take(call.per_page()).collect();
    let cursor = page.last().filter(|_| left.peek().is_some()).map(|(last, _)| format!("v1_{}", last.id));
    let body = page.iter().map(|(d, o)| item(d, o)).collect();
    call.page_before(body, cursor.as_deref().map(|cursor| ("cursor", cursor)))
}

async fn show(call: Call, Path(id): Path<u64>) -> Answer {
    call.actor.need_app()?;
    let world = call.world();
    let delivery = world.hooks.get(id).ok_or(Refusal::NotFound)?;
    let outcome = delivery.outcome.as_ref().ok_or(Refusal::NotFound)?;
    let mut json = item(delivery, outcome);
    json["url"] = json!(outcome.url);
    json["request"] = json!({"headers": outcome.request_headers, "payload": delivery.payload});
    json["response"] = json!({"headers": outcome.response_headers, "payload": outcome.response_body});
    reply::ok(json)
}

async fn redeliver(call: Call, Path(id): Path<u64>) -> Answer {
    call.actor.need_app()?;
    let mut world = call.world();
    let old = world.hooks.get(id).ok_or(Refusal::NotFound)?.clone();
    let again = Delivery { id: world.new_id(), redelivery: true, outcome: None, ..old };
    world.hooks.send(again);
    reply::accepted()
}
