//! An organization, its installation and a controller, with the test in Tekton's place.

use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
};
use peribolos_api::{GitHubInstallation, PeribolosRun};
use peribolos_operator::kubernetes::tekton::TaskRun;
use peribolos_vocab::report::{Changes, StepExit, StepName, StepReport};
use serde_json::{Value, json};

use crate::support::{
    ControlPlane, Controller, GitHub, Kubelet, eventually, namespace, operator::forget_lease,
};

/// The organization of most tests.
pub const FIXTURE: &str = "
users: [eve]
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member}
    repos:
      .github: {visibility: private, files: {README.md: hello}}
    installation: {id: 1234567}
  globex:
    id: 9002
    settings: {name: Globex, billing_email: billing@globex.example}
    members: {hank: admin, homer: admin}
    repos:
      .github: {visibility: private, files: {README.md: hello}}
    installation: {id: 7654321}
";

/// The installation of most tests.
pub const ACME: &str = "acme-1234567";
/// Another one.
pub const GLOBEX: &str = "globex-7654321";

/// All of it.
pub struct World {
    pub plane: &'static ControlPlane,
    pub client: Client,
    pub namespace: String,
    pub github: GitHub,
    pub kubelet: Kubelet,
    pub controller: Option<Controller>,
}

impl World {
    /// Everything started, and `acme`'s installation Ready.
    pub async fn start(more: &[&str]) -> Self {
        Self::start_on(ControlPlane::shared(), &[], more).await
    }

    /// The same with tokens that live three minutes: one may follow another after 18 s.
    pub async fn with_short_tokens() -> Self {
        Self::start_on(ControlPlane::shared(), &["--token-ttl", "3m"], &[]).await
    }

    /// The same on an API server of its own, whose definitions the test may change.
    pub async fn alone(more: &[&str]) -> Self {
        // It ends with the process.
        let start = || Box::leak(Box::new(ControlPlane::start()));
        let plane: &'static ControlPlane = tokio::task::spawn_blocking(start).await.unwrap();
        Self::start_on(plane, &[], more).await
    }

    /// The same with other repositories of `acme`, as the simulator's fixture has them.
    pub async fn with_repositories(repositories: &str) -> Self {
        let fixture = FIXTURE.replacen(
            "      .github: {visibility: private, files: {README.md: hello}}\n",
            &repositories.lines().fold(String::new(), |all, line| format!("{all}      {line}\n")),
            1,
        );
        let plane = ControlPlane::shared();
        let mut this = Self::on(plane, GitHub::start(&fixture, &[]).await).await;
        this.controller = Some(Controller::start(plane, &this.github, &this.namespace, "first", &[]).await);
        this
    }

    async fn start_on(plane: &'static ControlPlane, github: &[&str], more: &[&str]) -> Self {
        let mut this = Self::without_controller(plane, github).await;
        let controller = Controller::start(plane, &this.github, &this.namespace, "first", more).await;
        this.controller = Some(controller);
        this.is_ready(ACME).await;
        this.is_ready(GLOBEX).await;
        this
    }

    /// Everything but a controller.
    pub async fn without_controller(plane: &'static ControlPlane, github: &[&str]) -> Self {
        Self::on(plane, GitHub::start(FIXTURE, github).await).await
    }

    async fn on(plane: &'static ControlPlane, github: GitHub) -> Self {
        let client = plane.client();
        let namespace = namespace(&client).await;
        let kubelet = Kubelet::start(&client).await;
        let this = Self { plane, client, namespace, github, kubelet, controller: None };
        // Made before the controller looks: what heals would make them too, and onboard them.
        this.install(ACME, 1_234_567).await;
        this.install(GLOBEX, 7_654_321).await;
        this
    }

    /// Makes an installation. Its file is not there yet, so nothing heals by itself.
    pub async fn install(&self, name: &str, id: i64) {
        let object: GitHubInstallation = serde_json::from_value(json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": name}, "spec": {"installationId": id, "config": {"path": "org.yaml"}},
        }))
        .unwrap();
        self.installations().create(&PostParams::default(), &object).await.unwrap();
    }

    /// Waits until an installation is Ready.
    pub async fn is_ready(&self, name: &str) {
        eventually("the installation is Ready", async || {
            let object = self.installations().get(name).await.unwrap();
            let conditions = object.status.unwrap_or_default().conditions;
            let ready = conditions.iter().any(|c| c.type_ == "Ready" && c.status == "True");
            if ready { Ok(()) } else { Err(format!("{conditions:?}\n{}", self.said())) }
        })
        .await;
    }

    /// The token of `acme`'s installation.
    pub async fn token(&self) -> String {
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), &self.namespace);
        let secret = secrets.get(&format!("{ACME}-token")).await.unwrap();
        String::from_utf8(secret.data.unwrap()["token"].0.clone()).unwrap()
    }

    /// Does something with a repository of `acme`, as an owner can.
    pub async fn change(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.github.call_by(&self.token().await, method, path, body).await
    }

    /// Pushes files to a repository of `acme` and gives the new head.
    pub async fn push(&self, sender: &str, repository: &str, files: Value) -> String {
        let body = json!({"branch": "main", "files": files, "message": "change", "sender": sender});
        let path = format!("/_sim/orgs/acme/repos/{repository}/push");
        let pushed = self.github.call("POST", &path, Some(body)).await;
        pushed["sha"].as_str().unwrap_or_else(|| panic!("no sha in {pushed}")).to_owned()
    }

    /// What the controller said.
    pub fn said(&self) -> String {
        self.controller.as_ref().map(Controller::said).unwrap_or_default()
    }

    pub fn installations(&self) -> Api<GitHubInstallation> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub fn runs(&self) -> Api<PeribolosRun> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub fn task_runs(&self) -> Api<TaskRun> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Makes a run of `acme`.
    pub async fn create(&self, name: &str, mode: &str, source: Value) {
        self.create_with(name, json!({"mode": mode, "source": source}), json!({})).await;
    }

    /// Has an Apply of the head carried out: the next one is not the first, which needs an owner.
    pub async fn apply_once(&self) {
        self.create("before", "Apply", json!({})).await;
        self.task_run("before-1").await;
        self.applied("before-1").await;
        self.reaches("before", "Succeeded", "Applied").await;
        self.slot_is_free().await;
    }

    /// Makes a run with more in its spec and metadata.
    pub async fn create_with(&self, name: &str, spec: Value, metadata: Value) {
        let mut object = json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
            "metadata": {"name": name}, "spec": {"installationRef": {"name": ACME}},
        });
        for (part, more) in [("spec", spec), ("metadata", metadata)] {
            for (key, value) in more.as_object().unwrap() {
                object[part][key] = value.clone();
            }
        }
        // The first Apply of an organization needs an owner.
        if object["spec"]["mode"] == "Apply"
            && object["spec"]["trigger"]["sender"].is_null()
            && object["spec"]["trigger"]["event"].is_null()
        {
            let owner = if object["spec"]["installationRef"]["name"] == ACME { "alice" } else { "hank" };
            object["spec"]["trigger"]["event"] = json!("push");
            object["spec"]["trigger"]["deliveryId"] = json!(format!("delivery-of-{name}"));
            object["spec"]["trigger"]["sender"] = json!(owner);
            object["spec"]["trigger"]["deliveryId"] = json!(name);
        }
        let run: PeribolosRun = serde_json::from_value(object).unwrap();
        self.runs().create(&PostParams::default(), &run).await.unwrap();
    }

    pub async fn run(&self, name: &str) -> PeribolosRun {
        self.runs().get(name).await.unwrap()
    }

    /// Waits until a run is in that phase with that reason.
    pub async fn reaches(&self, name: &str, phase: &str, reason: &str) -> PeribolosRun {
        eventually(&format!("{name} is {phase}, {reason}"), async || {
            let run = self.run(name).await;
            let status = run.status.clone().unwrap_or_default();
            let now = (status.phase.map(peribolos_api::run::Phase::as_str), status.reason.as_deref());
            if now == (Some(phase), Some(reason)) {
                Ok(run)
            } else {
                Err(format!("{now:?} {:?}\n{}", status.message, tail(&self.said())))
            }
        })
        .await
    }

    /// Waits until a run is labelled as ended: everything that follows from its end is done, and what it says is as it will stay.
    pub async fn is_over(&self, name: &str) -> PeribolosRun {
        eventually(&format!("{name} is over"), async || {
            let run = self.run(name).await;
            let labels = run.metadata.labels.clone().unwrap_or_default();
            if labels.contains_key("peribolos.dev/ended") {
                Ok(run)
            } else {
                Err(format!("{labels:?} {:?}\n{}", run.status, tail(&self.said())))
            }
        })
        .await
    }

    /// Waits for a TaskRun.
    pub async fn task_run(&self, name: &str) -> TaskRun {
        eventually(&format!("the TaskRun {name} is there"), async || {
            if let Some(task_run) = self.task_runs().get_opt(name).await.unwrap() {
                return Ok(task_run);
            }
            let runs = self.runs().list(&ListParams::default()).await.unwrap();
            let runs: Vec<_> = runs.into_iter().map(|run| (run.metadata.name, run.status)).collect();
            Err(format!("{runs:?}\n{}\n{}", self.installation_status().await, tail(&self.said())))
        })
        .await
    }

    /// Writes a TaskRun's status, as Tekton does.
    pub async fn tekton_says(&self, name: &str, status: Value) {
        let patch = Patch::Merge(json!({"status": status}));
        self.task_runs().patch_status(name, &PatchParams::default(), &patch).await.unwrap();
    }

    /// The pods of the namespace.
    pub fn pods(&self) -> Api<k8s_openapi::api::core::v1::Pod> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// The one step of a TaskRun has ended with this report, and the TaskRun with it.
    pub async fn step_ends(&self, task_run: &str, report: &StepReport) {
        let step = serde_json::to_value(report.step).unwrap();
        let step = step.as_str().unwrap();
        let (pod, container) = (format!("{task_run}-pod"), format!("step-{step}"));
        let log = format!("a line for people\n{}\n", report.to_line().unwrap());
        let is_good = report.exit == StepExit::Ok;
        let phase = if is_good { "Succeeded" } else { "Failed" };
        self.kubelet.pod(&self.pods(), &pod, &container, phase, &log).await;
        let condition = json!({"type": "Succeeded", "status": if is_good { "True" } else { "False" }, "reason": phase,
            "message": "said Tekton"});
        let exit = json!({"exitCode": report.exit.code()});
        self.tekton_says(
            task_run,
            json!({
                "podName": pod, "conditions": [condition], "completionTime": "2026-01-01T00:00:00Z",
                "steps": [{"name": step, "container": container, "terminated": exit}],
            }),
        )
        .await;
    }

    /// An Apply has applied the one change that it planned.
    pub async fn applied(&self, task_run: &str) {
        self.step_ends(task_run, &apply(StepExit::Ok, 1, 1)).await;
    }

    /// Tekton's status of a TaskRun that has ended.
    pub async fn tekton_ends(&self, name: &str, reason: &str, exits: &[(&str, i32)]) {
        let steps: Vec<Value> = exits
            .iter()
            .map(|(step, code)| json!({"name": step, "container": format!("step-{step}"), "terminated": {"exitCode": code}}))
            .collect();
        let succeeded = if reason == "Succeeded" { "True" } else { "False" };
        self.tekton_says(
            name,
            json!({
                "conditions": [{"type": "Succeeded", "status": succeeded, "reason": reason, "message": "said Tekton"}],
                "steps": steps, "completionTime": "2026-01-01T00:00:00Z",
            }),
        )
        .await;
    }

    /// The names of all TaskRuns.
    pub async fn task_run_names(&self) -> Vec<String> {
        let all = self.task_runs().list(&ListParams::default()).await.unwrap();
        all.iter().map(ResourceExt::name_any).collect()
    }

    /// Asserts that the TaskRun is there for its name alone: Tekton makes no pod for it.
    pub async fn is_closed(&self, name: &str) {
        let task_run = self.task_runs().get(name).await.unwrap();
        assert_eq!(task_run.annotations().get("peribolos.dev/closed").map(String::as_str), Some("true"));
        assert_eq!(task_run.spec.status.as_deref(), Some("TaskRunCancelled"));
    }

    /// Waits until the slot is free.
    pub async fn slot_is_free(&self) {
        eventually("the slot is free", async || match self.installation_status().await.get("activeRun") {
            None => Ok(()),
            Some(active) => Err(format!("{active} has it\n{}", tail(&self.said()))),
        })
        .await;
    }

    /// The status of `acme`'s installation.
    pub async fn installation_status(&self) -> Value {
        let object = self.installations().get(ACME).await.unwrap();
        serde_json::to_value(object.status.unwrap_or_default()).unwrap()
    }

    /// The check that belongs to a run, as GitHub has it.
    pub async fn check(&self, run: &PeribolosRun) -> Option<Value> {
        let org = self.github.org("acme").await;
        let checks = org["checks"].as_array().cloned().unwrap_or_default();
        checks.into_iter().find(|check| check["external_id"].as_str() == run.metadata.uid.as_deref())
    }

    /// How many checks belong to a run.
    pub async fn checks(&self, run: &PeribolosRun) -> usize {
        let org = self.github.org("acme").await;
        let is_its = |check: &&Value| check["external_id"].as_str() == run.metadata.uid.as_deref();
        org["checks"].as_array().into_iter().flatten().filter(is_its).count()
    }

    /// Waits until a run's check has this status: what the run's status says comes first.
    pub async fn check_is(&self, run: &PeribolosRun, status: &str) {
        eventually(&format!("the check is {status}"), async || {
            let check = self.check(run).await.unwrap_or_default();
            if check["status"] == status { Ok(()) } else { Err(format!("{check}\n{}", tail(&self.said()))) }
        })
        .await;
    }

    /// Waits until a run's check is completed and gives its conclusion.
    pub async fn conclusion(&self, run: &PeribolosRun) -> String {
        eventually("the check is completed", async || {
            let check = self.check(run).await;
            let conclusion = check.as_ref().and_then(|check| check["conclusion"].as_str()).map(str::to_owned);
            conclusion.ok_or_else(|| format!("{check:?}\n{}", tail(&self.said())))
        })
        .await
    }

    /// Deletes a run and does not wait.
    pub async fn delete(&self, name: &str) {
        self.runs().delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// Changes a run's spec.
    pub async fn cancel(&self, name: &str) {
        let patch = Patch::Merge(json!({"spec": {"cancel": true}}));
        self.runs().patch(name, &PatchParams::default(), &patch).await.unwrap();
    }

    /// Kills the controller, as by `kill -9`.
    pub fn kill(&mut self) {
        self.controller = None;
    }

    /// Starts another controller after [`Self::kill`]. It does not wait until the Lease has expired.
    pub async fn restart(&mut self, name: &str) {
        forget_lease(&self.client, &self.namespace).await;
        self.controller = Some(Controller::start(self.plane, &self.github, &self.namespace, name, &[]).await);
    }
}

/// The arguments that the step of a TaskRun is started with.
pub fn args(task_run: &TaskRun) -> Vec<String> {
    let params = serde_json::to_value(&task_run.spec.params).unwrap();
    let args = params.as_array().unwrap().iter().find(|param| param["name"] == "args").unwrap();
    serde_json::from_value(args["value"].clone()).unwrap()
}

/// The report of an apply that ended so, with this many changes planned and applied.
pub fn apply(exit: StepExit, planned: u32, applied: u32) -> StepReport {
    let remaining = planned - applied;
    StepReport {
        changes: Some(Changes { planned, applied: Some(applied), failed: 0, remaining }),
        ..StepReport::new(StepName::Apply, exit)
    }
}

/// Conditions of a run: type, status and reason of each.
pub fn conditions(of: &[(&str, &str, &str)]) -> Value {
    of.iter()
        .map(|(kind, status, reason)| {
            json!({"type": kind, "status": status, "reason": reason, "message": "",
                "lastTransitionTime": "2026-01-01T00:00:00Z"})
        })
        .collect()
}

/// The status of a run's condition `Succeeded`.
pub fn succeeded(run: &PeribolosRun) -> String {
    let conditions = &run.status.as_ref().unwrap().conditions;
    conditions.iter().find(|condition| condition.type_ == "Succeeded").unwrap().status.clone()
}

/// The last lines of a log.
fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
