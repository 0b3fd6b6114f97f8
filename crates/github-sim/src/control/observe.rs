//! What the simulator saw: requests, state changes, unknown endpoints, deliveries, tokens.

use axum::{Router, extract::State, routing::get};
use serde_json::json;

use crate::{
    Sim,
    http::{Answer, reply},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/requests", get(requests).delete(forget))
        .route("/audit", get(audit))
        .route("/tokens", get(tokens))
        .route("/unknown", get(unknown))
        .route("/healthz", get(healthz))
}

async fn requests(State(sim): State<Sim>) -> Answer {
    reply::ok(json!(sim.world().log.entries))
}

async fn forget(State(sim): State<Sim>) -> Answer {
    sim.world().log.entries.clear();
    reply::no_content()
}

async fn audit(State(sim): State<Sim>) -> Answer {
    reply::ok(json!(sim.world().audit))
}

/// Every token ever minted, so that a test can look for them in logs.
async fn tokens(State(sim): State<Sim>) -> Answer {
    reply::ok(json!(sim.world().tokens.minted()))
}

async fn unknown(State(sim): State<Sim>) -> Answer {
    let world = sim.world();
    let entry = |(endpoint, count): (&String, &u64)| json!({"endpoint": endpoint, "count": count});
    reply::ok(world.log.unknown.iter().map(entry).collect())
}

async fn healthz() -> Answer {
    reply::ok(json!({"status": "ok"}))
}
