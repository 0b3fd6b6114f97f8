//! The API server: the installation, the runs and the TaskRuns, each with its own resourceVersion.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};
use peribolos_api::{GitHubInstallation, PeribolosRun, names};
use peribolos_core::{
    event::NewRun,
    run::{check, facts::is_labelled_ended, state::phase},
};
use serde_json::{Map, Value, json};

use crate::{clock, known::Known};

/// The installation's name.
pub const INSTALLATION: &str = "acme-1";
/// The installation's UID.
const UID: &str = "uid-acme";

/// What the API server has.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Server {
    /// The installation.
    pub installation: Known<GitHubInstallation>,
    /// The runs, by name.
    pub runs: BTreeMap<String, Known<PeribolosRun>>,
    /// The TaskRuns, by name.
    pub task_runs: BTreeMap<String, TaskRun>,
    /// All versions of each run that a watch may still bring. None: no watch is late.
    pub versions: Option<BTreeMap<String, Vec<Known<PeribolosRun>>>>,
    /// How many runs were deleted: an object of the same name has another UID.
    pruned: u8,
}

/// A TaskRun with what Tekton says of it.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct TaskRun {
    /// The run that it belongs to.
    pub run: String,
    /// The commit that its pod applies.
    pub commit: usize,
    /// When it was made.
    pub made: u8,
    /// Its resourceVersion.
    pub version: u32,
    /// Whether its cancellation was requested.
    pub cancelled: bool,
    /// Whether it is there for its name alone.
    pub is_closed: bool,
    /// Whether it has a pod, or had one.
    pub has_pod: bool,
    /// How its pod ended.
    pub end: Option<PodEnd>,
}

/// How a pod ended.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum PodEnd {
    /// Its file is applied.
    Applied,
    /// The file at the head was another one.
    HeadMoved,
    /// It was lost.
    Lost,
    /// Tekton stopped it.
    Stopped,
}

/// A JSON patch of the installation's status.
#[derive(Clone, Debug)]
pub struct Patch {
    /// What the fields must be.
    pub tests: Vec<(String, Value)>,
    /// What they become. None: they are removed.
    pub sets: Vec<(String, Option<Value>)>,
}

/// Why a write is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The object is another one by now.
    Conflict,
    /// It does not exist.
    NotFound,
}

/// The result of ensuring a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ensured {
    /// It was made.
    Created,
    /// It existed, and has not ended.
    Exists,
    /// It existed, and has ended.
    Ended,
}

impl Server {
    /// An installation whose file was applied, without runs.
    pub fn new(sha: &str, blob: &str) -> Self {
        let condition = json!({"type": "TokenIssued", "status": "True", "reason": "TokenIssued", "message": "",
            "lastTransitionTime": clock::at(0).to_string()});
        let installation = json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": INSTALLATION, "uid": UID, "creationTimestamp": clock::at(0).to_string()},
            "spec": {
                "installationId": 1, "preview": "Off",
                "config": {"repository": ".github", "branch": "main", "path": "peribolos.yaml"},
            },
            "status": {
                "account": {"login": "acme", "id": 9, "type": "Organization"},
                "config": {"repository": ".github", "repositoryId": 5, "specified": ".github", "visibility": "private"},
                "conditions": [condition],
                "lastApply": {"run": "before", "uid": "uid-before", "repositoryId": 5, "sha": sha, "blob": blob,
                    "phase": "Succeeded", "reason": "Applied"},
                "lastAppliedSha": sha, "lastAppliedBlob": blob,
            },
        });
        let installation = serde_json::from_value(installation).expect("an installation");
        Self {
            installation: Known::new(installation),
            runs: BTreeMap::new(),
            task_runs: BTreeMap::new(),
            versions: None,
            pruned: 0,
        }
    }

    /// Patches the installation's status, if everything is as it is to be.
    pub fn patch_installation(&mut self, patch: &Patch, ignores_tests: bool) -> Result<(), Refused> {
        let mut fields = status_fields(&self.installation);
        let holds = |(field, value): &(String, Value)| fields.get(field).unwrap_or(&Value::Null) == value;
        if !ignores_tests && !patch.tests.iter().all(holds) {
            return Err(Refused::Conflict);
        }
        for (field, value) in &patch.sets {
            match value {
                Some(value) => fields.insert(field.clone(), value.clone()),
                None => fields.remove(field),
            };
        }
        let mut installation = (*self.installation).clone();
        installation.status = serde_json::from_value(Value::Object(fields)).expect("a status");
        self.installation = Known::new(installation);
        Ok(())
    }

    /// Changes a run that has this resourceVersion.
    pub fn change_run(
        &mut self,
        name: &str,
        version: Option<&str>,
        change: impl FnOnce(&mut PeribolosRun),
    ) -> Result<PeribolosRun, Refused> {
        let there = self.runs.get(name).ok_or(Refused::NotFound)?;
        if version.is_some_and(|version| there.metadata.resource_version.as_deref() != Some(version)) {
            return Err(Refused::Conflict);
        }
        let mut run = (**there).clone();
        change(&mut run);
        run.metadata.resource_version = Some(version_of(&run.metadata).saturating_add(1).to_string());
        self.put(name, run.clone());
        Ok(run)
    }

    fn put(&mut self, name: &str, run: PeribolosRun) {
        let run = Known::new(run);
        if let Some(versions) = &mut self.versions {
            versions.entry(name.to_owned()).or_default().push(run.clone());
        }
        self.runs.insert(name.to_owned(), run);
    }

    /// Creates a run, unless it exists.
    pub fn ensure_run(&mut self, run: &NewRun, tick: u8) -> Ensured {
        if let Some(there) = self.runs.get(&run.name) {
            let has_ended = is_labelled_ended(there) || phase(there).is_final();
            return if has_ended { Ensured::Ended } else { Ensured::Exists };
        }
        let owner = OwnerReference {
            name: INSTALLATION.to_owned(),
            uid: UID.to_owned(),
            ..OwnerReference::default()
        };
        let metadata = ObjectMeta {
            name: Some(run.name.clone()),
            uid: Some(format!("uid-{}-{}", run.name, self.pruned)),
            labels: Some(run.labels.clone()),
            annotations: Some(run.annotations.clone()).filter(|annotations| !annotations.is_empty()),
            owner_references: Some(vec![owner]),
            creation_timestamp: Some(Time(clock::at(tick))),
            resource_version: Some("1".to_owned()),
            ..ObjectMeta::default()
        };
        let mut made = PeribolosRun { metadata, spec: run.spec.clone(), status: None };
        // The clocks of those that make runs go on while the model's stands still.
        made.spec.trigger.at = clock::fraction(tick, self.runs.len()).to_string();
        made.metadata.finalizers = Some(check::finalizers(&made));
        self.put(&run.name, made);
        Ensured::Created
    }

    /// Deletes a run that has ended, and what belongs to it.
    pub fn prune(&mut self, name: &str) {
        self.pruned += 1;
        self.runs.remove(name);
        if let Some(versions) = &mut self.versions {
            versions.remove(name);
        }
        self.task_runs.retain(|_, task_run| task_run.run != name);
    }

    /// The runs as they were made.
    pub fn first_versions(&self) -> BTreeMap<String, Known<PeribolosRun>> {
        let made = self.versions.iter().flatten();
        made.filter_map(|(name, versions)| Some((name.clone(), versions.first()?.clone()))).collect()
    }

    /// The versions of a run after this one, but for the last.
    pub fn versions_between(&self, run: &PeribolosRun) -> Vec<Known<PeribolosRun>> {
        let name = run.metadata.name.as_ref();
        let made = name.and_then(|name| self.versions.as_ref()?.get(name));
        let later = made.into_iter().flatten();
        let mut later: Vec<_> =
            later.filter(|later| version_of(&later.metadata) > version_of(&run.metadata)).cloned().collect();
        later.pop();
        later
    }

    /// The runs that a watch has.
    pub fn watched(&self) -> BTreeMap<String, Known<PeribolosRun>> {
        let alive = self.runs.iter().filter(|(_, run)| !is_labelled_ended(run));
        alive.map(|(name, run)| (name.clone(), run.clone())).collect()
    }
}

/// The run's UID.
pub fn uid(run: &PeribolosRun) -> String {
    run.metadata.uid.clone().unwrap_or_default()
}

/// Labels a run as ended, and removes its finalizer.
pub fn label(run: &mut PeribolosRun) {
    let labels = run.metadata.labels.get_or_insert_default();
    labels.insert(names::LABEL_ENDED.to_owned(), names::TRUE.to_owned());
    run.metadata.finalizers = None;
}

/// The fields of an installation's status.
pub fn status_fields(installation: &GitHubInstallation) -> Map<String, Value> {
    match serde_json::to_value(&installation.status) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn version_of(metadata: &ObjectMeta) -> u32 {
    metadata.resource_version.as_deref().and_then(|version| version.parse().ok()).unwrap_or_default()
}
