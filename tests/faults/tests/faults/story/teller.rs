//! What people can do in a story, and what they can wait for.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::{Duration, Instant},
};

use kube::{
    Api, ResourceExt,
    api::{DynamicObject, ListParams, Patch, PatchParams, PostParams},
};
use peribolos_api::names::LABEL_ENDED;
use serde_json::{Value, json};

use crate::world::{World, kinds};

/// How long something may take before a story goes on without it: longer than the pause after any single fault.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long the operator does nothing where it is calm.
const CALM: Duration = Duration::from_secs(1);
/// How often it is looked for.
const AGAIN: Duration = Duration::from_millis(100);

/// The list of installations, which whoever leads asks for first.
const LIST: &str = "/app/installations";
/// The file, at which the healer looks.
const FILE: &str = "/repos/{repo}/contents/{path}";

/// What was waited for in vain.
#[derive(Clone, Debug)]
pub struct Missed(pub String);

/// Tells a story in a world.
pub struct Teller<'a> {
    pub world: &'a World,
    /// Commits, and what they are called in the end.
    commits: Mutex<BTreeMap<String, String>>,
}

impl<'a> Teller<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, commits: Mutex::default() }
    }

    /// The commits that were made so far, by their names.
    pub fn commits(&self) -> BTreeMap<String, String> {
        self.commits.lock().unwrap().clone()
    }

    async fn steer(&self, path: &str, body: Value) -> Value {
        self.world.github.call("POST", &format!("/_sim/orgs/acme/{path}"), Some(body)).await
    }

    /// An owner installs the App.
    pub async fn installs(&self) {
        self.steer("install", json!({"id": 1_234_567, "sender": "alice"})).await;
    }

    /// An owner does something else with the App: `uninstall`, `suspend`, `unsuspend`.
    pub async fn app(&self, what: &str) {
        self.steer(what, json!({"sender": "alice"})).await;
    }

    /// Somebody pushes the file to the branch; the commit.
    pub async fn pushes(&self, sender: &str, branch: &str, name: &str, file: &str) -> String {
        let body =
            json!({"branch": branch, "files": {"peribolos.yaml": file}, "message": name, "sender": sender});
        let pushed = self.steer("repos/.github/push", body).await;
        self.commit(&pushed["sha"], name)
    }

    /// Somebody opens a pull request with this file, from a branch called as the title; its number and head.
    pub async fn opens(&self, sender: &str, title: &str, file: &str) -> (i64, String) {
        let body =
            json!({"title": title, "branch": title, "files": {"peribolos.yaml": file}, "sender": sender});
        let pull = self.steer("repos/.github/pulls", body).await;
        let head = self.commit(&pull["head"]["sha"], &format!("head of {title}"));
        (pull["number"].as_i64().unwrap(), head)
    }

    /// An owner merges a pull request; the commit.
    pub async fn merges(&self, number: i64) -> String {
        let merged =
            self.steer(&format!("repos/.github/pulls/{number}/merge"), json!({"sender": "alice"})).await;
        self.commit(&merged["sha"], &format!("merge of pull request {number}"))
    }

    /// An owner closes a pull request unmerged.
    pub async fn closes(&self, number: i64) {
        self.steer(&format!("repos/.github/pulls/{number}/close"), json!({"sender": "alice"})).await;
    }

    /// Somebody comments on a pull request or issue.
    pub async fn comments(&self, sender: &str, number: i64, body: &str) {
        let comment = json!({"body": body, "sender": sender});
        self.steer(&format!("repos/.github/issues/{number}/comments"), comment).await;
    }

    /// Somebody with access to the cluster makes a run.
    pub async fn creates_run(&self, name: &str, mode: &str) -> Result<(), Missed> {
        let run = json!({"apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": name},
            "spec": {"installationRef": {"name": INSTALLATION}, "mode": mode}});
        let run: DynamicObject = serde_json::from_value(run).unwrap();
        self.sees(&format!("the run {name} to be made"), async || {
            let answer = self.runs().create(&PostParams::default(), &run).await;
            answer.map(drop).map_err(|error| error.to_string())
        })
        .await
    }

    /// Somebody with access to the cluster changes the installation's spec.
    pub async fn changes_spec(&self, spec: Value) -> Result<(), Missed> {
        let patch = Patch::Merge(json!({"spec": spec}));
        self.sees("the installation to be changed", async || {
            let answer = self.installations().patch(INSTALLATION, &PatchParams::default(), &patch).await;
            answer.map(drop).map_err(|error| error.to_string())
        })
        .await
    }

    pub fn installations(&self) -> Api<DynamicObject> {
        let [.., installation] = kinds();
        Api::namespaced_with(self.world.client.clone(), &self.world.namespace, &installation)
    }

    pub fn runs(&self) -> Api<DynamicObject> {
        let [.., run, _] = kinds();
        Api::namespaced_with(self.world.client.clone(), &self.world.namespace, &run)
    }

    /// Which installations and runs there are.
    pub async fn uids(&self) -> Result<BTreeSet<String>, Missed> {
        let mut all = BTreeSet::new();
        for api in [self.installations(), self.runs()] {
            let objects =
                api.list(&ListParams::default()).await.map_err(|error| Missed(error.to_string()))?;
            all.extend(objects.into_iter().filter_map(|object| object.metadata.uid));
        }
        Ok(all)
    }

    /// Gives a commit a name.
    pub fn names(&self, sha: &str, name: &str) {
        self.commits.lock().unwrap().insert(sha.to_owned(), name.to_owned());
    }

    fn task_runs(&self) -> Api<DynamicObject> {
        let [_, task_run, ..] = kinds();
        Api::namespaced_with(self.world.client.clone(), &self.world.namespace, &task_run)
    }

    fn commit(&self, sha: &Value, name: &str) -> String {
        let sha = sha.as_str().unwrap().to_owned();
        self.names(&sha, name);
        sha
    }

    /// Waits until a controller leads and has asked which installations there are.
    pub async fn has_found_installations(&self) -> Result<(), Missed> {
        self.is_asked_for(LIST, 0).await
    }

    /// Kills the controller and waits until the next one leads, has looked at the file and done what followed from it.
    pub async fn starts_anew(&self) -> Result<(), Missed> {
        let looks = self.count_of(FILE);
        self.world.controller.restart().await;
        self.is_asked_for(FILE, looks).await?;
        self.rest().await
    }

    /// Waits until GitHub was asked for this more often than before. What follows is yet to come then.
    async fn is_asked_for(&self, what: &str, before: usize) -> Result<(), Missed> {
        let asked = async || {
            if self.count_of(what) > before { Ok(()) } else { Err("nobody has asked".to_owned()) }
        };
        self.sees(&format!("a look at {what}"), asked).await?;
        self.world.switchboard.stir();
        Ok(())
    }

    fn count_of(&self, what: &str) -> usize {
        self.world.switchboard.passed().iter().filter(|passed| passed.route.gets(what)).count()
    }

    /// Waits for the installation to be Ready.
    pub async fn is_ready(&self) -> Result<(), Missed> {
        self.has_condition("Ready", "True", "").await
    }

    /// Waits for a condition of the installation; any reason will do if none is named.
    pub async fn has_condition(&self, kind: &str, status: &str, reason: &str) -> Result<(), Missed> {
        self.sees(&format!("{kind} to be {status} {reason}"), async || {
            let found =
                self.installations().get_opt(INSTALLATION).await.map_err(|error| error.to_string())?;
            let conditions =
                found.map(|object| object.data["status"]["conditions"].clone()).unwrap_or_default();
            let is = |condition: &Value| {
                condition["type"] == kind
                    && condition["status"] == status
                    && (reason.is_empty() || condition["reason"] == reason)
            };
            if conditions.as_array().is_some_and(|all| all.iter().any(is)) {
                Ok(())
            } else {
                Err(conditions.to_string())
            }
        })
        .await
    }

    /// Waits for every run to have ended, with all that follows from it.
    pub async fn all_runs_have_ended(&self) -> Result<(), Missed> {
        self.sees("every run to end", async || {
            let runs = self.runs().list(&ListParams::default()).await.map_err(|error| error.to_string())?;
            let is_at_work =
                |run: &&DynamicObject| run.labels().get(LABEL_ENDED).is_none_or(|ended| ended != "true");
            let at_work: Vec<String> = runs
                .iter()
                .filter(is_at_work)
                .map(|run| format!("{} {}", run.name_any(), run.data["status"]["phase"]))
                .collect();
            if at_work.is_empty() { Ok(()) } else { Err(format!("{at_work:?}")) }
        })
        .await
    }

    /// Waits for a run of this commit to be in a phase.
    pub async fn run_is(&self, sha: &str, phase: &str) -> Result<(), Missed> {
        self.sees(&format!("the run of {} to be {phase}", self.name(sha)), async || {
            let runs = self.runs().list(&ListParams::default()).await.map_err(|error| error.to_string())?;
            let its = runs.iter().filter(|run| run.data["spec"]["source"]["sha"] == sha);
            let phases: Vec<String> = its.map(|run| run.data["status"]["phase"].to_string()).collect();
            if phases.iter().any(|is| is.trim_matches('"') == phase) {
                Ok(())
            } else {
                Err(format!("{phases:?}"))
            }
        })
        .await
    }

    /// Waits for the pod of an Apply of this commit to be at work.
    pub async fn pod_runs(&self, sha: &str) -> Result<(), Missed> {
        self.sees(&format!("the pod of {}", self.name(sha)), async || {
            let task_runs =
                self.task_runs().list(&ListParams::default()).await.map_err(|error| error.to_string())?;
            let is_its = |task_run: &DynamicObject| {
                let params = task_run.data["spec"]["params"].as_array().into_iter().flatten();
                params.clone().any(|param| param["name"] == "sha" && param["value"] == sha)
            };
            let runs =
                |task_run: &&DynamicObject| is_its(task_run) && !task_run.data["status"]["podName"].is_null();
            if task_runs.iter().any(|task_run| runs(&task_run)) {
                Ok(())
            } else {
                Err("there is none".to_owned())
            }
        })
        .await
    }

    /// Waits until every run has ended and the operator does nothing more: what follows from the last thing has followed.
    pub async fn rest(&self) -> Result<(), Missed> {
        // A run may be about to be made.
        self.world.quiet(CALM, Instant::now() + PATIENCE).await;
        self.all_runs_have_ended().await?;
        self.world.quiet(CALM, Instant::now() + PATIENCE).await;
        Ok(())
    }

    /// Waits for a run made by hand to be in a phase.
    pub async fn run_named_is(&self, name: &str, phase: &str) -> Result<(), Missed> {
        self.sees(&format!("{name} to be {phase}"), async || {
            let run = self.runs().get_opt(name).await.map_err(|error| error.to_string())?;
            let is = run.map(|run| run.data["status"]["phase"].clone()).unwrap_or_default();
            if is == phase { Ok(()) } else { Err(is.to_string()) }
        })
        .await
    }

    /// Waits for the newest check of this name on a commit to have this conclusion.
    pub async fn check_is(&self, sha: &str, name: &str, conclusion: &str) -> Result<(), Missed> {
        self.check(sha, name, "conclusion", conclusion).await
    }

    /// Waits for the newest check of this name on a commit to have this status.
    pub async fn check_status_is(&self, sha: &str, name: &str, status: &str) -> Result<(), Missed> {
        self.check(sha, name, "status", status).await
    }

    async fn check(&self, sha: &str, name: &str, key: &str, value: &str) -> Result<(), Missed> {
        self.sees(&format!("the check {name} on {} to be {value}", self.name(sha)), async || {
            let org = self.world.github.org("acme").await;
            let its = |check: &&Value| check["head_sha"] == sha && check["name"] == name;
            let newest = org["checks"].as_array().into_iter().flatten().filter(its);
            let newest = newest.max_by_key(|check| check["id"].as_i64());
            match newest {
                Some(check) if check[key] == value => Ok(()),
                Some(check) => {
                    Err(format!("{} {} {}", check["status"], check["conclusion"], check["output"]))
                }
                None => Err("there is none".to_owned()),
            }
        })
        .await
    }

    /// Waits until a pod, whose end may be held, has done its work: the organization has this description.
    pub async fn applies(&self, description: &str) -> Result<(), Missed> {
        self.github_has(&format!("the description {description}"), |org| {
            (org["settings"]["description"] == description).then_some(())
        })
        .await
    }

    /// Waits for something of the organization's state on GitHub.
    pub async fn github_has<T>(&self, what: &str, find: impl Fn(&Value) -> Option<T>) -> Result<T, Missed> {
        self.sees(what, async || find(&self.world.github.org("acme").await).ok_or_else(String::new)).await
    }

    /// Waits for something, as a person would.
    pub async fn sees<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut() -> Result<T, String>,
    ) -> Result<T, Missed> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match look().await {
                Ok(found) => return Ok(found),
                Err(instead) if Instant::now() > deadline => {
                    return Err(Missed(format!("waited in vain for {what}; instead: {instead}")));
                }
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    fn name(&self, sha: &str) -> String {
        self.commits.lock().unwrap().get(sha).cloned().unwrap_or_else(|| sha.to_owned())
    }
}

/// The installation that the operator makes for acme.
pub const INSTALLATION: &str = "acme-1234567";
