//! GitHub's endpoints.

mod app;
mod tokens;

use axum::{Router, middleware};

use crate::{
    Sim, control,
    http::{Refusal, gate::gate},
};

/// Everything that is answered: GitHub's paths behind the gate, and the control endpoints.
pub(crate) fn router(sim: &Sim) -> Router {
    let github = Router::new()
        .merge(app::routes())
        .merge(tokens::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(middleware::from_fn_with_state(sim.clone(), gate));
    Router::new()
        .nest("/_sim", control::routes())
        .fallback_service(github.with_state(sim.clone()))
        .with_state(sim.clone())
}

/// 501: `GET /_sim/unknown` lists what was asked for.
async fn unknown() -> Refusal {
    Refusal::Unknown
}
