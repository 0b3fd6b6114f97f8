//! How a run goes.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::KubeSchema;
use peribolos_vocab::{Annotation as CheckAnnotation, AnnotationLevel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a run goes.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeribolosRunStatus {
    /// The generation of the spec that this status is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Where the run is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Admitted, Started and Succeeded: where the run is, for programs. Succeeded is Unknown until the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
    /// Why the phase is what it is, in one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub reason: Option<String>,
    /// The reason why, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub message: Option<String>,
    /// Of a DryRun of the branch: the UID of the last Apply when it began; empty: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_apply: Option<String>,
    /// When its first attempt started (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// When it ended (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// How many TaskRuns were started for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<i32>,
    /// How many of them followed a failure: after the third such retry the run has failed. An attempt that goes on where
    /// the one before it ran out of time or of requests does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<i32>,
    /// The TaskRun of the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_run_name: Option<String>,
    /// When a failed attempt is tried again; of a run that has ended, when the same file is applied again though nobody
    /// changed it (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<String>,
    /// The check run on GitHub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_run_id: Option<i64>,
    /// The repository that the run was admitted for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<RunRepository>,
    /// The commit that the run is about, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// Its first seven characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_sha: Option<String>,
    /// The Git blob of the file at that commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// Of a preview, the commit of the base branch with which its last attempt was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub base_sha: Option<String>,
    /// The Git blob of that commit's file; `none`: it has none. If the base branch has another file, the preview is made again.
    /// Of an Apply, the blob of the file that was applied before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub base_blob: Option<String>,
    /// Of a preview: whether only the file of its commit is read, as its author is no member. Its check never lets a merge pass.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub file_only: bool,
    /// Of a preview: the open pull request of the same commit whose preview may show more. A check stands on a commit, so this run
    /// writes none in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_of: Option<i64>,
    /// Of a preview that found its file unchanged: the path of that file. If the organization's file has another path by now, the
    /// preview is made again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub unchanged_path: Option<String>,
    /// What was planned, applied and remains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// The requests by which the last attempts created something on GitHub in their last hour, by minute: GitHub limits
    /// them, and the next attempt goes on counting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 61))]
    pub content_writes: Vec<ContentWrites>,
    /// Whether an attempt started and left no report: what it changed is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outcome_unknown: bool,
    /// Whether the rule of unreviewed removals let its plan pass and none of the plan's removals is left to be done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reviewed: bool,
    /// Of an Apply: the pull requests that it applies, as they were merged since the last reviewed commit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub merged_pull_requests: Vec<MergedPullRequest>,
    /// The removals that the run would bring, as salted hashes: of a preview, a look for drift, or an Apply that a guard
    /// stopped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5000))]
    #[schemars(inner(length(max = 64)))]
    pub removals: Vec<String>,
    /// When people were shown what the run would do, by its check or the issue about drift (RFC 3339). Until then its
    /// removals were shown to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_at: Option<String>,
    /// What the check shows of the step's report, until GitHub shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// The onboarding pull request, or the issue in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub pull_request_url: Option<String>,
}

/// The repository that a run was admitted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunRepository {
    /// Its name at that time, without the owner.
    pub name: String,
    /// Its id on GitHub.
    pub id: i64,
}

/// A pull request that was merged.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergedPullRequest {
    /// Its number.
    pub number: i64,
    /// The login of who merged it; empty: GitHub does not know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 100))]
    pub merged_by: String,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Phase {
    /// Waits for its installation.
    Pending,
    /// Waits for another run, the cap or a retry.
    Queued,
    /// Its pod is running.
    Running,
    /// Did what it was to do.
    Succeeded,
    /// Did not.
    Failed,
    /// A newer run took its place.
    Superseded,
    /// There was nothing it should do.
    Skipped,
    /// Was cancelled.
    Cancelled,
}

impl Phase {
    /// The phase's name, as in the status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Superseded => "Superseded",
            Self::Skipped => "Skipped",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether nothing more will happen to a run in this phase.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Queued | Self::Running)
    }
}

/// What was planned, applied and remains, in numbers and words. The counts add up over the attempts of a run.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// Operations planned.
    #[serde(default)]
    pub planned: i32,
    /// Operations done.
    #[serde(default)]
    pub applied: i32,
    /// Operations that GitHub refused, as of the last attempt.
    #[serde(default)]
    pub failed: i32,
    /// Operations left to do, as of the last attempt; those that failed are among them.
    #[serde(default)]
    pub remaining: i32,
    /// The same in words: `3 planned, 3 applied`.
    #[schemars(length(max = 200))]
    #[serde(default)]
    pub summary: String,
    /// The first of the last attempt's operations, one a line, with what became of each.
    #[schemars(length(max = 20))]
    #[schemars(inner(length(max = 120)))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<String>,
}

/// What the check of a run shows of its step's report.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether the step's report says why the run ended as it did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explains_end: bool,
    /// The check's title.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 250))]
    pub title: String,
    /// Its text, with nothing in it but what may be published.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 16384))]
    pub summary: String,
    /// Remarks on lines of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub annotations: Vec<Annotation>,
}

/// A remark on lines of the file.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotation {
    /// The file.
    #[schemars(length(max = 1024))]
    pub path: String,
    /// The first line.
    pub start_line: i32,
    /// The last line.
    pub end_line: i32,
    /// The first column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_column: Option<i32>,
    /// The last column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i32>,
    /// How much it matters.
    pub level: Level,
    /// A few words.
    #[schemars(length(max = 1024))]
    pub title: String,
    /// What is wrong, and what to do about it.
    #[schemars(length(max = 2048))]
    pub message: String,
}

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Level {
    /// To know.
    Notice,
    /// To look at.
    Warning,
    /// To fix.
    Failure,
}

impl From<&CheckAnnotation> for Annotation {
    fn from(from: &CheckAnnotation) -> Self {
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            path: from.path.clone(),
            start_line: number(from.start_line),
            end_line: number(from.end_line),
            start_column: from.start_column.map(number),
            end_column: from.end_column.map(number),
            level: match from.annotation_level {
                AnnotationLevel::Notice => Level::Notice,
                AnnotationLevel::Warning => Level::Warning,
                AnnotationLevel::Failure => Level::Failure,
            },
            title: from.title.clone(),
            message: from.message.clone(),
        }
    }
}

impl From<&Annotation> for CheckAnnotation {
    fn from(from: &Annotation) -> Self {
        let number = |number: i32| u32::try_from(number).unwrap_or(0);
        Self {
            path: from.path.clone(),
            start_line: number(from.start_line),
            end_line: number(from.end_line),
            start_column: from.start_column.map(number),
            end_column: from.end_column.map(number),
            annotation_level: match from.level {
                Level::Notice => AnnotationLevel::Notice,
                Level::Warning => AnnotationLevel::Warning,
                Level::Failure => AnnotationLevel::Failure,
            },
            title: from.title.clone(),
            message: from.message.clone(),
        }
    }
}

/// How many requests created something on GitHub within a minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentWrites {
    /// The minute (RFC 3339).
    pub at: String,
    /// How many.
    pub count: i32,
}
