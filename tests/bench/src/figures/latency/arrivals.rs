//! When TaskRuns appear on the API server.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::StreamExt;
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind},
    runtime::{WatchStreamExt, watcher},
};
use serde_json::Value;
use tokio::sync::mpsc;

/// How long a TaskRun may let us wait before the figures are given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A TaskRun as the watch first had it: the login it is for, when it was seen, and its spec.
type Seen = (String, Instant, Value);

/// TaskRuns in the order in which they appear.
pub struct Arrivals {
    seen: mpsc::UnboundedReceiver<Seen>,
    last_spec: Option<Value>,
}

impl Arrivals {
    /// Begins to watch; changes of a TaskRun that was seen before are told again.
    pub fn watch(client: &Client, namespace: &str) -> Self {
        let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &task_runs());
        let (sender, seen) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut objects =
                watcher(api, watcher::Config::default()).default_backoff().applied_objects().boxed();
            while let Some(object) = objects.next().await {
                let Some((login, spec)) = object.ok().and_then(login_and_spec) else { continue };
                if sender.send((login, Instant::now(), spec)).is_err() {
                    return;
                }
            }
        });
        Self { seen, last_spec: None }
    }

    /// Waits for a TaskRun of each of these; how long after `begin` each was first seen.
    pub async fn of(&mut self, logins: &[String], begin: Instant) -> Result<Vec<Duration>> {
        let mut times: HashMap<String, Duration> = HashMap::new();
        while times.len() < logins.len() {
            let missing = || format!("only {} of {} TaskRuns appeared", times.len(), logins.len());
            let seen = tokio::time::timeout(PATIENCE, self.seen.recv()).await.with_context(missing)?;
            let (login, at, spec) = seen.context("the watch of TaskRuns ended")?;
            if logins.contains(&login) {
                times.entry(login).or_insert(at.duration_since(begin));
                self.last_spec = Some(spec);
            }
        }
        Ok(times.into_values().collect())
    }

    /// The spec of the TaskRun that was waited for last.
    pub fn last_spec(&self) -> Option<Value> {
        self.last_spec.clone()
    }
}

/// Tekton's TaskRuns.
pub fn task_runs() -> ApiResource {
    ApiResource::from_gvk(&GroupVersionKind::gvk("tekton.dev", "v1", "TaskRun"))
}

fn login_and_spec(object: DynamicObject) -> Option<(String, Value)> {
    let spec = object.data.get("spec")?.clone();
    let login = spec["params"].as_array()?.iter().find(|param| param["name"] == "login")?;
    Some((login["value"].as_str()?.to_owned(), spec))
}
