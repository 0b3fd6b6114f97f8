//! Commits as GitHub shows them, and comparisons.

use axum::{Router, extract::Path, routing::get};
use serde_json::json;

use crate::{
    Sim,
    git::{Sha, diff},
    http::{Answer, Call, Refusal, reply},
    render::{git as git_json, pull as pull_json},
    state::{Level, Scope},
};

/// So many commits a comparison has that is not read in pages; the newest.
const MOST_COMMITS: usize = 250;
/// So many files a comparison has, whatever there is.
const MOST_FILES: usize = 300;

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/commits", get(list))
        .route("/repos/{owner}/{repo}/commits/{*name}", get(under))
        .route("/repos/{owner}/{repo}/compare/{*range}", get(compare))
}

async fn list(call: Call, Path((owner, repo)): Path<(String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    super::git_refs::not_empty(repo)?;
    let tip = match call.param("sha") {
        Some(name) => repo.git.resolve(name),
        None => repo.head(),
    };
    let mut log = repo.git.log(tip.ok_or(Refusal::NotFound)?);
    if let Some(path) = call.param("path") {
        let prefix = format!("{path}/");
        let touches = |c: &diff::FileChange| c.path == path || c.path.starts_with(&prefix);
        // Merge commits are left out, whatever they have made of the file.
        let is_merge = |sha: &Sha| repo.git.commit(*sha).is_ok_and(|commit| commit.parents.len() > 1);
        log.retain(|sha| {
            !is_merge(sha) && repo.git.changes_of(*sha).is_ok_and(|all| all.iter().any(touches))
        });
    }
    call.page(&log, |sha| git_json::commit(&world, org, repo, *sha).unwrap_or_default())
}

/// Names of branches may hold slashes, so what follows a commit is found from the end.
async fn under(call: Call, Path((owner, repo, name)): Path<(String, String, String)>) -> Answer {
    let place = (owner.as_str(), repo.as_str());
    if let Some(name) = name.strip_suffix("/pulls") {
        return pulls(&call, place, name);
    }
    if let Some(name) = name.strip_suffix("/check-runs") {
        return super::check_runs::of_commit(&call, place, name);
    }
    if let Some(name) = name.strip_suffix("/check-suites") {
        return super::check_suites::of_commit(&call, place, name);
    }
    show(&call, place, &name)
}

fn unknown(name: &str) -> Refusal {
    Refusal::Unprocessable(format!("No commit found for SHA: {name}"))
}

fn show(call: &Call, place: (&str, &str), name: &str) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, place, Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    super::git_refs::not_empty(repo)?;
    let sha = repo.git.resolve(name).ok_or_else(|| unknown(name))?;
    if call.accepts("sha") {
        use axum::response::IntoResponse;
        return Ok(sha.to_string().into_response());
    }
    let mut json = git_json::commit(&world, org, repo, sha)?;
    let changes = repo.git.changes_of(sha)?;
    let files: Vec<_> =
        changes.iter().map(|c| git_json::changed_file(&world.urls, org, repo, c, sha)).collect();
    let sum = |field: &str| files.iter().filter_map(|f| f[field].as_u64()).sum::<u64>();
    json["stats"] =
        json!({"additions": sum("additions"), "deletions": sum("deletions"), "total": sum("changes")});
    json["files"] = json!(files);
    reply::ok(json)
}

/// The merged pull request that brought a commit to the default branch, else the open ones that hold it.
fn pulls(call: &Call, place: (&str, &str), name: &str) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, place, Scope::PullRequests, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let sha = repo.git.resolve(name).ok_or_else(|| unknown(name))?;
    let base = |p: &crate::state::issue::Pull| pull_json::base_of(repo, p);
    let brought = |p: &crate::state::issue::Pull| {
        p.merged
            .as_ref()
            .is_some_and(|m| m.commit == sha || repo.git.ahead(Some(base(p)), m.commit).contains(&sha))
    };
    let holds = |p: &crate::state::issue::Pull| repo.git.ahead(Some(base(p)), p.head).contains(&sha);
    let of = |keep: &dyn Fn(&crate::state::issue::Pull) -> bool| {
        repo.issues
            .values()
            .filter_map(|i| Some((i, i.pull.as_ref()?)))
            .filter(|(_, p)| keep(p))
            .collect::<Vec<_>>()
    };
    let merged = of(&brought);
    let found = if merged.is_empty() { of(&holds) } else { merged };
    call.page(&found, |(issue, pull)| pull_json::listed(&world, org, repo, issue, pull))
}

async fn compare(call: Call, Path((owner, repo, range)): Path<(String, String, String)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Contents, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    let (base, head) = range.split_once("...").ok_or(Refusal::NotFound)?;
    // `owner:branch` names a branch too; there are no forks here.
    let find =
        |name: &str| repo.git.resolve(name.rsplit(':').next().unwrap_or(name)).ok_or(Refusal::NotFound);
    let (base, head) = (find(base)?, find(head)?);
    let fork = repo.git.merge_base(base, head).ok_or(Refusal::NotFound)?;
    let (ahead, behind) = (repo.git.ahead(Some(base), head), repo.git.ahead(Some(head), base).len());
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let (old, new) = (repo.git.files_at(Some(fork))?, repo.git.files_at(Some(head))?);
    let mut changes = repo.git.with_renames(&old, &new, diff::changes(&old, &new));
    changes.truncate(MOST_FILES);
    let is_paged = call.param("page").is_some() || call.param("per_page").is_some();
    if call.param("page").is_some_and(|page| page != "1") {
        changes.clear();
    }
    let commit = |sha: Sha| git_json::commit(&world, org, repo, sha);
    let url = world.urls.api(&format!("repos/{}/{}/compare/{range}", org.login, repo.name));
    let html = world.urls.html(&format!("{}/{}/compare/{range}", org.login, repo.name));
    let mut body = json!({
        "url": url,
        "html_url": html,
        "permalink_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "base_commit": commit(base)?,
        "merge_base_commit": commit(fork)?,
        "status": status,
        "ahead_by": ahead.len(),
        "behind_by": behind,
        "total_commits": ahead.len(),
        "files": changes.iter().map(|c| git_json::changed_file(&world.urls, org, repo, c, head)).collect::<Vec<_>>(),
    });
    if is_paged {
        return call.page_within(&ahead, body, "commits", |sha| commit(*sha).unwrap_or_default());
    }
    let newest = &ahead[ahead.len().saturating_sub(MOST_COMMITS)..];
    body["commits"] = newest.iter().map(|sha| commit(*sha).unwrap_or_default()).collect();
    reply::ok(body)
}
