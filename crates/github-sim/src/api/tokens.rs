//! Installation tokens: minted by the App, narrowed on request, revoked by themselves.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::Path,
    routing::{delete, get, post},
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;

use super::app::find;
use crate::{
    Sim,
    auth::{
        identify::bearer,
        token::{Token, TokenOf},
    },
    clock::rfc3339,
    http::{Answer, Body, Call, Refusal, reply},
    render::repo as repo_json,
    state::{Installation, Org, Permissions, Repo},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/app/installations/{id}/access_tokens", post(mint))
        .route("/installation/token", delete(revoke))
        .route("/installation/repositories", get(repositories))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    repositories: Option<Vec<String>>,
    repository_ids: Option<Vec<u64>>,
    permissions: Option<Permissions>,
}

async fn mint(call: Call, Path(id): Path<u64>, Body(wish): Body<Wish>) -> Answer {
    call.actor.need_app()?;
    let mut world = call.world();
    let ttl = SignedDuration::try_from(call.sim.token_ttl()).unwrap_or(SignedDuration::from_hours(1));
    let expires_at = world.now().saturating_add(ttl).unwrap_or(world.now());
    let (org, installation) = find(&world, id)?;
    if installation.suspended.is_some() {
        return Err(Refusal::Suspended);
    }
    let permissions = narrowed(installation, wish.permissions)?;
    let repos = chosen(org, installation, wish.repositories.as_deref(), wish.repository_ids.as_deref())?;
    let mut body = json!({
        "expires_at": rfc3339(expires_at),
        "permissions": permissions,
        "repository_selection": if repos.is_some() { "selected" } else { installation.selection.as_str() },
    });
    if let Some(ids) = &repos {
        let named = ids.iter().filter_map(|id| org.repos.get(id));
        body["repositories"] = named.map(|r| repo_json::listed(&world.urls, org, r)).collect();
    }
    let token = world.mint(Token { of: TokenOf::Installation(id), permissions, repos, expires_at })?;
    body["token"] = json!(token);
    reply::created(body)
}

/// Some or all of the installation's permissions, never more.
fn narrowed(installation: &Installation, wish: Option<Permissions>) -> Result<Permissions, Refusal> {
    let Some(mut wish) = wish.filter(|w| !w.is_empty()) else { return Ok(installation.permissions.clone()) };
    let more = wish.iter().any(|(name, level)| installation.permissions.get(name).is_none_or(|l| l < level));
    if more {
        let message = "The permissions requested are not granted to this installation.";
        return Err(Refusal::Unprocessable(message.into()));
    }
    // Metadata comes with every permission on repositories.
    if let Some(level) = installation.permissions.get("metadata") {
        wish.insert("metadata".into(), *level);
    }
    Ok(wish)
}

fn chosen(
    org: &Org,
    installation: &Installation,
    names: Option<&[String]>,
    ids: Option<&[u64]>,
) -> Result<Option<BTreeSet<u64>>, Refusal> {
    let absent = || {
        let message = "There is at least one repository that does not exist or is not accessible to the parent installation.";
        Refusal::Unprocessable(message.into())
    };
    if names.is_none() && ids.is_none() {
        return Ok(None);
    }
    let open = |r: &&Repo| installation.selection.includes(r.id);
    let by_name = |name: &String| org.repo(name).filter(open).map(|r| r.id).ok_or_else(absent);
    let by_id = |id: &u64| org.repos.get(id).filter(open).map(|r| r.id).ok_or_else(absent);
    let mut all = BTreeSet::new();
    for name in names.unwrap_or_default() {
        all.insert(by_name(name)?);
    }
    for id in ids.unwrap_or_default() {
        all.insert(by_id(id)?);
    }
    Ok(Some(all))
}

async fn revoke(call: Call) -> Answer {
    call.actor.need_installation()?;
    if let Some(token) = bearer(&call.headers) {
        call.world().tokens.revoke(&token);
    }
    reply::no_content()
}

async fn repositories(call: Call) -> Answer {
    let grant = call.actor.need_installation()?;
    let world = call.world();
    let org = world.org(&grant.org)?;
    let (_, installation) = find(&world, grant.installation)?;
    let repos: Vec<&Repo> = org.repos.values().filter(|r| call.actor.has(org, r)).collect();
    let object = json!({"repository_selection": installation.selection.as_str()});
    call.page_in(&repos, object, "repositories", |r| repo_json::granted(&world.urls, &call.actor, org, r))
}
