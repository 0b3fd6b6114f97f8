//! What people do in repositories: push, open, merge, close, comment, ask for a check again.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Path, State},
    routing::post,
};
use serde::Deserialize;
use serde_json::json;

use super::acting;
use crate::{
    Sim,
    git::Sha,
    http::{Answer, Body, Refusal, reply},
    ops::{
        commit::NewCommit,
        pull::{MergeMethod, NewPull},
    },
    render::{issue as issue_json, pull as pull_json},
    state::{World, world::RepoKey},
};

pub(super) fn routes() -> Router<Sim> {
    let under = |rest: &str| format!("/orgs/{{login}}/repos/{{repo}}/{rest}");
    Router::new()
        .route(&under("push"), post(push))
        .route(&under("pulls"), post(open))
        .route(&under("pulls/{number}/merge"), post(merge))
        .route(&under("pulls/{number}/close"), post(close))
        .route(&under("pulls/{number}/ready"), post(ready))
        .route(&under("pulls/{number}/update"), post(update))
        .route(&under("merge-groups"), post(queue))
        .route(&under("merge-groups/{number}/destroy"), post(destroy))
        .route(&under("issues/{number}/comments"), post(comment))
        .route(&under("check-runs/{id}/rerequest"), post(rerequest))
}

type Files = BTreeMap<String, Option<String>>;

fn bytes(files: Files) -> BTreeMap<String, Option<Vec<u8>>> {
    files.into_iter().map(|(path, text)| (path, text.map(String::into_bytes))).collect()
}

fn find(world: &World, login: &str, repo: &str) -> Result<RepoKey, Refusal> {
    let org = world.org(&login.into())?;
    let repo = org.repo(repo).ok_or(Refusal::NotFound)?;
    Ok(RepoKey { org: org.login.clone(), id: repo.id })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    branch: Option<String>,
    /// By path; null removes the file.
    files: Files,
    message: Option<String>,
    sender: Option<String>,
    #[serde(default)]
    force: bool,
}

async fn push(
    State(sim): State<Sim>,
    Path((login, repo)): Path<(String, String)>,
    Body(body): Body<Push>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, body.sender.as_deref());
    let default = world.repo(&key)?.settings.default_branch.clone();
    let commit = NewCommit {
        branch: body.branch.unwrap_or(default),
        files: bytes(body.files),
        message: body.message.unwrap_or_else(|| "Update files".into()),
        force: body.force,
        from: world.repo(&key)?.head(),
        silent: false,
    };
    let sha = world.commit_files(&actor, &key, commit)?;
    reply::ok(json!({"sha": sha.to_string()}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    title: String,
    body: Option<String>,
    branch: String,
    #[serde(default)]
    files: Files,
    base: Option<String>,
    sender: Option<String>,
    #[serde(default)]
    draft: bool,
}

async fn open(
    State(sim): State<Sim>,
    Path((login, repo)): Path<(String, String)>,
    Body(body): Body<Open>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, body.sender.as_deref());
    let base = body.base.unwrap_or(world.repo(&key)?.settings.default_branch.clone());
    if !body.files.is_empty() {
        let from = world.repo(&key)?.git.head(&base);
        let commit = NewCommit {
            branch: body.branch.clone(),
            files: bytes(body.files),
            message: body.title.clone(),
            from,
            ..NewCommit::default()
        };
        world.commit_files(&actor, &key, commit)?;
    }
    let new = NewPull { title: body.title, body: body.body, head: body.branch, base, draft: body.draft };
    let number = world.open_pull(&actor, &key, new)?;
    shown(&world, &key, number)
}

fn shown(world: &World, key: &RepoKey, number: u64) -> Answer {
    let (org, repo, issue) = (world.org(&key.org)?, world.repo(key)?, world.issue(key, number)?);
    let pull = issue.pull.as_ref().ok_or(Refusal::NotFound)?;
    reply::ok(pull_json::full(world, org, repo, issue, pull))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Merge {
    sender: Option<String>,
    method: MergeMethod,
}

async fn merge(
    State(sim): State<Sim>,
    Path((login, repo, number)): Path<(String, String, u64)>,
    Body(body): Body<Merge>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, body.sender.as_deref());
    let sha: Sha = world.merge_pull(&actor, &key, number, body.method, None)?;
    reply::ok(json!({"sha": sha.to_string()}))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct By {
    sender: Option<String>,
}

async fn close(
    State(sim): State<Sim>,
    Path((login, repo, number)): Path<(String, String, u64)>,
    Body(by): Body<By>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, by.sender.as_deref());
    world.close_pull(&actor, &key, number)?;
    shown(&world, &key, number)
}

async fn ready(
    State(sim): State<Sim>,
    Path((login, repo, number)): Path<(String, String, u64)>,
    Body(by): Body<By>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, by.sender.as_deref());
    world.pull_mut(&key, number)?.draft = false;
    world.tell_of_pull(&actor, &key, number, "ready_for_review", json!({}))?;
    shown(&world, &key, number)
}

async fn update(
    State(sim): State<Sim>,
    Path((login, repo, number)): Path<(String, String, u64)>,
    Body(by): Body<By>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, by.sender.as_deref());
    let sha = world.update_pull_branch(&actor, &key, number)?;
    reply::ok(json!({"sha": sha.to_string()}))
}

/// A merge queue forms a group of one pull request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Queue {
    pull: u64,
    sender: Option<String>,
}

async fn queue(
    State(sim): State<Sim>,
    Path((login, repo)): Path<(String, String)>,
    Body(body): Body<Queue>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, body.sender.as_deref());
    let (git_ref, sha) = world.queue_pull(&actor, &key, body.pull)?;
    reply::ok(json!({"ref": git_ref, "sha": sha.to_string()}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Destroy {
    /// `merged`, `invalidated` or `dequeued`.
    reason: String,
    sender: Option<String>,
}

async fn destroy(
    State(sim): State<Sim>,
    Path((login, repo, number)): Path<(String, String, u64)>,
    Body(body): Body<Destroy>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, body.sender.as_deref());
    world.destroy_group(&actor, &key, number, &body.reason)?;
    reply::no_content()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comment {
    body: String,
    sender: Option<String>,
}

async fn comment(
    State(sim): State<Sim>,
    Path((login, repo, number)): Path<(String, String, u64)>,
    Body(body): Body<Comment>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, body.sender.as_deref());
    let id = world.add_comment(&actor, &key, number, body.body)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    reply::ok(issue_json::comment(&world, org, repo, world.comment(&key, id)?))
}

async fn rerequest(
    State(sim): State<Sim>,
    Path((login, repo, id)): Path<(String, String, u64)>,
    Body(by): Body<By>,
) -> Answer {
    let mut world = sim.world();
    let key = find(&world, &login, &repo)?;
    let actor = acting(&mut world, &login, by.sender.as_deref());
    world.rerequest_run(&actor, &key, id)?;
    reply::no_content()
}
