//! Comments on issues and pull requests, and reactions.

use axum::{
    Router,
    extract::Path,
    routing::{delete, get},
};
use serde::Deserialize;
use serde_json::json;

use super::issues::issue_for;
use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    render::issue as issue_json,
    state::{
        Level, World,
        audit::Change,
        issue::{Comment, Reaction},
        world::RepoKey,
    },
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/issues/{number}/comments", get(list).post(create))
        .route("/repos/{owner}/{repo}/issues/comments/{id}", get(show).patch(update).delete(remove))
        .route("/repos/{owner}/{repo}/issues/{number}/reactions", get(issue_reactions).post(react_to_issue))
        .route("/repos/{owner}/{repo}/issues/comments/{id}/reactions", get(reactions).post(react))
        .route("/repos/{owner}/{repo}/issues/comments/{id}/reactions/{reaction}", delete(unreact))
}

type Numbered = Path<(String, String, u64)>;

/// The repository of a comment that the caller may read or write.
fn comment_for(
    call: &Call,
    world: &World,
    place: (&str, &str),
    id: u64,
    level: Level,
) -> Result<RepoKey, Refusal> {
    let key = world.repo_for(&call.actor, place, crate::state::Scope::Metadata, Level::Read)?;
    let number = world.comment(&key, id)?.issue;
    issue_for(world, &call.actor, place, number, level)
}

async fn list(call: Call, Path((owner, repo, number)): Numbered) -> Answer {
    let world = call.world();
    let key = issue_for(&world, &call.actor, (&owner, &repo), number, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let found: Vec<&Comment> = repo.comments.values().filter(|c| c.issue == number).collect();
    call.page(&found, |c| issue_json::comment(&world, org, repo, c))
}

#[derive(Debug, Deserialize)]
struct Text {
    body: String,
}

async fn create(call: Call, Path((owner, repo, number)): Numbered, Body(body): Body<Text>) -> Answer {
    let mut world = call.world();
    let key = issue_for(&world, &call.actor, (&owner, &repo), number, Level::Write)?;
    let id = world.add_comment(&call.actor, &key, number, body.body)?;
    shown(&world, &key, id).and_then(reply::created)
}

fn shown(world: &World, key: &RepoKey, id: u64) -> Result<serde_json::Value, Refusal> {
    Ok(issue_json::comment(world, world.org(&key.org)?, world.repo(key)?, world.comment(key, id)?))
}

async fn show(call: Call, Path((owner, repo, id)): Numbered) -> Answer {
    let world = call.world();
    let key = comment_for(&call, &world, (&owner, &repo), id, Level::Read)?;
    shown(&world, &key, id).and_then(reply::ok)
}

async fn update(call: Call, Path((owner, repo, id)): Numbered, Body(body): Body<Text>) -> Answer {
    let mut world = call.world();
    let key = comment_for(&call, &world, (&owner, &repo), id, Level::Write)?;
    let now = world.now();
    let comment = world.repo_mut(&key)?.comments.get_mut(&id).ok_or(Refusal::NotFound)?;
    let before = std::mem::replace(&mut comment.body, body.body);
    comment.updated_at = now;
    let change = Change::from_to(json!({"body": before}), json!({"body": comment.body}));
    let target =
        format!("{}/issues/{}/comments/{id}", world.repo_target(&key), world.comment(&key, id)?.issue);
    world.record(&call.actor, "comment.update", target, change);
    world.tell_of_comment(&call.actor, &key, id, "edited")?;
    shown(&world, &key, id).and_then(reply::ok)
}

async fn remove(call: Call, Path((owner, repo, id)): Numbered) -> Answer {
    let mut world = call.world();
    let key = comment_for(&call, &world, (&owner, &repo), id, Level::Write)?;
    world.tell_of_comment(&call.actor, &key, id, "deleted")?;
    let gone = world.repo_mut(&key)?.comments.remove(&id).ok_or(Refusal::NotFound)?;
    let target = format!("{}/issues/{}/comments/{id}", world.repo_target(&key), gone.issue);
    world.record(&call.actor, "comment.delete", target, Change::gone(json!({"body": gone.body})));
    reply::no_content()
}

#[derive(Debug, Deserialize)]
struct React {
    content: Content,
}

/// The reactions there are.
#[derive(Clone, Copy, Debug, Deserialize, serde::Serialize)]
enum Content {
    #[serde(rename = "+1")]
    PlusOne,
    #[serde(rename = "-1")]
    MinusOne,
    #[serde(rename = "laugh")]
    Laugh,
    #[serde(rename = "confused")]
    Confused,
    #[serde(rename = "heart")]
    Heart,
    #[serde(rename = "hooray")]
    Hooray,
    #[serde(rename = "rocket")]
    Rocket,
    #[serde(rename = "eyes")]
    Eyes,
}

impl Content {
    fn text(self) -> String {
        json!(self).as_str().unwrap_or_default().to_owned()
    }
}

async fn reactions(call: Call, Path((owner, repo, id)): Numbered) -> Answer {
    let world = call.world();
    let key = comment_for(&call, &world, (&owner, &repo), id, Level::Read)?;
    call.page(&world.comment(&key, id)?.reactions, |r| issue_json::reaction(&world, r))
}

async fn issue_reactions(call: Call, Path((owner, repo, number)): Numbered) -> Answer {
    let world = call.world();
    let key = issue_for(&world, &call.actor, (&owner, &repo), number, Level::Read)?;
    call.page(&world.issue(&key, number)?.reactions, |r| issue_json::reaction(&world, r))
}

async fn react(call: Call, Path((owner, repo, id)): Numbered, Body(body): Body<React>) -> Answer {
    let mut world = call.world();
    let key = comment_for(&call, &world, (&owner, &repo), id, Level::Write)?;
    let comment = world.comment(&key, id)?;
    let (number, mut all) = (comment.issue, comment.reactions.clone());
    let given = world.react(&call.actor, &mut all, &body.content.text());
    world.repo_mut(&key)?.comments.get_mut(&id).ok_or(Refusal::NotFound)?.reactions = all;
    let target = format!("{}/issues/{number}/comments/{id}", world.repo_target(&key));
    reacted(&call, &mut world, given, target)
}

async fn react_to_issue(
    call: Call,
    Path((owner, repo, number)): Numbered,
    Body(body): Body<React>,
) -> Answer {
    let mut world = call.world();
    let key = issue_for(&world, &call.actor, (&owner, &repo), number, Level::Write)?;
    let mut all = world.issue(&key, number)?.reactions.clone();
    let given = world.react(&call.actor, &mut all, &body.content.text());
    world.issue_mut(&key, number)?.reactions = all;
    let target = format!("{}/issues/{number}", world.repo_target(&key));
    reacted(&call, &mut world, given, target)
}

fn reacted(call: &Call, world: &mut World, (reaction, new): (Reaction, bool), target: String) -> Answer {
    if !new {
        return reply::ok(issue_json::reaction(world, &reaction));
    }
    let change = Change::made(json!({"content": reaction.content}));
    world.record(&call.actor, "reaction.create", target, change);
    reply::created(issue_json::reaction(world, &reaction))
}

async fn unreact(call: Call, Path((owner, repo, id, reaction)): Path<(String, String, u64, u64)>) -> Answer {
    let mut world = call.world();
    let key = comment_for(&call, &world, (&owner, &repo), id, Level::Write)?;
    let comment = world.repo_mut(&key)?.comments.get_mut(&id).ok_or(Refusal::NotFound)?;
    let at = comment.reactions.iter().position(|r| r.id == reaction).ok_or(Refusal::NotFound)?;
    let gone = comment.reactions.remove(at);
    let target =
        format!("{}/issues/{}/comments/{id}", world.repo_target(&key), world.comment(&key, id)?.issue);
    world.record(&call.actor, "reaction.delete", target, Change::gone(json!({"content": gone.content})));
    reply::no_content()
}
