//! The groups of an identity provider that teams take their people from.

use axum::{Router, extract::Path, routing::get};
use serde_json::{Value, json};

use super::teams;
use crate::{
    Sim,
    auth::Actor,
    clock::rfc3339,
    http::{Answer, Call, Refusal, reply},
    state::{Level, Scope, Team, World},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/external-groups", get(all_external))
        .route("/orgs/{org}/external-group/{group}", get(one_external))
        .route("/orgs/{org}/team-sync/groups", get(synchronized))
        .route("/orgs/{org}/teams/{slug}/external-groups", get(external))
        .route("/orgs/{org}/teams/{slug}/team-sync/group-mappings", get(mappings))
}

/// Where users are managed by an enterprise, the teams that have a group.
fn linked<'w>(call: &'w Call, world: &'w World, login: &str) -> Result<Vec<&'w Team>, Refusal> {
    let login = world.org_for(&call.actor, login, Scope::Members, Level::Read)?;
    let org = world.org(&login)?;
    if !org.traits.emu {
        let message = "This organization is not part of externally managed enterprise.";
        return Err(Refusal::BadRequest(message.into()));
    }
    Ok(org.teams.values().filter(|team| team.managed_by.is_some()).collect())
}

/// The groups that teams can be linked to: here those that one is.
async fn all_external(call: Call, Path(login): Path<String>) -> Answer {
    let world = call.world();
    let groups: Vec<_> = linked(&call, &world, &login)?.into_iter().map(group).collect();
    reply::ok(json!({"groups": groups}))
}

/// A group with the team that is linked to it, whose number it has here.
async fn one_external(call: Call, Path((login, id)): Path<(String, u64)>) -> Answer {
    let world = call.world();
    let teams = linked(&call, &world, &login)?;
    let team = teams.into_iter().find(|team| team.id == id).ok_or(Refusal::NotFound)?;
    let mut group = group(team);
    group["teams"] = json!([{"team_id": team.id, "team_name": team.name}]);
    group["members"] = json!([]);
    reply::ok(group)
}

fn group(team: &Team) -> Value {
    json!({"group_id": team.id, "group_name": team.managed_by, "updated_at": rfc3339(team.updated_at)})
}

/// The groups for team synchronization. GitHub answers people only: an App can't ask.
async fn synchronized(call: Call, Path(login): Path<String>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    if !matches!(call.actor, Actor::User(_)) {
        return Err(Refusal::NotForThisToken);
    }
    let teams = world.org(&login)?.teams.values().filter(|team| team.managed_by.is_some());
    let groups: Vec<Value> = teams.map(synchronized_group).collect();
    reply::ok(json!({"groups": groups}))
}

fn synchronized_group(team: &Team) -> Value {
    json!({"group_id": team.id.to_string(), "group_name": team.managed_by, "group_description": ""})
}

/// The group of a team where users are managed by an enterprise.
async fn external(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    let id = world.team_id(&login, &slug)?;
    let org = world.org(&login)?;
    if !org.traits.emu {
        let message = "This organization is not part of externally managed enterprise.";
        return Err(Refusal::BadRequest(message.into()));
    }
    let team = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    teams::need_own(team)?;
    let group = team
        .managed_by
        .as_ref()
        .map(|name| json!({"group_id": team.id, "group_name": name, "updated_at": rfc3339(team.updated_at)}));
    reply::ok(json!({"groups": group.into_iter().collect::<Vec<_>>()}))
}

/// The groups of a team by team synchronization. GitHub answers people only: an App can't ask.
async fn mappings(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    if !matches!(call.actor, Actor::User(_)) {
        return Err(Refusal::NotForThisToken);
    }
    let id = world.team_id(&login, &slug)?;
    let team = world.org(&login)?.teams.get(&id).ok_or(Refusal::NotFound)?;
    if team.managed_by.is_none() {
        return Err(Refusal::Forbidden(
            "This team is not externally managed. Learn more at \
             https://docs.github.com/articles/synchronizing-teams-between-your-identity-provider-and-github"
                .into(),
        ));
    }
    reply::ok(json!({"groups": [synchronized_group(team)]}))
}
