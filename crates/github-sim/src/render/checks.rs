//! Check runs and suites.

use serde_json::{Value, json};

use super::{app, app::node_id, merge, repo as repo_json};
use crate::{
    clock::rfc3339,
    state::{
        Org, Repo, World,
        checks::{CheckRun, CheckStatus, CheckSuite},
    },
};

fn pulls(world: &World, org: &Org, repo: &Repo, head: crate::git::Sha) -> Value {
    let base = world.urls.api(&format!("repos/{}/{}", org.login, repo.name));
    let brief = json!({"id": repo.id, "name": repo.name, "url": base});
    let of = |issue: &crate::state::issue::Issue| {
        let pull = issue.pull.as_ref().filter(|p| p.head == head && issue.open)?;
        Some(json!({
            "id": pull.id,
            "number": issue.number,
            "url": format!("{base}/pulls/{}", issue.number),
            "head": {"ref": pull.head_branch, "sha": pull.head.to_string(), "repo": brief},
            "base": {"ref": pull.base_branch, "sha": pull.base.to_string(), "repo": brief},
        }))
    };
    repo.issues.values().filter_map(of).collect()
}

/// GitHub's `check-run`.
pub(crate) fn run(world: &World, org: &Org, repo: &Repo, run: &CheckRun) -> Value {
    let path = format!("repos/{}/{}/check-runs/{}", org.login, repo.name, run.id);
    let html = world.urls.html(&format!("{}/{}/runs/{}", org.login, repo.name, run.id));
    json!({
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CheckRun", run.id),
        "head_sha": run.head.to_string(),
        "external_id": run.external_id,
        "url": world.urls.api(&path),
        "html_url": html,
        "details_url": run.details_url.as_ref().unwrap_or(&html),
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": rfc3339(run.started_at),
        "completed_at": run.completed_at.map(rfc3339),
        "output": {
            "title": run.output.title,
            "summary": run.output.summary,
            "text": run.output.text,
            "annotations_count": run.output.annotations.len(),
            "annotations_url": world.urls.api(&format!("{path}/annotations")),
        },
        "check_suite": {"id": run.suite},
        "app": app::integration(world),
        "pull_requests": pulls(world, org, repo, run.head),
    })
}

/// GitHub's `check-suite`, without head commit and repository.
pub(crate) fn suite(world: &World, org: &Org, repo: &Repo, suite: &CheckSuite) -> Value {
    let mut json = simple_suite(world, org, repo, suite);
    let runs = repo.check_runs.values().filter(|r| r.suite == suite.id).count();
    let url = json["url"].as_str().unwrap_or_default();
    let more = json!({
        "rerequestable": true,
        "runs_rerequestable": true,
        "latest_check_runs_count": runs,
        "check_runs_url": format!("{url}/check-runs"),
    });
    merge(&mut json, more);
    json
}

/// GitHub's `simple-check-suite`, as it comes with a check run.
pub(crate) fn simple_suite(world: &World, org: &Org, repo: &Repo, suite: &CheckSuite) -> Value {
    let url = world.urls.api(&format!("repos/{}/{}/check-suites/{}", org.login, repo.name, suite.id));
    let runs: Vec<&CheckRun> = repo.check_runs.values().filter(|r| r.suite == suite.id).collect();
    let done = !runs.is_empty() && runs.iter().all(|r| r.status == CheckStatus::Completed);
    let status = match (done, runs.iter().any(|r| r.status == CheckStatus::InProgress)) {
        (true, _) => CheckStatus::Completed,
        (false, true) => CheckStatus::InProgress,
        (false, false) => CheckStatus::Queued,
    };
    json!({
        "id": suite.id,
        "node_id": node_id("CheckSuite", suite.id),
        "head_branch": suite.branch,
        "head_sha": suite.head.to_string(),
        "status": status,
        "conclusion": runs.iter().filter(|_| done).map(|r| r.conclusion).next_back().flatten(),
        "url": url,
        "before": suite.before.unwrap_or(crate::git::Sha::ZERO).to_string(),
        "after": suite.head.to_string(),
        "pull_requests": pulls(world, org, repo, suite.head),
        "app": app::integration(world),
        "created_at": rfc3339(suite.created_at),
        "updated_at": rfc3339(suite.updated_at),
    })
}

/// A suite as the API answers it.
pub(crate) fn full_suite(world: &World, org: &Org, repo: &Repo, of: &CheckSuite) -> Value {
    let mut json = suite(world, org, repo, of);
    json["head_commit"] = super::git::simple_commit(repo, of.head).unwrap_or_default();
    json["repository"] = repo_json::listed(&world.urls, org, repo);
    json
}
