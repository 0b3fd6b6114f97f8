//! A repository's activity: who moved which branch.

use axum::{Router, extract::Path, routing::get};
use serde_json::{Value, json};

use crate::{
    Sim,
    clock::rfc3339,
    http::{Answer, Call, Refusal},
    render::{app::node_id, user},
    state::{Level, Scope, World, activity::Activity},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new().route("/repos/{owner}/{repo}/activity", get(list))
}

/// Newest first. The cursor is the id of the last one that was shown.
async fn list(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let repo = world.repo(&key)?;
    for name in ["before", "time_period"] {
        if call.param(name).is_some() {
            return Err(Refusal::Unknown);
        }
    }
    let wanted = |activity: &&Activity| {
        let named = |name: &str| activity.git_ref == name || activity.git_ref == format!("refs/heads/{name}");
        let is_by = |login: &str| activity.actor.as_str().eq_ignore_ascii_case(login);
        call.param("ref").is_none_or(named)
            && call.param("actor").is_none_or(is_by)
            && call.param("activity_type").is_none_or(|kind| activity.kind.as_str() == kind)
    };
    let mut all: Vec<&Activity> = repo.activities.iter().filter(wanted).collect();
    if call.param("direction") != Some("asc") {
        all.reverse();
    }
    if let Some(cursor) = call.param("after") {
        let is_last = |activity: &&Activity| activity.id.to_string() == cursor;
        let shown =
            all.iter().position(is_last).ok_or_else(|| Refusal::BadRequest("Invalid cursor".into()))?;
        all.drain(..=shown);
    }
    let page = &all[..all.len().min(call.per_page())];
    let cursor = page.last().filter(|_| page.len() < all.len()).map(|last| last.id.to_string());
    let body = page.iter().map(|it| item(&world, it)).collect();
    call.page_before(body, cursor.as_deref().map(|cursor| ("after", cursor)))
}

/// GitHub's `activity`.
fn item(world: &World, activity: &Activity) -> Value {
    json!({
        "id": activity.id,
        "node_id": node_id("Activity", activity.id),
        "before": activity.before.to_string(),
        "after": activity.after.to_string(),
        "ref": activity.git_ref,
        "timestamp": rfc3339(activity.at),
        "activity_type": activity.kind.as_str(),
        "actor": user::by_login(world, &activity.actor),
    })
}
