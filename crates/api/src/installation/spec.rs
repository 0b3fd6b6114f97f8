//! What a user says about an installation. Doc comments here are what `kubectl explain` prints.

use kube::{CustomResource, KubeSchema};
use peribolos_vocab::{Allow, Ignore, Kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults;
use crate::{GoDuration, installation::GitHubInstallationStatus};

/// An installation of the GitHub App on an organization. From it follow the organization's token Secret
/// and the runs that apply its peribolos.yaml.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "peribolos.dev",
    version = "v1alpha1",
    kind = "GitHubInstallation",
    plural = "githubinstallations",
    shortname = "ghi",
    category = "peribolos",
    namespaced,
    status = "GitHubInstallationStatus",
    derive = "PartialEq",
    doc = "An installation of the GitHub App on an organization, whose members, teams and repositories follow its peribolos.yaml.",
    selectable = ".spec.installationId",
    validation = Rule::new("self.metadata.name.size() <= 50").message("the name may have at most 50 characters: names of runs and Secrets are made from it"),
    printcolumn(name = "Account", type_ = "string", json_path = ".status.account.login", description = "The organization"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Token-Expires", type_ = "string", json_path = ".status.token.expiresAt"),
    printcolumn(name = "Applied", type_ = "string", json_path = ".status.lastAppliedShortSha", description = "The commit that was applied last"),
    printcolumn(name = "Last-Run", type_ = "string", json_path = ".status.lastRun.phase"),
    printcolumn(name = "Suspend", type_ = "string", json_path = ".spec.suspend"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[cfg_attr(test, kube(cel))]
#[serde(rename_all = "camelCase")]
pub struct GitHubInstallationSpec {
    /// The id GitHub gave this installation: the number at the end of the address of its settings page.
    #[schemars(range(min = 1))]
    #[x_kube(validation = Rule::new("self == oldSelf").message("installationId can't be changed: make a new GitHubInstallation instead"))]
    pub installation_id: i64,
    /// While true, no run starts: runs stay Pending and their checks queued. The token is still refreshed.
    #[serde(default)]
    pub suspend: bool,
    /// The location of the organization's file.
    #[serde(default)]
    pub config: ConfigSource,
    /// The Secret with the organization's token, and when it is refreshed.
    #[serde(default)]
    pub token: TokenSpec,
    /// What happens when the App is installed.
    #[serde(default)]
    pub onboarding: Onboarding,
    /// Whose pull requests get a preview. Everyone shows strangers whether their file is valid, and nothing else.
    #[serde(default)]
    pub preview: Preview,
    /// What checks and issues on GitHub name. Auto: everything where the config repository is private, else what the file
    /// names.
    #[serde(default)]
    pub disclosure: Disclosure,
    /// Comment on pull requests: one comment with the preview, which is edited in place, and one with what the merge did.
    /// Commands are answered in any case.
    #[serde(default = "defaults::yes")]
    pub comments: bool,
    /// How the file is applied.
    #[serde(default)]
    pub run: RunSpec,
    /// Limits that stop a run before its first write.
    #[serde(default)]
    pub guards: Guards,
}

/// The location of the organization's file.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigSource {
    /// The repository of the organization that holds the file. Empty: .github if it is private or has the file, else
    /// peribolos; it is found once and kept in status.config with its id.
    #[schemars(length(max = 100))]
    #[x_kube(validation = Rule::new("self == '' || (self.matches('^[A-Za-z0-9._-]+$') && self != '.' && self != '..')").message("repository is the repository's name alone, without its owner: letters, digits, '.', '_' and '-'"))]
    #[serde(default)]
    pub repository: String,
    /// The path of the file in the repository.
    #[schemars(length(min = 1, max = 255))]
    #[x_kube(validation = Rule::new("!self.startsWith('/') && !self.endsWith('/') && !self.contains('//') && !self.matches('(^|/)\\\\.\\\\.?(/|$)') && !self.matches('[\\\\x00-\\\\x1f\\\\x7f]')").message("path is relative to the root of the repository, like peribolos.yaml or org/peribolos.yaml, without '.' and '..'"))]
    #[serde(default = "defaults::path")]
    pub path: String,
    /// The branch that is applied. Empty: the repository's default branch.
    #[schemars(length(max = 200))]
    #[x_kube(validation = Rule::new("self == '' || (self.matches('^[A-Za-z0-9._/+@#=,-]+$') && !self.startsWith('-') && !self.startsWith('/') && !self.startsWith('refs/') && !self.endsWith('/') && !self.contains('..'))").message("branch is a branch's short name, like main, without refs/heads/"))]
    #[serde(default)]
    pub branch: String,
}

impl ConfigSource {
    /// The branch that is applied, in a repository whose default branch is `default`.
    pub fn branch_or<'a>(&'a self, default: &'a str) -> &'a str {
        if self.branch.is_empty() { default } else { &self.branch }
    }
}

impl Default for ConfigSource {
    fn default() -> Self {
        Self { repository: String::new(), path: defaults::path(), branch: String::new() }
    }
}

/// The Secret with the organization's token, and when it is refreshed.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!self.refreshInterval.matches('^([0-9]{1,5}(s|m|h))+$') || !self.expiryMargin.matches('^([0-9]{1,5}(s|m|h))+$') || duration(self.refreshInterval) + duration(self.expiryMargin) <= duration('60m')").message("refreshInterval and expiryMargin together may be at most 60m: GitHub's tokens live one hour"))]
pub struct TokenSpec {
    /// The name of the Secret. Empty: the name of this object with -token behind it.
    #[schemars(length(max = 253))]
    #[x_kube(validation = Rule::new("self == '' || self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')").message("secretName must be a valid name of a Secret: lower case letters, digits, '-' and '.'"))]
    #[serde(default)]
    pub secret_name: String,
    /// How long after it was issued a token is replaced: 1m to 55m.
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(s|m|h))+$') && duration(self) >= duration('1m') && duration(self) <= duration('55m')").message("refreshInterval must be a duration like 30m, from 1m to 55m"))]
    #[serde(default = "defaults::refresh_interval")]
    pub refresh_interval: GoDuration,
    /// How long before it expires a token is replaced at the latest: 1m to 55m.
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(s|m|h))+$') && duration(self) >= duration('1m') && duration(self) <= duration('55m')").message("expiryMargin must be a duration like 15m, from 1m to 55m"))]
    #[serde(default = "defaults::expiry_margin")]
    pub expiry_margin: GoDuration,
}

impl Default for TokenSpec {
    fn default() -> Self {
        Self {
            secret_name: String::new(),
            refresh_interval: defaults::refresh_interval(),
            expiry_margin: defaults::expiry_margin(),
        }
    }
}

/// What happens when the App is installed.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Onboarding {
    /// Open a pull request with a peribolos.yaml that describes the organization as it is.
    #[serde(default = "defaults::yes")]
    pub pull_request: bool,
    /// Create the config repository as a private one if it is missing and the file is to be proposed.
    #[serde(default = "defaults::yes")]
    pub create_repository: bool,
    /// Open the pull request on a public repository too. It names secret teams, private repositories and concealed members.
    #[serde(default)]
    pub allow_public: bool,
}

impl Default for Onboarding {
    fn default() -> Self {
        Self { pull_request: defaults::yes(), create_repository: defaults::yes(), allow_public: false }
    }
}

/// Whose pull requests get a preview.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Preview {
    /// Nobody's.
    Off,
    /// Those of members; others get one when a member requests it.
    #[default]
    Members,
    /// Everyone's; those of others are parsed and validated only.
    Everyone,
}

/// What checks and issues on GitHub name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Disclosure {
    /// Full where the config repository is private, which internal is not; else `FileOnly`. Each run checks it.
    #[default]
    Auto,
    /// Everything is named, except for teams that `SecretTeams` ignores.
    Full,
    /// What the file names is named, and the rest is counted.
    FileOnly,
}

/// How the file is applied.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunSpec {
    /// How long a run may take: 1m to 24h.
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(s|m|h))+$') && duration(self) >= duration('1m') && duration(self) <= duration('24h')").message("timeout must be a duration like 2h, from 1m to 24h"))]
    #[serde(default = "defaults::timeout")]
    pub timeout: GoDuration,
    /// A Task of your own for Apply runs, with the interface of peribolos-apply, like the chart's peribolos-upstream.
    /// Empty: peribolos-apply.
    #[schemars(length(max = 253))]
    #[x_kube(validation = Rule::new("self == '' || self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')").message("taskRef must be the name of a Task in this namespace"))]
    #[serde(default)]
    pub task_ref: String,
    /// The service account of the pods. Empty: that of all installations, a setting of the controller. No token of it is mounted.
    #[schemars(length(max = 253))]
    #[x_kube(validation = Rule::new("self == '' || self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')").message("serviceAccountName must be the name of a ServiceAccount in this namespace"))]
    #[serde(default)]
    pub service_account_name: String,
    /// What is managed. TeamMembers and TeamRepos need Teams.
    #[schemars(length(max = 7))]
    #[x_kube(merge_strategy = ListMerge::Set, validation = Rule::new("!('TeamMembers' in self || 'TeamRepos' in self) || 'Teams' in self").message("TeamMembers and TeamRepos need Teams in manage"))]
    #[serde(default = "defaults::manage")]
    pub manage: Vec<Kind>,
    /// Further changes that are allowed.
    #[schemars(length(max = 2))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    #[serde(default)]
    pub allow: Vec<Allow>,
    /// What is not changed.
    #[schemars(length(max = 3))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    #[serde(default)]
    pub ignore: Vec<Ignore>,
    /// The interval of drift checks, each of which is a DryRun; 0s turns them off, the shortest is 1m.
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(s|m|h))+$') && (duration(self) == duration('0s') || duration(self) >= duration('1m'))").message("driftCheck must be 0s (off) or a duration of at least 1m, like 24h"))]
    #[serde(default = "defaults::drift_check")]
    pub drift_check: GoDuration,
    /// Apply the file when drift is found.
    #[serde(default)]
    pub correct_drift: bool,
    /// How many finished runs are kept.
    #[serde(default)]
    pub history: History,
}

impl Default for RunSpec {
    fn default() -> Self {
        Self {
            timeout: defaults::timeout(),
            task_ref: String::new(),
            service_account_name: String::new(),
            manage: defaults::manage(),
            allow: vec![],
            ignore: vec![],
            drift_check: defaults::drift_check(),
            correct_drift: false,
            history: History::default(),
        }
    }
}

/// How many finished runs of each mode are kept.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// Finished Apply runs kept.
    #[schemars(range(min = 0, max = 100))]
    #[serde(default = "defaults::history_apply")]
    pub apply: i32,
    /// Finished DryRun runs kept.
    #[schemars(range(min = 0, max = 100))]
    #[serde(default = "defaults::history_dry_run")]
    pub dry_run: i32,
    /// Finished Dump runs kept.
    #[schemars(range(min = 0, max = 100))]
    #[serde(default = "defaults::history_dump")]
    pub dump: i32,
}

impl Default for History {
    fn default() -> Self {
        Self {
            apply: defaults::history_apply(),
            dry_run: defaults::history_dry_run(),
            dump: defaults::history_dump(),
        }
    }
}

/// Limits that stop a run before its first write.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Guards {
    /// The fewest owners the organization may be left with: at least 2.
    #[schemars(range(min = 2, max = 100))]
    #[serde(default = "defaults::minimum_admins")]
    pub minimum_admins: i32,
    /// Logins that must stay owners.
    #[schemars(length(max = 100))]
    #[x_kube(merge_strategy = ListMerge::Set, validation = Rule::new("self.all(login, login.matches('^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$'))").message("requiredAdmins are GitHub logins: letters, digits, '-' and '_', at most 100 characters"))]
    #[schemars(inner(length(min = 1, max = 100)))]
    #[serde(default)]
    pub required_admins: Vec<String>,
    /// The largest share of what exists, of each kind, that one run may remove, in percent.
    #[schemars(range(min = 0, max = 100))]
    #[serde(default = "defaults::maximum_removal_percent")]
    pub maximum_removal_percent: i32,
    /// What happens to removals that no preview showed.
    #[serde(default)]
    pub unreviewed_removals: UnreviewedRemovals,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            minimum_admins: defaults::minimum_admins(),
            required_admins: vec![],
            maximum_removal_percent: defaults::maximum_removal_percent(),
            unreviewed_removals: UnreviewedRemovals::Block,
        }
    }
}

/// What happens to removals that no preview showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum UnreviewedRemovals {
    /// They are applied and named in the check.
    Warn,
    /// They stop the run, unless all commits of the file since the last reviewed one came without a pull request.
    #[default]
    Block,
    /// They stop the run.
    Require,
}
