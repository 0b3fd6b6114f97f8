//! Teams: listed, made, changed, deleted.

use axum::{Router, extract::Path, routing::get};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::{
    Sim,
    auth::Actor,
    http::{Answer, Body, Call, FieldError, Refusal, reply},
    render::team as team_json,
    state::{
        Level, Login, Org, Privacy, RepoRole, Scope, Team, TeamKind, TeamRole, World, audit::Change,
        slug::slug_of,
    },
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/teams", get(list).post(create))
        .route("/orgs/{org}/teams/{slug}", get(show).patch(update).delete(remove))
        .route("/orgs/{org}/teams/{slug}/teams", get(children))
}

/// What the audit says about a team.
fn told(org: &Org, team: &Team) -> Value {
    let parent = team.parent.and_then(|id| org.teams.get(&id)).map(|t| &t.slug);
    json!({
        "name": team.name,
        "slug": team.slug,
        "description": team.description,
        "privacy": team.privacy.as_str(),
        "parent": parent,
    })
}

async fn list(call: Call, Path(login): Path<String>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    let org = world.org(&login)?;
    let teams: Vec<&Team> = org.teams.values().collect();
    call.page(&teams, |t| team_json::listed(&world.urls, org, t))
}

async fn children(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    let id = world.team_id(&login, &slug)?;
    let org = world.org(&login)?;
    let teams: Vec<&Team> = org.teams.values().filter(|t| t.parent == Some(id)).collect();
    call.page(&teams, |t| team_json::listed(&world.urls, org, t))
}

async fn show(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Read)?;
    let id = world.team_id(&login, &slug)?;
    shown(&world, &login, id).and_then(reply::ok)
}

#[derive(Debug, Deserialize)]
struct Create {
    name: String,
    description: Option<String>,
    privacy: Option<Privacy>,
    parent_team_id: Option<u64>,
    notification_setting: Option<String>,
    #[serde(default)]
    maintainers: Vec<Login>,
    #[serde(default)]
    repo_names: Vec<String>,
}

fn name_taken() -> Refusal {
    let message = Some("Name must be unique for this org".to_owned());
    Refusal::Invalid(vec![FieldError { resource: "Team", field: "name", code: "already_exists", message }])
}

/// The slug of a name, if the name is no other team's, and neither is the slug.
fn free_slug(org: &Org, name: &str, except: Option<u64>) -> Result<String, Refusal> {
    let slug = slug_of(name);
    if slug.is_empty() {
        return Err(Refusal::field("Team", "name", "Name can't be blank"));
    }
    let named = |t: &&Team| Some(t.id) != except && t.name.eq_ignore_ascii_case(name);
    if org.is_taken(&slug, except) || org.teams.values().any(|t| named(&t)) {
        return Err(name_taken());
    }
    Ok(slug)
}

/// 422 for a team of the enterprise: an organization can't change it.
pub(super) fn need_own(team: &Team) -> Result<(), Refusal> {
    match team.kind {
        TeamKind::Organization => Ok(()),
        TeamKind::Enterprise => Err(Refusal::Unprocessable(
            "Unprocessable entity if you attempt to modify an enterprise team at the organization level."
                .into(),
        )),
    }
}

/// A parent must exist, be visible and be no descendant; a team in another can't be secret.
fn check_parent(org: &Org, parent: Option<u64>, privacy: Privacy, child: Option<u64>) -> Result<(), Refusal> {
    let invalid = |message: &str| Refusal::field("Team", "parent_team_id", message);
    let Some(id) = parent else { return Ok(()) };
    let team = org.teams.get(&id).ok_or_else(|| invalid("Parent team does not exist"))?;
    if privacy == Privacy::Secret || team.privacy == Privacy::Secret {
        return Err(invalid("Secret teams can't be nested"));
    }
    let mut above = Some(id);
    while let Some(id) = above {
        if Some(id) == child {
            return Err(invalid("A team can't be its own ancestor"));
        }
        above = org.teams.get(&id).and_then(|t| t.parent);
    }
    Ok(())
}

async fn create(call: Call, Path(login): Path<String>, Body(body): Body<Create>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Write)?;
    let (id, now) = (world.new_id(), world.now());
    let org = world.org(&login)?;
    let slug = free_slug(org, &body.name, None)?;
    let default = if body.parent_team_id.is_some() { Privacy::Closed } else { Privacy::Secret };
    let privacy = body.privacy.unwrap_or(default);
    check_parent(org, body.parent_team_id, privacy, None)?;
    let mut team = Team {
        id,
        slug,
        name: body.name,
        description: body.description.unwrap_or_default(),
        privacy,
        notifications: body.notification_setting.as_deref() != Some("notifications_disabled"),
        parent: body.parent_team_id,
        members: std::collections::BTreeMap::new(),
        pending: std::collections::BTreeMap::new(),
        repos: std::collections::BTreeMap::new(),
        kind: TeamKind::Organization,
        managed_by: None,
        roles: std::collections::BTreeSet::new(),
        created_at: now,
        updated_at: now,
    };
    for name in &body.repo_names {
        let name = name.rsplit('/').next().unwrap_or(name);
        team.repos.insert(org.repo(name).ok_or(Refusal::NotFound)?.id, RepoRole::Pull.into());
    }
    for login in body.maintainers {
        if org.members.contains_key(&login) {
            team.members.insert(login, TeamRole::Maintainer);
        }
    }
    // A person who makes a team is its maintainer; an App is no member of anything.
    if let Actor::User(person) = &call.actor {
        team.members.insert(person.login.clone(), TeamRole::Maintainer);
    }
    let (slug, after) = (team.slug.clone(), told(org, &team));
    world.org_mut(&login)?.teams.insert(id, team);
    world.hide_at_first(&login, id);
    world.record(&call.actor, "team.create", format!("orgs/{login}/teams/{slug}"), Change::made(after));
    shown(&world, &login, id).and_then(reply::created)
}

fn shown(world: &World, login: &Login, id: u64) -> Result<Value, Refusal> {
    let org = world.org(login)?;
    Ok(team_json::full(world, org, org.teams.get(&id).ok_or(Refusal::NotFound)?))
}

#[derive(Debug, Deserialize)]
struct Update {
    name: Option<String>,
    description: Option<String>,
    privacy: Option<Privacy>,
    notification_setting: Option<String>,
    #[serde(default)]
    parent_team_id: NewParent,
}

/// Where a team is to be: null takes it out of its parent, absent leaves it there.
#[derive(Clone, Copy, Debug, Default)]
enum NewParent {
    #[default]
    Unchanged,
    Nobody,
    Team(u64),
}

impl<'de> Deserialize<'de> for NewParent {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Self::Nobody, Self::Team))
    }
}

async fn update(call: Call, Path((login, slug)): Path<(String, String)>, Body(body): Body<Update>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Write)?;
    let now = world.now();
    let id = world.team_id(&login, &slug)?;
    let org = world.org(&login)?;
    let old = org.teams.get(&id).ok_or(Refusal::NotFound)?;
    need_own(old)?;
    let before = told(org, old);
    let mut team = old.clone();
    if let Some(name) = body.name.filter(|n| *n != team.name) {
        team.slug = free_slug(org, &name, Some(id))?;
        team.name = name;
    }
    team.description = body.description.unwrap_or(team.description);
    team.privacy = body.privacy.unwrap_or(team.privacy);
    team.parent = match body.parent_team_id {
        NewParent::Unchanged => team.parent,
        NewParent::Nobody => None,
        NewParent::Team(id) => Some(id),
    };
    team.notifications =
        body.notification_setting.map_or(team.notifications, |s| s != "notifications_disabled");
    check_parent(org, team.parent, team.privacy, Some(id))?;
    if team.privacy == Privacy::Secret && org.teams.values().any(|t| t.parent == Some(id)) {
        return Err(Refusal::field("Team", "privacy", "A team with child teams can't be secret"));
    }
    let after = told(org, &team);
    if before != after {
        team.updated_at = now;
    }
    world.org_mut(&login)?.teams.insert(id, team);
    let change = Change::from_to(before, after);
    world.record(&call.actor, "team.update", format!("orgs/{login}/teams/{slug}"), change);
    shown(&world, &login, id).and_then(reply::ok)
}

async fn remove(call: Call, Path((login, slug)): Path<(String, String)>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Members, Level::Write)?;
    let id = world.team_id(&login, &slug)?;
    need_own(world.org(&login)?.teams.get(&id).ok_or(Refusal::NotFound)?)?;
    // Child teams go with their parent.
    let mut doomed = vec![id];
    while let Some(id) = doomed.pop() {
        let org = world.org_mut(&login)?;
        doomed.extend(org.teams.values().filter(|t| t.parent == Some(id)).map(|t| t.id));
        let Some(team) = org.teams.remove(&id) else { continue };
        let before = told(org, &team);
        world.record(
            &call.actor,
            "team.delete",
            format!("orgs/{login}/teams/{}", team.slug),
            Change::gone(before),
        );
    }
    reply::no_content()
}
