//! Topics of repositories: a list that is replaced as a whole.

use std::collections::BTreeSet;

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    http::{Answer, Body, Call, Refusal, reply},
    state::{Level, Scope, audit::Change},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new().route("/repos/{owner}/{repo}/topics", get(show).put(replace))
}

/// The most topics of one repository, and the longest one in characters.
const MOST: usize = 20;
const LONGEST: usize = 50;

async fn show(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Metadata, Level::Read)?;
    reply::ok(json!({"names": world.repo(&key)?.settings.topics}))
}

#[derive(Debug, Deserialize)]
struct Replace {
    names: Vec<String>,
}

/// The topics as GitHub keeps them, or its refusal of the whole list.
fn checked(names: &[String]) -> Result<BTreeSet<String>, Refusal> {
    let topics: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let legal = |topic: &String| {
        topic.len() <= LONGEST
            && topic.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && topic.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if !topics.iter().all(legal) {
        return Err(Refusal::InvalidTexts(vec![format!(
            "Topics must start with a lowercase letter or number, consist of {LONGEST} characters or less, and can \
             include hyphens."
        )]));
    }
    if topics.len() > MOST {
        return Err(Refusal::InvalidTexts(vec![format!(
            "A repository cannot have more than {MOST} topics."
        )]));
    }
    Ok(topics)
}

async fn replace(
    call: Call,
    Path((owner, repo)): Path<(String, String)>,
    Body(body): Body<Replace>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Administration, Level::Write)?;
    let topics = checked(&body.names)?;
    let (now, target) = (world.now(), world.repo_target(&key));
    let repo = world.repo_mut(&key)?;
    let before = json!({"topics": repo.settings.topics});
    let after = json!({"topics": topics});
    repo.settings.topics.clone_from(&topics);
    repo.updated_at = now;
    world.record(&call.actor, "repo.topics", target, Change::from_to(before, after));
    reply::ok(json!({"names": topics}))
}
