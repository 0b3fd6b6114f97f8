//! Collaborators of repositories and their invitations.

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::{repo as repo_json, user},
    state::{
        Access, Level, Login, Org, Repo, RepoRole, Scope, World, access::Affiliation, audit::Change,
        repo::RepoInvitation,
    },
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/collaborators", get(list))
        .route("/repos/{owner}/{repo}/collaborators/{user}", get(is_one).put(set).delete(remove))
        .route("/repos/{owner}/{repo}/collaborators/{user}/permission", get(permission))
        .route("/repos/{owner}/{repo}/invitations", get(invitations))
        .route(
            "/repos/{owner}/{repo}/invitations/{id}",
            axum::routing::patch(change_invitation).delete(cancel),
        )
}

/// What seeing collaborators is called in GitHub's refusal.
const VIEW: &str = "view repository collaborators";

fn shown(world: &World, login: &Login, access: &Access) -> Value {
    let mut json = user::by_login(world, login);
    json["permissions"] = repo_json::permissions(Some(access.role));
    json["role_name"] = json!(access.role_name());
    json
}

async fn list(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    call.actor.need_token()?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    call.actor.need_push(org, repo, VIEW)?;
    let which = match call.param("affiliation") {
        Some("direct") => Affiliation::Direct,
        Some("outside") => Affiliation::Outside,
        _ => Affiliation::All,
    };
    let all: Vec<(Login, Access)> = org.collaborators(repo, which).into_iter().collect();
    call.page(&all, |(login, access)| shown(&world, login, access))
}

async fn is_one(call: Call, Path((owner, repo, login)): Path<(String, String, Login)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    call.actor.need_push(org, repo, VIEW)?;
    let all = org.collaborators(repo, Affiliation::All);
    let known = all.contains_key(&login);
    if known { reply::no_content() } else { Err(Refusal::NotFound) }
}

async fn permission(call: Call, Path((owner, repo, login)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    let login = world.user(&login)?.login.clone();
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    call.actor.need_push(org, repo, "view collaborator permission")?;
    let access = org.collaborators(repo, Affiliation::All).remove(&login);
    let access = access.or(repo.is_public().then_some(RepoRole::Pull.into()));
    let role = access.as_ref().map(|access| access.role);
    let name = access.as_ref().map_or("none", Access::role_name);
    let mut json = user::by_login(&world, &login);
    json["permissions"] = repo_json::permissions(role);
    json["role_name"] = json!(name);
    reply::ok(json!({
        "permission": role.map_or("none", RepoRole::legacy),
        "role_name": name,
        "user": json,
    }))
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
    Path((owner, repo, login)): Path<(String, String, String)>,
    Body(body): Body<Set>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    let login = world.user(&login)?.login.clone();
    let (id, now, inviter) = (world.new_id(), world.now(), call.actor.login(&world));
    let target = format!("{}/collaborators/{login}", world.repo_target(&key));
    let org = world.org(&key.org)?;
    let member = org.members.contains_key(&login);
    let access = org.access(&body.permission);
    let access = access.ok_or_else(|| Refusal::Unprocessable("Invalid permission".into()))?;
    let after = told(&access);
    let repo = world.repo_mut(&key)?;
    if member || repo.collaborators.contains_key(&login) {
        let before = repo.collaborators.insert(login, access).as_ref().map(told);
        let change = Change { before, after: Some(after) };
        world.record(&call.actor, "collaborator.set", target, change);
        return reply::no_content();
    }
    repo.invite(id, login, access, inviter, now);
    world.record(&call.actor, "repo.invitation.create", target, Change::made(after));
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let of = repo.invitations.iter().find(|i| i.id == id).ok_or(Refusal::NotFound)?;
    reply::created(invitation(&world, org, repo, of))
}

async fn remove(call: Call, Path((owner, repo, login)): Path<(String, String, Login)>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    let target = format!("{}/collaborators/{login}", world.repo_target(&key));
    let repo = world.repo_mut(&key)?;
    repo.invitations.retain(|i| i.login != login);
    if let Some(access) = repo.collaborators.remove(&login) {
        world.record(&call.actor, "collaborator.remove", target, Change::gone(told(&access)));
    }
    reply::no_content()
}

/// GitHub's `repository-invitation`.
fn invitation(world: &World, org: &Org, repo: &Repo, of: &RepoInvitation) -> Value {
    let url = world.urls.api(&format!("repos/{}/{}/invitations/{}", org.login, repo.name, of.id));
    json!({
        "id": of.id,
        "node_id": crate::render::app::node_id("RepositoryInvitation", of.id),
        "repository": repo_json::listed(&world.urls, org, repo),
        "invitee": user::by_login(world, &of.login),
        "inviter": user::by_login(world, &of.inviter),
        "permissions": of.access.role.role_name(),
        "created_at": crate::clock::rfc3339(of.created_at),
        "expired": of.is_expired(world.now()),
        "url": url,
        "html_url": world.urls.html(&format!("{}/{}/invitations", org.login, repo.name)),
    })
}

async fn invitations(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    call.page(&repo.invitations, |i| invitation(&world, org, repo, i))
}

#[derive(Debug, Deserialize)]
struct NewRole {
    permissions: RepoRole,
}

async fn change_invitation(
    call: Call,
    Path((owner, repo, id)): Path<(String, String, u64)>,
    Body(body): Body<NewRole>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    let target = format!("{}/invitations/{id}", world.repo_target(&key));
    let found = world.repo_mut(&key)?.invitations.iter_mut().find(|i| i.id == id).ok_or(Refusal::NotFound)?;
    let after = Access::from(body.permissions);
    let change = Change::from_to(told(&found.access), told(&after));
    found.access = after;
    world.record(&call.actor, "repo.invitation.update", target, change);
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let of = repo.invitations.iter().find(|i| i.id == id).ok_or(Refusal::NotFound)?;
    reply::ok(invitation(&world, org, repo, of))
}

async fn cancel(call: Call, Path((owner, repo, id)): Path<(String, String, u64)>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    let target = format!("{}/invitations/{id}", world.repo_target(&key));
    let all = &mut world.repo_mut(&key)?.invitations;
    let at = all.iter().position(|i| i.id == id).ok_or(Refusal::NotFound)?;
    let gone = all.remove(at);
    world.record(&call.actor, "repo.invitation.delete", target, Change::gone(json!({"login": gone.login})));
    reply::no_content()
}
