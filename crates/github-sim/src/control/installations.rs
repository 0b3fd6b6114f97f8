//! What an owner does with the App.

use axum::{
    Router,
    extract::{Path, State},
    routing::{post, put},
};
use serde::Deserialize;
use serde_json::json;

use super::acting;
use crate::{
    Sim,
    http::{Answer, Body, reply},
    ops::install::{NewInstallation, Suspension},
    state::{Login, Permissions},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{login}/install", post(install))
        .route("/orgs/{login}/uninstall", post(uninstall))
        .route("/orgs/{login}/suspend", post(suspend))
        .route("/orgs/{login}/unsuspend", post(unsuspend))
        .route("/orgs/{login}/permissions", put(permissions))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Install {
    id: Option<u64>,
    repositories: Option<Vec<String>>,
    permissions: Option<Permissions>,
    sender: Option<String>,
}

async fn install(State(sim): State<Sim>, Path(login): Path<Login>, Body(body): Body<Install>) -> Answer {
    let mut world = sim.world();
    let actor = acting(&mut world, login.as_str(), body.sender.as_deref());
    let new = NewInstallation { id: body.id, repositories: body.repositories, permissions: body.permissions };
    let id = world.install(&actor, &login, new)?;
    reply::ok(json!({"id": id}))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct By {
    sender: Option<String>,
}

async fn uninstall(State(sim): State<Sim>, Path(login): Path<Login>, Body(by): Body<By>) -> Answer {
    let mut world = sim.world();
    let actor = acting(&mut world, login.as_str(), by.sender.as_deref());
    world.uninstall(&actor, &login)?;
    reply::no_content()
}

async fn suspend(State(sim): State<Sim>, Path(login): Path<Login>, Body(by): Body<By>) -> Answer {
    set(&sim, &login, &by, Suspension::On)
}

async fn unsuspend(State(sim): State<Sim>, Path(login): Path<Login>, Body(by): Body<By>) -> Answer {
    set(&sim, &login, &by, Suspension::Off)
}

fn set(sim: &Sim, login: &Login, by: &By, to: Suspension) -> Answer {
    let mut world = sim.world();
    let actor = acting(&mut world, login.as_str(), by.sender.as_deref());
    world.set_suspension(&actor, login, to)?;
    reply::no_content()
}

async fn permissions(
    State(sim): State<Sim>,
    Path(login): Path<Login>,
    Body(to): Body<Permissions>,
) -> Answer {
    let mut world = sim.world();
    let actor = acting(&mut world, login.as_str(), None);
    world.set_permissions(&actor, &login, &to)?;
    reply::no_content()
}
