//! Pull requests.

use axum::{Router, extract::Path, routing::get};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Sim,
    git::Sha,
    http::{Answer, Body, Call, Refusal, reply},
    ops::pull::{MergeMethod, NewPull},
    render::{git as git_json, pull as pull_json},
    state::{
        Level, Scope, World,
        audit::Change,
        issue::{Issue, Pull},
        world::RepoKey,
    },
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/pulls", get(list).post(create))
        .route("/repos/{owner}/{repo}/pulls/{number}", get(show).patch(update))
        .route("/repos/{owner}/{repo}/pulls/{number}/files", get(files))
        .route("/repos/{owner}/{repo}/pulls/{number}/commits", get(commits))
        .route("/repos/{owner}/{repo}/pulls/{number}/merge", get(is_merged).put(merge))
}

type Numbered = Path<(String, String, u64)>;

async fn list(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::PullRequests, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let state = call.param("state").unwrap_or("open");
    let head = call.param("head").map(|h| h.rsplit(':').next().unwrap_or(h));
    let base = call.param("base");
    let wanted = |(issue, pull): &(&Issue, &Pull)| {
        (state == "all" || issue.open == (state == "open"))
            && head.is_none_or(|h| h == pull.head_branch)
            && base.is_none_or(|b| b == pull.base_branch)
    };
    let pulls = repo.issues.values().rev().filter_map(|i| Some((i, i.pull.as_ref()?)));
    let mut pulls: Vec<(&Issue, &Pull)> = pulls.filter(wanted).collect();
    if call.param("sort") == Some("updated") {
        pulls.sort_by_key(|(i, _)| std::cmp::Reverse(i.updated_at));
    }
    if call.param("direction") == Some("asc") {
        pulls.reverse();
    }
    call.page(&pulls, |(issue, pull)| pull_json::listed(&world, org, repo, issue, pull))
}

#[derive(Debug, Deserialize)]
struct Create {
    title: String,
    body: Option<String>,
    head: String,
    base: String,
    #[serde(default)]
    draft: bool,
}

async fn create(call: Call, Path((owner, repo)): Path<(String, String)>, Body(body): Body<Create>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::PullRequests, Level::Write)?;
    let head = body.head.rsplit(':').next().unwrap_or(&body.head).to_owned();
    let new = NewPull { title: body.title, body: body.body, head, base: body.base, draft: body.draft };
    let number = world.open_pull(&call.actor, &key, new)?;
    shown(&world, &key, number).and_then(reply::created)
}

fn shown(world: &World, key: &RepoKey, number: u64) -> Result<serde_json::Value, Refusal> {
    let (org, repo, issue) = (world.org(&key.org)?, world.repo(key)?, world.issue(key, number)?);
    let pull = issue.pull.as_ref().ok_or(Refusal::NotFound)?;
    Ok(pull_json::full(world, org, repo, issue, pull))
}

/// Who asks makes GitHub find out whether the heads of now can be merged, and is told the next time.
async fn show(call: Call, Path((owner, repo, number)): Numbered) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::PullRequests, Level::Read)?;
    let pull = shown(&world, &key, number)?;
    world.find_mergeable(&key, number)?;
    reply::ok(pull)
}

#[derive(Debug, Deserialize)]
struct Update {
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    base: Option<String>,
}

async fn update(call: Call, Path((owner, repo, number)): Numbered, Body(body): Body<Update>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::PullRequests, Level::Write)?;
    let actor = &call.actor;
    let now = world.now();
    let old_base = world.pull(&key, number)?.base_branch.clone();
    let told = |i: &Issue| json!({"title": i.title, "body": i.body, "base": i.pull.as_ref().map(|p| &p.base_branch)});
    let issue = world.issue_mut(&key, number)?;
    let before = told(issue);
    issue.title = body.title.unwrap_or_else(|| issue.title.clone());
    issue.body = body.body.or(issue.body.take());
    if let (Some(base), Some(pull)) = (body.base, &mut issue.pull) {
        pull.base_branch = base;
    }
    let after = told(issue);
    let edited = before != after;
    if edited {
        issue.updated_at = now;
        let mut changes = json!({});
        if before["base"] != after["base"] {
            world.test_merge(actor, &key, number)?;
            let sha = world.repo(&key)?.git.head(&old_base).map(|s| s.to_string());
            changes["base"] = json!({"ref": {"from": old_base}, "sha": {"from": sha}});
        }
        for field in ["title", "body"] {
            if before[field] != after[field] {
                changes[field] = json!({"from": before[field]});
            }
        }
        let target = format!("{}/pulls/{number}", world.repo_target(&key));
        world.record(actor, "pull.update", target, Change::from_to(before, after));
        world.tell_of_pull(actor, &key, number, "edited", json!({"changes": changes}))?;
    }
    match body.state.as_deref() {
        Some("closed") if world.issue(&key, number)?.open => world.close_pull(actor, &key, number)?,
        Some("open") if world.set_open(actor, &key, number, true)? => {
            world.tell_of_pull(actor, &key, number, "reopened", json!({}))?;
        }
        _ => {}
    }
    shown(&world, &key, number).and_then(reply::ok)
}

async fn files(call: Call, Path((owner, repo, number)): Numbered) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::PullRequests, Level::Read)?;
    let (org, repo, pull) = (world.org(&key.org)?, world.repo(&key)?, world.pull(&key, number)?);
    let changes = pull_json::changes(repo, pull);
    call.page(&changes, |c| git_json::changed_file(&world.urls, org, repo, c, pull.head))
}

async fn commits(call: Call, Path((owner, repo, number)): Numbered) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::PullRequests, Level::Read)?;
    let (org, repo, pull) = (world.org(&key.org)?, world.repo(&key)?, world.pull(&key, number)?);
    let commits: Vec<Sha> = repo.git.ahead(Some(pull_json::base_of(repo, pull)), pull.head);
    call.page(&commits, |sha| git_json::commit(&world, org, repo, *sha).unwrap_or_default())
}

async fn is_merged(call: Call, Path((owner, repo, number)): Numbered) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::PullRequests, Level::Read)?;
    if world.pull(&key, number)?.merged.is_some() { reply::no_content() } else { Err(Refusal::NotFound) }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Merge {
    commit_title: Option<String>,
    commit_message: Option<String>,
    sha: Option<String>,
    #[serde(rename = "merge_method")]
    method: MergeMethod,
}

async fn merge(call: Call, Path((owner, repo, number)): Numbered, Body(body): Body<Merge>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Write)?;
    if body.sha.is_some_and(|s| world.pull(&key, number).is_ok_and(|p| p.head.to_string() != s)) {
        return Err(Refusal::Conflict("Head branch was modified. Review and try the merge again.".into()));
    }
    let message = match (body.commit_title, body.commit_message) {
        (Some(title), Some(text)) => Some(format!("{title}\n\n{text}")),
        (title, _) => title,
    };
    let sha = world.merge_pull(&call.actor, &key, number, body.method, message)?;
    reply::ok(json!({"sha": sha.to_string(), "merged": true, "message": "Pull Request successfully merged"}))
}
