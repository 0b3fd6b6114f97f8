//! Every verdict, as tables: a run and what is known of it, and what is done next.

use std::sync::Arc;

use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunStatus, Reason,
    installation::ActiveRun,
    names::{ANNOTATION_COMMENT, ANNOTATION_REREQUEST, FINALIZER_CHECK, LABEL_ENDED},
    run::{Mode, Phase},
};
use peribolos_vocab::{
    CheckConclusion,
    report::{Cause, Changes, Progress, StepExit, StepName, StepReport},
};
use serde_json::json;

use super::decide;
use crate::{
    names::RunToken,
    run::{
        Attempted,
        answer::{Answer, Fact},
        arguments::Reviewed,
        command::Standing,
        facts::{Attempt, CheckSeen, Commander, Facts, Head, NewName, Pull, Reservation, SlotHolder},
        outcome::{self, Condition, Observation},
        preview::Author,
        published::Before,
        status::{End, Why, Writer, seconds},
        step::{IssueChange, Step, Token, Verdict},
        testing::{at, facts, installation, run},
        trouble::{Kind, Trouble},
    },
};

const SHA: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// What a verdict comes to, in a few words.
fn told(verdict: &Verdict) -> String {
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

// Waiting.

#[rstest::rstest]
#[case::nothing_is_known(|_: &mut Facts| (), "need [Branch]")]
#[case::cancelled(|f: &mut Facts| f.run.spec.cancel = true, "Cancelled Cancelled")]
#[case::being_deleted(
    |f: &mut Facts| change_installation(f, |i| i.metadata.deletion_timestamp = i.metadata.creation_timestamp.clone()),
    "Pending WaitingForInstallation"
)]
#[case::no_token(
    |f: &mut Facts| change_installation(f, |i| {
        let condition = &mut i.status.as_mut().unwrap().conditions[0];
        (condition.status, condition.reason) = ("False".into(), "InstallationSuspended".into());
    }),
    "Pending InstallationSuspended"
)]
#[case::no_account(
    |f: &mut Facts| change_installation(f, |i| i.status.as_mut().unwrap().account = None),
    "Pending WaitingForInstallation"
)]
#[case::no_installation(|f: &mut Facts| f.installation = None, "Pending WaitingForInstallation")]
#[case::github_is_down(|f: &mut Facts| f.trouble = Some(trouble(Kind::Passing, 9)), "Pending GitHubUnavailable")]
#[case::nothing_is_granted(|f: &mut Facts| f.trouble = Some(trouble(Kind::Permission, 9)), "Failed PermissionsMissing")]
#[case::it_was_moved(|f: &mut Facts| f.trouble = Some(trouble(Kind::Moved(Some(5)), 9)), "need [NewName(Some(5))]")]
#[case::it_is_blocked(|f: &mut Facts| f.published.blocked_until = Some(at(9)), "wait until 9")]
#[case::refused(|f: &mut Facts| f.found.branch = Some(None), "Failed ConfigMissing")]
#[case::not_adopted(|f: &mut Facts| f.found.adopted = false, "Adopt")]
fn a_new_run(#[case] change: fn(&mut Facts), #[case] expected: &str) {
    let mut facts = apply(new);
    change(&mut facts);
    assert_eq!(told(&decide(&facts, at(1))), expected);
}

#[test]
fn a_repository_that_was_moved_is_explained_or_waited_for() {
    let moved = |name: NewName, rechecked: bool| {
        let mut facts = apply(new);
        facts.trouble = Some(trouble(Kind::Moved(None), 9));
        facts.found.new_name = Some(name);
        facts.found.rechecked = rechecked;
        told(&decide(&facts, at(1)))
    };
    assert_eq!(moved(NewName::Renamed("acme/conf".into()), false), "Failed ConfigMissing");
    assert_eq!(moved(NewName::Unseen, false), "Failed ConfigMissing");
    assert_eq!(moved(NewName::Organization("acme".into()), false), "Recheck");
    assert_eq!(moved(NewName::Organization("acme".into()), true), "Pending WaitingForInstallation");
}

#[rstest::rstest]
#[case::alone(|_: &mut Facts| (), "Reserve")]
#[case::granted(|f: &mut Facts| f.found.reservation = Some(Reservation::Granted), "Running Starting")]
#[case::full(|f: &mut Facts| f.found.reservation = Some(Reservation::Full), "Queued WaitingForCapacity")]
#[case::a_rival(|f: &mut Facts| f.found.reservation = Some(Reservation::Rival("x".into())), "Queued WaitingForRun")]
#[case::suspended(|f: &mut Facts| change_installation(f, |i| i.spec.suspend = true), "Pending Suspended")]
#[case::another_runs(
    |f: &mut Facts| { f.others = vec![other("a", Mode::Apply, -1, Phase::Running)]; give_slot(f, "a"); },
    "Queued WaitingForRun"
)]
#[case::with_a_slot_of_a_start_that_was_broken_off(|f: &mut Facts| give_slot(f, "r"), "free the slot of r: ")]
#[case::a_newer_push(
    |f: &mut Facts| { f.others = vec![other("n", Mode::Apply, 1, Phase::Queued)]; f.found.branch = Some(Some("main".into())); },
    r#"need [Head("main")]"#
)]
#[case::a_newer_push_for_the_head(
    |f: &mut Facts| {
        f.others = vec![other("n", Mode::Apply, 1, Phase::Queued)];
        f.found.branch = Some(Some("main".into()));
        f.found.head = head(SHA, 1);
    },
    "Superseded Superseded"
)]
#[case::a_newer_push_of_an_older_commit(
    |f: &mut Facts| {
        let mut newer = run("n", Mode::Apply, 1, Phase::Queued);
        newer.status.as_mut().unwrap().sha = Some(OTHER.into());
        f.others = vec![Arc::new(newer)];
        f.found.branch = Some(Some("main".into()));
        f.found.head = head(SHA, 1);
    },
    "Reserve"
)]
#[case::its_commit_is_an_old_one(
    |f: &mut Facts| {
        f.others = vec![other("n", Mode::Apply, 1, Phase::Queued)];
        f.found.branch = Some(Some("main".into()));
        f.found.head = head(OTHER, 1);
    },
    &format!("need [HeadBlob({OTHER:?})]")
)]
#[case::github_is_down(|f: &mut Facts| f.trouble = Some(trouble(Kind::Passing, 9)), "Queued GitHubUnavailable")]
fn an_admitted_run(#[case] change: fn(&mut Facts), #[case] expected: &str) {
    let mut facts = apply(admitted);
    change(&mut facts);
    assert_eq!(told(&decide(&facts, at(1))), expected);
}

#[test]
fn a_slot_of_a_run_that_is_no_more_is_freed() {
    let with = |holder: Option<SlotHolder>| {
        let mut facts = apply(admitted);
        give_slot(&mut facts, "gone");
        facts.found.slot_holder = holder;
        told(&decide(&facts, at(1)))
    };
    assert_eq!(with(None), r#"need [SlotHolder("gone")]"#);
    assert_eq!(with(Some(SlotHolder::Gone)), "free the slot of gone: ");
    for holder in [SlotHolder::Alive, SlotHolder::PodRuns] {
        assert_eq!(with(Some(holder)), "Queued WaitingForRun");
    }
}

#[test]
fn a_slot_is_not_freed_from_a_run_that_is_there() {
    let mut facts = apply(admitted);
    let mut holder = run("a", Mode::Apply, -1, Phase::Succeeded);
    give_slot(&mut facts, "a");
    facts.others = vec![Arc::new(holder.clone())];
    assert_eq!(told(&decide(&facts, at(1))), "Queued WaitingForRun", "it frees it itself");
    holder.metadata.labels = Some([(LABEL_ENDED.to_owned(), "true".to_owned())].into());
    facts.others = vec![Arc::new(holder)];
    assert_eq!(told(&decide(&facts, at(1))), r#"need [SlotHolder("a")]"#, "it never will");
}

#[test]
fn a_run_for_the_head_is_ensured_before_an_old_commit_gives_way() {
    let mut facts = apply(admitted);
    facts.run.spec.source.sha = SHA.into();
    facts.others = vec![other("n", Mode::Apply, 1, Phase::Queued)];
    facts.found.branch = Some(Some("main".into()));
    facts.found.head = head(OTHER, 1);
    facts.found.head_blob = Some(Some("blob".into()));
    assert_eq!(told(&decide(&facts, at(1))), "need [Others]");
    facts.found.others_live = true;
    let Verdict::Do(Step::CreateRun(made)) = decide(&facts, at(1)) else { panic!("no run") };
    assert_eq!((made.spec.mode, made.spec.source.sha.as_str()), (Mode::Apply, OTHER));
    assert_eq!(made.name, crate::names::healing_run("acme-1", 0, OTHER));
    facts.found.created = vec![made.name];
    assert_eq!(told(&decide(&facts, at(1))), "Superseded Superseded");
    facts.run.metadata.annotations = Some([(ANNOTATION_REREQUEST.to_owned(), "true".to_owned())].into());
    assert_eq!(told(&decide(&facts, at(1))), "Skipped NotHead");
    facts.run.metadata.annotations = None;
    facts.found.head = Some(Head { sha: None, at: at(1) });
    assert_eq!(told(&decide(&facts, at(1))), "Failed ConfigMissing");
}

#[test]
fn a_run_between_two_attempts_first_lets_its_pod_end_and_gives_the_slot_back() {
    let mut facts = apply(|run| {
        let run = PeribolosRun { status: Some(running(run)), ..run.clone() };
        let status = run.status.clone().unwrap();
        Writer::new(&run, at(1)).next_attempt(status, &Why::new(Reason::PodLost, "lost"), at(61))
    });
    give_slot(&mut facts, "r");
    assert_eq!(told(&decide(&facts, at(2))), "need [Attempt]");
    let unfinished = Observation { exists: true, ..Observation::default() };
    facts.found.attempt = Some(Attempt::Seen(Box::new(unfinished.clone())));
    assert_eq!(told(&decide(&facts, at(2))), r#"StopTaskRun("lost")"#);
    facts.found.attempt = Some(Attempt::Seen(Box::new(Observation { stopping: true, ..unfinished })));
    assert_eq!(told(&decide(&facts, at(2))), "need [PodDone]");
    facts.found.pod_done = Some(false);
    assert_eq!(told(&decide(&facts, at(2))), "wait until 4");
    facts.found.pod_done = Some(true);
    assert_eq!(told(&decide(&facts, at(2))), "free the slot of r: ");
    change_installation(&mut facts, |i| i.status.as_mut().unwrap().active_run = None);
    assert_eq!(told(&decide(&facts, at(2))), "need [Checks]");
    facts.found.checks = Some(vec![]);
    assert_eq!(told(&decide(&facts, at(2))), "check None Queued: Waiting to be tried again");
    facts.published.check = super::wanted(&facts);
    assert_eq!(told(&decide(&facts, at(2))), "wait until 61");
    assert_eq!(told(&decide(&facts, at(61))), "Reserve");
}

// Starting.

/// An Apply that starts: nothing was made, and `change` says what is known.
fn start(change: impl FnOnce(&mut Facts)) -> String {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    give_slot(&mut facts, "r");
    facts.found.tokens = vec![Token::Own];
    facts.found.branch = Some(Some("main".into()));
    facts.found.head = head(SHA, 1);
    facts.found.reviewed = Some(Reviewed::default());
    change(&mut facts);
    told(&decide(&facts, at(2)))
}

#[rstest::rstest]
#[case::everything_is_known(|_: &mut Facts| (), "create r-1 with Own")]
#[case::who_knows_whether_it_was_made(|f: &mut Facts| f.found.attempt = None, "need [Attempt]")]
#[case::it_was_made(
    |f: &mut Facts| f.found.attempt = Some(Attempt::Seen(Box::new(Observation { exists: true, ..Observation::default() }))),
    "Running Running"
)]
#[case::somebody_elses(|f: &mut Facts| f.found.attempt = Some(Attempt::Foreign), "need [Blob]")]
#[case::cancelled(|f: &mut Facts| f.run.spec.cancel = true, "Cancelled Cancelled")]
#[case::suspended(|f: &mut Facts| change_installation(f, |i| i.spec.suspend = true), "Pending Suspended")]
#[case::without_the_slot(
    |f: &mut Facts| change_installation(f, |i| i.status.as_mut().unwrap().active_run = None),
    "take the slot for attempt 1"
)]
#[case::another_has_it(|f: &mut Facts| give_slot(f, "a"), "Queued WaitingForRun")]
#[case::without_a_token(|f: &mut Facts| f.found.tokens.clear(), "EnsureToken(Own)")]
#[case::the_head_is_read_with_the_slot(
    |f: &mut Facts| (f.found.head, f.found.reviewed) = (None, None),
    r#"need [Head("main"), Reviewed]"#
)]
#[case::the_head_is_old(|f: &mut Facts| f.found.head = head(SHA, -4), r#"need [Head("main")]"#)]
#[case::a_clock_went_back(|f: &mut Facts| f.found.head = head(SHA, 3), r#"need [Head("main")]"#)]
#[case::another_head(|f: &mut Facts| f.found.head = head(OTHER, 1), &format!("need [HeadBlob({OTHER:?})]"))]
#[case::a_hiccup(|f: &mut Facts| f.trouble = Some(trouble(Kind::Passing, 4)), "wait until 4")]
#[case::a_long_wait(
    |f: &mut Facts| f.trouble = Some(trouble(Kind::Passing, 300)),
    "Queued GitHubUnavailable, again at 2026-01-01T00:05:00Z"
)]
#[case::it_is_blocked(|f: &mut Facts| f.published.blocked_until = Some(at(9)), "wait until 9")]
#[case::nothing_is_granted(|f: &mut Facts| f.trouble = Some(trouble(Kind::Permission, 9)), "Failed PermissionsMissing")]
#[case::no_task_run(|f: &mut Facts| f.trouble = Some(trouble(Kind::NoTaskRun { invalid: true }, 9)), "need [Blob]")]
fn an_apply_that_starts(#[case] change: fn(&mut Facts), #[case] expected: &str) {
    assert_eq!(start(change), expected);
}

#[test]
fn a_head_that_was_read_before_the_slot_was_taken_is_none() {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    facts.found.branch = Some(Some("main".into()));
    facts.found.tokens = vec![Token::Own];
    facts.found.reviewed = Some(Reviewed::default());
    facts.found.head = head(SHA, 1);
    let Verdict::Do(step) = decide(&facts, at(1)) else { panic!("no step") };
    let mut taken = installation();
    taken.status.as_mut().unwrap().active_run = Some(active("r"));
    facts.apply(&step, Answer::Installation(Some(Box::new(taken))), at(1));
    assert_eq!(told(&decide(&facts, at(1))), r#"need [Head("main")]"#);
}

#[test]
fn a_start_that_keeps_failing_gives_the_slot_back() {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    facts.trouble = Some(trouble(Kind::Passing, 70));
    assert_eq!(told(&decide(&facts, at(60))), "wait until 70");
    assert_eq!(
        told(&decide(&facts, at(61))),
        "Queued GitHubUnavailable, again at 2026-01-01T00:01:10Z",
        "it has tried for a minute"
    );
}

#[test]
fn no_task_run_fails_the_attempt() {
    let failed = |kind: Kind| {
        start(|facts| {
            facts.trouble = Some(trouble(kind, 9));
            facts.found.blob = Some(None);
        })
    };
    assert_eq!(failed(Kind::NoTaskRun { invalid: true }), "Failed TaskInvalid");
    assert_eq!(failed(Kind::NoTaskRun { invalid: false }), "Queued PodFailed, again at 2026-01-01T00:01:02Z");
}

#[test]
fn a_dump_starts_with_the_slot_its_repository_and_two_tokens() {
    let mut facts = of(Mode::Dump, starting);
    facts.found.attempt = Some(Attempt::Unmade);
    assert_eq!(told(&decide(&facts, at(1))), "take the slot for attempt 1");
    give_slot(&mut facts, "r");
    assert_eq!(told(&decide(&facts, at(1))), "EnsureRepository");
    facts.found.repository = Some(Err("there is none".into()));
    assert_eq!(told(&decide(&facts, at(1))), "Skipped ConfigMissing");
    facts.found.repository = Some(Ok(()));
    assert_eq!(told(&decide(&facts, at(1))), "EnsureToken(Lesser(Read))");
    facts.found.tokens = vec![Token::Lesser(RunToken::Read)];
    assert_eq!(told(&decide(&facts, at(1))), "EnsureToken(Lesser(Dump))");
    facts.found.tokens.push(Token::Lesser(RunToken::Dump));
    assert_eq!(told(&decide(&facts, at(1))), "create r-1 with Lesser(Read)");
}

#[test]
fn a_preview_starts_with_what_its_author_may_have() {
    let mut facts = of(Mode::DryRun, starting);
    facts.found.attempt = Some(Attempt::Unmade);
    assert_eq!(told(&decide(&facts, at(1))), "EnsureToken(Lesser(Read))", "a DryRun of the branch");
    facts.run.spec.source.pull_request = Some(7);
    assert_eq!(told(&decide(&facts, at(1))), "need [Pull]");
    let pull = |author| Pull { base: "main".into(), head: SHA.into(), open: true, author };
    facts.found.pull = Some(Some(pull(Author::Member)));
    assert_eq!(told(&decide(&facts, at(1))), r#"need [Head("main")]"#);
    facts.found.head = head(OTHER, 1);
    facts.found.tokens = vec![Token::Lesser(RunToken::Read)];
    assert_eq!(told(&decide(&facts, at(1))), "create r-1 with Lesser(Read)");
    facts.found.pull = Some(Some(pull(Author::Stranger)));
    assert_eq!(told(&decide(&facts, at(1))), "Skipped ApprovalRequired");
    change_installation(&mut facts, |i| i.spec.preview = peribolos_api::installation::Preview::Everyone);
    assert_eq!(told(&decide(&facts, at(1))), "EnsureToken(Lesser(File))");
    facts.found.pull = Some(None);
    assert_eq!(told(&decide(&facts, at(1))), "Skipped SourceNotAllowed");
    facts.run.metadata.annotations = Some([(ANNOTATION_COMMENT.to_owned(), "7".to_owned())].into());
    assert_eq!(told(&decide(&facts, at(1))), "need [Commander]");
    facts.found.commander = Some(Commander::By(Standing::Member));
    facts.found.pull = Some(Some(pull(Author::Stranger)));
    assert_eq!(told(&decide(&facts, at(1))), "create r-1 with Lesser(Read)");
}

// Running.

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

/// A running Apply whose step has ended so.
fn done(exit: StepExit, change: impl FnOnce(&mut StepReport)) -> Facts {
    let mut facts = apply(running);
    let ok = exit == StepExit::Ok;
    facts.found.attempt = seen(Some(ok), "x", vec![step(true, Some(exit.code().into()))]);
    let mut report = report(exit, 3, 3);
    change(&mut report);
    facts.found.report = Some(Some(report));
    facts
}

#[rstest::rstest]
#[case::nobody_has_looked(None, "need [Attempt]")]
#[case::it_was_deleted(Some(Attempt::Unmade), "need [Blob]")]
#[case::its_step_has_ended(seen(None, "Running", vec![step(true, Some(0))]), "need [Report]")]
#[case::it_runs(seen(None, "Running", vec![step(true, None)]), "need [Checks]")]
fn a_running_apply(#[case] attempt: Option<Attempt>, #[case] expected: &str) {
    let mut facts = apply(running);
    facts.found.attempt = attempt;
    assert_eq!(told(&decide(&facts, at(2))), expected);
}

#[rstest::rstest]
#[case(StepExit::Ok, "Succeeded Applied")]
#[case(StepExit::GuardTripped, "Failed GuardTripped")]
#[case(StepExit::GitHubUnavailable, "Queued GitHubUnavailable, again at 2026-01-01T00:01:02Z")]
#[case(StepExit::OutOfTime, "Queued OutOfTime, again at 2026-01-01T00:00:02Z")]
#[case(StepExit::AccessBlocked, "Failed AccessBlocked, again at 2026-01-01T01:00:02Z")]
fn the_report_tells_how_an_apply_ended(#[case] exit: StepExit, #[case] expected: &str) {
    assert_eq!(told(&decide(&done(exit, |_| ()), at(2))), expected);
}

#[test]
fn what_github_refused_is_left_until_the_next_day() {
    let facts = done(StepExit::Incomplete, |report| report.cause = Some(Cause::Refused));
    assert_eq!(told(&decide(&facts, at(2))), "Failed Incomplete, again at 2026-01-02T00:00:02Z");
}

#[test]
fn the_end_has_the_reports_text_until_it_is_published() {
    let facts = done(StepExit::GuardTripped, |report| {
        report.check.title = "too much".into();
        report.removals = vec!["digest".into()];
    });
    let Verdict::Do(Step::WriteStatus(status)) = decide(&facts, at(2)) else { panic!("no end") };
    let kept = status.report.unwrap();
    assert_eq!((kept.title.as_str(), kept.explains_end), ("too much", true));
    assert_eq!((status.removals, status.blob.as_deref()), (vec!["digest".to_owned()], Some("blob")));
}

#[test]
fn a_moved_head_gets_its_run_before_the_end_is_written() {
    let mut facts = done(StepExit::HeadMoved, |_| ());
    assert_eq!(told(&decide(&facts, at(2))), "need [Branch]");
    facts.found.branch = Some(Some("main".into()));
    assert_eq!(told(&decide(&facts, at(2))), r#"need [Head("main")]"#);
    facts.found.head = head(OTHER, 2);
    facts.found.head_blob = Some(Some("new".into()));
    facts.found.others_live = true;
    assert_eq!(told(&decide(&facts, at(2))), "run Apply by heal");
    facts.found.created = vec![crate::names::healing_run("acme-1", 0, OTHER)];
    assert_eq!(told(&decide(&facts, at(2))), "Superseded HeadMoved");
}

#[test]
fn an_end_that_tells_nothing_is_compared_with_afterwards() {
    let mut facts = apply(running);
    facts.found.blob = Some(None);
    facts.found.attempt = seen(Some(false), "TaskRunTimeout", vec![]);
    assert_eq!(told(&decide(&facts, at(2))), "run DryRun by after-apply");
    facts.found.created = vec![crate::names::comparison("acme-1", "r")];
    assert_eq!(told(&decide(&facts, at(2))), "Failed TimedOut");
}

#[test]
fn a_cancelled_run_is_stopped_once() {
    let mut facts = apply(running);
    facts.run.spec.cancel = true;
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(told(&decide(&facts, at(2))), r#"StopTaskRun("spec.cancel was set")"#);
    facts.apply(&Step::StopTaskRun(String::new()), Answer::Done, at(2));
    facts.found.checks = Some(vec![]);
    assert_eq!(told(&decide(&facts, at(2))), "check None InProgress: Applying");
}

#[test]
fn an_older_preview_gives_way_and_says_to_whom() {
    let mut facts = of(Mode::DryRun, running);
    facts.run.spec.source.pull_request = Some(7);
    let mut newer = run("n", Mode::DryRun, 9, Phase::Queued);
    newer.spec.source.pull_request = Some(7);
    facts.others = vec![Arc::new(newer)];
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(told(&decide(&facts, at(2))), r#"StopTaskRun("a newer commit is previewed instead")"#);
    facts.found.attempt = seen(Some(false), "TaskRunCancelled", vec![]);
    assert_eq!(told(&decide(&facts, at(2))), "Superseded Superseded");
}

#[test]
fn a_running_apply_shows_how_far_it_has_come() {
    let mut facts = apply(running);
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    facts.published.check = super::wanted(&facts);
    facts.published.check_id = Some(5);
    assert_eq!(told(&decide(&facts, at(20))), "wait until 40");
    assert_eq!(told(&decide(&facts, at(21))), "need [Progress]");
    facts.found.progress = Some(Some(Progress { done: 12, of: 40 }));
    let verdict = decide(&facts, at(21));
    assert_eq!(told(&verdict), "check Some(5) InProgress: Applying: 12 of 40");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(21));
    assert_eq!(told(&decide(&facts, at(22))), "wait until 42", "and it stays");
}

// Ended.

/// An Apply that has succeeded, of whose end nothing is done yet.
fn succeeded() -> Facts {
    let mut facts = apply(ended(Phase::Succeeded, Reason::Applied));
    facts.run.status.as_mut().unwrap().blob = Some("blob".into());
    facts.found.attempt = seen(Some(true), "Succeeded", vec![step(true, Some(0))]);
    facts.found.pod_done = Some(true);
    facts
}

#[test]
fn what_follows_from_an_end_is_done_once_and_in_order() {
    let mut facts = succeeded();
    give_slot(&mut facts, "r");
    let verdict = decide(&facts, at(6));
    assert_eq!(
        told(&verdict),
        "free the slot of r: lastAppliedBlob lastAppliedSha lastAppliedShortSha lastApply lastRun"
    );
    let Verdict::Do(step) = verdict else { panic!("no step") };
    let mut freed = installation();
    freed.status.as_mut().unwrap().last_applied_blob = Some("blob".into());
    facts.apply(&step, Answer::Installation(Some(Box::new(freed))), at(6));
    assert_eq!(facts.published.before, Some(Before { other_file: true, drifted: false }));
    assert_eq!(told(&decide(&facts, at(6))), "Clear");
    facts.published.done.cleared = true;
    assert_eq!(told(&decide(&facts, at(6))), "need [Checks]");
    facts.add(Fact::Checks(vec![CheckSeen { id: 5, in_progress: true, conclusion: None }]), at(6));
    let verdict = decide(&facts, at(6));
    assert_eq!(told(&verdict), "check Some(5) Completed(Success): Applied");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(6));
    assert_eq!(told(&decide(&facts, at(6))), "need [Branch]", "open pull requests would change another file");
    facts.found.branch = Some(Some("main".into()));
    assert_eq!(told(&decide(&facts, at(6))), r#"need [Pulls("main")]"#);
    facts.found.pulls = Some(vec![(7, OTHER.into())]);
    assert_eq!(told(&decide(&facts, at(6))), "run DryRun by base");
    facts.found.created = vec![crate::names::preview_again("acme-1", SHA, 7)];
    assert_eq!(told(&decide(&facts, at(6))), "LabelTaskRuns");
    facts.apply(&Step::LabelTaskRuns, Answer::Done, at(6));
    assert_eq!(told(&decide(&facts, at(6))), "Succeeded Applied", "with the check's number");
    facts.run.status.as_mut().unwrap().check_run_id = Some(5);
    assert_eq!(told(&decide(&facts, at(6))), "Label");
    // Not so for what is tidied up: it is not published anew.
    facts.run.status.as_mut().unwrap().message = Some("another".into());
    assert_eq!(told(&decide(&facts, at(6))), "Label");
    facts.run.metadata.labels = Some([(LABEL_ENDED.to_owned(), "true".to_owned())].into());
    assert_eq!(told(&decide(&facts, at(6))), "wait");
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

#[test]
fn the_slot_is_looked_for_live_before_a_run_is_done() {
    let mut facts = unpublished(Reason::PodLost);
    facts.found.installation_live = false;
    assert_eq!(told(&decide(&facts, at(6))), "need [Installation]");
}

#[test]
fn the_slot_waits_for_the_pod_and_the_check_does_not() {
    let mut facts = unpublished(Reason::PodLost);
    give_slot(&mut facts, "r");
    facts.found.pod_done = Some(false);
    assert_eq!(told(&decide(&facts, at(6))), "check Some(5) Completed(Failure): Failed");
    facts.published.check = super::wanted(&facts);
    assert_eq!(told(&decide(&facts, at(6))), "wait until 8");
}

#[test]
fn after_a_write_of_unknown_outcome_nothing_is_written_until_it_was_read() {
    let mut facts = unpublished(Reason::PodLost);
    let Verdict::Do(step) = decide(&facts, at(6)) else { panic!("no step") };
    facts.fail(Attempted::Write(&step), trouble(Kind::Unknown, 7), at(6));
    assert_eq!(told(&decide(&facts, at(8))), "wait until 7");
    facts.published.paused_until = None;
    assert_eq!(told(&decide(&facts, at(20))), "wait until 21");
    assert_eq!(told(&decide(&facts, at(21))), "need [Checks]");
    let read = |facts: &mut Facts, conclusion: Option<CheckConclusion>| {
        facts.add(
            Fact::Checks(vec![CheckSeen { id: 5, in_progress: conclusion.is_none(), conclusion }]),
            at(21),
        );
        told(&decide(facts, at(21)))
    };
    assert_eq!(read(&mut facts.clone(), None), "check Some(5) Completed(Failure): Failed");
    assert_eq!(read(&mut facts, Some(CheckConclusion::Failure)), "LabelTaskRuns", "it had taken effect");
}

#[test]
fn what_another_process_may_have_sent_is_waited_for_and_read() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.inherited_at = Some(at(6));
    facts.published.check = super::wanted(&facts);
    assert_eq!(told(&decide(&facts, at(20))), "wait until 21");
    assert_eq!(told(&decide(&facts, at(21))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Failure) };
    let second = CheckSeen { id: 6, in_progress: true, conclusion: None };
    facts.add(Fact::Checks(vec![whole, second]), at(21));
    let verdict = decide(&facts, at(21));
    assert_eq!(told(&verdict), "check Some(6) Completed(Failure): Failed", "a second one is completed, too");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(6), at(21));
    assert_eq!(told(&decide(&facts, at(21))), "LabelTaskRuns");
}

#[test]
fn what_an_earlier_process_has_published_is_read_and_not_written_again() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.inherited_at = Some(at(6));
    assert_eq!(told(&decide(&facts, at(6))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Failure) };
    facts.add(Fact::Checks(vec![whole]), at(6));
    assert_eq!(told(&decide(&facts, at(6))), "wait until 21");
    let mut running = apply(running);
    running.published.inherited_at = Some(at(6));
    running.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(told(&decide(&running, at(6))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: true, conclusion: None };
    running.add(Fact::Checks(vec![whole]), at(6));
    assert_eq!(told(&decide(&running, at(6))), "wait until 26");
}

#[test]
fn a_check_that_came_out_otherwise_is_written_again() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.inherited_at = Some(at(-20));
    facts.published.check = super::wanted(&facts);
    let late = CheckSeen { id: 5, in_progress: true, conclusion: None };
    facts.add(Fact::Checks(vec![late]), at(6));
    assert_eq!(told(&decide(&facts, at(6))), "check Some(5) Completed(Failure): Failed");
}

#[rstest::rstest]
#[case::the_commit_is_gone(Kind::Hopeless, 6, "LabelTaskRuns")]
#[case::moved(Kind::Moved(None), 6, "LabelTaskRuns")]
#[case::not_granted(Kind::Permission, 6, "wait until 9")]
#[case::not_granted_for_a_day(Kind::Permission, 86_406, "LabelTaskRuns")]
#[case::down(Kind::Passing, 6, "wait until 9")]
fn a_check_that_cant_be_written(#[case] kind: Kind, #[case] now: i64, #[case] expected: &str) {
    let mut facts = unpublished(Reason::PodLost);
    let Verdict::Do(step) = decide(&facts, at(6)) else { panic!("no step") };
    facts.fail(Attempted::Write(&step), trouble(kind, 9), at(6));
    assert_eq!(told(&decide(&facts, at(now))), expected);
}

#[test]
fn a_plan_counts_as_shown_when_its_check_is_written() {
    let mut facts = unpublished(Reason::GuardTripped);
    facts.run.status.as_mut().unwrap().report =
        Some(peribolos_api::run::Report { explains_end: true, ..peribolos_api::run::Report::default() });
    let Verdict::Do(step) = decide(&facts, at(6)) else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(6));
    let Verdict::Do(Step::WriteStatus(status)) = decide(&facts, at(7)) else { panic!("no status") };
    assert_eq!(status.shown_at, Some(seconds(at(7))));
    facts.published.done.check = true;
    facts.published.check = None;
    assert_eq!(told(&decide(&facts, at(7))), "LabelTaskRuns", "what no check could show was shown to nobody");
}

#[test]
fn a_refused_command_is_answered() {
    let mut facts = apply(|run| {
        let end = End::new(Phase::Skipped, Reason::NotAllowed, "Only owners may.");
        Writer::new(run, at(0)).ended(new(run), &end)
    });
    facts.published.done.cleared = true;
    facts.run.metadata.annotations = Some([(ANNOTATION_COMMENT.to_owned(), "7".to_owned())].into());
    let verdict = decide(&facts, at(1));
    assert_eq!(told(&verdict), r#"Refuse("Only owners may.")"#);
    let Verdict::Do(step) = verdict else { panic!("no step") };
    let mut down = facts.clone();
    down.fail(Attempted::Write(&step), trouble(Kind::Passing, 9), at(1));
    assert_eq!(told(&decide(&down, at(1))), "wait until 9");
    facts.fail(Attempted::Write(&step), trouble(Kind::Permission, 9), at(1));
    assert_eq!(told(&decide(&facts, at(1))), "Label", "there can be no answer");
}

/// A DryRun of the applied file that has ended.
fn compared(planned: i32) -> Facts {
    let mut facts = of(Mode::DryRun, ended(Phase::Succeeded, Reason::Planned));
    let status = facts.run.status.as_mut().unwrap();
    status.blob = Some("blob".into());
    status.changes = Some(peribolos_api::run::Changes { planned, ..peribolos_api::run::Changes::default() });
    status.report = Some(peribolos_api::run::Report {
        explains_end: true,
        summary: "- 1 team".into(),
        ..peribolos_api::run::Report::default()
    });
    change_installation(&mut facts, |i| {
        let found =
            json!({"run": "r", "blob": "blob", "planned": planned, "message": "+ 1 team", "afterApply": ""});
        let status = i.status.as_mut().unwrap();
        status.last_applied_blob = Some("blob".into());
        status.last_comparison = Some(serde_json::from_value(found).unwrap());
    });
    facts.found.attempt = seen(Some(true), "Succeeded", vec![]);
    facts.found.pod_done = Some(true);
    facts.published.done.cleared = true;
    facts
}

#[test]
fn drift_opens_the_issue_and_its_end_closes_it_until_that_is_done() {
    let mut found = compared(1);
    let verdict = decide(&found, at(6));
    let Verdict::Do(step @ Step::Issue(IssueChange::Found { .. })) = verdict else { panic!("{verdict:?}") };
    found.apply(&step, Answer::Done, at(6));
    let Verdict::Do(Step::WriteStatus(status)) = decide(&found, at(7)) else { panic!("no status") };
    assert_eq!(status.shown_at, Some(seconds(at(7))), "the issue shows it");
    let mut none = compared(0);
    let verdict = decide(&none, at(6));
    let Verdict::Do(step @ Step::Issue(IssueChange::Gone)) = verdict else { panic!("{verdict:?}") };
    none.fail(Attempted::Write(&step), trouble(Kind::Passing, 9), at(6));
    assert_eq!(told(&decide(&none, at(6))), "wait until 9", "it is not given up");
    assert!(matches!(decide(&none, at(9)), Verdict::Do(Step::Issue(IssueChange::Gone))));
}

#[test]
fn an_apply_closes_the_issue_where_drift_was_found_before() {
    let with = |before: Option<Before>| {
        let mut facts = succeeded();
        facts.found.installation_live = true;
        facts.published.done.cleared = true;
        facts.published.check_id = Some(5);
        facts.published.check = super::wanted(&facts);
        facts.published.before = before;
        facts.published.done.previews = true;
        change_installation(&mut facts, |i| {
            let last = json!({"run": "r", "uid": "uid-r", "phase": "Succeeded"});
            i.status.as_mut().unwrap().last_apply = Some(serde_json::from_value(last).unwrap());
        });
        told(&decide(&facts, at(6)))
    };
    assert_eq!(with(Some(Before { other_file: false, drifted: true })), "Issue(Gone)");
    assert_eq!(with(None), "Issue(Gone)", "nobody knows any more");
    assert_eq!(with(Some(Before { other_file: false, drifted: false })), "LabelTaskRuns");
}

#[test]
fn what_a_comparison_found_while_an_apply_has_the_slot_is_decided_afterwards() {
    let mut facts = compared(1);
    give_slot(&mut facts, "a");
    assert_eq!(told(&decide(&facts, at(6))), "wait");
    change_installation(&mut facts, |i| {
        let last = json!({"run": "a", "uid": "uid-a", "phase": "Succeeded"});
        let status = i.status.as_mut().unwrap();
        (status.active_run, status.last_apply) = (None, Some(serde_json::from_value(last).unwrap()));
    });
    assert_eq!(told(&decide(&facts, at(6))), "LabelTaskRuns", "it says nothing any more");
}

#[test]
fn a_comparison_is_recorded_before_its_end_is_written() {
    let mut facts = of(Mode::DryRun, running);
    facts.found.attempt = seen(Some(true), "Succeeded", vec![step(true, Some(0))]);
    let mut report = report(StepExit::Ok, 2, 0);
    (report.step, report.plan) = (StepName::Plan, Some("+ 2 teams".into()));
    facts.found.report = Some(Some(report));
    let Verdict::Do(Step::Record(fields)) = decide(&facts, at(2)) else { panic!("nothing is recorded") };
    assert_eq!(fields["lastComparison"]["planned"], 2);
    assert_eq!(fields["lastComparison"]["message"], "+ 2 teams");
    change_installation(&mut facts, |i| {
        let last = serde_json::from_value(fields["lastDriftCheck"].clone()).unwrap();
        i.status.as_mut().unwrap().last_drift_check = Some(last);
    });
    assert_eq!(told(&decide(&facts, at(2))), "Succeeded Planned");
    facts.found.report = Some(None);
    change_installation(&mut facts, |i| i.status.as_mut().unwrap().last_drift_check = None);
    let Verdict::Do(Step::Record(fields)) = decide(&facts, at(2)) else { panic!("nothing is recorded") };
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["lastDriftCheck"], "one that failed found nothing");
}

#[rstest::rstest]
#[case(Phase::Cancelled, Reason::Cancelled, "need [Blob]")]
#[case(Phase::Failed, Reason::PermissionsMissing, "need [Blob]")]
#[case::it_gave_way(Phase::Superseded, Reason::Superseded, "Clear")]
#[case::of_another_branch(Phase::Failed, Reason::SourceNotAllowed, "Clear")]
fn an_apply_that_ended_without_the_slot(
    #[case] phase: Phase,
    #[case] reason: Reason,
    #[case] expected: &str,
) {
    let mut facts = apply(|run| {
        let run = PeribolosRun { status: Some(admitted(run)), ..run.clone() };
        let status = run.status.clone().unwrap();
        Writer::new(&run, at(1)).ended(status, &End::new(phase, reason, "it ended"))
    });
    assert_eq!(told(&decide(&facts, at(2))), expected);
    if expected == "Clear" {
        return;
    }
    facts.found.blob = Some(Some("blob".into()));
    let Verdict::Do(Step::Record(fields)) = decide(&facts, at(2)) else { panic!("nothing is recorded") };
    assert_eq!(
        (&fields["declined"]["blob"], &fields["declined"]["reason"]),
        (&json!("blob"), &json!(reason.as_str()))
    );
    change_installation(&mut facts, |i| {
        i.status.as_mut().unwrap().declined =
            Some(serde_json::from_value(fields["declined"].clone()).unwrap());
    });
    assert_eq!(told(&decide(&facts, at(2))), "Clear");
}

#[test]
fn drift_is_corrected_where_that_is_wanted() {
    let mut facts = compared(1);
    facts.published.done.issue = true;
    facts.run.status.as_mut().unwrap().shown_at = Some(seconds(at(6)));
    assert_eq!(told(&decide(&facts, at(6))), "LabelTaskRuns");
    change_installation(&mut facts, |i| i.spec.run.correct_drift = true);
    assert_eq!(told(&decide(&facts, at(6))), "run Apply by drift");
    facts.run.spec.trigger.event = "after-apply".into();
    assert_eq!(told(&decide(&facts, at(6))), "LabelTaskRuns", "what an Apply left is not for another one");
}

#[test]
fn a_run_that_an_earlier_version_has_finished_is_left_alone() {
    let mut facts = facts(run("old", Mode::Apply, 0, Phase::Superseded));
    assert_eq!(told(&decide(&facts, at(1))), "wait");
    facts.run.metadata.finalizers = Some(vec![FINALIZER_CHECK.to_owned()]);
    assert_eq!(told(&decide(&facts, at(1))), "Clear", "its check may be unfinished");
}

// Deleted.

fn deleted(begin: impl Fn(&PeribolosRun) -> PeribolosRunStatus, second: i64) -> Facts {
    let mut facts = apply(begin);
    facts.run.metadata.deletion_timestamp =
        Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(at(second)));
    facts.found.attempt = Some(Attempt::Unmade);
    facts.published.done.cleared = true;
    facts.published.check_id = Some(5);
    facts
}

#[test]
fn a_deleted_run_stops_completes_its_check_and_goes() {
    let mut facts = deleted(running, 1);
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(told(&decide(&facts, at(2))), r#"StopTaskRun("its run was deleted")"#);
    facts.found.attempt = Some(Attempt::Unmade);
    let verdict = decide(&facts, at(2));
    assert_eq!(told(&verdict), "check Some(5) Completed(Cancelled): Cancelled");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    let mut down = facts.clone();
    down.fail(Attempted::Write(&step), trouble(Kind::Passing, 3000), at(2));
    assert_eq!(told(&decide(&down, at(2))), "wait until 31");
    assert_eq!(told(&decide(&down, at(31))), "RemoveFinalizer", "it goes, whatever GitHub says");
    facts.apply(&step, Answer::Check(5), at(2));
    assert_eq!(told(&decide(&facts, at(3))), "RemoveFinalizer");
    facts.run.metadata.finalizers = None;
    assert_eq!(told(&decide(&facts, at(3))), "wait");
    give_slot(&mut facts, "r");
    assert_eq!(told(&decide(&facts, at(3))), r#"need [SlotHolder("r")]"#);
    facts.found.slot_holder = Some(SlotHolder::Gone);
    assert_eq!(told(&decide(&facts, at(3))), "free the slot of r: ");
    facts.installation = None;
    facts.run.metadata.finalizers = Some(vec![FINALIZER_CHECK.to_owned()]);
    assert_eq!(told(&decide(&facts, at(3))), "RemoveFinalizer", "nobody can complete its check");
}
