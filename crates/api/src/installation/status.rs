//! What the controller says about an installation.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::run::Phase;

/// The status of an installation, as observed by the controller.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GitHubInstallationStatus {
    /// The generation of the spec that this status is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Ready (the summary), TokenIssued, Synced, Drifted, Reconciling, Stalled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
    /// The account the App is installed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The repository that holds the file. Absent: it was not found yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigLocation>,
    /// Why the repository that holds the file can't be used or found, if a person has to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_problem: Option<ConfigProblem>,
    /// The permissions the organization has granted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub app_permissions: BTreeMap<String, String>,
    /// Whether the App reaches all repositories or selected ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_selection: Option<String>,
    /// Since when the organization has suspended the App (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<String>,
    /// The value of the annotation peribolos.dev/recheck for which the installation was last fetched from GitHub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_recheck: Option<String>,
    /// The token in the Secret: a copy of the Secret's annotations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenStatus>,
    /// The Apply or Dump that has the installation's slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_run: Option<ActiveRun>,
    /// A number that rises each time the slot is freed. It is part of the names of the runs that the operator creates by
    /// itself, and the precondition by which late writes are rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heal_sequence: Option<i64>,
    /// The Apply or Dump that ended last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRun>,
    /// The commit that was applied last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_applied_sha: Option<String>,
    /// Its first seven characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_applied_short_sha: Option<String>,
    /// The Git blob of the file that was applied last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_applied_blob: Option<String>,
    /// The commit of the last Apply that passed the rule of unreviewed removals and made all of its removals. What pull
    /// requests merged since then have shown counts for the next Apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_reviewed_sha: Option<String>,
    /// How the last Apply that had the installation's slot ended. What is applied next follows from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_apply: Option<LastApply>,
    /// What the last comparison of the organization with its file found: a DryRun of the branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_comparison: Option<LastComparison>,
    /// The DryRun of the branch that ended last, whatever its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_drift_check: Option<LastRun>,
    /// The Git blob of the file at the first check of the object, `none` if there was no file: nobody has requested to apply
    /// it. The first Apply that takes the slot removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_blob: Option<String>,
    /// The file whose Apply ended without the slot, for example because it was cancelled before it started: it is not
    /// applied again automatically. The next Apply that takes the slot removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<Declined>,
    /// The owners' comments for which an Apply has taken the slot, newest last: none of them approves of another one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub used_comments: Vec<UsedComment>,
    /// The number of waiting runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_runs: Option<i32>,
}

/// An owner's comment that requested an Apply. What it approves of is checked on GitHub whenever something depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its id on GitHub.
    pub comment: i64,
    /// Who wrote it, according to the run.
    #[schemars(length(max = 64))]
    pub login: String,
    /// The UID of the Apply that it requested.
    pub run: String,
    /// When that Apply was created (RFC 3339).
    pub at: String,
}

/// An owner's comment, and the Apply that it was used for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsedComment {
    /// Its id on GitHub.
    pub id: i64,
    /// The UID of the run.
    pub run: String,
    /// When the run took the slot (RFC 3339).
    pub at: String,
}

/// The account the App is installed on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its canonical name on GitHub.
    pub login: String,
    /// Its id, which a rename does not change.
    pub id: i64,
    /// Organization, or another type of account on GitHub.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The repository that holds the file: found once, and from then on known by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigLocation {
    /// Its name without the owner. It changes when the repository is renamed.
    pub repository: String,
    /// Its id on GitHub. Another repository under the same name is never used in its place.
    pub repository_id: i64,
    /// What spec.config.repository was when it was found; empty: it was chosen automatically. With another value it is looked
    /// for anew.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub specified: String,
    /// Who can see it, when it was last checked: public, private or internal.
    #[serde(default)]
    pub visibility: String,
    /// Since when it is known to be no longer private (RFC 3339). Absent: it is private, or was not when it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_since: Option<String>,
}

/// Why the repository that holds the file can't be used or found.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigProblem {
    /// The reason, for programs.
    #[schemars(length(max = 64))]
    pub reason: String,
    /// The reason, as a sentence.
    #[schemars(length(max = 2048))]
    pub message: String,
}

/// When the token in the Secret was issued and what comes next (RFC 3339).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenStatus {
    /// The Secret it is in.
    pub secret_name: String,
    /// When GitHub issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<String>,
    /// When it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// When it will be replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_refresh_at: Option<String>,
}

/// The Apply or Dump that has the installation's slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveRun {
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// Its attempt.
    pub attempt: i32,
}

impl<'de> Deserialize<'de> for ActiveRun {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Stored {
            /// As an earlier version wrote it.
            Name(String),
            Whole {
                name: String,
                #[serde(default)]
                uid: String,
                #[serde(default)]
                attempt: i32,
            },
        }
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Name(name) => Self { name, uid: String::new(), attempt: 0 },
            Stored::Whole { name, uid, attempt } => Self { name, uid, attempt },
        })
    }
}

/// The Apply or Dump that ended last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastRun {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub phase: Phase,
    /// When it ended (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// What a comparison of the organization with its file found.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastComparison {
    /// The DryRun.
    pub run: String,
    /// The commit whose file it compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// The Git blob of that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// How many operations an Apply would plan.
    pub planned: i32,
    /// A summary of these operations.
    #[schemars(length(max = 2048))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The UID of the last Apply when it began; empty: there was none. After another Apply it is no longer valid.
    #[serde(default)]
    pub after_apply: String,
    /// When it ended (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// A file whose Apply ended without the slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Declined {
    /// The commit of the Apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// The Git blob of the file, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// Why it ended.
    pub reason: String,
    /// When (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// How the last Apply ended that had the installation's slot.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastApply {
    /// Its name.
    pub run: String,
    /// Its UID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The id of the repository whose file was applied last: that of this Apply, if its pod was started, else that of the one
    /// before. While it is not the config repository's, an Apply needs an owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_id: Option<i64>,
    /// The commit that it was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<String>,
    /// The Git blob of the file at that commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// The owner's comment that requested it, or that an Apply of the same file before it inherited: the next Apply of this
    /// file inherits it, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// How it ended.
    pub phase: Phase,
    /// The reason why, for programs.
    #[schemars(length(max = 64))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The reason why, as a sentence.
    #[schemars(length(max = 2048))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How many operations were left to do. None: they were not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<i32>,
    /// Whether one of its attempts started and left no report: what it changed is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outcome_unknown: bool,
    /// When its first attempt started (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// When it ended (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// When the same file is applied again without a change (RFC 3339). None: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<String>,
}
