//! Check runs on commits.

use http::Method;
use jiff::Timestamp;
use peribolos_vocab::{Annotation, CheckConclusion};
use serde::{Deserialize, Serialize};

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::page::Pages;
use crate::{AppId, FullName, Sha};

const ROUTE: &str = "/repos/{owner}/{repo}/check-runs";
const ROUTE_ONE: &str = "/repos/{owner}/{repo}/check-runs/{check_run_id}";

/// The most annotations GitHub takes at once; each update adds its own to those before.
/// <https://docs.github.com/en/rest/checks/runs#update-a-check-run>
const ANNOTATIONS_PER_CALL: usize = 50;

/// The number of a check run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckRunId(pub u64);

/// How far a check run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// It waits.
    Queued,
    /// It runs.
    InProgress,
    /// It has ended; there is a conclusion.
    Completed,
    /// A state this program does not set (`waiting`, `requested`, `pending`).
    #[serde(other)]
    Other,
}

/// What a check run shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckOutput {
    /// Its heading.
    pub title: String,
    /// Markdown, at most 65,535 characters.
    pub summary: String,
    /// More Markdown below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Remarks on lines; any number, they are sent 50 at a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

/// A check run to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCheckRun {
    /// Its name beside the commit.
    pub name: String,
    /// On which commit.
    pub head_sha: Sha,
    /// Ours, to find it again.
    pub external_id: String,
    /// How far it is.
    #[serde(flatten)]
    pub state: CheckRunUpdate,
}

/// What is to change of a check run; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckRunUpdate {
    /// How far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CheckStatus>,
    /// How it ended; makes it completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<CheckConclusion>,
    /// Where to read more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details_url: Option<String>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<CheckOutput>,
}

/// A check run as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CheckRun {
    /// Its number.
    pub id: CheckRunId,
    /// Its name beside the commit.
    pub name: String,
    /// On which commit.
    pub head_sha: Sha,
    /// Ours, to find it again.
    pub external_id: Option<String>,
    /// How far it is.
    pub status: CheckStatus,
    /// How it ended.
    pub conclusion: Option<CheckConclusion>,
    /// Its page.
    pub html_url: Option<String>,
    /// When it began, or was made.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// What it shows.
    #[serde(default)]
    pub output: CheckRunOutput,
}

/// What a check run on GitHub shows, as far as it is read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CheckRunOutput {
    /// Its heading.
    pub title: Option<String>,
    /// The Markdown below its summary.
    pub text: Option<String>,
}

impl Client {
    /// Makes a check run.
    pub async fn create_check_run(&self, repo: &FullName, new: &NewCheckRun) -> Result<CheckRun, Error> {
        let (first, rest) = split(&new.state);
        let new = NewCheckRun { state: first, ..new.clone() };
        let made: CheckRun =
            self.write(Method::POST, ROUTE, &[repo.owner.as_str(), &repo.name], &new).await?;
        self.annotate(repo, made.id, rest).await?;
        Ok(made)
    }

    /// Changes a check run. Its annotations are added to those it has.
    pub async fn update_check_run(
        &self,
        repo: &FullName,
        id: CheckRunId,
        update: &CheckRunUpdate,
    ) -> Result<CheckRun, Error> {
        let (first, rest) = split(update);
        let changed = self.patch_check_run(repo, id, &first).await?;
        self.annotate(repo, id, rest).await?;
        Ok(changed)
    }

    /// Every check run of that name that `app` made on a commit, earlier ones of the same name too.
    pub async fn find_check_runs(
        &self,
        repo: &FullName,
        sha: &Sha,
        app: AppId,
        name: &str,
    ) -> Result<Vec<CheckRun>, Error> {
        #[derive(Deserialize)]
        struct Page {
            check_runs: Vec<CheckRun>,
        }
        let values = [repo.owner.as_str(), &repo.name, sha.as_str()];
        let call = Call::get("/repos/{owner}/{repo}/commits/{ref}/check-runs", &values)?
            .query("filter", "all")
            .query("app_id", app.to_string())
            .query("check_name", name);
        let mut pages = Pages::new(&self.transport, call);
        let mut runs = Vec::new();
        while let Some(answer) = pages.next(&self.credential).await? {
            runs.extend(answer.json::<Page>()?.check_runs);
        }
        Ok(runs)
    }

    async fn annotate(
        &self,
        repo: &FullName,
        id: CheckRunId,
        rest: Vec<CheckRunUpdate>,
    ) -> Result<(), Error> {
        for update in rest {
            self.patch_check_run(repo, id, &update).await?;
        }
        Ok(())
    }

    async fn patch_check_run(
        &self,
        repo: &FullName,
        id: CheckRunId,
        update: &CheckRunUpdate,
    ) -> Result<CheckRun, Error> {
        let values = [repo.owner.as_str(), &repo.name, &id.0.to_string()];
        self.write(Method::PATCH, ROUTE_ONE, &values, update).await
    }
}

/// The update with the first annotations, and one more for each further batch of them.
fn split(update: &CheckRunUpdate) -> (CheckRunUpdate, Vec<CheckRunUpdate>) {
    let Some(output) = &update.output else { return (update.clone(), Vec::new()) };
    let mut batches = output
        .annotations
        .chunks(ANNOTATIONS_PER_CALL)
        .map(|annotations| CheckOutput { annotations: annotations.to_vec(), ..output.clone() });
    let first = CheckRunUpdate { output: batches.next().or_else(|| Some(output.clone())), ..update.clone() };
    let rest =
        batches.map(|output| CheckRunUpdate { output: Some(output), ..CheckRunUpdate::default() }).collect();
    (first, rest)
}
