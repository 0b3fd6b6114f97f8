//! Every verdict, as tables: a run and what is known of it, and what is done next.

mod comments;
mod deleted;
mod drift;
mod ended;
mod previews;
mod publish;
mod running;
mod starting;
mod waiting;

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunStatus, Reason,
    installation::ActiveRun,
    names::{ANNOTATION_REREQUEST, FINALIZER_CHECK, LABEL_ENDED},
    run::{Mode, Phase},
};
use peribolos_vocab::{
    CheckConclusion,
    report::{Cause, Changes, Progress, StepExit, StepName, StepReport},
};
use serde_json::json;

use super::{check_deadline, decide, wanted};
use crate::{
    config::ConfigFound,
    names::RunToken,
    run::{
        Attempted,
        answer::{Answer, Commented, Fact},
        arguments::Reviewed,
        check::CheckState,
        command::Standing,
        facts::{Attempt, CheckSeen, Commander, Facts, Head, Pull, Reservation, Rival, SlotHolder},
        first::Backing,
        outcome::{self, Condition, Observation},
        preview::{Author, OpenPulls},
        published::IssueDone,
        status::{End, Why, Writer, seconds},
        step::{IssueChange, Need, Sign, Step, TaskRunPlan, Token, Verdict},
        testing::{COMMENT, at, facts, here, installation, run},
        trouble::{Kind, Trouble},
    },
    tekton::Missing,
};

const SHA: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// What a verdict comes to, in a few words.
fn describe(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Wait(None) => "wait".to_owned(),
        Verdict::Wait(Some(until)) => format!("wait until {}", until.duration_since(at(0)).as_secs()),
        Verdict::Need(needs) => format!("need {needs:?}"),
        Verdict::Do(step) => match step {
            Step::WriteStatus(status) => shown(status),
            Step::TakeSlot(active) => format!("take the slot for attempt {}", active.attempt),
            Step::FreeSlot { of, leaving } => {
                let fields: Vec<&str> = leaving.keys().map(String::as_str).collect();
                format!("free the slot of {}: {}", of.name, fields.join(" "))
            }
            Step::CreateTaskRun(plan) => format!("create {} with {:?}", plan.name, plan.token),
            Step::WriteCheck(id, check) => format!("check {id:?} {:?}: {}", check.state, check.title),
            Step::CreateRun(run) => format!("run {:?} by {}", run.spec.mode, run.spec.trigger.event),
            Step::WriteComment(post) => format!("{:?} on {}", post.kind, post.on),
            step => format!("{step:?}"),
        },
    }
}

fn shown(status: &PeribolosRunStatus) -> String {
    let phase = status.phase.map_or("none", Phase::as_str);
    let reason = status.reason.as_deref().unwrap_or("none");
    let retry = status.retry_at.as_deref().map(|at| format!(", again at {at}")).unwrap_or_default();
    format!("{phase} {reason}{retry}")
}

/// An Apply of the head in the state that `begin` brings it to, adopted.
fn apply(begin: impl Fn(&PeribolosRun) -> PeribolosRunStatus) -> Facts {
    of(Mode::Apply, begin)
}

fn of(mode: Mode, begin: impl Fn(&PeribolosRun) -> PeribolosRunStatus) -> Facts {
    let mut run = run("r", mode, 0, Phase::Pending);
    run.status = None;
    run.metadata.finalizers = Some(vec![FINALIZER_CHECK.to_owned()]);
    run.status = Some(begin(&run));
    let mut facts = facts(run);
    facts.found.adopted = true;
    facts.found.rival = Some(None);
    // They have tests of their own.
    facts.published.done.previews = true;
    facts
}

fn new(_: &PeribolosRun) -> PeribolosRunStatus {
    PeribolosRunStatus::default()
}

fn admitted(run: &PeribolosRun) -> PeribolosRunStatus {
    Writer::new(run, at(0)).admitted(Some(SHA))
}

fn starting(run: &PeribolosRun) -> PeribolosRunStatus {
    let run = PeribolosRun { status: Some(admitted(run)), ..run.clone() };
    Writer::new(&run, at(0)).starting("")
}

fn running(run: &PeribolosRun) -> PeribolosRunStatus {
    let run = PeribolosRun { status: Some(starting(run)), ..run.clone() };
    Writer::new(&run, at(0)).running()
}

fn ended(phase: Phase, reason: Reason) -> impl Fn(&PeribolosRun) -> PeribolosRunStatus {
    move |run| {
        let run = PeribolosRun { status: Some(running(run)), ..run.clone() };
        let status = run.status.clone().unwrap();
        Writer::new(&run, at(5)).ended(status, &End::new(phase, reason, "it ended"))
    }
}

fn change_installation(facts: &mut Facts, change: impl FnOnce(&mut GitHubInstallation)) {
    let mut installation = installation();
    if let Some(there) = &facts.installation {
        installation = (**there).clone();
    }
    change(&mut installation);
    facts.installation = Some(Arc::new(installation));
}

fn delete_installation(facts: &mut Facts, second: i64) {
    change_installation(facts, |there| there.metadata.deletion_timestamp = Some(Time(at(second))));
}

fn active(name: &str) -> ActiveRun {
    ActiveRun { name: name.into(), uid: format!("uid-{name}"), attempt: 1 }
}

fn give_slot(facts: &mut Facts, name: &str) {
    change_installation(facts, |there| {
        there.status.as_mut().unwrap().active_run = Some(active(name));
    });
}

fn other(name: &str, mode: Mode, second: i64, phase: Phase) -> Arc<PeribolosRun> {
    Arc::new(run(name, mode, second, phase))
}

fn trouble(kind: Kind, until: i64) -> Trouble {
    Trouble { kind, why: Why::new(Reason::GitHubUnavailable, "GitHub is down"), until: at(until) }
}

#[expect(clippy::unnecessary_wraps, reason = "as the facts hold it")]
fn head(sha: &str, read: i64) -> Option<Head> {
    Some(Head { sha: Some(sha.into()), at: at(read) })
}

fn step(started: bool, exit: Option<i32>) -> outcome::Step {
    outcome::Step { name: "apply".into(), started, exit, ..outcome::Step::default() }
}

#[expect(clippy::unnecessary_wraps, reason = "as the facts hold it")]
fn seen(succeeded: Option<bool>, reason: &str, steps: Vec<outcome::Step>) -> Option<Attempt> {
    let condition = Condition { succeeded, reason: reason.into(), message: String::new() };
    Some(Attempt::Seen(Box::new(Observation {
        exists: true,
        condition: Some(condition),
        steps,
        pod: outcome::Pod::Present { ended: succeeded.is_some(), evicted: false },
        made: Some(at(0)),
        completed: succeeded.is_some(),
        ..Observation::default()
    })))
}

fn report(exit: StepExit, planned: u32, applied: u32) -> StepReport {
    StepReport {
        changes: Some(Changes { planned, applied: Some(applied), failed: 0, remaining: planned - applied }),
        blob: Some("blob".into()),
        ..StepReport::new(StepName::Apply, exit)
    }
}

/// An Apply that has succeeded, of whose end nothing is done yet.
fn succeeded() -> Facts {
    let mut facts = apply(ended(Phase::Succeeded, Reason::Applied));
    facts.run.status.as_mut().unwrap().blob = Some("blob".into());
    facts.found.attempt = seen(Some(true), "Succeeded", vec![step(true, Some(0))]);
    facts.found.pod_done = Some(true);
    facts
}

/// An ended run with everything done but its check.
fn unpublished(reason: Reason) -> Facts {
    let mut facts = apply(ended(Phase::Failed, reason));
    facts.found.attempt = seen(Some(false), "Failed", vec![]);
    facts.found.pod_done = Some(true);
    facts.found.installation_live = true;
    facts.published.done.cleared = true;
    facts.published.check_id = Some(5);
    facts
}
