//! Payloads as GitHub writes them: only the fields that are read. One type for all events, so that a delivery is
//! parsed once; which fields an event must have is checked where it is turned into an event.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::account::AccountType;
use crate::{AppId, FullName, InstallationId, Login, Sha};

#[derive(Deserialize)]
pub(super) struct Payload {
    pub(super) action: Option<String>,
    pub(super) installation: Option<Installation>,
    pub(super) account: Option<Account>,
    pub(super) organization: Option<Account>,
    pub(super) enterprise: Option<Account>,
    pub(super) repository: Option<Repository>,
    pub(super) sender: Option<Account>,
    pub(super) changes: Option<Changes>,
    #[serde(rename = "ref")]
    pub(super) git_ref: Option<String>,
    pub(super) before: Option<Sha>,
    pub(super) after: Option<Sha>,
    #[serde(default)]
    pub(super) created: bool,
    #[serde(default)]
    pub(super) deleted: bool,
    #[serde(default)]
    pub(super) forced: bool,
    pub(super) commits: Option<Vec<Commit>>,
    pub(super) number: Option<u64>,
    pub(super) pull_request: Option<PullRequest>,
    pub(super) merge_group: Option<MergeGroup>,
    pub(super) issue: Option<Issue>,
    pub(super) comment: Option<Comment>,
    pub(super) check_run: Option<CheckRun>,
    pub(super) check_suite: Option<CheckSuite>,
}

#[derive(Deserialize)]
pub(super) struct Installation {
    pub(super) id: InstallationId,
    pub(super) account: Option<Account>,
    pub(super) app_id: Option<AppId>,
}

/// A user, bot or organization, or an enterprise with its slug.
#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) login: Option<Login>,
    pub(super) slug: Option<Login>,
    #[serde(rename = "type")]
    pub(super) kind: Option<AccountType>,
}

#[derive(Deserialize)]
pub(super) struct Repository {
    pub(super) id: Option<u64>,
    pub(super) full_name: FullName,
    pub(super) default_branch: Option<String>,
    pub(super) owner: Option<Account>,
}

#[derive(Deserialize)]
pub(super) struct Changes {
    pub(super) base: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Commit {
    #[serde(default)]
    pub(super) added: Vec<String>,
    #[serde(default)]
    pub(super) modified: Vec<String>,
    #[serde(default)]
    pub(super) removed: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct PullRequest {
    pub(super) draft: Option<bool>,
    pub(super) merged: Option<bool>,
    pub(super) closed_at: Option<Timestamp>,
    pub(super) base: Side,
    pub(super) head: Side,
}

#[derive(Deserialize)]
pub(super) struct MergeGroup {
    pub(super) head_ref: String,
    pub(super) head_sha: Sha,
    pub(super) base_ref: String,
}

#[derive(Deserialize)]
pub(super) struct Side {
    #[serde(rename = "ref")]
    pub(super) branch: String,
    pub(super) sha: Sha,
    pub(super) repo: Option<Repository>,
}

#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) number: u64,
    pub(super) pull_request: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) body: Option<String>,
    pub(super) performed_via_github_app: Option<App>,
    pub(super) author_association: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct App {
    pub(super) id: AppId,
}

#[derive(Deserialize)]
pub(super) struct CheckRun {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) head_sha: Sha,
    pub(super) app: Option<App>,
    pub(super) external_id: Option<String>,
    #[serde(default)]
    pub(super) pull_requests: Vec<PullNumber>,
}

#[derive(Deserialize)]
pub(super) struct CheckSuite {
    pub(super) head_sha: Sha,
    pub(super) app: Option<App>,
    #[serde(default)]
    pub(super) pull_requests: Vec<PullNumber>,
}

#[derive(Deserialize)]
pub(super) struct PullNumber {
    pub(super) number: u64,
}
