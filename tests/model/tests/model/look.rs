//! What a look finds: the truth of that moment, as `controller/run/gather` reads it from GitHub and the API server.

use jiff::Timestamp;
use peribolos_core::config::{ConfigFound, ConfigRepository};
use peribolos_core::run::{
    answer::Fact,
    arguments::Reviewed,
    facts::{Attempt, Commander, Facts, Head, SlotHolder, is_labelled_ended},
    outcome::{Condition, Engine, Observation, Pod, Step},
    step::Need,
};
use peribolos_vocab::Visibility;
use peribolos_vocab::report::{Changes, CheckOutput, StepExit, StepName, StepReport};

use crate::{
    clock,
    github::{blob, commit, sha},
    scope::{Broken, Scope},
    server::{PodEnd, TaskRun},
    world::World,
};

/// Whether it is a look at something that changes.
pub const fn is_of_others(need: &Need) -> bool {
    !matches!(
        need,
        Need::Config
            | Need::Rival
            | Need::Commander
            | Need::HeadBlob(_)
            | Need::Blob
            | Need::Reviewed
            | Need::Progress
    )
}

/// Looks.
pub fn look(scope: &Scope, world: &World, facts: &Facts, need: &Need) -> Fact {
    let now = clock::at(world.tick);
    let name = facts.status().task_run_name.unwrap_or_default();
    let task_run = world.server.task_runs.get(&name);
    match need {
        Need::Config => Fact::Config(ConfigFound::Here(repository())),
        Need::Commander => Fact::Commander(Commander::Nobody),
        Need::Head(_) => {
            let sha = match facts.status().sha {
                Some(own) if scope.is(Broken::AnyHead) => own,
                _ => sha(world.github.head()),
            };
            Fact::Head(Head { sha: Some(sha), at: now })
        }
        Need::HeadBlob(sha) => Fact::HeadBlob(Some(blob(scope.files[commit(sha)]))),
        Need::Blob => Fact::Blob(facts.status().sha.map(|sha| blob(scope.files[commit(&sha)]))),
        Need::Installation => Fact::Installation(Some(Box::new((*world.server.installation).clone()))),
        Need::Rival => Fact::Rival(None),
        Need::Others => {
            let there = world.server.watched();
            let others = there.iter().filter(|(other, _)| *other != facts.name());
            Fact::Others(others.map(|(_, other)| (**other).clone()).collect())
        }
        Need::Reviewed => Fact::Reviewed(Reviewed::default()),
        Need::Attempt => Fact::Attempt(match task_run {
            None => Attempt::Unmade,
            Some(task_run) if task_run.is_closed => Attempt::Closed,
            Some(task_run) => Attempt::Seen(Box::new(observation(task_run, now))),
        }),
        Need::Report => Fact::Report(task_run.and_then(|task_run| report(scope, task_run)).map(Box::new)),
        Need::Progress => Fact::Progress(None),
        Need::PodDone => Fact::PodDone(scope.is(Broken::NoPodsSeen) || is_pod_done(world, &name)),
        Need::Checks => Fact::Checks(world.github.checks_of(facts.uid())),
        Need::OpenPulls(_) => Fact::OpenPulls(Box::default()),
        Need::SlotHolder(holder) => Fact::SlotHolder(slot_holder(world, holder)),
        Need::Pull | Need::SameCommit | Need::Unchanged | Need::Strangers | Need::Backing { .. } => {
            panic!("no pull request, no dump, and the file was applied before: {need:?}")
        }
    }
}

/// The config repository, as the installation has it from the beginning.
fn repository() -> ConfigRepository {
    ConfigRepository {
        id: 5,
        name: ".github".to_owned(),
        default_branch: "main".to_owned(),
        visibility: Visibility::Private,
        archived: false,
    }
}

fn slot_holder(world: &World, holder: &str) -> SlotHolder {
    if world.server.runs.get(holder).is_some_and(|run| !is_labelled_ended(run)) {
        return SlotHolder::Alive;
    }
    let prefix = format!("{holder}-");
    let has_pod = world.pods.keys().any(|name| name.starts_with(&prefix));
    if has_pod { SlotHolder::PodRuns } else { SlotHolder::Gone }
}

/// Whether the pod can do no more: it has ended, is gone, or is never made.
fn is_pod_done(world: &World, name: &str) -> bool {
    match world.server.task_runs.get(name) {
        Some(task_run) if !task_run.has_pod && !task_run.is_closed => task_run.end.is_some(),
        _ => !world.pods.contains_key(name),
    }
}

fn observation(task_run: &TaskRun, now: Timestamp) -> Observation {
    let condition =
        |succeeded, reason: &str| Condition { succeeded, reason: reason.to_owned(), message: String::new() };
    let step = |exit| vec![Step { name: "apply".to_owned(), started: true, exit, ..Step::default() }];
    let present = |ended| Pod::Present { ended, evicted: false };
    let (condition, steps, pod) = match task_run.end {
        None if !task_run.has_pod => (None, Vec::new(), Pod::Unknown),
        None => (Some(condition(None, "Running")), step(None), present(false)),
        Some(PodEnd::Applied) => (Some(condition(Some(true), "Succeeded")), step(Some(0)), present(true)),
        Some(PodEnd::HeadMoved) => (Some(condition(Some(false), "Failed")), step(Some(16)), present(true)),
        Some(PodEnd::Lost) => (Some(condition(Some(false), "Failed")), step(Some(255)), Pod::Gone),
        Some(PodEnd::Stopped) => {
            let steps = if task_run.has_pod { step(Some(255)) } else { Vec::new() };
            let pod = if task_run.has_pod { Pod::Gone } else { Pod::Unknown };
            (Some(condition(Some(false), "TaskRunCancelled")), steps, pod)
        }
    };
    Observation {
        at: now,
        engine: Engine::Ours,
        exists: true,
        condition,
        steps,
        pod,
        made: Some(clock::at(task_run.made)),
        secret_missing: None,
        report: None,
        stopping: task_run.cancelled,
        completed: task_run.end.is_some(),
    }
}

/// The report of the step, where the pod came to leave one.
fn report(scope: &Scope, task_run: &TaskRun) -> Option<StepReport> {
    let (exit, remaining) = match task_run.end? {
        PodEnd::Applied => (StepExit::Ok, 0),
        PodEnd::HeadMoved => (StepExit::HeadMoved, 1),
        PodEnd::Lost | PodEnd::Stopped => return None,
    };
    Some(StepReport {
        step: StepName::Apply,
        exit,
        cause: None,
        sha: Some(sha(task_run.commit)),
        base: None,
        blob: Some(blob(scope.files[task_run.commit])),
        pull_request_url: None,
        until: None,
        changes: Some(Changes { planned: 1, applied: Some(1), failed: 0, remaining }),
        list: Vec::new(),
        waiting: 0,
        content_writes: Vec::new(),
        plan: None,
        removals: Vec::new(),
        reviewed: true,
        check: CheckOutput::default(),
    })
}
