//! Organizations: read and changed.

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::org as org_json,
    state::{Level, Login, Scope, audit::Change, org::BasePermission},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new().route("/orgs/{org}", get(show).patch(update))
}

async fn show(call: Call, Path(login): Path<Login>) -> Answer {
    let world = call.world();
    reply::ok(org_json::full(&world, &call.actor, world.org(&login)?))
}

#[derive(Debug, Deserialize)]
struct Update {
    name: Option<String>,
    description: Option<String>,
    company: Option<String>,
    email: Option<String>,
    billing_email: Option<String>,
    location: Option<String>,
    blog: Option<String>,
    twitter_username: Option<String>,
    default_repository_permission: Option<BasePermission>,
    members_can_create_repositories: Option<bool>,
    members_can_create_public_repositories: Option<bool>,
    members_can_create_private_repositories: Option<bool>,
    members_can_create_internal_repositories: Option<bool>,
    members_can_fork_private_repositories: Option<bool>,
    members_can_create_pages: Option<bool>,
    web_commit_signoff_required: Option<bool>,
    has_organization_projects: Option<bool>,
    has_repository_projects: Option<bool>,
}

async fn update(call: Call, Path(login): Path<String>, Body(body): Body<Update>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::OrganizationAdministration, Level::Write)?;
    let now = world.now();
    let org = world.org_mut(&login)?;
    if body.billing_email.as_deref().is_some_and(|e| !e.contains('@')) {
        return Err(Refusal::field("Organization", "billing_email", "Billing email is not a valid email"));
    }
    let before = json!(org.settings);
    let to = &mut org.settings;
    let texts = [
        (body.name, &mut to.name),
        (body.description, &mut to.description),
        (body.company, &mut to.company),
        (body.email, &mut to.email),
        (body.billing_email, &mut to.billing_email),
        (body.location, &mut to.location),
        (body.blog, &mut to.blog),
        (body.twitter_username, &mut to.twitter_username),
    ];
    for (given, field) in texts {
        if let Some(text) = given {
            *field = text;
        }
    }
    if let Some(allowed) = body.members_can_create_repositories {
        to.let_members_create(allowed);
    }
    // Each of the three overrides the older setting, which then says whether any of them is on.
    let flags = [
        (body.members_can_create_public_repositories, &mut to.members_can_create_public_repositories),
        (body.members_can_create_private_repositories, &mut to.members_can_create_private_repositories),
        (body.members_can_create_internal_repositories, &mut to.members_can_create_internal_repositories),
        (body.members_can_fork_private_repositories, &mut to.members_can_fork_private_repositories),
        (body.members_can_create_pages, &mut to.members_can_create_pages),
        (body.web_commit_signoff_required, &mut to.web_commit_signoff_required),
        (body.has_organization_projects, &mut to.has_organization_projects),
        (body.has_repository_projects, &mut to.has_repository_projects),
    ];
    for (given, field) in flags {
        *field = given.unwrap_or(*field);
    }
    to.members_can_create_repositories = to.members_can_create_any();
    to.default_repository_permission =
        body.default_repository_permission.unwrap_or(to.default_repository_permission);
    let after = json!(org.settings);
    org.updated_at = now;
    world.record(&call.actor, "org.update", format!("orgs/{login}"), Change::from_to(before, after));
    reply::ok(org_json::full(&world, &call.actor, world.org(&login)?))
}
