//! What our own checks on a branch say: a history of what was applied, kept by GitHub.

use jiff::Timestamp;
use peribolos_vocab::CheckConclusion;
use serde::Deserialize;
use serde_json::json;

use super::{CheckRunOutput, Client};
use crate::error::Error;
use crate::{AppId, FullName, Sha};

const QUERY: &str = include_str!("applied.graphql");

/// The most commits that are read of a branch, the newest ones.
pub const MAX_CHECKED: usize = 100;

/// A check that an App has made on a commit. Its number is left out: GraphQL has it as an integer of 32 bits, which GitHub's
/// numbers have outgrown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCheck {
    /// Ours, to find it again.
    pub external_id: String,
    /// How it ended. None: it has not.
    pub conclusion: Option<CheckConclusion>,
    /// When it began, or was made.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// What it shows.
    pub output: CheckRunOutput,
}

/// A commit of a branch with the checks of one name that an App has made on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCommit {
    /// Its id.
    pub sha: Sha,
    /// The blob of the requested file. None: the commit does not have it.
    pub blob: Option<Sha>,
    /// The checks, in no order.
    pub checks: Vec<PastCheck>,
}

#[derive(Deserialize)]
struct Body {
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    #[serde(rename = "ref")]
    branch: Option<Branch>,
}

#[derive(Deserialize)]
struct Branch {
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    history: Option<History>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    page_info: PageInfo,
    nodes: Option<Vec<Option<Commit>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commit {
    oid: Sha,
    file: Option<Entry>,
    check_suites: Option<List<Suite>>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    oid: Sha,
}

#[derive(Deserialize)]
struct List<T> {
    nodes: Option<Vec<Option<T>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    check_runs: Option<List<Run>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    external_id: Option<String>,
    conclusion: Option<String>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    title: Option<String>,
    text: Option<String>,
}

impl<T> List<T> {
    fn of(list: Option<Self>) -> impl Iterator<Item = T> {
        list.and_then(|list| list.nodes).into_iter().flatten().flatten()
    }
}

impl Client {
    /// The newest [`MAX_CHECKED`] commits of a branch, each with the blob of the file at `path` and the checks of the name
    /// `check` that `app` has made, all of them. None: there is no such branch, or no such repository.
    ///
    /// One request, unless that is too much for GitHub at once.
    pub async fn checked_commits(
        &self,
        repo: &FullName,
        (branch, path): (&str, &str),
        app: AppId,
        check: &str,
    ) -> Result<Option<Vec<CheckedCommit>>, Error> {
        let (mut commits, mut page, mut after) = (Vec::new(), MAX_CHECKED, None::<String>);
        loop {
            let variables = json!({
                "owner": repo.owner.as_str(), "name": repo.name, "branch": format!("refs/heads/{branch}"),
                "path": path, "app": app.0, "check": check,
                "first": page.min(MAX_CHECKED - commits.len()), "after": after,
            });
            let body: Body = match self.graphql_found(QUERY, variables).await {
                Err(error) if error.is_too_much() && page > 1 => {
                    tracing::info!(page, %error, "requesting half as many commits at a time");
                    page /= 2;
                    continue;
                }
                answer => answer?,
            };
            let history = body.repository.and_then(|repository| repository.branch?.target?.history);
            let Some(history) = history else { return Ok(None) };
            commits.extend(history.nodes.into_iter().flatten().flatten().map(checked));
            after = history.page_info.end_cursor;
            if !history.page_info.has_next_page || after.is_none() || commits.len() >= MAX_CHECKED {
                return Ok(Some(commits));
            }
        }
    }
}

fn checked(commit: Commit) -> CheckedCommit {
    let runs = List::of(commit.check_suites).flat_map(|suite: Suite| List::of(suite.check_runs));
    CheckedCommit {
        sha: commit.oid,
        blob: commit.file.filter(|entry| entry.kind == "blob").map(|entry| entry.oid),
        checks: runs.map(past_check).collect(),
    }
}

/// GraphQL's words are REST's in upper case.
fn past_check(run: Run) -> PastCheck {
    let conclusion = run.conclusion.map(|conclusion| match conclusion.as_str() {
        "SUCCESS" => CheckConclusion::Success,
        "FAILURE" => CheckConclusion::Failure,
        "NEUTRAL" => CheckConclusion::Neutral,
        "CANCELLED" => CheckConclusion::Cancelled,
        "SKIPPED" => CheckConclusion::Skipped,
        "TIMED_OUT" => CheckConclusion::TimedOut,
        "ACTION_REQUIRED" => CheckConclusion::ActionRequired,
        _ => CheckConclusion::Other,
    });
    PastCheck {
        external_id: run.external_id.unwrap_or_default(),
        conclusion,
        started_at: run.started_at,
        completed_at: run.completed_at,
        output: CheckRunOutput { title: run.title, text: run.text },
    }
}
