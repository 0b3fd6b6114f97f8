//! Whole organizations: put, got, renamed.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::json;

use super::acting;
use crate::{
    Sim,
    fixture::OrgState,
    hooks::event::Event,
    http::{Answer, Body, Refusal, reply},
    render::{org as org_json, user},
    state::Login,
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs", get(list))
        .route("/orgs/{login}", get(show).put(replace).delete(remove))
        .route("/orgs/{login}/rename", post(rename))
        .route("/users/{login}", axum::routing::put(add_user))
}

async fn list(State(sim): State<Sim>) -> Answer {
    let world = sim.world();
    reply::ok(json!(world.orgs.keys().collect::<Vec<_>>()))
}

/// JSON, or YAML if the Accept header says so.
async fn show(State(sim): State<Sim>, Path(login): Path<Login>, headers: HeaderMap) -> Answer {
    let world = sim.world();
    let state = OrgState::of(&world, world.org(&login)?);
    let yaml = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("yaml"));
    if !yaml {
        return reply::ok(json!(state));
    }
    let text = serde_saphyr::to_string(&state).map_err(|e| Refusal::Broken(e.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/yaml")], text).into_response())
}

async fn replace(State(sim): State<Sim>, Path(login): Path<Login>, body: Bytes) -> Answer {
    let text = std::str::from_utf8(&body).map_err(|e| Refusal::WrongBody(e.to_string()))?;
    let state: OrgState = serde_saphyr::from_str(text).map_err(|e| Refusal::WrongBody(e.to_string()))?;
    let mut world = sim.world();
    state.load(&mut world, &login).map_err(|e| Refusal::WrongBody(e.to_string()))?;
    reply::ok(json!(OrgState::of(&world, world.org(&login)?)))
}

async fn remove(State(sim): State<Sim>, Path(login): Path<Login>) -> Answer {
    sim.world().orgs.remove(&login).ok_or(Refusal::NotFound)?;
    reply::no_content()
}

async fn add_user(State(sim): State<Sim>, Path(login): Path<Login>) -> Answer {
    let mut world = sim.world();
    world.add_user(&login);
    reply::ok(user::by_login(&world, &login))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    to: Login,
    sender: Option<String>,
}

async fn rename(State(sim): State<Sim>, Path(login): Path<Login>, Body(body): Body<Rename>) -> Answer {
    let mut world = sim.world();
    let actor = acting(&mut world, login.as_str(), body.sender.as_deref());
    if body.to != login && (world.orgs.contains_key(&body.to) || world.users.contains_key(&body.to)) {
        return Err(Refusal::Conflict(format!("{} is taken", body.to)));
    }
    let mut org = world.orgs.remove(&login).ok_or(Refusal::NotFound)?;
    let from = std::mem::replace(&mut org.login, body.to.clone());
    world.former_orgs.insert(from.clone(), org.id);
    world.former_orgs.remove(&body.to);
    let account = user::account(&world.urls, org.id, body.to.as_str(), "Organization");
    world.orgs.insert(body.to.clone(), org);
    let sender = actor.login(&world);
    let changes = json!({"login": {"from": from}});
    let fields = json!({"account": account, "changes": changes, "target_type": "Organization"});
    let renamed = |name, fields| Event { name, action: Some("renamed"), sender: &sender, fields };
    world.emit_org(&body.to, &renamed("installation_target", fields));
    world.emit_org(&body.to, &renamed("organization", json!({"changes": changes})));
    reply::ok(org_json::simple(&world.urls, world.org(&body.to)?))
}
