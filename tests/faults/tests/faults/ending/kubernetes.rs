//! What is left in the cluster.

use kube::{
    Api, ResourceExt,
    api::{DynamicObject, ListParams},
};
use peribolos_api::names::LABEL_ENDED;
use serde_json::Value;

use super::{Names, flat::flatten};
use crate::{story::Teller, world::kinds};

/// Marks what no ending may have.
pub const WRONG: &str = " (THIS IS WRONG)";

/// Every object of the operator's namespace.
pub struct Objects {
    task_runs: Vec<DynamicObject>,
    secrets: Vec<DynamicObject>,
    runs: Vec<DynamicObject>,
    installations: Vec<DynamicObject>,
}

impl Objects {
    /// Lists them.
    pub async fn list(teller: &Teller<'_>) -> kube::Result<Self> {
        let [_, task_runs, secrets, runs, installations] = kinds();
        let list = async |kind| {
            let api: Api<DynamicObject> =
                Api::namespaced_with(teller.world.client.clone(), &teller.world.namespace, &kind);
            api.list(&ListParams::default()).await.map(|list| list.items)
        };
        Ok(Self {
            task_runs: list(task_runs).await?,
            secrets: list(secrets).await?,
            runs: list(runs).await?,
            installations: list(installations).await?,
        })
    }

    /// A line for each thing that counts.
    pub fn lines(&self, names: &Names) -> Vec<String> {
        let mut lines: Vec<String> = self.runs.iter().map(of_run).collect();
        lines.extend(self.task_runs.iter().map(of_task_run));
        lines.extend(self.secrets.iter().map(of_secret));
        self.installations.iter().for_each(|installation| of_installation(installation, &mut lines));
        lines.iter().map(|line| names.text(line)).collect()
    }
}

fn of_run(run: &DynamicObject) -> String {
    let status = &run.data["status"];
    let phase = status["phase"].as_str().unwrap_or("none");
    let mut line = format!(
        "run {}: {phase} {}, changes {}, {} removals {}shown, {:?}",
        run.name_any(),
        text(&status["reason"]),
        status["changes"]["summary"],
        status["removals"].as_array().map_or(0, Vec::len),
        if status["shownAt"].is_null() { "not " } else { "" },
        text(&status["message"]),
    );
    if matches!(phase, "none" | "Pending" | "Queued" | "Running") {
        line.push_str(WRONG);
    }
    let is_ended = run.labels().get(LABEL_ENDED).is_some_and(|ended| ended == "true");
    line.push_str(if is_ended { ", labelled as ended" } else { ", not labelled as ended" });
    for finalizer in run.finalizers() {
        line.push_str(", finalizer ");
        line.push_str(finalizer);
    }
    leftovers(run, &mut line);
    line
}

fn of_task_run(task_run: &DynamicObject) -> String {
    let name = task_run.name_any();
    // A start that is given up before its TaskRun is made uses up a number: what counts is how many TaskRuns there are.
    let run = name.rsplit_once('-').map_or(name.as_str(), |(run, _number)| run);
    let mut line = format!(
        "TaskRun of {run} by {}: {}",
        text(&task_run.data["spec"]["taskRef"]["name"]),
        text(&task_run.data["status"]["conditions"][0]["reason"]),
    );
    if task_run.data["status"]["completionTime"].is_null() {
        line.push_str(WRONG);
    }
    leftovers(task_run, &mut line);
    line
}

fn of_secret(secret: &DynamicObject) -> String {
    let keys: Vec<&String> =
        secret.data["data"].as_object().map(|data| data.keys().collect()).unwrap_or_default();
    let mut line = format!("Secret {} with {keys:?}, labels {:?}", secret.name_any(), secret.labels());
    leftovers(secret, &mut line);
    line
}

/// Fields of a status that are times, or copies of what other lines have.
const PASSING: [&str; 6] =
    ["conditions", "observedGeneration", "observedRecheck", "token", "pendingRuns", "healSequence"];

fn of_installation(installation: &DynamicObject, lines: &mut Vec<String>) {
    let status = &installation.data["status"];
    let mut head = format!("installation {}", installation.name_any());
    leftovers(installation, &mut head);
    lines.push(head);
    for condition in status["conditions"].as_array().into_iter().flatten() {
        let field = |key: &str| text(&condition[key]);
        lines.push(format!(
            "condition {} {} {} {:?}",
            field("type"),
            field("status"),
            field("reason"),
            field("message")
        ));
    }
    let mut status = status.clone();
    if let Some(fields) = status.as_object_mut() {
        if !fields.get("activeRun").is_none_or(Value::is_null) {
            lines.push(format!("the slot is taken{WRONG}"));
        }
        fields.retain(|key, _| !PASSING.contains(&key.as_str()));
    }
    flatten("status", &without_times(status), lines);
}

/// Drops every field whose name says that it is a time.
fn without_times(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(key, _)| !key.ends_with("At"))
            .map(|(key, value)| (key, without_times(value)))
            .collect(),
        other => other,
    }
}

/// What is still to be done before an object is deleted, or whose end it waits for.
fn leftovers(object: &DynamicObject, line: &mut String) {
    if object.metadata.deletion_timestamp.is_some() {
        line.push_str(", being deleted");
        line.push_str(WRONG);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
