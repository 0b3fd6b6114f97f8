//! Invitations to organizations, open and failed.

use axum::{
    Router,
    extract::Path,
    routing::{delete, get},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::{org as org_json, team as team_json},
    state::{Invitation, Level, Org, OrgRole, Scope, Team, TeamRole, audit::Change},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/invitations", get(open).post(invite))
        .route("/orgs/{org}/invitations/{id}", delete(cancel))
        .route("/orgs/{org}/invitations/{id}/teams", get(teams))
        .route("/orgs/{org}/failed_invitations", get(failed))
}

/// 404 where people come from the identity provider: such an organization has no invitations.
pub(super) fn need_invitations(org: &Org) -> Result<(), Refusal> {
    if org.traits.emu { Err(Refusal::NotFound) } else { Ok(()) }
}

async fn open(call: Call, Path(login): Path<String>) -> Answer {
    list(&call, &login, false)
}

async fn failed(call: Call, Path(login): Path<String>) -> Answer {
    list(&call, &login, true)
}

fn list(call: &Call, login: &str, failed: bool) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, login, Scope::Members, Level::Read)?;
    call.actor.need_admin_org()?;
    let org = world.org(&login)?;
    need_invitations(org)?;
    let found: Vec<&Invitation> =
        org.invitations.iter().filter(|i| i.failed_at.is_some() == failed).collect();
    call.page(&found, |i| org_json::invitation(&world, org, i))
}

#[derive(Debug, Deserialize)]
struct Invite {
    invitee_id: u64,
    #[serde(default = "member")]
    role: OrgRole,
    #[serde(default)]
    team_ids: Vec<u64>,
}

fn member() -> OrgRole {
    OrgRole::Member
}

async fn invite(call: Call, Path(login): Path<String>, Body(body): Body<Invite>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Write)?;
    need_invitations(world.org(&login)?)?;
    let invalid = |message: &str| Refusal::field("OrganizationInvitation", "invitee_id", message);
    let user = world.users.values().find(|u| u.id == body.invitee_id).map(|u| u.login.clone());
    let user = user.ok_or_else(|| invalid("Invitee is no user"))?;
    if world.org(&login)?.members.contains_key(&user) {
        return Err(invalid("Invitee is already a part of this organization"));
    }
    if body.team_ids.iter().any(|id| !world.org(&login).is_ok_and(|org| org.teams.contains_key(id))) {
        return Err(Refusal::NotFound);
    }
    world.invite(&call.actor, &login, &user, body.role)?;
    let org = world.org_mut(&login)?;
    for id in body.team_ids {
        let team = org.teams.get_mut(&id).ok_or(Refusal::NotFound)?;
        team.pending.insert(user.clone(), TeamRole::Member);
    }
    let org = world.org(&login)?;
    let json = org_json::invitation(&world, org, org.pending(&user).ok_or(Refusal::NotFound)?);
    let change = Change::made(json!({"login": user, "role": body.role.as_str()}));
    world.record(&call.actor, "invitation.create", format!("orgs/{login}/memberships/{user}"), change);
    reply::created(json)
}

async fn cancel(call: Call, Path((login, id)): Path<(String, u64)>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Write)?;
    world.cancel_invitation(&call.actor, &login, id)?;
    reply::no_content()
}

async fn teams(call: Call, Path((login, id)): Path<(String, u64)>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    call.actor.need_admin_org()?;
    let org = world.org(&login)?;
    let who = org.invitations.iter().find(|i| i.id == id).ok_or(Refusal::NotFound)?;
    let found: Vec<&Team> = org.teams.values().filter(|t| t.pending.contains_key(&who.login)).collect();
    call.page(&found, |t| team_json::listed(&world.urls, org, t))
}
