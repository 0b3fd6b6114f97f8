//! Repositories of teams.

use axum::{Router, extract::Path, response::IntoResponse, routing::get};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::{repo as repo_json, team as team_json},
    state::{Access, Level, Login, Org, Repo, RepoRole, Scope, Team, World, audit::Change, world::RepoKey},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/teams/{slug}/repos", get(list))
        .route("/orgs/{org}/teams/{slug}/repos/{owner}/{repo}", get(show).put(set).delete(remove))
        .route("/repos/{owner}/{repo}/teams", get(of_repo))
}

/// A team by its address. Changing its repositories needs no more of the team than to see it: that is for who
/// administers the repository.
fn find(call: &Call, world: &World, login: &str, slug: &str) -> Result<(Login, u64), Refusal> {
    let login = world.org_for(&call.actor, login, Scope::Members, Level::Read)?;
    let team = world.team_id(&login, slug)?;
    Ok((login, team))
}

fn shown(world: &World, org: &Org, repo: &Repo, access: &Access) -> Value {
    let mut json = repo_json::listed(&world.urls, org, repo);
    json["permissions"] = repo_json::permissions(Some(access.role));
    json["role_name"] = json!(access.role_name());
    json
}

async fn list(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let (login, id) = find(&call, &world, &login, &slug)?;
    let org = world.org(&login)?;
    let roles = org.team_repos(org.teams.get(&id).ok_or(Refusal::NotFound)?);
    let repos = roles.iter().filter_map(|(id, access)| Some((org.repos.get(id)?, access)));
    let repos: Vec<(&Repo, &Access)> = repos.filter(|(r, _)| call.actor.sees(org, r)).collect();
    call.page(&repos, |(repo, access)| shown(&world, org, repo, access))
}

async fn show(
    call: Call,
    Path((login, slug, owner, repo)): Path<(String, String, String, String)>,
) -> Answer {
    let world = call.world();
    let (login, id) = find(&call, &world, &login, &slug)?;
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    let org = world.org(&login)?;
    let team = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    let access = org.team_repos(team).remove(&key.id).ok_or(Refusal::NotFound)?;
    if call.accepts("repository") {
        return reply::ok(shown(&world, org, world.repo(&key)?, &access));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Debug, Deserialize)]
struct Set {
    /// One of the five roles, or a custom role of the organization.
    #[serde(default = "push")]
    permission: String,
}

fn push() -> String {
    RepoRole::Push.as_str().to_owned()
}

fn told(access: &Access) -> Value {
    json!({"permission": access.as_str()})
}

async fn set(
    call: Call,
    Path((login, slug, owner, repo)): Path<(String, String, String, String)>,
    Body(body): Body<Set>,
) -> Answer {
    let mut world = call.world();
    let (login, id) = find(&call, &world, &login, &slug)?;
    let key = writable(&call, &world, &login, &owner, &repo)?;
    let access = world.org(&login)?.access(&body.permission);
    let access = access.ok_or_else(|| Refusal::Unprocessable("Invalid permission".into()))?;
    let after = Some(told(&access));
    let team = world.org_mut(&login)?.teams.get_mut(&id).ok_or(Refusal::NotFound)?;
    let before = team.repos.insert(key.id, access).as_ref().map(told);
    let change = Change { before, after };
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
    let (login, id) = find(&call, &world, &login, &slug)?;
    let key = writable(&call, &world, &login, &owner, &repo)?;
    let org = world.org(&login)?;
    if org.teams.get(&id).is_some_and(|team| org.has_all_repos(team)) {
        return Err(Refusal::Forbidden(
            "You cannot remove repositories from a security manager team.".into(),
        ));
    }
    let team = world.org_mut(&login)?.teams.get_mut(&id).ok_or(Refusal::NotFound)?;
    if let Some(access) = team.repos.remove(&key.id) {
        let target = format!("orgs/{login}/teams/{slug}/{}", world.repo_target(&key));
        world.record(&call.actor, "team.repo.remove", target, Change::gone(told(&access)));
    }
    reply::no_content()
}

/// The most that a team itself has on a repository, and GitHub's word for where that comes from.
fn on_repo(team: &Team, repo: u64) -> Option<(Access, &'static str)> {
    let own = team.repos.get(&repo).map(|access| (access.clone(), "direct"));
    let by_role = team.role_on_all().map(|role| (Access::from(role), "organization"));
    own.into_iter().chain(by_role).max_by(|one, other| one.0.cmp(&other.0))
}

async fn of_repo(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Read)?;
    let org = world.org(&key.org)?;
    // Teams that only inherit the repository from a team above are not listed.
    let listed = |team| {
        let (access, source) = on_repo(team, key.id)?;
        Some((team, access, source))
    };
    let teams: Vec<(&Team, Access, &str)> = org.teams.values().filter_map(listed).collect();
    call.page(&teams, |(team, access, source)| {
        let mut json = team_json::listed(&world.urls, org, team);
        json["permission"] = json!(access.as_str());
        json["permissions"] = repo_json::permissions(Some(access.role));
        json["access_source"] = json!(source);
        json
    })
}
