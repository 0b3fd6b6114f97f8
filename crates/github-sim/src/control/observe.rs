//! What the simulator saw: requests, state changes, unknown endpoints, deliveries, tokens.

use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use serde::Deserialize;
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

/// `?installation=N`: what this one did, alone.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    installation: Option<u64>,
}

impl Whose {
    fn includes(self, installation: Option<u64>) -> bool {
        self.installation.is_none() || self.installation == installation
    }
}

async fn requests(State(sim): State<Sim>, Query(whose): Query<Whose>) -> Answer {
    let world = sim.world();
    let entries = world.log.entries.iter().filter(|entry| whose.includes(entry.installation));
    reply::ok(json!(entries.collect::<Vec<_>>()))
}

async fn forget(State(sim): State<Sim>) -> Answer {
    sim.world().log.entries.clear();
    reply::no_content()
}

async fn audit(State(sim): State<Sim>, Query(whose): Query<Whose>) -> Answer {
    let world = sim.world();
    let entries = world.audit.iter().filter(|entry| whose.includes(entry.installation));
    reply::ok(json!(entries.collect::<Vec<_>>()))
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
