//! The writes of a controller as they are sent: each carries what it was decided on, as those of `controller/run/execute` do.

use peribolos_api::{PeribolosRunStatus, installation::ActiveRun, run::Mode};
use peribolos_core::{
    event::NewRun,
    run::{
        check::CheckState,
        facts::Facts,
        step::{Step, TaskRunPlan},
    },
};
use serde_json::{Map, Value, json};

use crate::{
    github,
    server::{Patch, status_fields},
};

/// A write, on its way.
#[derive(Clone, Debug)]
pub enum Request {
    /// The run's status, under its resourceVersion.
    Status { run: String, version: String, status: Box<PeribolosRunStatus> },
    /// The installation's status, if it is as it was decided on.
    Installation(Patch),
    /// The attempt's TaskRun.
    TaskRun { name: String, run: String, commit: usize },
    /// The attempt's name is made unusable.
    Close { name: String, run: String },
    /// Tekton is told to stop a TaskRun.
    Stop { name: String, version: u32 },
    /// A run is made, unless it is there. The patch: a healing run of that name has ended, and the number in its name rises.
    Run { run: Box<NewRun>, raise: Option<Patch> },
    /// The run is labelled as ended.
    Label { run: String, version: String },
    /// A check on GitHub.
    Check { id: Option<i64>, uid: String, state: CheckState },
}

impl Request {
    /// Whether it goes to GitHub, which carries it out soon or never.
    pub const fn is_to_github(&self) -> bool {
        matches!(self, Self::Check { .. })
    }

    /// What it is.
    pub fn text(&self) -> String {
        match self {
            Self::Status { run, version, status } => {
                let (phase, reason) = (status.phase, status.reason.clone().unwrap_or_default());
                let phase = phase.map_or("", |phase| phase.as_str());
                format!("status of {run} at version {version}: {phase}, {reason}")
            }
            Self::Installation(patch) => {
                let sets = patch.sets.iter().map(|(field, value)| match value {
                    Some(value) => format!("{field}={value}"),
                    None => format!("no {field}"),
                });
                format!("installation: {}", sets.collect::<Vec<_>>().join(", "))
            }
            Self::TaskRun { name, commit, .. } => format!("TaskRun {name} for commit {commit}"),
            Self::Close { name, .. } => format!("TaskRun {name} closed"),
            Self::Stop { name, .. } => format!("stop of TaskRun {name}"),
            Self::Run { run, .. } => format!("run {} for commit {}", run.name, run.spec.source.sha),
            Self::Label { run, version } => format!("label of {run} at version {version}"),
            Self::Check { id, uid, state } => format!("check {id:?} of {uid}: {state:?}"),
        }
    }
}

/// The write that carries out a step. None: it writes nothing that matters here.
/// `version_of` is that of a TaskRun.
pub fn of(facts: &Facts, step: &Step, version_of: impl FnOnce(&str) -> Option<u32>) -> Option<Request> {
    let run = facts.name().to_owned();
    let version = facts.run.metadata.resource_version.clone().unwrap_or_default();
    Some(match step {
        Step::WriteStatus(status) => Request::Status { run, version, status: status.clone() },
        Step::TakeSlot(active) => Request::Installation(take(facts, active)),
        Step::FreeSlot { of, leaving } => Request::Installation(free(facts, of, leaving)),
        Step::Record(fields) => Request::Installation(record(facts, fields)),
        Step::CreateTaskRun(plan) => task_run(run, plan),
        Step::CloseAttempt(name) => Request::Close { name: name.clone(), run },
        Step::StopTaskRun(_) => {
            let name = facts.status().task_run_name.unwrap_or_default();
            let version = version_of(&name)?;
            Request::Stop { name, version }
        }
        Step::CreateRun(new) => {
            let raises = new.spec.trigger.event == "heal" && !facts.found.created.contains(&new.name);
            Request::Run { run: new.clone(), raise: raises.then(|| raise(facts)) }
        }
        Step::Label => Request::Label { run, version },
        Step::WriteCheck(id, check) => {
            Request::Check { id: *id, uid: facts.uid().to_owned(), state: check.state }
        }
        Step::Adopt
        | Step::Reserve
        | Step::EnsureToken(_)
        | Step::RepeatCheck { .. }
        | Step::CreateRepository(_)
        | Step::React(_)
        | Step::WriteComment(_)
        | Step::Issue(_)
        | Step::Clear
        | Step::Recheck
        | Step::LabelTaskRuns
        | Step::RemoveFinalizer => return None,
    })
}

fn task_run(run: String, plan: &TaskRunPlan) -> Request {
    Request::TaskRun { name: plan.name.clone(), run, commit: github::commit(&plan.sha) }
}

fn there(facts: &Facts) -> Map<String, Value> {
    facts.installation.as_deref().map(status_fields).unwrap_or_default()
}

fn test(there: &Map<String, Value>, field: &str) -> (String, Value) {
    (field.to_owned(), there.get(field).cloned().unwrap_or_default())
}

fn take(facts: &Facts, active: &ActiveRun) -> Patch {
    let there = there(facts);
    let mut tests = vec![("activeRun".to_owned(), Value::Null), test(&there, "healSequence")];
    let mut sets = vec![("activeRun".to_owned(), Some(json!(active)))];
    if facts.run.spec.mode == Mode::Apply {
        for field in ["baselineBlob", "declined"].into_iter().filter(|field| there.contains_key(*field)) {
            tests.push(test(&there, field));
            sets.push((field.to_owned(), None));
        }
    }
    Patch { tests, sets }
}

fn free(facts: &Facts, of: &ActiveRun, leaving: &Map<String, Value>) -> Patch {
    let there = there(facts);
    let sequence = test(&there, "healSequence");
    let next = sequence.1.as_i64().unwrap_or(0) + 1;
    let mut sets = vec![("activeRun".to_owned(), None), ("healSequence".to_owned(), Some(json!(next)))];
    sets.extend(leaving.iter().map(|(field, value)| (field.clone(), Some(value.clone()))));
    Patch { tests: vec![("activeRun".to_owned(), json!(of)), sequence], sets }
}

fn record(facts: &Facts, fields: &Map<String, Value>) -> Patch {
    let there = there(facts);
    let tests = fields.keys().map(|field| test(&there, field)).collect();
    Patch { tests, sets: fields.iter().map(|(field, value)| (field.clone(), Some(value.clone()))).collect() }
}

fn raise(facts: &Facts) -> Patch {
    let sequence = test(&there(facts), "healSequence");
    let next = sequence.1.as_i64().unwrap_or(0) + 1;
    Patch { tests: vec![sequence], sets: vec![("healSequence".to_owned(), Some(json!(next)))] }
}
