//! Repositories: listed, made, changed, deleted.

use std::collections::BTreeMap;

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::repo_settings::RepoFields;
use crate::{
    Sim,
    auth::Actor,
    http::{Answer, Body, Call, Refusal, reply},
    ops::commit::NewCommit,
    render::repo as repo_json,
    state::{Level, Login, Repo, Scope, Selection, World, audit::Change, world::RepoKey},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/orgs/{org}/repos", get(list).post(create))
        .route("/repos/{owner}/{repo}", get(show).patch(update).delete(remove))
}

async fn list(call: Call, Path(login): Path<Login>) -> Answer {
    let world = call.world();
    let org = world.org(&login)?;
    let kind = call.param("type").unwrap_or("all");
    let wanted = |r: &&Repo| match kind {
        "public" => r.is_public(),
        "private" => !r.is_public(),
        "forks" => false,
        _ => true,
    };
    let repos: Vec<&Repo> = org.repos.values().filter(|r| call.actor.sees(org, r)).filter(wanted).collect();
    call.page(&repos, |r| {
        let mut json = repo_json::listed(&world.urls, org, r);
        json["permissions"] = repo_json::full(&world.urls, &call.actor, org, r)["permissions"].take();
        json
    })
}

async fn show(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    shown(&call, &world, &key).and_then(reply::ok)
}

fn shown(call: &Call, world: &World, key: &RepoKey) -> Result<Value, Refusal> {
    Ok(repo_json::full(&world.urls, &call.actor, world.org(&key.org)?, world.repo(key)?))
}

#[derive(Debug, Deserialize)]
struct Create {
    name: String,
    #[serde(flatten)]
    fields: RepoFields,
    #[serde(default)]
    auto_init: bool,
    gitignore_template: Option<String>,
    license_template: Option<String>,
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 100 || !name.chars().all(legal) || name == "." || name == ".." {
        return Err(Refusal::field("Repository", "name", "name is not valid"));
    }
    Ok(())
}

async fn create(call: Call, Path(login): Path<String>, Body(body): Body<Create>) -> Answer {
    let mut world = call.world();
    let login = world.org_for(&call.actor, &login, Scope::Administration, Level::Write)?;
    check_name(&body.name)?;
    if world.org(&login)?.repo(&body.name).is_some() {
        return Err(Refusal::field("Repository", "name", "name already exists on this account"));
    }
    let (id, now) = (world.new_id(), world.now());
    let mut repo = Repo::new(id, body.name.as_str().into(), now);
    body.fields.apply_to_new(world.org(&login)?, &mut repo)?;
    let branch = repo.settings.default_branch.clone();
    let key = RepoKey { org: login.clone(), id };
    let after = json!(repo.settings);
    let org = world.org_mut(&login)?;
    org.take_name(&repo.name);
    org.repos.insert(id, repo);
    // What an App makes joins its selection.
    if let (Actor::Installation(_), Some(Selection::Selected(ids))) =
        (&call.actor, org.installation.as_mut().map(|installation| &mut installation.selection))
    {
        ids.insert(id);
    }
    world.hide_at_first(&login, id);
    let target = world.repo_target(&key);
    world.record(&call.actor, "repo.create", target, Change::made(after));
    world.tell_of_repository(&call.actor, &key)?;
    let mut files = BTreeMap::new();
    let mut add = |path: &str, text: String| files.insert(path.to_owned(), Some(text.into_bytes()));
    if body.auto_init {
        add("README.md", format!("# {}\n", body.name));
    }
    if let Some(name) = body.gitignore_template.filter(|n| !n.is_empty()) {
        add(".gitignore", format!("# {name}\n"));
    }
    if let Some(name) = body.license_template.filter(|n| !n.is_empty()) {
        add("LICENSE", format!("{name}\n"));
    }
    if !files.is_empty() {
        let message = "Initial commit".to_owned();
        world.commit_files(
            &call.actor,
            &key,
            NewCommit { branch, files, message, ..NewCommit::default() },
        )?;
    }
    shown(&call, &world, &key).and_then(reply::created)
}

#[derive(Debug, Deserialize)]
struct Update {
    name: Option<String>,
    #[serde(flatten)]
    fields: RepoFields,
}

async fn update(call: Call, Path((owner, repo)): Path<(String, String)>, Body(body): Body<Update>) -> Answer {
    let mut world = call.world();
    let key = world.repo_even_archived(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    if body.fields.names_merging() {
        call.actor.need(Scope::Contents, Level::Write)?;
    }
    let (now, target) = (world.now(), world.repo_target(&key));
    let old = world.repo(&key)?;
    if old.settings.archived && body.fields.later.archived != Some(false) {
        return Err(Refusal::archived());
    }
    let (mut new, mut taken) = (old.clone(), None);
    body.fields.apply_to_existing(world.org(&key.org)?, &mut new)?;
    let told = |r: &Repo| {
        let mut json = json!(r.settings);
        json["name"] = json!(r.name.as_str());
        json
    };
    if let Some(name) = body.name.filter(|n| *n != new.name.as_str()) {
        check_name(&name)?;
        let name = Login::from(name);
        if world.org(&key.org)?.repos.values().any(|r| r.id != key.id && r.name == name) {
            return Err(Refusal::field("Repository", "name", "name already exists on this account"));
        }
        if name != new.name {
            taken = Some(name.clone());
            new.former.retain(|n| *n != name);
            new.former.push(new.name.clone());
        }
        new.name = name;
    }
    let change = Change::from_to(told(old), told(&new));
    new.updated_at = now;
    if let Some(name) = taken {
        world.org_mut(&key.org)?.take_name(&name);
    }
    *world.repo_mut(&key)? = new;
    world.record(&call.actor, "repo.update", target, change);
    shown(&call, &world, &key).and_then(reply::ok)
}

async fn remove(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let mut world = call.world();
    let key = world.repo_even_archived(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    let target = world.repo_target(&key);
    let org = world.org_mut(&key.org)?;
    let gone = org.repos.remove(&key.id).ok_or(Refusal::NotFound)?;
    for team in org.teams.values_mut() {
        team.repos.remove(&key.id);
    }
    world.record(&call.actor, "repo.delete", target, Change::gone(json!(gone.settings)));
    reply::no_content()
}
