//! Files: read as JSON or raw, written one at a time.

use std::collections::BTreeMap;

use axum::{Router, extract::Path, response::IntoResponse, routing::get};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Sim,
    git::{Mode, Sha},
    http::{Answer, Body, Call, Refusal, reply},
    ops::commit::NewCommit,
    render::{self, git as git_json},
    state::{Level, Org, Repo, Scope, World, world::RepoKey},
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/contents", get(root))
        .route("/repos/{owner}/{repo}/contents/", get(root))
        .route("/repos/{owner}/{repo}/contents/{*path}", get(show).put(write).delete(remove))
}

async fn root(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    read(&call, &owner, &repo, "")
}

async fn show(call: Call, Path((owner, repo, path)): Path<(String, String, String)>) -> Answer {
    read(&call, &owner, &repo, &path)
}

fn read(call: &Call, owner: &str, repo: &str, path: &str) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (owner, repo), Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let path = path.trim_matches('/');
    let at = match call.param("ref") {
        Some(name) => repo.git.resolve(name),
        None => repo.head(),
    };
    let (mode, sha) = repo.git.entry(at.ok_or(Refusal::NotFound)?, path)?.ok_or(Refusal::NotFound)?;
    let shown = call.param("ref").unwrap_or(&repo.settings.default_branch);
    if mode == Mode::Directory {
        let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        let entries = repo.git.tree(sha)?.iter();
        let listed = entries.map(|e| entry(&world, org, repo, &under(&e.name), (e.mode, e.sha), shown));
        return reply::ok(listed.collect());
    }
    let bytes = repo.git.blob(sha)?;
    if call.accepts("raw") {
        let media = "application/vnd.github.raw+json; charset=utf-8";
        return Ok(([(CONTENT_TYPE, media)], bytes.to_vec()).into_response());
    }
    let mut json = entry(&world, org, repo, path, (mode, sha), shown);
    render::merge(&mut json, json!({"content": git_json::base64(bytes), "encoding": "base64"}));
    reply::ok(json)
}

/// GitHub's `content-file` without the content, also an entry of `content-directory`.
fn entry(world: &World, org: &Org, repo: &Repo, path: &str, (mode, sha): (Mode, Sha), at: &str) -> Value {
    let name = format!("{}/{}", org.login, repo.name);
    let kind = match mode {
        Mode::Directory => "dir",
        Mode::Symlink => "symlink",
        Mode::Submodule => "submodule",
        Mode::File | Mode::Executable => "file",
    };
    let git_kind = mode.kind();
    let url = world.urls.api(&format!("repos/{name}/contents/{path}?ref={at}"));
    let html = world.urls.html(&format!("{name}/{git_kind}/{at}/{path}"));
    let git_url = world.urls.api(&format!("repos/{name}/git/{git_kind}s/{sha}"));
    let download = (kind == "file").then(|| world.urls.html(&format!("raw/{name}/{at}/{path}")));
    json!({
        "name": path.rsplit('/').next(),
        "path": path,
        "sha": sha.to_string(),
        "size": repo.git.blob(sha).map_or(0, |b| b.len()),
        "url": url,
        "html_url": html,
        "git_url": git_url,
        "download_url": download,
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": html},
    })
}

#[derive(Debug, Deserialize)]
struct Write {
    message: String,
    content: Option<String>,
    sha: Option<String>,
    branch: Option<String>,
}

async fn write(
    call: Call,
    Path((owner, repo, path)): Path<(String, String, String)>,
    Body(body): Body<Write>,
) -> Answer {
    let content = body.content.as_deref().unwrap_or("").replace(['\n', '\r'], "");
    let invalid = |_| Refusal::Unprocessable("content is not valid Base64".into());
    let bytes = STANDARD.decode(content).map_err(invalid)?;
    change(&call, (&owner, &repo), &path, body, Some(bytes))
}

async fn remove(
    call: Call,
    Path((owner, repo, path)): Path<(String, String, String)>,
    Body(body): Body<Write>,
) -> Answer {
    change(&call, (&owner, &repo), &path, body, None)
}

fn change(call: &Call, place: (&str, &str), path: &str, body: Write, bytes: Option<Vec<u8>>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, place, Scope::Contents, Level::Write)?;
    let repo = world.repo(&key)?;
    let branch = body.branch.unwrap_or_else(|| repo.settings.default_branch.clone());
    let head = repo.git.head(&branch);
    if head.is_none() && !repo.git.refs.is_empty() {
        return Err(Refusal::NotFound);
    }
    let present = head.map(|h| repo.git.entry(h, path)).transpose()?.flatten();
    check_sha(path, present, body.sha.as_deref(), bytes.is_none())?;
    let removal = bytes.is_none();
    let commit = NewCommit {
        branch,
        files: BTreeMap::from([(path.to_owned(), bytes)]),
        message: body.message,
        ..NewCommit::default()
    };
    let sha = world.commit_files(&call.actor, &key, commit)?;
    let json = written(&world, &key, path, sha)?;
    if present.is_some() || removal { reply::ok(json) } else { reply::created(json) }
}

/// Whoever changes a file names the blob that is there.
fn check_sha(
    path: &str,
    present: Option<(Mode, Sha)>,
    given: Option<&str>,
    removal: bool,
) -> Result<(), Refusal> {
    match (present, given) {
        (None, _) if removal => Err(Refusal::NotFound),
        (None, None) => Ok(()),
        (Some(_), None) => Err(Refusal::WrongBody("\"sha\" wasn't supplied.".into())),
        (Some((_, is)), Some(given)) if is.to_string() == given => Ok(()),
        (_, Some(given)) => Err(Refusal::Conflict(format!("{path} does not match {given}"))),
    }
}

fn written(world: &World, key: &RepoKey, path: &str, commit: Sha) -> Result<Value, Refusal> {
    let (org, repo) = (world.org(&key.org)?, world.repo(key)?);
    let content =
        repo.git.entry(commit, path)?.map(|e| entry(world, org, repo, path, e, &commit.to_string()));
    Ok(json!({"content": content, "commit": git_json::git_commit(&world.urls, org, repo, commit)?}))
}
