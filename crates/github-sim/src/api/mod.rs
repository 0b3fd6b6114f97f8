//! GitHub's endpoints.

mod activity;
mod app;
mod check_runs;
mod check_suites;
mod collaborators;
mod comments;
mod commits;
mod contents;
mod deliveries;
mod git_objects;
mod git_refs;
mod invitations;
mod issues;
mod members;
mod meta;
mod orgs;
mod pulls;
mod repo_settings;
mod repos;
mod roles;
mod team_groups;
mod team_members;
mod team_repos;
mod teams;
mod tokens;
mod topics;

use axum::{Router, middleware};

use crate::{
    Sim, control,
    http::{Refusal, gate::gate},
};

/// Everything that is answered: GitHub's paths behind the gate, and the control endpoints.
pub(crate) fn router(sim: &Sim) -> Router {
    let github = Router::new()
        .merge(activity::routes())
        .merge(app::routes())
        .merge(check_runs::routes())
        .merge(check_suites::routes())
        .merge(collaborators::routes())
        .merge(comments::routes())
        .merge(commits::routes())
        .merge(contents::routes())
        .merge(deliveries::routes())
        .merge(git_objects::routes())
        .merge(git_refs::routes())
        .merge(invitations::routes())
        .merge(issues::routes())
        .merge(members::routes())
        .merge(meta::routes())
        .merge(orgs::routes())
        .merge(pulls::routes())
        .merge(repos::routes())
        .merge(roles::routes())
        .merge(team_groups::routes())
        .merge(team_members::routes())
        .merge(team_repos::routes())
        .merge(teams::routes())
        .merge(tokens::routes())
        .merge(topics::routes())
        .route("/graphql", axum::routing::post(crate::graphql::post))
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
