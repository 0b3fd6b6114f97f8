//! Runs that have ended: what follows, each part once.

use super::*;

#[test]
fn what_follows_from_an_end_is_done_once_and_in_order() {
    let mut facts = succeeded();
    facts.published.done.previews = false;
    give_slot(&mut facts, "r");
    let verdict = decide(&facts, at(6));
    assert_eq!(
        describe(&verdict),
        "free the slot of r: lastAppliedBlob lastAppliedSha lastAppliedShortSha lastApply lastRun"
    );
    let Verdict::Do(step) = verdict else { panic!("no step") };
    let mut freed = installation();
    freed.status.as_mut().unwrap().last_applied_blob = Some("blob".into());
    facts.apply(&step, Answer::Installation(Some(Box::new(freed))), at(6));
    assert_eq!(facts.published.was_drifted, Some(false));
    assert_eq!(describe(&decide(&facts, at(6))), "Clear");
    facts.published.done.cleared = true;
    assert_eq!(describe(&decide(&facts, at(6))), "need [Checks]");
    facts.add(Fact::Checks(vec![CheckSeen { id: 5, in_progress: true, conclusion: None }]), at(6));
    let verdict = decide(&facts, at(6));
    assert_eq!(describe(&verdict), "check Some(5) Completed(Success): Applied");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(5), at(6));
    assert_eq!(
        describe(&decide(&facts, at(6))),
        "need [Config]",
        "open pull requests would change another file"
    );
    facts.found.config = here();
    assert_eq!(describe(&decide(&facts, at(6))), r#"need [OpenPulls("main")]"#);
    let pulls = vec![(7, OTHER.to_owned()), (8, OTHER.to_owned())];
    let open = OpenPulls {
        path: "peribolos.yaml".into(),
        base: SHA.into(),
        base_blob: "blob".into(),
        applied_before: None,
        pulls,
        previews: Vec::new(),
    };
    facts.add(Fact::OpenPulls(Box::new(open)), at(6));
    for _ in 0..2 {
        let verdict = decide(&facts, at(6));
        assert_eq!(describe(&verdict), "run DryRun by base");
        let Verdict::Do(step) = verdict else { panic!("no step") };
        facts.apply(&step, Answer::Done, at(6));
    }
    facts.found.open_pulls = None;
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns", "they are made once");
    facts.apply(&Step::LabelTaskRuns, Answer::Done, at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "Succeeded Applied", "with the check's number");
    facts.run.status.as_mut().unwrap().check_run_id = Some(5);
    assert_eq!(describe(&decide(&facts, at(6))), "Label");
    // Not so for what is tidied up: it is not published anew.
    facts.run.status.as_mut().unwrap().message = Some("another".into());
    assert_eq!(describe(&decide(&facts, at(6))), "Label");
    facts.run.metadata.labels = Some([(LABEL_ENDED.to_owned(), "true".to_owned())].into());
    assert_eq!(describe(&decide(&facts, at(6))), "wait");
}

/// Another process knows nothing of what this one has published.
#[test]
fn a_run_that_is_tidied_up_is_only_labelled_after_a_crash() {
    let mut facts = succeeded();
    let status = facts.run.status.as_mut().unwrap();
    status.changes = Some(peribolos_api::run::Changes::default());
    status.report = Some(peribolos_api::run::Report::default());
    give_slot(&mut facts, "r");
    assert_ne!(describe(&decide(&facts, at(6))), "Label");
    facts.run.status.as_mut().unwrap().report = None;
    assert_eq!(describe(&decide(&facts, at(6))), "Label");
}

#[test]
fn the_slot_is_looked_for_live_before_a_run_is_done() {
    let mut facts = unpublished(Reason::PodLost);
    facts.found.installation_live = false;
    assert_eq!(describe(&decide(&facts, at(6))), "need [Installation]");
}

#[test]
fn the_slot_waits_for_the_pod_and_the_check_does_not() {
    let mut facts = unpublished(Reason::PodLost);
    give_slot(&mut facts, "r");
    facts.found.pod_done = Some(false);
    assert_eq!(describe(&decide(&facts, at(6))), "check Some(5) Completed(Failure): Failed");
    facts.published.check = wanted(&facts);
    assert_eq!(describe(&decide(&facts, at(6))), "wait until 8");
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
    assert_eq!(describe(&decide(&facts, at(2))), expected);
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
    assert_eq!(describe(&decide(&facts, at(2))), "Clear");
}

/// Its attempt failed, or was never made, and it was cancelled while it waited for the next one.
#[rstest::rstest]
#[case::between_two_attempts(|run: &PeribolosRun| {
    let run = PeribolosRun { status: Some(running(run)), ..run.clone() };
    Writer::new(&run, at(1)).next_attempt(run.status.clone().unwrap(), &Why::new(Reason::PodLost, "lost"), at(61))
})]
#[case::not_started(|run: &PeribolosRun| {
    let run = PeribolosRun { status: Some(starting(run)), ..run.clone() };
    Writer::new(&run, at(1)).not_started(Phase::Queued, &Why::new(Reason::WaitingForRun, "waits"), None)
})]
fn an_apply_that_is_cancelled_while_it_waits_again_is_declined(
    #[case] wait: fn(&PeribolosRun) -> PeribolosRunStatus,
) {
    let mut facts = apply(|run| {
        let run = PeribolosRun { status: Some(wait(run)), ..run.clone() };
        let end = End::new(Phase::Cancelled, Reason::Cancelled, "it was cancelled");
        Writer::new(&run, at(2)).ended(run.status.clone().unwrap(), &end)
    });
    facts.found.attempt = Some(Attempt::Unmade);
    (facts.found.pod_done, facts.found.installation_live) = (Some(true), true);
    assert_eq!(describe(&decide(&facts, at(3))), "need [Blob]");
    change_installation(&mut facts, |i| {
        let last = json!({"run": "r", "uid": "uid-r", "phase": "Cancelled"});
        i.status.as_mut().unwrap().last_apply = Some(serde_json::from_value(last).unwrap());
    });
    assert_eq!(describe(&decide(&facts, at(3))), "Clear", "its slot was freed with it");
}

#[test]
fn a_comparison_that_came_to_no_taskrun_is_recorded_once() {
    let mut facts = of(Mode::DryRun, |run| {
        let run = PeribolosRun { status: Some(admitted(run)), ..run.clone() };
        let end = End::new(Phase::Failed, Reason::ConfigMissing, "it is gone");
        Writer::new(&run, at(1)).ended(run.status.clone().unwrap(), &end)
    });
    let Verdict::Do(Step::Record(fields)) = decide(&facts, at(2)) else { panic!("nothing is recorded") };
    assert_eq!(fields["lastDriftCheck"]["name"], "r");
    change_installation(&mut facts, |i| {
        let looked = fields["lastDriftCheck"].clone();
        i.status.as_mut().unwrap().last_drift_check = Some(serde_json::from_value(looked).unwrap());
    });
    assert_eq!(describe(&decide(&facts, at(2))), "Clear");
}

/// Anybody with access to the cluster may create one that names something else.
#[rstest::rstest]
#[case(Mode::Apply)]
#[case(Mode::DryRun)]
fn a_run_that_was_refused_leaves_nothing_in_its_installation(#[case] mode: Mode) {
    let mut facts = of(mode, |run| {
        let end = End::new(Phase::Failed, Reason::SourceNotAllowed, "it is another branch");
        Writer::new(run, at(1)).ended(new(run), &end)
    });
    for expected in ["Clear", "Label"] {
        assert_eq!(describe(&decide(&facts, at(2))), expected, "no write of the installation's status");
        facts.published.done.cleared = true;
    }
}

#[test]
fn a_run_that_an_earlier_version_has_finished_is_left_alone() {
    let mut facts = facts(run("old", Mode::Apply, 0, Phase::Superseded));
    assert_eq!(describe(&decide(&facts, at(1))), "wait");
    facts.run.metadata.finalizers = Some(vec![FINALIZER_CHECK.to_owned()]);
    assert_eq!(describe(&decide(&facts, at(1))), "Clear", "its check may be unfinished");
}
