//! Check runs and check suites. They all belong to the one App.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::git::Sha;

/// How far a check is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckStatus {
    #[default]
    Queued,
    InProgress,
    Completed,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Conclusion {
    ActionRequired,
    Cancelled,
    Failure,
    Neutral,
    Success,
    Skipped,
    Stale,
    TimedOut,
}

/// What a check run says. Annotations add up over updates, the rest is replaced.
#[derive(Clone, Debug, Default)]
pub(crate) struct CheckOutput {
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) annotations: Vec<Value>,
}

/// One check run on one commit.
#[derive(Clone, Debug)]
pub(crate) struct CheckRun {
    pub(crate) id: u64,
    pub(crate) suite: u64,
    pub(crate) name: String,
    pub(crate) head: Sha,
    pub(crate) external_id: String,
    pub(crate) details_url: Option<String>,
    pub(crate) status: CheckStatus,
    pub(crate) conclusion: Option<Conclusion>,
    pub(crate) started_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) output: CheckOutput,
}

/// The App's check runs on one commit.
#[derive(Clone, Debug)]
pub(crate) struct CheckSuite {
    pub(crate) id: u64,
    pub(crate) head: Sha,
    pub(crate) branch: Option<String>,
    pub(crate) before: Option<Sha>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}
