//! Roles: those that GitHub predefines for organizations, which teams may have, and an organization's own repository roles.

use axum::{Router, extract::Path, routing::get};
use serde_json::{Value, json};

use crate::{
    Sim,
    clock::rfc3339,
    http::{Answer, Call, Refusal, reply},
    render::{repo as repo_json, team as team_json, user},
    state::{Level, Org, OrgWideRole, Scope, Team, World},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/organization-roles", get(list))
        .route("/orgs/{org}/organization-roles/{role_id}/teams", get(teams))
        .route("/orgs/{org}/custom-repository-roles", get(custom))
}

async fn list(call: Call, Path(login): Path<String>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::OrganizationCustomOrgRoles, Level::Read)?;
    let org = world.org(&login)?;
    let role = |role: &OrgWideRole| {
        json!({
            "id": role.id(),
            "name": role.name(),
            "description": format!("GitHub's own role {}.", role.name()),
            "base_role": role.on_repos().role_name(),
            "source": "Predefined",
            "permissions": [],
            "organization": null,
            "created_at": rfc3339(org.created_at),
            "updated_at": rfc3339(org.created_at),
        })
    };
    let roles: Vec<Value> = OrgWideRole::ALL.iter().map(role).collect();
    reply::ok(json!({"total_count": roles.len(), "roles": roles}))
}

async fn teams(call: Call, Path((login, id)): Path<(String, u64)>) -> Answer {
    let world = call.world();
    // Unlike the list of roles, who has one is a question about members.
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    call.actor.need_admin_org()?;
    let org = world.org(&login)?;
    let role = OrgWideRole::ALL.into_iter().find(|role| role.id() == id).ok_or(Refusal::NotFound)?;
    let found = org.teams.values().filter_map(|team| Some((team, assignment(org, team, role)?)));
    let found: Vec<(&Team, &str)> = found.collect();
    call.page(&found, |(team, assignment)| shown(&world, org, team, assignment))
}

/// How a team has a role: by itself, by a team above it, or both.
fn assignment(org: &Org, team: &Team, role: OrgWideRole) -> Option<&'static str> {
    let mut above = std::iter::successors(Some(team), |team| org.teams.get(&team.parent?)).skip(1);
    match (team.roles.contains(&role), above.any(|team| team.roles.contains(&role))) {
        (true, true) => Some("mixed"),
        (true, false) => Some("direct"),
        (false, true) => Some("indirect"),
        (false, false) => None,
    }
}

/// GitHub's `team-role-assignment`.
fn shown(world: &World, org: &Org, team: &Team, assignment: &str) -> Value {
    let mut json = team_json::listed(&world.urls, org, team);
    json["assignment"] = json!(assignment);
    json["permissions"] = repo_json::permissions(team.role_on_all());
    json
}

/// Either of two permissions opens the list of custom repository roles.
async fn custom(call: Call, Path(login): Path<String>) -> Answer {
    let world = call.world();
    let scope = if call.actor.allows(Scope::OrganizationAdministration, Level::Read) {
        Scope::OrganizationAdministration
    } else {
        Scope::OrganizationCustomRoles
    };
    let login = world.org_for(&call.actor, &login, scope, Level::Read)?;
    let org = world.org(&login)?;
    let account = user::account(&world.urls, org.id, org.login.as_str(), "Organization");
    let role = |role: &crate::state::CustomRole| {
        json!({
            "id": role.id,
            "name": role.name,
            "description": null,
            "base_role": role.base_role.role_name(),
            "permissions": [],
            "organization": account,
            "created_at": rfc3339(org.created_at),
            "updated_at": rfc3339(org.created_at),
        })
    };
    let roles: Vec<Value> = org.traits.custom_repository_roles.iter().map(role).collect();
    reply::ok(json!({"total_count": roles.len(), "custom_roles": roles}))
}
