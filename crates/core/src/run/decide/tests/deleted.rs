//! Runs that are deleted.

use super::*;

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
