//! Check runs.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::Path,
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Sim,
    git::Sha,
    http::{Answer, Body, Call, Refusal, reply},
    render::checks as checks_json,
    state::{
        Level, Repo, Scope, World,
        audit::Change,
        checks::{CheckOutput, CheckRun, CheckStatus, Conclusion},
        world::RepoKey,
    },
};

pub(super) fn routes() -> Router<Sim> {
    Router::new()
        .route("/repos/{owner}/{repo}/check-runs", post(create))
        .route("/repos/{owner}/{repo}/check-runs/{id}", get(show).patch(update))
        .route("/repos/{owner}/{repo}/check-runs/{id}/annotations", get(annotations))
        .route("/repos/{owner}/{repo}/check-runs/{id}/rerequest", post(rerequest))
}

/// GitHub's limits: characters of `summary` and `text`, annotations a request.
const LONGEST: usize = 65_535;
const MOST_ANNOTATIONS: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    name: Option<String>,
    head_sha: Option<String>,
    details_url: Option<String>,
    external_id: Option<String>,
    status: Option<CheckStatus>,
    conclusion: Option<Conclusion>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    output: Option<Output>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Output {
    title: Option<String>,
    summary: Option<String>,
    text: Option<String>,
    annotations: Vec<Annotation>,
}

#[derive(Debug, Deserialize, serde::Serialize)]
struct Annotation {
    path: String,
    start_line: u64,
    end_line: u64,
    start_column: Option<u64>,
    end_column: Option<u64>,
    #[serde(rename = "annotation_level")]
    level: String,
    message: String,
    title: Option<String>,
    raw_details: Option<String>,
}

impl Output {
    fn check(&self) -> Result<(), Refusal> {
        let long = |t: &Option<String>| t.as_ref().is_some_and(|t| t.chars().count() > LONGEST);
        if long(&self.summary) || long(&self.text) {
            let message = format!("Only {LONGEST} characters are allowed; more were supplied.");
            return Err(Refusal::Unprocessable(message));
        }
        if self.summary.is_none() || self.title.is_none() {
            return Err(Refusal::WrongBody("output needs a title and a summary.".into()));
        }
        if self.annotations.len() > MOST_ANNOTATIONS {
            let message = format!("No more than {MOST_ANNOTATIONS} annotations are allowed in one request.");
            return Err(Refusal::WrongBody(message));
        }
        Ok(())
    }

    fn apply(self, to: &mut CheckOutput) {
        to.title = self.title;
        to.summary = self.summary;
        to.text = self.text.or(to.text.take());
        to.annotations.extend(self.annotations.iter().map(|a| json!(a)));
    }
}

/// Sets what is there; a conclusion completes the run.
fn apply(fields: Fields, run: &mut CheckRun, now: Timestamp) -> Result<(), Refusal> {
    if fields.status == Some(CheckStatus::Completed)
        && fields.conclusion.is_none()
        && run.conclusion.is_none()
    {
        return Err(Refusal::WrongBody("A completed check run needs a conclusion.".into()));
    }
    run.name = fields.name.unwrap_or_else(|| run.name.clone());
    run.external_id = fields.external_id.unwrap_or_else(|| run.external_id.clone());
    run.details_url = fields.details_url.or(run.details_url.take());
    run.started_at = fields.started_at.unwrap_or(run.started_at);
    run.status = fields.status.unwrap_or(run.status);
    if run.status != CheckStatus::Completed && fields.status.is_some() {
        run.conclusion = None;
        run.completed_at = None;
    }
    if let Some(conclusion) = fields.conclusion {
        run.conclusion = Some(conclusion);
        run.status = CheckStatus::Completed;
        run.completed_at = Some(fields.completed_at.unwrap_or(now));
    }
    if let Some(output) = fields.output {
        output.check()?;
        output.apply(&mut run.output);
    }
    Ok(())
}

fn told(run: &CheckRun) -> Value {
    json!({
        "name": run.name,
        "head_sha": run.head.to_string(),
        "status": run.status,
        "conclusion": run.conclusion,
        "external_id": run.external_id,
        "title": run.output.title,
    })
}

async fn create(call: Call, Path((owner, repo)): Path<(String, String)>, Body(body): Body<Fields>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Write)?;
    let missing = |what: &str| Refusal::WrongBody(format!("\"{what}\" wasn't supplied."));
    let name = body.name.clone().ok_or_else(|| missing("name"))?;
    let given = body.head_sha.as_deref().ok_or_else(|| missing("head_sha"))?;
    let repo = world.repo(&key)?;
    let head: Option<Sha> = given.parse().ok().filter(|sha| repo.git.commit(*sha).is_ok());
    let head = head.ok_or_else(|| Refusal::Unprocessable(format!("No commit found for SHA: {given}")))?;
    let known = repo.check_suites.values().find(|s| s.head == head).map(|s| s.id);
    let branch = repo.git.refs.iter().find(|(n, sha)| **sha == head && n.starts_with("refs/heads/"));
    let branch = branch.and_then(|(name, _)| name.strip_prefix("refs/heads/")).map(str::to_owned);
    let suite = match known {
        Some(id) => id,
        None => world.add_suite(&key, head, branch.as_deref(), None)?,
    };
    let (id, now) = (world.new_id(), world.now());
    let mut run = CheckRun {
        id,
        suite,
        name,
        head,
        external_id: String::new(),
        details_url: None,
        status: CheckStatus::Queued,
        conclusion: None,
        started_at: now,
        completed_at: None,
        output: CheckOutput::default(),
    };
    apply(body, &mut run, now)?;
    save(&call, &mut world, &key, run, "check_run.create").and_then(reply::created)
}

/// Stores a run, writes it down and tells the App: `created` if it is new, `completed` when it ends.
fn save(
    call: &Call,
    world: &mut World,
    key: &RepoKey,
    run: CheckRun,
    action: &str,
) -> Result<Value, Refusal> {
    let id = run.id;
    let target = format!("{}/check-runs/{id}", world.repo_target(key));
    let now = world.now();
    let after = told(&run);
    let (done, suite) = (run.status == CheckStatus::Completed, run.suite);
    let repo = world.repo_mut(key)?;
    let old = repo.check_runs.insert(id, run);
    if let Some(suite) = repo.check_suites.get_mut(&suite) {
        suite.updated_at = now;
    }
    let was_done = old.as_ref().is_some_and(|r| r.status == CheckStatus::Completed);
    let change = Change { before: old.as_ref().map(told), after: Some(after) };
    world.record(&call.actor, action, target, change);
    if old.is_none() {
        world.tell_of_run(&call.actor, key, id, "created")?;
    }
    if done && !was_done {
        world.tell_of_run(&call.actor, key, id, "completed")?;
    }
    let (org, repo) = (world.org(&key.org)?, world.repo(key)?);
    Ok(checks_json::run(world, org, repo, find(repo, id)?))
}

fn find(repo: &Repo, id: u64) -> Result<&CheckRun, Refusal> {
    repo.check_runs.get(&id).ok_or(Refusal::NotFound)
}

async fn update(
    call: Call,
    Path((owner, repo, id)): Path<(String, String, u64)>,
    Body(body): Body<Fields>,
) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Write)?;
    let now = world.now();
    let mut run = find(world.repo(&key)?, id)?.clone();
    apply(body, &mut run, now)?;
    save(&call, &mut world, &key, run, "check_run.update").and_then(reply::ok)
}

async fn show(call: Call, Path((owner, repo, id)): Path<(String, String, u64)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Read)?;
    let (org, repo) = (world.org(&key.org)?, world.repo(&key)?);
    reply::ok(checks_json::run(&world, org, repo, find(repo, id)?))
}

async fn annotations(call: Call, Path((owner, repo, id)): Path<(String, String, u64)>) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Read)?;
    let repo = world.repo(&key)?;
    let run = find(repo, id)?;
    call.page(&run.output.annotations, |a| {
        let mut json = a.clone();
        let path = json["path"].as_str().unwrap_or_default().to_owned();
        json["blob_href"] =
            json!(world.urls.html(&format!("{}/{}/blob/{}/{path}", key.org, repo.name, run.head)));
        json
    })
}

async fn rerequest(call: Call, Path((owner, repo, id)): Path<(String, String, u64)>) -> Answer {
    let mut world = call.world();
    let key = world.repo_for(&call.actor, (&owner, &repo), Scope::Checks, Level::Write)?;
    world.rerequest_run(&call.actor, &key, id)?;
    reply::created(json!({}))
}

/// `GET …/commits/{ref}/check-runs`.
pub(super) fn of_commit(call: &Call, place: (&str, &str), name: &str) -> Answer {
    let world = call.world();
    let key = world.repo_for(&call.actor, place, Scope::Checks, Level::Read)?;
    let unknown = || Refusal::Unprocessable(format!("No commit found for SHA: {name}"));
    let head = world.repo(&key)?.git.resolve(name).ok_or_else(unknown)?;
    list(call, &world, &key, |run| run.head == head)
}

/// The runs that `keep` and the query ask for: by default the newest of each name.
pub(super) fn list(call: &Call, world: &World, key: &RepoKey, keep: impl Fn(&CheckRun) -> bool) -> Answer {
    let (org, repo) = (world.org(&key.org)?, world.repo(key)?);
    let ours = call.param("app_id").is_none_or(|id| id == world.app_id.to_string());
    let (name, status) = (call.param("check_name"), call.param("status"));
    let wanted = |run: &&CheckRun| {
        ours && keep(run)
            && name.is_none_or(|n| n == run.name)
            && status.is_none_or(|s| json!(run.status) == s)
    };
    let mut runs: Vec<&CheckRun> = repo.check_runs.values().filter(wanted).collect();
    if call.param("filter") != Some("all") {
        let newest: BTreeMap<(&str, Sha), &CheckRun> =
            runs.into_iter().map(|r| ((r.name.as_str(), r.head), r)).collect();
        runs = newest.into_values().collect();
    }
    runs.sort_by_key(|r| std::cmp::Reverse(r.id));
    call.page_in(&runs, json!({}), "check_runs", |r| checks_json::run(world, org, repo, r))
}
