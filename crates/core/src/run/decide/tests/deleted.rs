//! Runs that are deleted, or whose installation is.

use super::*;

fn deleted(begin: impl Fn(&PeribolosRun) -> PeribolosRunStatus, second: i64) -> Facts {
    let mut facts = apply(begin);
    facts.run.metadata.deletion_timestamp = Some(Time(at(second)));
    facts.found.attempt = Some(Attempt::Unmade);
    facts.published.done.cleared = true;
    facts.published.check_id = Some(5);
    facts
}

#[test]
fn a_deleted_run_stops_completes_its_check_and_goes() {
    let mut facts = deleted(running, 1);
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(describe(&decide(&facts, at(2))), r#"StopTaskRun("its run was deleted")"#);
    facts.found.attempt = Some(Attempt::Unmade);
    let verdict = decide(&facts, at(2));
    assert_eq!(describe(&verdict), "check Some(5) Completed(Cancelled): Cancelled");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    let mut down = facts.clone();
    down.fail(Attempted::Write(&step), trouble(Kind::Passing, 3000), at(2));
    assert_eq!(describe(&decide(&down, at(2))), "wait until 31");
    assert_eq!(describe(&decide(&down, at(31))), "RemoveFinalizer", "it goes, whatever GitHub says");
    facts.apply(&step, Answer::Check(5), at(2));
    assert_eq!(describe(&decide(&facts, at(3))), "RemoveFinalizer");
    facts.run.metadata.finalizers = None;
    assert_eq!(describe(&decide(&facts, at(3))), "wait");
    give_slot(&mut facts, "r");
    assert_eq!(describe(&decide(&facts, at(3))), r#"need [SlotHolder("r")]"#);
    facts.found.slot_holder = Some(SlotHolder::Gone);
    assert_eq!(describe(&decide(&facts, at(3))), "free the slot of r: ");
    facts.installation = None;
    facts.run.metadata.finalizers = Some(vec![FINALIZER_CHECK.to_owned()]);
    assert_eq!(describe(&decide(&facts, at(3))), "RemoveFinalizer", "nobody can complete its check");
}

/// A run whose installation was deleted at second 1.
fn orphaned(begin: impl Fn(&PeribolosRun) -> PeribolosRunStatus) -> Facts {
    let mut facts = apply(begin);
    delete_installation(&mut facts, 1);
    facts.published.first_seen = Some(at(0));
    facts.published.check_id = Some(5);
    facts
}

/// The same once its end is written.
fn ending() -> Facts {
    let mut facts = orphaned(|run| {
        let run = PeribolosRun { status: Some(running(run)), ..run.clone() };
        let end = End::new(Phase::Cancelled, Reason::InstallationDeleted, "its installation was deleted");
        Writer::new(&run, at(2)).ended(run.status.clone().unwrap(), &end)
    });
    facts.found.attempt = Some(Attempt::Unmade);
    facts
}

/// The same once its pod has ended, too.
fn published() -> Facts {
    let mut facts = ending();
    facts.found.pod_done = Some(true);
    facts.published.done.cleared = true;
    facts
}

#[rstest::rstest]
#[case::new(new)]
#[case::admitted(admitted)]
#[case::starting(starting)]
#[case::running(running)]
fn a_run_ends_with_its_installation(#[case] begin: fn(&PeribolosRun) -> PeribolosRunStatus) {
    let mut facts = orphaned(begin);
    facts.published.unrequested = Some(1);
    facts.found.attempt = Some(Attempt::Unmade);
    assert_eq!(describe(&decide(&facts, at(2))), "Cancelled InstallationDeleted");
}

#[test]
fn its_taskrun_is_stopped_its_pod_waited_for_and_its_check_completed_meanwhile() {
    let mut facts = ending();
    give_slot(&mut facts, "r");
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    let verdict = decide(&facts, at(2));
    assert_eq!(describe(&verdict), r#"StopTaskRun("its installation was deleted")"#);
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Done, at(2));
    assert_eq!(describe(&decide(&facts, at(2))), "need [PodDone]");
    facts.found.pod_done = Some(false);
    assert_eq!(describe(&decide(&facts, at(2))), "Clear");
    facts.published.done.cleared = true;
    let verdict = decide(&facts, at(2));
    assert_eq!(describe(&verdict), "check Some(5) Completed(Cancelled): Cancelled");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(2));
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 4", "the pod is looked at again");
    assert_eq!(describe(&decide(&facts, at(62))), "Label", "a pod that does not end keeps nothing");
    facts.found.pod_done = Some(true);
    assert!(describe(&decide(&facts, at(4))).starts_with("free the slot of r: "));
    change_installation(&mut facts, |there| there.status.as_mut().unwrap().active_run = None);
    assert_eq!(describe(&decide(&facts, at(4))), "Label");
}

#[rstest::rstest]
#[case::no_access(Kind::NoAccess, 2, "Label")]
#[case::not_granted(Kind::Permission, 2, "Label")]
#[case::the_commit_is_gone(Kind::Hopeless, 2, "Label")]
#[case::down(Kind::Passing, 2, "wait until 9")]
#[case::down_for_long(Kind::Passing, 31, "check Some(5) Completed(Cancelled): Cancelled")]
#[case::down_for_too_long(Kind::Passing, 32, "Label")]
#[case::nobody_knows(Kind::Unknown, 2, "wait until 17")]
#[case::nobody_knows_later(Kind::Unknown, 17, "need [Checks]")]
#[case::nobody_knows_for_too_long(Kind::Unknown, 32, "Label")]
fn a_check_that_cant_be_written_keeps_no_installation(
    #[case] kind: Kind,
    #[case] now: i64,
    #[case] expected: &str,
) {
    let mut facts = published();
    let Verdict::Do(step) = decide(&facts, at(2)) else { panic!("no step") };
    facts.fail(Attempted::Write(&step), trouble(kind, 9), at(2));
    assert_eq!(describe(&decide(&facts, at(now))), expected);
}

#[test]
fn what_another_process_has_begun_is_read_before_the_run_goes() {
    let mut facts = published();
    facts.published.first_seen = Some(at(3600));
    facts.published.inherited_at = Some(at(3600));
    assert_eq!(check_deadline(&facts), Some(at(3630)), "it has the whole time of this process");
    assert_eq!(describe(&decide(&facts, at(3600))), "need [Checks]");
    let running = CheckSeen { id: 5, in_progress: true, conclusion: None };
    facts.add(Fact::Checks(vec![running]), at(3600));
    let verdict = decide(&facts, at(3600));
    assert_eq!(describe(&verdict), "check Some(5) Completed(Cancelled): Cancelled");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(3600));
    assert_eq!(describe(&decide(&facts, at(3601))), "wait until 3615");
    assert_eq!(describe(&decide(&facts, at(3615))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Cancelled) };
    facts.add(Fact::Checks(vec![whole]), at(3615));
    assert_eq!(describe(&decide(&facts, at(3615))), "Label");
}

#[test]
fn a_run_that_had_ended_keeps_its_end_and_makes_nothing_more() {
    let mut facts = succeeded();
    delete_installation(&mut facts, 6);
    facts.published.done.cleared = true;
    facts.published.check_id = Some(5);
    let verdict = decide(&facts, at(7));
    assert_eq!(describe(&verdict), "check Some(5) Completed(Success): Applied");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(7));
    assert_eq!(describe(&decide(&facts, at(7))), "Label");
}

#[test]
fn a_run_of_an_earlier_version_is_labelled() {
    let mut facts =
        orphaned(|_| PeribolosRunStatus { phase: Some(Phase::Failed), ..PeribolosRunStatus::default() });
    facts.run.metadata.finalizers = None;
    assert_eq!(describe(&decide(&facts, at(2))), "Label");
}

#[test]
fn a_run_that_was_deleted_before_its_installation_waits_for_its_pod_too() {
    let mut facts = deleted(running, 1);
    delete_installation(&mut facts, 3);
    facts.found.pod_done = Some(false);
    let verdict = decide(&facts, at(4));
    assert_eq!(describe(&verdict), "check Some(5) Completed(Cancelled): Cancelled");
    let Verdict::Do(Step::WriteCheck(_, check)) = &verdict else { panic!("no check") };
    assert!(check.summary.starts_with("The App was removed"), "{}", check.summary);
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(4));
    assert_eq!(describe(&decide(&facts, at(4))), "wait until 6");
    facts.found.pod_done = Some(true);
    assert_eq!(describe(&decide(&facts, at(6))), "RemoveFinalizer");
}
