//! Collaborators of repositories and their invitations.

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::{repo as repo_json, user},
    state::{
        Level, Login, Org, Repo, RepoRole, Scope, World, access::Affiliation, audit::Change,
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

fn shown(world: &World, login: &Login, role: RepoRole) -> Value {
    let mut json = user::by_login(world, login);
    json["permissions"] = repo_json::permissions(Some(role));
    json["role_name"] = json!(role.role_name());
    json
}

async fn list(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    call.actor.need_token()?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let which = match call.param("affiliation") {
        Some("direct") => Affiliation::Direct,
        Some("outside") => Affiliation::Outside,
        _ => Affiliation::All,
    };
    let all: Vec<(Login, RepoRole)> = org.collaborators(repo, which).into_iter().collect();
    call.page(&all, |(login, role)| shown(&world, login, *role))
}

async fn is_one(call: Call, Path((owner, repo, login)): Path<(String, String, Login)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    let all = world.org(&key.org)?.collaborators(world.repo(&key)?, Affiliation::All);
    let known = all.contains_key(&login);
    if known { reply::no_content() } else { Err(Refusal::NotFound) }
}

async fn permission(call: Call, Path((owner, repo, login)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    let login = world.user(&login)?.login.clone();
    let repo = world.repo(&key)?;
    let role = world.org(&key.org)?.collaborators(repo, Affiliation::All).get(&login).copied();
    let role = role.or(repo.is_public().then_some(RepoRole::Pull));
    let mut json = user::by_login(&world, &login);
    json["permissions"] = repo_json::permissions(role);
    json["role_name"] = json!(role.map_or("none", RepoRole::role_name));
    reply::ok(json!({
        "permission": role.map_or("none", RepoRole::legacy),
        "role_name": role.map_or("none", RepoRole::role_name),
        "user": json,
    }))
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
    Path((owner, repo, login)): Path<(String, String, String)>,
    Body(body): Body<Set>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    let login = world.user(&login)?.login.clone();
    let (id, now, inviter) = (world.new_id(), world.now(), call.actor.login(&world));
    let target = format!("{}/collaborators/{login}", world.repo_target(&key));
    let member = world.org(&key.org)?.members.contains_key(&login);
    let told = |role: RepoRole| json!({"permission": role.as_str()});
    let repo = world.repo_mut(&key)?;
    if member || repo.collaborators.contains_key(&login) {
        let before = repo.collaborators.insert(login, body.permission).map(told);
        let change = Change { before, after: Some(told(body.permission)) };
        world.record(&call.actor, "collaborator.set", target, change);
        return reply::no_content();
    }
    repo.invitations.retain(|i| i.login != login);
    repo.invite(id, login, body.permission, inviter, now);
    world.record(&call.actor, "repo.invitation.create", target, Change::made(told(body.permission)));
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
    if let Some(role) = repo.collaborators.remove(&login) {
        let before = json!({"permission": role.as_str()});
        world.record(&call.actor, "collaborator.remove", target, Change::gone(before));
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
        "permissions": of.role.role_name(),
        "created_at": crate::clock::rfc3339(of.created_at),
        "expired": false,
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
    let before = std::mem::replace(&mut found.role, body.permissions);
    let told = |role: RepoRole| json!({"permission": role.as_str()});
    let change = Change::from_to(told(before), told(body.permissions));
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
