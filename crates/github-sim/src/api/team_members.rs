//! Members of teams.

use std::collections::BTreeMap;

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::json;

use super::{invitations::need_invitations, teams};
use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::{org as org_json, team as team_json, user},
    state::{Invitation, Level, Login, Org, OrgRole, Scope, Team, TeamKind, TeamRole, World, audit::Change},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/teams/{slug}/members", get(list))
        .route("/orgs/{org}/teams/{slug}/invitations", get(invitations))
        .route("/orgs/{org}/teams/{slug}/memberships/{user}", get(show).put(set).delete(remove))
}

/// Members of a team and, as members, those of its child teams: GitHub's REST lists have no way to leave them out.
fn with_children(org: &Org, team: &Team) -> BTreeMap<Login, TeamRole> {
    let mut all = BTreeMap::new();
    for child in org.teams.values().filter(|t| t.parent == Some(team.id)) {
        all.extend(with_children(org, child).into_keys().map(|l| (l, TeamRole::Member)));
    }
    all.extend(team.members.clone());
    all
}

fn find(call: &Call, world: &World, login: &str, slug: &str, level: Level) -> Result<(Login, u64), Refusal> {
    let login = world.org_for(&call.actor, login, Scope::Members, level)?;
    let team = world.team_id(&login, slug)?;
    Ok((login, team))
}

/// 403 for a team whose people come from somewhere else: an identity provider or the enterprise.
fn need_managed_here(team: &Team) -> Result<(), Refusal> {
    if team.managed_by.is_none() && team.kind == TeamKind::Organization {
        return Ok(());
    }
    Err(Refusal::Forbidden(
        "This team is externally managed. Learn more at \
         https://docs.github.com/articles/synchronizing-teams-between-your-identity-provider-and-github"
            .into(),
    ))
}

async fn list(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let role = match call.param("role") {
        None | Some("all") => None,
        Some("member") => Some(TeamRole::Member),
        Some("maintainer") => Some(TeamRole::Maintainer),
        Some(other) => return Err(Refusal::Unprocessable(format!("{other} is not a role"))),
    };
    let world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Read)?;
    let org = world.org(&login)?;
    let team = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    let all = with_children(org, team);
    let found: Vec<(&Login, &TeamRole)> = all.iter().filter(|(_, r)| role.is_none_or(|w| w == **r)).collect();
    call.page(&found, |(login, role)| {
        let mut json = user::by_login(&world, login);
        if !org.traits.hide_member_roles {
            json["role"] = json!(role.as_str());
            json["inherited"] = json!(!team.members.contains_key(login));
        }
        json
    })
}

async fn invitations(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Read)?;
    let org = world.org(&login)?;
    let team = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    teams::need_own(team)?;
    need_invitations(org)?;
    let open = |i: &&Invitation| i.failed_at.is_none() && team.pending.contains_key(&i.login);
    let found: Vec<&Invitation> = org.invitations.iter().filter(open).collect();
    call.page(&found, |i| org_json::invitation(&world, org, i))
}

async fn show(call: Call, Path((login, slug, user)): Path<(String, String, Login)>) -> Answer {
    let world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Read)?;
    shown(&world, &login, id, &user)
}

fn shown(world: &World, login: &Login, id: u64, user: &Login) -> Answer {
    let org = world.org(login)?;
    let team = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    let active = with_children(org, team).get(user).map(|r| (*r, false));
    let pending = || team.pending.get(user).map(|r| (*r, true));
    let (role, pending) = active.or_else(pending).ok_or(Refusal::NotFound)?;
    reply::ok(team_json::membership(&world.urls, org, team, user, role, pending))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Set {
    role: TeamRole,
}

async fn set(
    call: Call,
    Path((login, slug, user)): Path<(String, String, String)>,
    Body(body): Body<Set>,
) -> Answer {
    let mut world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Write)?;
    let user = world.user(&user)?.login.clone();
    let org = world.org(&login)?;
    need_managed_here(org.teams.get(&id).ok_or(Refusal::NotFound)?)?;
    let target = format!("orgs/{login}/teams/{slug}/memberships/{user}");
    let role = org.team_role(&user, body.role);
    let mut member = org.members.contains_key(&user);
    if !member && world.ghes.is_some() {
        world.join(&call.actor, &login, &user, OrgRole::Member)?;
        member = true;
    } else if !member && org.pending(&user).is_none() {
        world.invite(&call.actor, &login, &user, OrgRole::Member)?;
    }
    let team = world.org_mut(&login)?.teams.get_mut(&id).ok_or(Refusal::NotFound)?;
    let (list, state) = if member { (&mut team.members, "active") } else { (&mut team.pending, "pending") };
    let told = |role: TeamRole| json!({"role": role.as_str(), "state": state});
    let before = list.insert(user.clone(), role).map(told);
    let change = Change { before, after: Some(told(role)) };
    world.record(&call.actor, "team.membership.set", target, change);
    shown(&world, &login, id, &user)
}

async fn remove(call: Call, Path((login, slug, user)): Path<(String, String, Login)>) -> Answer {
    let mut world = call.world();
    let (login, id) = find(&call, &world, &login, &slug, Level::Write)?;
    let org = world.org(&login)?;
    let team = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    need_managed_here(team)?;
    let inherited = with_children(org, team).contains_key(&user);
    let team = world.org_mut(&login)?.teams.get_mut(&id).ok_or(Refusal::NotFound)?;
    let active = team.members.remove(&user).map(|r| json!({"role": r.as_str(), "state": "active"}));
    let pending = team.pending.remove(&user).map(|r| json!({"role": r.as_str(), "state": "pending"}));
    match active.or(pending) {
        Some(before) => {
            let target = format!("orgs/{login}/teams/{slug}/memberships/{user}");
            world.record(&call.actor, "team.membership.remove", target, Change::gone(before));
        }
        None if inherited => {}
        None => return Err(Refusal::NotFound),
    }
    reply::no_content()
}
