//! Refs and branches.

use axum::{
    Router,
    extract::Path,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    git::Sha,
    http::{Answer, Body, Call, Refusal, reply},
    render::git as git_json,
    state::{Level, Repo, Scope},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/git/ref/{*name}", get(show))
        .route("/repos/{owner}/{repo}/git/matching-refs/{*name}", get(matching))
        .route("/repos/{owner}/{repo}/git/refs", post(create))
        .route("/repos/{owner}/{repo}/git/refs/{*name}", axum::routing::patch(update).delete(remove))
        .route("/repos/{owner}/{repo}/branches", get(branches))
        .route("/repos/{owner}/{repo}/branches/{*name}", get(branch))
}

/// 409 while there is no commit, as all of GitHub's git endpoints answer.
pub(super) fn not_empty(repo: &Repo) -> Result<(), Refusal> {
    if repo.git.refs.is_empty() { Err(Refusal::Conflict("Git Repository is empty.".into())) } else { Ok(()) }
}

async fn show(call: Call, Path((owner, repo, name)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    not_empty(repo)?;
    let full = format!("refs/{name}");
    let sha = repo.git.refs.get(&full).ok_or(Refusal::NotFound)?;
    reply::ok(git_json::git_ref(&world.urls, org, repo, &full, *sha))
}

async fn matching(call: Call, Path((owner, repo, name)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let prefix = format!("refs/{name}");
    let found: Vec<_> = repo.git.refs.iter().filter(|(n, _)| n.starts_with(&prefix)).collect();
    call.page(&found, |(name, sha)| git_json::git_ref(&world.urls, org, repo, name, **sha))
}

#[derive(Debug, Deserialize)]
struct Create {
    #[serde(rename = "ref")]
    name: String,
    sha: String,
}

fn parse(sha: &str) -> Result<Sha, Refusal> {
    sha.parse().map_err(|_| Refusal::Unprocessable("Object does not exist".into()))
}

async fn create(call: Call, Path((owner, repo)): Path<(String, String)>, Body(body): Body<Create>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Write)?;
    let repo = world.repo(&key)?;
    not_empty(repo)?;
    if !body.name.starts_with("refs/") || body.name.matches('/').count() < 2 {
        return Err(Refusal::Unprocessable(
            "Reference name must start with 'refs/' and have two slashes.".into(),
        ));
    }
    if repo.git.refs.contains_key(&body.name) {
        return Err(Refusal::Unprocessable("Reference already exists".into()));
    }
    let sha = parse(&body.sha)?;
    repo.git.commit(sha)?;
    world.move_ref(&call.actor, &key, &body.name, Some(sha))?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    reply::created(git_json::git_ref(&world.urls, org, repo, &body.name, sha))
}

#[derive(Debug, Deserialize)]
struct Update {
    sha: String,
    #[serde(default)]
    force: bool,
}

async fn update(
    call: Call,
    Path((owner, repo, name)): Path<(String, String, String)>,
    Body(body): Body<Update>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Write)?;
    let repo = world.repo(&key)?;
    not_empty(repo)?;
    let full = format!("refs/{name}");
    let absent = || Refusal::Unprocessable("Reference does not exist".into());
    let from = *repo.git.refs.get(&full).ok_or_else(absent)?;
    let to = parse(&body.sha)?;
    repo.git.commit(to)?;
    if !body.force && !repo.git.is_ancestor(from, to) {
        return Err(Refusal::Unprocessable("Update is not a fast forward".into()));
    }
    world.move_ref(&call.actor, &key, &full, Some(to))?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    reply::ok(git_json::git_ref(&world.urls, org, repo, &full, to))
}

async fn remove(call: Call, Path((owner, repo, name)): Path<(String, String, String)>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Write)?;
    let full = format!("refs/{name}");
    if !world.repo(&key)?.git.refs.contains_key(&full) {
        return Err(Refusal::Unprocessable("Reference does not exist".into()));
    }
    world.move_ref(&call.actor, &key, &full, None)?;
    reply::no_content()
}

async fn branches(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let repo = world.repo(&key)?;
    let heads = repo.git.refs.iter().filter_map(|(n, sha)| Some((n.strip_prefix("refs/heads/")?, *sha)));
    let heads: Vec<(&str, Sha)> = heads.collect();
    let url = |sha: Sha| world.urls.api(&format!("repos/{}/{}/commits/{sha}", key.org, repo.name));
    call.page(&heads, |(name, sha)| {
        json!({"name": name, "commit": {"sha": sha.to_string(), "url": url(*sha)}, "protected": false})
    })
}

async fn branch(call: Call, Path((owner, repo, name)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let sha = repo.git.head(&name).ok_or(Refusal::NotFound)?;
    let url = world.urls.api(&format!("repos/{}/{}/branches/{name}", org.login, repo.name));
    let html = world.urls.html(&format!("{}/{}/tree/{name}", org.login, repo.name));
    reply::ok(json!({
        "name": name,
        "commit": git_json::commit(&world, org, repo, sha)?,
        "_links": {"self": url, "html": html},
        "protected": false,
        "protection": {"enabled": false, "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []}},
        "protection_url": format!("{url}/protection"),
    }))
}
