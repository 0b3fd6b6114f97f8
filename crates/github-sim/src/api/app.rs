//! The App and its installations, by JWT.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use serde_json::Value;

use crate::{
    Sim,
    auth::Actor,
    http::{Answer, Call, Refusal, reply},
    ops::install::Suspension,
    render::app as app_json,
    state::{Installation, Org, World},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/app", get(show))
        .route("/apps/{slug}", get(by_slug))
        .route("/app/installations", get(list))
        .route("/app/installations/{id}", get(installation).delete(uninstall))
        .route("/app/installations/{id}/suspended", axum::routing::put(suspend).delete(unsuspend))
        .route("/orgs/{org}/installation", get(of_org))
        .route("/users/{user}/installation", get(of_org))
        .route("/repos/{owner}/{repo}/installation", get(of_repo))
}

async fn show(call: Call) -> Answer {
    call.actor.need_app()?;
    reply::ok(app_json::own(&call.world()))
}

async fn by_slug(call: Call, Path(slug): Path<String>) -> Answer {
    let world = call.world();
    if slug == world.app_slug { reply::ok(app_json::integration(&world)) } else { Err(Refusal::NotFound) }
}

async fn list(call: Call) -> Answer {
    call.actor.need_app()?;
    let world = call.world();
    let installed = |o: &Org| o.installation.as_ref().map(|i| (i.id, app_json::installation(&world, o, i)));
    let mut all: Vec<(u64, Value)> = world.orgs.values().filter_map(installed).collect();
    all.sort_by_key(|(id, _)| *id);
    call.page(&all, |(_, json)| json.clone())
}

/// An installation with its organization, or 404.
pub(super) fn find(world: &World, id: u64) -> Result<(&Org, &Installation), Refusal> {
    let org = world.installed_on(id).ok_or(Refusal::NotFound)?;
    Ok((org, org.installation.as_ref().ok_or(Refusal::NotFound)?))
}

async fn installation(call: Call, Path(id): Path<u64>) -> Answer {
    call.actor.need_app()?;
    let world = call.world();
    let (org, installation) = find(&world, id)?;
    reply::ok(app_json::installation(&world, org, installation))
}

async fn of_org(call: Call, Path(login): Path<String>) -> Answer {
    call.actor.need_app()?;
    let world = call.world();
    let org = world.org(&login.as_str().into())?;
    let installation = org.installation.as_ref().ok_or(Refusal::NotFound)?;
    reply::ok(app_json::installation(&world, org, installation))
}

async fn of_repo(call: Call, Path((owner, name)): Path<(String, String)>) -> Answer {
    call.actor.need_app()?;
    let world = call.world();
    let org = world.org(&owner.as_str().into())?;
    let repo = org.repo(&name).ok_or(Refusal::NotFound)?;
    let installation = org.installation.as_ref().filter(|i| i.selection.includes(repo.id));
    reply::ok(app_json::installation(&world, org, installation.ok_or(Refusal::NotFound)?))
}

async fn uninstall(call: Call, State(sim): State<Sim>, Path(id): Path<u64>) -> Answer {
    call.actor.need_app()?;
    let mut world = sim.world();
    let org = find(&world, id)?.0.login.clone();
    world.uninstall(&Actor::App, &org)?;
    reply::no_content()
}

async fn suspend(call: Call, Path(id): Path<u64>) -> Answer {
    set_suspension(&call, id, Suspension::On)
}

async fn unsuspend(call: Call, Path(id): Path<u64>) -> Answer {
    set_suspension(&call, id, Suspension::Off)
}

fn set_suspension(call: &Call, id: u64, to: Suspension) -> Answer {
    call.actor.need_app()?;
    let mut world = call.world();
    let org = find(&world, id)?.0.login.clone();
    world.set_suspension(&call.actor, &org, to)?;
    reply::no_content()
}
