//! The groups of an identity provider that teams take their people from.

use axum::{Router, extract::Path, routing::get};
use serde_json::json;

use super::teams;
use crate::{
    Sim,
    auth::Actor,
    clock::rfc3339,
    http::{Answer, Call, Refusal, reply},
    state::{Level, Scope},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/teams/{slug}/external-groups", get(external))
        .route("/orgs/{org}/teams/{slug}/team-sync/group-mappings", get(mappings))
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
    let Some(name) = &team.managed_by else {
        return Err(Refusal::Forbidden(
            "This team is not externally managed. Learn more at \
             https://docs.github.com/articles/synchronizing-teams-between-your-identity-provider-and-github"
                .into(),
        ));
    };
    let group = json!({"group_id": team.id.to_string(), "group_name": name, "group_description": ""});
    reply::ok(json!({"groups": [group]}))
}
