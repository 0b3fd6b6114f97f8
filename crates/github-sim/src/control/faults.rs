//! Faults, webhooks off, time passing.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    clock::rfc3339,
    http::{Answer, Body, Refusal, fault::FaultSpec, reply},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/faults", get(list).post(add).delete(clear))
        .route("/webhooks", post(webhooks))
        .route("/clock", post(advance))
}

async fn add(State(sim): State<Sim>, Body(spec): Body<FaultSpec>) -> Answer {
    sim.world().faults.add(spec).map_err(|e| Refusal::WrongBody(e.to_string()))?;
    reply::no_content()
}

async fn list(State(sim): State<Sim>) -> Answer {
    reply::ok(json!(sim.world().faults.all()))
}

async fn clear(State(sim): State<Sim>) -> Answer {
    sim.world().faults.clear();
    reply::no_content()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhooks {
    enabled: bool,
}

async fn webhooks(State(sim): State<Sim>, Body(body): Body<Webhooks>) -> Answer {
    sim.world().hooks.enabled = body.enabled;
    reply::no_content()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// As `45m`, `1h30m` or `90s`.
    advance: jiff::SignedDuration,
}

async fn advance(State(sim): State<Sim>, Body(body): Body<Advance>) -> Answer {
    let mut world = sim.world();
    world.clock.advance(body.advance);
    world.renew_test_merges()?;
    reply::ok(json!({"now": rfc3339(world.now())}))
}
