//! Repositories of teams.

use axum::{Router, extract::Path, response::IntoResponse, routing::get};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::{repo as repo_json, team as team_json},
    state::{Level, Login, Org, Repo, RepoRole, Scope, Team, World, audit::Change, world::RepoKey},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/teams/{slug}/repos", get(list))
        .route("/orgs/{org}/teams/{slug}/repos/{owner}/{repo}", get(show).put(set).delete(remove))
        .route("/repos/{owner}/{repo}/teams", get(of_repo))
}

fn find(call: &Call, world: &World, login: &str, slug: &str, level: Level) -> Result<(Login, u64), Refusal> {
    let login = world.org_for(&call.actor, login, Scope::Members, level)?;
    let team = world.org(&login)?.team(slug).ok_or(Refusal::NotFound)?.id;
    Ok((login, team))
}

fn shown(world: &World, org: &Org, repo: &Repo, role: RepoRole) -> Value {
    let mut json = repo_json::listed(&world.urls, org, repo);
    json["permissions"] = repo_json::permissions(Some(role));
    json["role_name"] = json!(role.role_name());
    json
}

async fn list(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Read)?;
    let org = world.org(&login)?;
    let roles = org.team_repos(org.teams.get(&id).ok_or(Refusal::NotFound)?);
    let repos = roles.iter().filter_map(|(id, role)| Some((org.repos.get(id)?, *role)));
    let repos: Vec<(&Repo, RepoRole)> = repos.filter(|(r, _)| call.actor.sees(org, r)).collect();
    call.page(&repos, |(repo, role)| shown(&world, org, repo, *role))
}

async fn show(
    call: Call,
    Path((login, slug, owner, repo)): Path<(String, String, String, String)>,
) -> Answer {
    let world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Read)?;
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    let org = world.org(&login)?;
    let team = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    let role = org.team_repos(team).get(&key.id).copied().ok_or(Refusal::NotFound)?;
    if call.accepts("repository") {
        return reply::ok(shown(&world, org, world.repo(&key)?, role));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Debug, Deserialize)]
struct Set {
    #[serde(default = "push")]
    permission: RepoRole,
}

fn push() -> RepoRole {
    RepoRole::Push
}

async fn set(
    call: Call,
    Path((login, slug, owner, repo)): Path<(String, String, String, String)>,
    Body(body): Body<Set>,
) -> Answer {
    let mut world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Write)?;
    let key = writable(&call, &world, &login, &owner, &repo)?;
    let team = world.org_mut(&login)?.teams.get_mut(&id).ok_or(Refusal::NotFound)?;
    let told = |role: RepoRole| json!({"permission": role.as_str()});
    let before = team.repos.insert(key.id, body.permission).map(told);
    let change = Change { before, after: Some(told(body.permission)) };
    let target = format!("orgs/{login}/teams/{slug}/{}", world.repo_target(&key));
    world.record(&call.actor, "team.repo.set", target, change);
    reply::no_content()
}

/// A team is given a repository with administration write, and only one of its own organization.
fn writable(call: &Call, world: &World, login: &Login, owner: &str, repo: &str) -> Result<RepoKey, Refusal> {
    let key = world.repo_for(&call.actor, (owner, repo), Scope::Administration, Level::Write)?;
    if key.org != *login {
        return Err(Refusal::field("Team", "repository", "The repository belongs to another organization"));
    }
    Ok(key)
}

async fn remove(
    call: Call,
    Path((login, slug, owner, repo)): Path<(String, String, String, String)>,
) -> Answer {
    let mut world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Write)?;
    let key = writable(&call, &world, &login, &owner, &repo)?;
    let team = world.org_mut(&login)?.teams.get_mut(&id).ok_or(Refusal::NotFound)?;
    if let Some(role) = team.repos.remove(&key.id) {
        let target = format!("orgs/{login}/teams/{slug}/{}", world.repo_target(&key));
        let before = json!({"permission": role.as_str()});
        world.record(&call.actor, "team.repo.remove", target, Change::gone(before));
    }
    reply::no_content()
}

async fn of_repo(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Read)?;
    let org = world.org(&key.org)?;
    let teams: Vec<(&Team, RepoRole)> =
        // Teams that only inherit the repository are not listed.
        org.teams.values().filter_map(|t| Some((t, *t.repos.get(&key.id)?))).collect();
    call.page(&teams, |(team, role)| {
        let mut json = team_json::listed(&world.urls, org, team);
        json["permission"] = json!(role.as_str());
        json["permissions"] = repo_json::permissions(Some(*role));
        json
    })
}
