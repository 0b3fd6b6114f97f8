//! In Tekton's place: runs the real steps as processes, with their pods' logs on a kubelet.

use std::{
    collections::HashMap,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::StreamExt;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, DynamicObject, Patch, PatchParams},
    runtime::{WatchStreamExt, watcher},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{process::Command, sync::watch, task::AbortHandle, time::sleep};

use super::collector;
use crate::support::Kubelet;

/// How soon something that could not be done is tried again.
const AGAIN: Duration = Duration::from_millis(100);

/// Tekton in one namespace.
pub struct Tekton {
    client: Client,
    namespace: String,
    github_url: String,
    scale: String,
    kubelet: Kubelet,
    /// Whether a step that has ended may say so.
    ends: watch::Sender<bool>,
    running: Mutex<HashMap<String, AbortHandle>>,
}

impl Tekton {
    /// Starts it. It ends with the test's runtime.
    pub async fn start(client: Client, namespace: String, github_url: &str, scale: &str) -> Arc<Self> {
        let kubelet = Kubelet::start(&client).await;
        let this = Arc::new(Self {
            client,
            namespace,
            github_url: github_url.to_owned(),
            scale: scale.to_owned(),
            kubelet,
            ends: watch::Sender::new(true),
            running: Mutex::default(),
        });
        tokio::spawn(Arc::clone(&this).follow());
        this
    }

    /// Pods that end from now on stay at work until [`Self::release`].
    pub fn hold(&self) {
        self.ends.send_replace(false);
    }

    /// Lets pods end again.
    pub fn release(&self) {
        self.ends.send_replace(true);
    }

    fn task_runs(&self) -> Api<DynamicObject> {
        let [_, task_run, ..] = collector::kinds();
        Api::namespaced_with(self.client.clone(), &self.namespace, &task_run)
    }

    fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    async fn follow(self: Arc<Self>) {
        let changes = watcher(self.task_runs(), watcher::Config::default()).default_backoff();
        let each = changes.for_each(|event| {
            let this = Arc::clone(&self);
            async move {
                match event {
                    Ok(watcher::Event::Apply(it) | watcher::Event::InitApply(it)) => this.changed(it).await,
                    Ok(watcher::Event::Delete(it)) => this.deleted(&it.name_any()).await,
                    // The watcher begins again.
                    Ok(_) | Err(_) => {}
                }
            }
        });
        each.await;
    }

    async fn changed(self: Arc<Self>, task_run: DynamicObject) {
        let (name, status) = (task_run.name_any(), &task_run.data["status"]);
        if !status["completionTime"].is_null() {
            return;
        }
        if task_run.data["spec"]["status"] == "TaskRunCancelled" {
            self.deleted(&name).await;
            let ended = ended("False", "TaskRunCancelled");
            self.write(&name, json!({"conditions": [ended], "completionTime": now()})).await;
            return;
        }
        let mut running = self.running.lock().unwrap();
        running
            .entry(name)
            .or_insert_with(|| tokio::spawn(Arc::clone(&self).carry_out(task_run)).abort_handle());
    }

    /// Stops what runs of a TaskRun and deletes its pod.
    async fn deleted(&self, name: &str) {
        let running = self.running.lock().unwrap().remove(name);
        if let Some(running) = running {
            running.abort();
        }
        let (pods, pod) = (self.pods(), format!("{name}-pod"));
        while !is_done(pods.delete(&pod, &DeleteParams::default().grace_period(0)).await) {
            sleep(AGAIN).await;
        }
    }

    async fn carry_out(self: Arc<Self>, task_run: DynamicObject) {
        let (name, spec) = (task_run.name_any(), &task_run.data["spec"]);
        let (pod, step) = (format!("{name}-pod"), step_of(spec));
        let container = format!("step-{step}");
        let volumes = self.volumes(spec).await;
        self.pod(&pod, &container, "Running", "").await;
        let running = json!({"type": "Succeeded", "status": "Unknown", "reason": "Running"});
        self.write(&name, json!({"podName": pod, "startTime": now(), "conditions": [running]})).await;
        let output = self.command(step, spec, volumes.path()).output().await.unwrap();
        let code = output.status.code().unwrap_or(137);
        self.ends.subscribe().wait_for(|ends| *ends).await.unwrap();
        let log = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        let phase = if code == 0 { "Succeeded" } else { "Failed" };
        self.pod(&pod, &container, phase, &log).await;
        let ended = if code == 0 { ended("True", "Succeeded") } else { ended("False", "Failed") };
        let step = json!({"name": step, "container": container, "terminated": {"exitCode": code}});
        let ended = json!({"conditions": [ended], "completionTime": now(), "steps": [step]});
        self.write(&name, ended).await;
    }

    /// The Secrets of the workspaces as files. A pod waits until they are there.
    async fn volumes(&self, spec: &Value) -> TempDir {
        let directory = tempfile::tempdir().unwrap();
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), &self.namespace);
        for workspace in spec["workspaces"].as_array().unwrap() {
            let secret = workspace["secret"]["secretName"].as_str().unwrap();
            let token = loop {
                let secret = secrets.get(secret).await.ok();
                let token = secret.and_then(|secret| secret.data?.remove("token"));
                if let Some(token) = token {
                    break token.0;
                }
                sleep(AGAIN).await;
            };
            std::fs::write(directory.path().join(workspace["name"].as_str().unwrap()), token).unwrap();
        }
        directory
    }

    /// What the chart's Task runs.
    fn command(&self, step: &str, spec: &Value, volumes: &Path) -> Command {
        let params: HashMap<&str, &Value> = spec["params"]
            .as_array()
            .unwrap()
            .iter()
            .map(|param| (param["name"].as_str().unwrap(), &param["value"]))
            .collect();
        let text = |name: &str| params.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let mut command = Command::new(env!("CARGO_BIN_EXE_peribolos-operator"));
        command.args(["step", step]);
        for param in ["login", "repository", "path"] {
            command.arg(format!("--{param}={}", text(param)));
        }
        command.arg(format!("--token-file={}", volumes.join("token").display()));
        command.arg(format!("--github-api-url={}", self.github_url));
        match step {
            "dump" => {
                command.arg(format!("--write-token-file={}", volumes.join("write-token").display()));
            }
            "plan" => {
                command.args([
                    format!("--sha={}", text("sha")),
                    format!("--pull-request={}", text("pullRequest")),
                ]);
            }
            _ => {
                command.arg(format!("--sha={}", text("sha")));
            }
        }
        command.args(params["args"].as_array().unwrap().iter().filter_map(Value::as_str));
        command.env("PERIBOLOS_TIME_SCALE", &self.scale);
        // Its tokens must not outlive the test that is aborted.
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Makes or changes a pod, however long the API server is away.
    async fn pod(&self, name: &str, container: &str, phase: &str, log: &str) {
        while !is_done(self.kubelet.try_pod(&self.pods(), name, container, phase, log).await) {
            sleep(AGAIN).await;
        }
    }

    /// Writes a TaskRun's status, however long the API server is away.
    async fn write(&self, name: &str, status: Value) {
        let patch = Patch::Merge(json!({"status": status}));
        while !is_done(self.task_runs().patch_status(name, &PatchParams::default(), &patch).await) {
            sleep(AGAIN).await;
        }
    }
}

/// Whether a write need not be tried again: it was done, or its object is not there any more.
fn is_done<T>(answer: kube::Result<T>) -> bool {
    match answer {
        Ok(_) => true,
        Err(kube::Error::Api(status)) => status.code == 404,
        Err(_) => false,
    }
}

/// The step of the Task that a TaskRun names.
fn step_of(spec: &Value) -> &'static str {
    match spec["taskRef"]["name"].as_str().unwrap() {
        "peribolos-apply" => "apply",
        "peribolos-plan" => "plan",
        "peribolos-dump" => "dump",
        other => panic!("there is no Task {other}"),
    }
}

fn ended(status: &str, reason: &str) -> Value {
    json!({"type": "Succeeded", "status": status, "reason": reason, "message": "as Tekton would say"})
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
