//! What a run is to do. Doc comments here are what `kubectl explain` prints.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::run::PeribolosRunStatus;

/// One apply, preview or dump of an organization.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "peribolos.dev",
    version = "v1alpha1",
    kind = "PeribolosRun",
    plural = "peribolosruns",
    shortname = "pbr",
    category = "peribolos",
    namespaced,
    status = "PeribolosRunStatus",
    derive = "PartialEq",
    doc = "One apply, preview or dump of an organization. Its spec can't be changed, but for cancel.",
    validation = Rule::new("self.metadata.name.size() <= 61").message("the name may have at most 61 characters: the name of its TaskRun is made from it"),
    validation = Rule::new("self.spec.mode == 'DryRun' || !has(self.spec.source) || !has(self.spec.source.pullRequest)").message("pullRequest is only for a DryRun: an Apply is of the branch's head"),
    printcolumn(name = "Installation", type_ = "string", json_path = ".spec.installationRef.name"),
    printcolumn(name = "Mode", type_ = "string", json_path = ".spec.mode"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.reason"),
    printcolumn(name = "Sha", type_ = "string", json_path = ".status.shortSha"),
    printcolumn(name = "Changes", type_ = "string", json_path = ".status.changes.summary"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.message", priority = 1),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[cfg_attr(test, kube(cel))]
#[serde(rename_all = "camelCase")]
pub struct PeribolosRunSpec {
    /// The installation this run belongs to.
    #[x_kube(validation = Rule::new("self == oldSelf").message("installationRef can't be changed: a run's spec is immutable, but for cancel"))]
    pub installation_ref: InstallationRef,
    /// Apply changes the organization; DryRun shows what would happen; Dump proposes a file that describes the organization.
    #[x_kube(validation = Rule::new("self == oldSelf").message("mode can't be changed: a run's spec is immutable, but for cancel"))]
    pub mode: Mode,
    /// The file of this run.
    #[serde(default)]
    #[x_kube(validation = Rule::new("self == oldSelf").message("source can't be changed: a run's spec is immutable, but for cancel"))]
    pub source: Source,
    /// What started this run: for information only, never trusted.
    #[serde(default)]
    #[x_kube(validation = Rule::new("self == oldSelf").message("trigger can't be changed: a run's spec is immutable, but for cancel"))]
    pub trigger: Trigger,
    /// Set to true to cancel the run. It can't be taken back.
    #[serde(default)]
    #[x_kube(validation = Rule::new("self || !oldSelf").message("cancel can't be taken back: make a new run instead"))]
    pub cancel: bool,
}

/// The installation a run belongs to.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallationRef {
    /// The name of a GitHubInstallation in this namespace.
    #[schemars(length(min = 1, max = 50))]
    pub name: String,
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Mode {
    /// Changes the organization to what the file says.
    Apply,
    /// Shows what would happen.
    DryRun,
    /// Proposes a file that describes the organization as it is, in an onboarding pull request.
    Dump,
}

impl Mode {
    /// The mode's name, as in the spec.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::DryRun => "DryRun",
            Self::Dump => "Dump",
        }
    }

    /// The mode as the value of a label.
    pub fn label(self) -> String {
        self.as_str().to_ascii_lowercase()
    }

    /// The mode that a label's value is.
    pub fn of_label(value: &str) -> Option<Self> {
        [Self::Apply, Self::DryRun, Self::Dump]
            .into_iter()
            .find(|mode| value.eq_ignore_ascii_case(mode.as_str()))
    }
}

/// The file of a run. Empty fields are taken from the installation.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The repository, as owner/name. Empty: the installation's config repository.
    #[schemars(length(max = 141))]
    #[x_kube(validation = Rule::new("self == '' || self.matches('^[A-Za-z0-9_-]+/[A-Za-z0-9._-]+$')").message("repository is written owner/name"))]
    #[serde(default)]
    pub repository: String,
    /// The full ref, as refs/heads/main. Empty: the installation's branch.
    #[schemars(length(max = 255))]
    #[x_kube(validation = Rule::new("self == '' || self.startsWith('refs/heads/')").message("ref is a branch's full ref, like refs/heads/main"))]
    #[serde(rename = "ref", default)]
    pub git_ref: String,
    /// The commit, in full. Empty: the branch's head.
    #[schemars(length(max = 64))]
    #[x_kube(validation = Rule::new("self == '' || self.matches('^([0-9a-f]{40}|[0-9a-f]{64})$')").message("sha is a whole commit id: 40 or 64 hexadecimal digits in lower case"))]
    #[serde(default)]
    pub sha: String,
    /// The pull request that a preview is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub pull_request: Option<i64>,
}

/// What started a run: for information only, never trusted.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self.sender == '' || self.deliveryId != ''").message("sender is who caused a delivery of GitHub's: leave it out of a run of your own"))]
pub struct Trigger {
    /// GitHub's event, `heal`, or empty for a run that a person created.
    #[schemars(length(max = 100))]
    #[serde(default)]
    pub event: String,
    /// The id of GitHub's delivery.
    #[schemars(length(max = 100))]
    #[serde(default)]
    pub delivery_id: String,
    /// The login of the person who caused it.
    #[schemars(length(max = 100))]
    #[serde(default)]
    pub sender: String,
    /// When it arrived (RFC 3339). Empty for a run that a person created.
    #[schemars(length(max = 40))]
    #[x_kube(validation = Rule::new("self == '' || self.matches('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$')").message("at is a time as RFC 3339 has it, like 2026-01-31T12:00:00Z; leave it out of a run of your own"))]
    #[serde(default)]
    pub at: String,
    /// The comment that requested it. It is read again on GitHub before anything follows from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<TriggerComment>,
}

/// A comment on an issue or pull request of the config repository.
#[derive(KubeSchema, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TriggerComment {
    /// Its id.
    #[schemars(range(min = 1))]
    pub id: i64,
    /// The number of the issue or pull request that it is on.
    #[schemars(range(min = 1))]
    pub issue: i64,
}
