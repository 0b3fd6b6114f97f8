//! Issues.

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    auth::Actor,
    http::{Answer, Body, Call, Refusal, reply},
    render::issue as issue_json,
    state::{Level, Scope, World, audit::Change, issue::Issue, world::RepoKey},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/issues", get(list).post(create))
        .route("/repos/{owner}/{repo}/issues/{number}", get(show).patch(update))
}

/// Whatever holds for issues holds for pull requests with their own permission.
pub(super) fn issue_for(
    world: &World,
    actor: &Actor,
    place: (&str, &str),
    number: u64,
    level: Level,
) -> Result<RepoKey, Refusal> {
    let issues = world.repo_for(actor, place, Scope::Issues, level);
    let key = match issues {
        Err(Refusal::NotAccessible { .. }) => {
            let key = world.repo_for(actor, place, Scope::PullRequests, level)?;
            let pull = world.issue(&key, number).is_ok_and(|i| i.pull.is_some());
            if pull { Ok(key) } else { Err(Refusal::NotAccessible { scope: Scope::Issues, level }) }
        }
        other => other,
    }?;
    world.issue(&key, number)?;
    Ok(key)
}

async fn list(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Issues, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let (state, creator) = (call.param("state").unwrap_or("open"), call.param("creator"));
    let wanted = |i: &&Issue| {
        (state == "all" || i.open == (state == "open"))
            && creator.is_none_or(|c| i.author.as_str().eq_ignore_ascii_case(c))
    };
    let issues: Vec<&Issue> = repo.issues.values().rev().filter(wanted).collect();
    call.page(&issues, |i| issue_json::issue(&world, org, repo, i))
}

#[derive(Debug, Deserialize)]
struct Create {
    title: String,
    body: Option<String>,
}

async fn create(call: Call, Path((owner, repo)): Path<(String, String)>, Body(body): Body<Create>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Issues, Level::Write)?;
    if !world.repo(&key)?.settings.has_issues {
        return Err(Refusal::Gone("Issues are disabled for this repo".into()));
    }
    let number = world.open_issue(&call.actor, &key, body.title, body.body)?;
    shown(&world, &key, number).and_then(reply::created)
}

fn shown(world: &World, key: &RepoKey, number: u64) -> Result<serde_json::Value, Refusal> {
    Ok(issue_json::issue(world, world.org(&key.org)?, world.repo(key)?, world.issue(key, number)?))
}

async fn show(call: Call, Path((owner, repo, number)): Path<(String, String, u64)>) -> Answer {
    let world = call.world();
    let key = issue_for(&world, &call.actor, (&owner, &repo), number, Level::Read)?;
    shown(&world, &key, number).and_then(reply::ok)
}

#[derive(Debug, Deserialize)]
struct Update {
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
}

async fn update(
    call: Call,
    Path((owner, repo, number)): Path<(String, String, u64)>,
    Body(body): Body<Update>,
) -> Answer {
    let mut world = call.world();
    let key = issue_for(&world, &call.actor, (&owner, &repo), number, Level::Write)?;
    let now = world.now();
    let told = |i: &Issue| json!({"title": i.title, "body": i.body});
    let issue = world.issue_mut(&key, number)?;
    let before = told(issue);
    issue.title = body.title.unwrap_or_else(|| issue.title.clone());
    issue.body = body.body.or(issue.body.take());
    issue.updated_at = now;
    let change = Change::from_to(before, told(issue));
    let target = format!("{}/issues/{number}", world.repo_target(&key));
    world.record(&call.actor, "issue.update", target, change);
    if let Some(state) = body.state {
        world.set_open(&call.actor, &key, number, state == "open")?;
    }
    shown(&world, &key, number).and_then(reply::ok)
}
