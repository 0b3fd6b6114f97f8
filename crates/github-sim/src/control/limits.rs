//! Limits that a test changes while the simulator runs.

use axum::{Router, extract::State, routing::post};
use serde::Deserialize;

use crate::{
    Sim,
    http::{Answer, Body, Refusal, reply},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new().route("/limits", post(set))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Limits {
    /// As `--secondary-limits`; absent: they stay.
    secondary: Option<String>,
    /// How many nodes a query of GraphQL may touch; 0: as many as its pages hold; absent: it stays.
    graphql_nodes: Option<u64>,
}

async fn set(State(sim): State<Sim>, Body(body): Body<Limits>) -> Answer {
    let mut world = sim.world();
    if let Some(text) = body.secondary {
        let limits =
            text.parse().map_err(|e: crate::SecondaryLimitsError| Refusal::WrongBody(e.to_string()))?;
        world.secondary.set(limits);
    }
    if let Some(nodes) = body.graphql_nodes {
        world.graphql_nodes = Some(nodes).filter(|nodes| *nodes > 0);
    }
    reply::no_content()
}
