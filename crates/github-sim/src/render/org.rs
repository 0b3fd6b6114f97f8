//! Organizations, memberships and invitations.

use serde_json::{Value, json};

use super::{Urls, app::node_id, merge, or_null, user};
use crate::{
    auth::Actor,
    clock::rfc3339,
    state::{Invitation, Level, Login, Org, OrgRole, Scope, World, org::OrgSettings},
};

/// GitHub's `organization-simple`.
pub(crate) fn simple(urls: &Urls, org: &Org) -> Value {
    let login = org.login.as_str();
    let of = |rest: &str| urls.api(&format!("orgs/{login}{rest}"));
    json!({
        "login": login,
        "id": org.id,
        "node_id": node_id("Organization", org.id),
        "url": of(""),
        "repos_url": of("/repos"),
        "events_url": of("/events"),
        "hooks_url": of("/hooks"),
        "issues_url": of("/issues"),
        "members_url": of("/members{/member}"),
        "public_members_url": of("/public_members{/member}"),
        "avatar_url": urls.html(&format!("avatars/u/{}", org.id)),
        "description": or_null(&org.settings.description),
    })
}

/// An organization in a payload.
pub(crate) fn in_event(urls: &Urls, org: &Org) -> Value {
    simple(urls, org)
}

/// GitHub's `organization-full`: settings only for who may administer the organization, its plan only for who may read
/// that, and nothing of what the organization hides.
pub(crate) fn full(world: &World, actor: &Actor, org: &Org) -> Value {
    let (urls, settings) = (&world.urls, &org.settings);
    let public = org.repos.values().filter(|r| r.is_public()).count();
    let mut json = simple(urls, org);
    let open = json!({
        "name": or_null(&settings.name),
        "company": or_null(&settings.company),
        "blog": settings.blog,
        "location": or_null(&settings.location),
        "email": or_null(&settings.email),
        "twitter_username": or_null(&settings.twitter_username),
        "is_verified": false,
        "has_organization_projects": settings.has_organization_projects,
        "has_repository_projects": settings.has_repository_projects,
        "public_repos": public,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": urls.html(org.login.as_str()),
        "created_at": rfc3339(org.created_at),
        "updated_at": rfc3339(org.updated_at),
        "archived_at": null,
        "type": "Organization",
    });
    merge(&mut json, open);
    if actor.is_of(org) && actor.allows(Scope::OrganizationAdministration, Level::Read) {
        let create = creation_type(settings);
        let inner = json!({
            "total_private_repos": org.repos.len() - public,
            "owned_private_repos": org.repos.len() - public,
            "private_gists": 0,
            "disk_usage": 0,
            "collaborators": 0,
            "billing_email": or_null(&settings.billing_email),
            "default_repository_permission": settings.default_repository_permission,
            "members_can_create_repositories": settings.members_can_create_repositories,
            "members_can_create_public_repositories": settings.members_can_create_public_repositories,
            "members_can_create_private_repositories": settings.members_can_create_private_repositories,
            "members_can_create_internal_repositories": settings.members_can_create_internal_repositories,
            "members_can_create_pages": settings.members_can_create_pages,
            "members_can_create_public_pages": settings.members_can_create_pages,
            "members_can_create_private_pages": settings.members_can_create_pages,
            "members_can_fork_private_repositories": settings.members_can_fork_private_repositories,
            "two_factor_requirement_enabled": false,
            "web_commit_signoff_required": settings.web_commit_signoff_required,
            "members_allowed_repository_creation_type": create,
        });
        merge(&mut json, inner);
    }
    if actor.is_of(org) && actor.allows(Scope::OrganizationPlan, Level::Read) {
        let seats = org.traits.seats.unwrap_or(100);
        json["plan"] = json!({
            "name": if org.is_of_an_enterprise() { "enterprise" } else { "team" },
            "space": 976_562_499,
            "private_repos": 999_999,
            "filled_seats": org.members.len(),
            "seats": seats,
        });
    }
    if let Some(fields) = json.as_object_mut() {
        fields.retain(|field, _| !org.traits.hidden_fields.contains(field));
    }
    json
}

/// The older form of the three settings about creating repositories.
fn creation_type(settings: &OrgSettings) -> &'static str {
    let (public, private) =
        (settings.members_can_create_public_repositories, settings.members_can_create_private_repositories);
    match (public, private) {
        (true, true) => "all",
        (false, true) => "private",
        _ => "none",
    }
}

/// GitHub's `org-membership`.
pub(crate) fn membership(world: &World, org: &Org, login: &Login, role: OrgRole, pending: bool) -> Value {
    json!({
        "url": world.urls.api(&format!("orgs/{}/memberships/{login}", org.login)),
        "state": if pending { "pending" } else { "active" },
        "role": role.as_str(),
        "organization_url": world.urls.api(&format!("orgs/{}", org.login)),
        "user": user::by_login(world, login),
        "organization": simple(&world.urls, org),
    })
}

/// GitHub's `organization-invitation`.
pub(crate) fn invitation(world: &World, org: &Org, of: &Invitation) -> Value {
    let teams = org.teams.values().filter(|t| t.pending.contains_key(&of.login)).count();
    json!({
        "id": of.id,
        "login": of.login,
        "email": null,
        "role": of.role.invited_as(),
        "created_at": rfc3339(of.created_at),
        "failed_at": of.failed_at.map(rfc3339),
        "failed_reason": of.failed_at.map(|_| "Invitation expired. User did not accept this invite for 7 days."),
        "inviter": user::by_login(world, &of.inviter),
        "team_count": teams,
        "node_id": node_id("OrganizationInvitation", of.id),
        "invitation_teams_url": world.urls.api(&format!("organizations/{}/invitations/{}/teams", org.id, of.id)),
        "invitation_source": "member",
    })
}

/// A membership in a payload.
pub(crate) fn membership_in_event(world: &World, org: &Org, login: &Login, role: OrgRole) -> Value {
    json!({
        "url": world.urls.api(&format!("orgs/{}/memberships/{login}", org.login)),
        "state": "active",
        "role": role.as_str(),
        "organization_url": world.urls.api(&format!("orgs/{}", org.login)),
        "user": user::by_login(world, login),
    })
}
