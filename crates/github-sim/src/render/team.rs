//! Teams and their memberships.

use serde_json::{Value, json};

use super::{Urls, app::node_id, merge, or_null, org as org_json};
use crate::{
    clock::rfc3339,
    state::{Login, Org, Team, TeamRole, World},
};

/// GitHub's `team-simple`.
pub(crate) fn simple(urls: &Urls, org: &Org, team: &Team) -> Value {
    let url = urls.api(&format!("organizations/{}/team/{}", org.id, team.id));
    json!({
        "id": team.id,
        "node_id": node_id("Team", team.id),
        "url": url,
        "members_url": format!("{url}/members{{/member}}"),
        "name": team.name,
        "description": or_null(&team.description),
        "permission": "pull",
        "privacy": team.privacy.as_str(),
        "notification_setting": if team.notifications { "notifications_enabled" } else { "notifications_disabled" },
        "html_url": urls.html(&format!("orgs/{}/teams/{}", org.login, team.slug)),
        "repositories_url": format!("{url}/repos"),
        "slug": team.slug,
        "type": team.kind.as_str(),
        "organization_id": org.id,
    })
}

/// GitHub's `team`, as lists have it.
pub(crate) fn listed(urls: &Urls, org: &Org, team: &Team) -> Value {
    let mut json = simple(urls, org, team);
    let parent = team.parent.and_then(|id| org.teams.get(&id));
    json["parent"] = json!(parent.map(|p| simple(urls, org, p)));
    json
}

/// GitHub's `team-full`.
pub(crate) fn full(world: &World, org: &Org, team: &Team) -> Value {
    let mut json = listed(&world.urls, org, team);
    let more = json!({
        "members_count": team.members.len(),
        "repos_count": team.repos.len(),
        "created_at": rfc3339(team.created_at),
        "updated_at": rfc3339(team.updated_at),
        "organization": organization(world, org),
    });
    merge(&mut json, more);
    json
}

/// GitHub's `team-organization`.
fn organization(world: &World, org: &Org) -> Value {
    org_json::full(world, &crate::auth::Actor::Anonymous, org)
}

/// GitHub's `team-membership`.
pub(crate) fn membership(
    urls: &Urls,
    org: &Org,
    team: &Team,
    login: &Login,
    role: TeamRole,
    pending: bool,
) -> Value {
    json!({
        "url": urls.api(&format!("organizations/{}/team/{}/memberships/{login}", org.id, team.id)),
        "role": role.as_str(),
        "state": if pending { "pending" } else { "active" },
    })
}
