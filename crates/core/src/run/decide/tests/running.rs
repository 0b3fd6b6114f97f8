//! Runs with a TaskRun, and how they end.

use super::*;

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
    assert_eq!(describe(&decide(&facts, at(2))), expected);
}

/// A request to GitHub that is not answered takes 20 seconds; the pod may have started meanwhile.
#[test]
fn what_is_overdue_is_judged_by_when_it_was_observed() {
    let mut facts = apply(running);
    let pending = |second| {
        let seen = Observation { at: at(second), exists: true, made: Some(at(0)), ..Observation::default() };
        Some(Attempt::Seen(Box::new(seen)))
    };
    facts.found.attempt = pending(299);
    assert_eq!(describe(&decide(&facts, at(319))), "need [Checks]");
    facts.found.attempt = pending(319);
    facts.found.blob = Some(None);
    assert_eq!(describe(&decide(&facts, at(319))), "Queued PodFailed, again at 2026-01-01T00:06:19Z");
}

#[rstest::rstest]
#[case(StepExit::Ok, "Succeeded Applied")]
#[case(StepExit::GuardTripped, "Failed GuardTripped")]
#[case(StepExit::GitHubUnavailable, "Queued GitHubUnavailable, again at 2026-01-01T00:01:02Z")]
#[case(StepExit::OutOfTime, "Queued OutOfTime, again at 2026-01-01T00:00:02Z")]
#[case(StepExit::AccessBlocked, "Failed AccessBlocked, again at 2026-01-01T01:00:02Z")]
fn the_report_tells_how_an_apply_ended(#[case] exit: StepExit, #[case] expected: &str) {
    assert_eq!(describe(&decide(&done(exit, |_| ()), at(2))), expected);
}

#[test]
fn what_github_refused_is_left_until_the_next_day() {
    let facts = done(StepExit::Incomplete, |report| report.cause = Some(Cause::Refused));
    assert_eq!(describe(&decide(&facts, at(2))), "Failed Incomplete, again at 2026-01-02T00:00:02Z");
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

/// A start that was given up uses up an attempt's number, and nothing was done in it.
#[rstest::rstest]
#[case::the_first_one_did_nothing(0, "what was done")]
#[case::the_first_one_did_something(2, "In all attempts together: 5 planned, 5 applied.\n\nwhat was done")]
fn the_counts_of_all_attempts_stand_beside_the_last_report(#[case] before: i32, #[case] expected: &str) {
    let mut facts = done(StepExit::Ok, |report| report.check.summary = "what was done".into());
    let status = facts.run.status.as_mut().unwrap();
    status.attempts = Some(2);
    status.changes =
        Some(peribolos_api::run::Changes { planned: before, applied: before, ..Default::default() });
    let Verdict::Do(Step::WriteStatus(status)) = decide(&facts, at(2)) else { panic!("no end") };
    assert_eq!(status.report.unwrap().summary, expected);
}

#[test]
fn a_moved_head_gets_its_run_before_the_end_is_written() {
    let mut facts = done(StepExit::HeadMoved, |_| ());
    assert_eq!(describe(&decide(&facts, at(2))), "need [Config]");
    facts.found.config = here();
    assert_eq!(describe(&decide(&facts, at(2))), r#"need [Head("main")]"#);
    facts.found.head = head(OTHER, 2);
    facts.found.head_blob = Some(Some("new".into()));
    facts.found.others_live = true;
    assert_eq!(describe(&decide(&facts, at(2))), "run Apply by heal");
    facts.found.created = vec![crate::names::healing_run("acme-1", 0, OTHER)];
    assert_eq!(describe(&decide(&facts, at(2))), "Superseded HeadMoved");
}

#[test]
fn an_end_that_tells_nothing_is_compared_with_afterwards() {
    let mut facts = apply(running);
    facts.found.blob = Some(None);
    facts.found.attempt = seen(Some(false), "TaskRunTimeout", vec![]);
    assert_eq!(describe(&decide(&facts, at(2))), "run DryRun by after-apply");
    facts.found.created = vec![crate::names::comparison("acme-1", "r")];
    assert_eq!(describe(&decide(&facts, at(2))), "Failed TimedOut");
}

#[test]
fn a_cancelled_run_is_stopped_once() {
    let mut facts = apply(running);
    facts.run.spec.cancel = true;
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(describe(&decide(&facts, at(2))), r#"StopTaskRun("spec.cancel was set")"#);
    facts.apply(&Step::StopTaskRun(String::new()), Answer::Done, at(2));
    facts.found.checks = Some(vec![]);
    assert_eq!(describe(&decide(&facts, at(2))), "check None InProgress: Applying");
}

#[test]
fn an_older_preview_gives_way_and_says_to_whom() {
    let mut facts = of(Mode::DryRun, running);
    facts.run.spec.source.pull_request = Some(7);
    let mut newer = run("n", Mode::DryRun, 9, Phase::Queued);
    newer.spec.source.pull_request = Some(7);
    facts.others = vec![Arc::new(newer)];
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(describe(&decide(&facts, at(2))), r#"StopTaskRun("a newer preview takes its place")"#);
    facts.found.attempt = seen(Some(false), "TaskRunCancelled", vec![]);
    assert_eq!(describe(&decide(&facts, at(2))), "Superseded Superseded");
}

#[test]
fn a_running_apply_shows_how_far_it_has_come() {
    let mut facts = apply(running);
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    facts.published.check = wanted(&facts);
    facts.published.check_id = Some(5);
    assert_eq!(describe(&decide(&facts, at(20))), "wait until 40");
    assert_eq!(describe(&decide(&facts, at(21))), "need [Progress]");
    facts.found.progress = Some(Some(Progress { done: 12, of: 40 }));
    let verdict = decide(&facts, at(21));
    assert_eq!(describe(&verdict), "check Some(5) InProgress: Applying: 12 of 40");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(21));
    assert_eq!(describe(&decide(&facts, at(22))), "wait until 42", "and it stays");
}
