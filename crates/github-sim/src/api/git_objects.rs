//! Blobs, trees and commits.

use axum::{
    Router,
    extract::Path,
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::git_refs::not_empty;
use crate::{
    Sim,
    git::{Commit, Mode, Object, Person, Sha},
    http::{Answer, Body, Call, Refusal, reply},
    render::{app::node_id, git as git_json},
    state::{Level, Repo, Scope, World, world::RepoKey},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/git/blobs", post(add_blob))
        .route("/repos/{owner}/{repo}/git/blobs/{sha}", get(blob))
        .route("/repos/{owner}/{repo}/git/trees", post(add_tree))
        .route("/repos/{owner}/{repo}/git/trees/{sha}", get(tree))
        .route("/repos/{owner}/{repo}/git/commits", post(add_commit))
        .route("/repos/{owner}/{repo}/git/commits/{sha}", get(commit))
}

fn api(world: &World, key: &RepoKey, repo: &Repo, rest: &str) -> String {
    world.urls.api(&format!("repos/{}/{}/git/{rest}", key.org, repo.name))
}

fn known(sha: &str) -> Result<Sha, Refusal> {
    sha.parse().map_err(|_| Refusal::NotFound)
}

#[derive(Debug, Deserialize)]
struct NewBlob {
    content: String,
    #[serde(default)]
    encoding: Encoding,
}

#[derive(Debug, Default, Deserialize)]
enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "base64")]
    Base64,
}

async fn add_blob(
    call: Call,
    Path((owner, repo)): Path<(String, String)>,
    Body(body): Body<NewBlob>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Write)?;
    let repo = world.repo_mut(&key)?;
    not_empty(repo)?;
    let bytes = match body.encoding {
        Encoding::Utf8 => body.content.into_bytes(),
        Encoding::Base64 => {
            let invalid = |_| Refusal::Unprocessable("content is not valid Base64".into());
            STANDARD.decode(body.content.replace(['\n', '\r'], "")).map_err(invalid)?
        }
    };
    let sha = repo.git.add_blob(&bytes);
    let repo = world.repo(&key)?;
    reply::created(json!({"sha": sha.to_string(), "url": api(&world, &key, repo, &format!("blobs/{sha}"))}))
}

async fn blob(call: Call, Path((owner, repo, sha)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let repo = world.repo(&key)?;
    let bytes = repo.git.blob(known(&sha)?).map_err(|_| Refusal::NotFound)?;
    reply::ok(json!({
        "sha": sha,
        "node_id": node_id("Blob", repo.id),
        "size": bytes.len(),
        "url": api(&world, &key, repo, &format!("blobs/{sha}")),
        "content": git_json::base64(bytes),
        "encoding": "base64",
    }))
}

#[derive(Debug, Deserialize)]
struct NewTree {
    base_tree: Option<String>,
    tree: Vec<NewEntry>,
}

#[derive(Debug, Deserialize)]
struct NewEntry {
    path: String,
    mode: Option<String>,
    /// Null removes the path.
    sha: Option<String>,
    content: Option<String>,
}

async fn add_tree(
    call: Call,
    Path((owner, repo)): Path<(String, String)>,
    Body(body): Body<NewTree>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Write)?;
    let repo = world.repo_mut(&key)?;
    not_empty(repo)?;
    let invalid = |what: &str| Refusal::Unprocessable(format!("tree.{what} is not valid"));
    let mut files = match &body.base_tree {
        Some(base) => {
            let sha = base.parse().map_err(|_| invalid("base_tree"))?;
            // A commit's id does as well as its tree's.
            let tree = repo.git.commit(sha).map_or(sha, |c| c.tree);
            repo.git.files(tree)?
        }
        None => crate::git::store::Files::new(),
    };
    for entry in body.tree {
        let mode =
            entry.mode.as_deref().map_or(Some(Mode::File), Mode::parse).ok_or_else(|| invalid("mode"))?;
        match (entry.content, entry.sha) {
            (Some(text), _) => {
                let sha = repo.git.add_blob(text.as_bytes());
                files.insert(entry.path, (mode, sha));
            }
            (None, Some(sha)) => {
                let sha: Sha = sha.parse().map_err(|_| invalid("sha"))?;
                if mode == Mode::Directory {
                    let inner = repo.git.files(sha)?;
                    files.extend(inner.into_iter().map(|(p, f)| (format!("{}/{p}", entry.path), f)));
                } else {
                    repo.git.blob(sha)?;
                    files.insert(entry.path, (mode, sha));
                }
            }
            (None, None) => {
                let under = format!("{}/", entry.path);
                files.retain(|p, _| *p != entry.path && !p.starts_with(&under));
            }
        }
    }
    let sha = repo.git.write_tree(&files)?;
    reply::created(tree_json(&world, &key, sha, Depth::One)?)
}

/// Whether a tree is shown with what is in its directories.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Depth {
    One,
    All,
}

fn tree_json(world: &World, key: &RepoKey, sha: Sha, depth: Depth) -> Result<Value, Refusal> {
    let repo = world.repo(key)?;
    let mut entries = Vec::new();
    list(world, key, repo, (sha, String::new()), depth, &mut entries)?;
    Ok(json!({
        "sha": sha.to_string(),
        "url": api(world, key, repo, &format!("trees/{sha}")),
        "tree": entries,
        "truncated": false,
    }))
}

fn list(
    world: &World,
    key: &RepoKey,
    repo: &Repo,
    (tree, under): (Sha, String),
    depth: Depth,
    into: &mut Vec<Value>,
) -> Result<(), Refusal> {
    for entry in repo.git.tree(tree)? {
        let path = format!("{under}{}", entry.name);
        let (kind, sha) = (entry.mode.kind(), entry.sha);
        let mut json = json!({
            "path": path,
            "mode": entry.mode.as_str(),
            "type": kind,
            "sha": sha.to_string(),
            "url": api(world, key, repo, &format!("{kind}s/{sha}")),
        });
        if let Ok(bytes) = repo.git.blob(sha) {
            json["size"] = json!(bytes.len());
        }
        into.push(json);
        if depth == Depth::All && entry.mode == Mode::Directory {
            list(world, key, repo, (sha, format!("{path}/")), depth, into)?;
        }
    }
    Ok(())
}

async fn tree(call: Call, Path((owner, repo, name)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let repo = world.repo(&key)?;
    not_empty(repo)?;
    let commit = repo.git.resolve(&name).and_then(|sha| repo.git.commit(sha).ok()).map(|c| c.tree);
    let direct = || name.parse().ok().filter(|sha| repo.git.tree(*sha).is_ok());
    let sha = commit.or_else(direct).ok_or(Refusal::NotFound)?;
    let depth = if call.param("recursive").is_some() { Depth::All } else { Depth::One };
    reply::ok(tree_json(&world, &key, sha, depth)?)
}

#[derive(Debug, Deserialize)]
struct NewGitCommit {
    message: String,
    tree: String,
    #[serde(default)]
    parents: Vec<String>,
    author: Option<By>,
    committer: Option<By>,
}

#[derive(Clone, Debug, Deserialize)]
struct By {
    name: String,
    email: String,
    date: Option<Timestamp>,
}

impl By {
    fn person(self, now: Timestamp) -> Person {
        Person { name: self.name, email: self.email, at: self.date.unwrap_or(now) }
    }
}

async fn add_commit(
    call: Call,
    Path((owner, repo)): Path<(String, String)>,
    Body(body): Body<NewGitCommit>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Write)?;
    let (now, person) = (world.now(), world.person(&call.actor.login(&world)));
    let repo = world.repo_mut(&key)?;
    not_empty(repo)?;
    let absent =
        |what: &str| Refusal::Unprocessable(format!("{what} SHA does not exist or is not such an object"));
    let tree: Sha = body.tree.parse().map_err(|_| absent("Tree"))?;
    repo.git.tree(tree)?;
    let mut parents = Vec::new();
    for parent in &body.parents {
        let sha = parent.parse().map_err(|_| absent("Parent"))?;
        repo.git.commit(sha)?;
        parents.push(sha);
    }
    let author = body.author.map_or(person.clone(), |a| a.person(now));
    let committer = body.committer.map_or_else(|| author.clone(), |c| c.person(now));
    let commit = Commit { tree, parents, author, committer, message: body.message };
    let sha = repo.git.add(Object::Commit(commit));
    reply::created(git_json::git_commit(&world.urls, world.org(&key.org)?, world.repo(&key)?, sha)?)
}

async fn commit(call: Call, Path((owner, repo, sha)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let sha = known(&sha)?;
    repo.git.commit(sha).map_err(|_| Refusal::NotFound)?;
    reply::ok(git_json::git_commit(&world.urls, org, repo, sha)?)
}
