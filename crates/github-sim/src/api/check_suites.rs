//! Check suites.

use axum::{
    Router,
    extract::Path,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::checks as checks_json,
    state::{Level, Scope, checks::CheckSuite},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/check-suites", post(create))
        .route("/repos/{owner}/{repo}/check-suites/{id}", get(show))
        .route("/repos/{owner}/{repo}/check-suites/{id}/check-runs", get(runs))
        .route("/repos/{owner}/{repo}/check-suites/{id}/rerequest", post(rerequest))
}

#[derive(Debug, Deserialize)]
struct Create {
    head_sha: String,
}

async fn create(call: Call, Path((owner, repo)): Path<(String, String)>, Body(body): Body<Create>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Write)?;
    let repo = world.repo(&key)?;
    let head = body.head_sha.parse().ok().filter(|sha| repo.git.commit(*sha).is_ok());
    let head =
        head.ok_or_else(|| Refusal::Unprocessable(format!("No commit found for SHA: {}", body.head_sha)))?;
    let known = repo.check_suites.values().find(|s| s.head == head).map(|s| s.id);
    let id = match known {
        Some(id) => id,
        None => world.add_suite(&key, head, None, None)?,
    };
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let suite = repo.check_suites.get(&id).ok_or(Refusal::NotFound)?;
    let json = checks_json::full_suite(&world, org, repo, suite);
    if known.is_some() { reply::ok(json) } else { reply::created(json) }
}

async fn show(call: Call, Path((owner, repo, id)): Path<(String, String, u64)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let suite = repo.check_suites.get(&id).ok_or(Refusal::NotFound)?;
    reply::ok(checks_json::full_suite(&world, org, repo, suite))
}

async fn runs(call: Call, Path((owner, repo, id)): Path<(String, String, u64)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Read)?;
    if !world.repo(&key)?.check_suites.contains_key(&id) {
        return Err(Refusal::NotFound);
    }
    super::check_runs::list(&call, &world, &key, |run| run.suite == id)
}

async fn rerequest(call: Call, Path((owner, repo, id)): Path<(String, String, u64)>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Write)?;
    world.rerequest_suite(&call.actor, &key, id)?;
    reply::created(json!({}))
}

/// `GET …/commits/{ref}/check-suites`.
pub(super) fn of_commit(call: &Call, place: (&str, &str), name: &str) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, place, Scope::Checks, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let unknown = || Refusal::Unprocessable(format!("No commit found for SHA: {name}"));
    let head = repo.git.resolve(name).ok_or_else(unknown)?;
    let ours = call.param("app_id").is_none_or(|id| id == world.app_id.to_string());
    let suites: Vec<&CheckSuite> = repo.check_suites.values().filter(|s| ours && s.head == head).collect();
    call.page_in(&suites, json!({}), "check_suites", |s| checks_json::full_suite(&world, org, repo, s))
}
