//! The narrow part of Tekton's `TaskRun` (`tekton.dev/v1`) that the operator writes and reads.
//!
//! Source: Tekton Pipelines v1.15, `pkg/apis/pipeline/v1/taskrun_types.go`. No maintained crate has it.

use k8s_openapi::api::core::v1::ContainerState;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// The value of `spec.status` with which Tekton stops a TaskRun, or never begins with it.
pub const CANCELLED: &str = "TaskRunCancelled";

/// What a TaskRun is to do.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "tekton.dev",
    version = "v1",
    kind = "TaskRun",
    plural = "taskruns",
    namespaced,
    schema = "disabled",
    status = "TaskRunStatus",
    derive = "PartialEq"
)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskRunSpec {
    /// Values of the Task's params.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// The Task that is run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_ref: Option<TaskRef>,
    /// The pod's service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<String>,
    /// Set to `TaskRunCancelled` to stop it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Why it was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// How long it may take, in Go's notation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// Settings of the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_template: Option<PodTemplate>,
    /// Volumes bound to the Task's workspaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub workspaces: Vec<WorkspaceBinding>,
}

/// A Task by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskRef {
    /// Its name.
    pub name: String,
    /// Its kind: `Task`.
    pub kind: String,
}

/// A param's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// A text or a list of texts.
    pub value: ParamValue,
}

/// A param's value: a text or a list of texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// A text.
    Text(String),
    /// A list.
    List(Vec<String>),
}

/// Settings of the pod that Tekton makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTemplate {
    /// False: no token of the service account is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    /// All other fields, as the platform team sets them.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

/// A workspace bound to a Secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkspaceBinding {
    /// The workspace's name in the Task.
    pub name: String,
    /// The Secret mounted there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretSource>,
}

/// A Secret as a volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretSource {
    /// The Secret's name.
    pub secret_name: String,
    /// The keys that are mounted; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<KeyPath>,
}

/// A key of a Secret and the file it becomes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyPath {
    /// The key.
    pub key: String,
    /// The file's path in the volume.
    pub path: String,
}

/// How a TaskRun goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskRunStatus {
    /// `Succeeded` is the only one that matters here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<TaskRunCondition>,
    /// The pod.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pod_name: String,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Time>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_time: Option<Time>,
    /// The steps' states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepState>,
    /// What the steps wrote as results.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<TaskRunResult>,
}

/// A condition as Knative writes it: without the fields that Kubernetes requires.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskRunCondition {
    /// `Succeeded`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Tekton's reason.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Tekton's sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// A step's state: a container's, with its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StepState {
    /// The step's name in the Task.
    pub name: String,
    /// The container in the pod.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub container: String,
    /// Waiting, running or terminated.
    #[serde(flatten)]
    pub state: ContainerState,
    /// Tekton's word on how it ended: Completed, Error, TimeoutExceeded, Cancelled, Skipped, Continued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_reason: Option<String>,
}

/// A result of the Task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRunResult {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ParamValue,
}
