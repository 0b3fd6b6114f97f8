//! What comparisons find: the issue about drift, and what corrects it.

use super::*;

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
    assert_eq!(describe(&decide(&none, at(6))), "wait until 9", "it is not given up");
    assert!(matches!(decide(&none, at(9)), Verdict::Do(Step::Issue(IssueChange::Gone))));
}

#[test]
fn an_issue_whose_write_was_not_answered_is_written_when_that_is_settled() {
    let mut found = compared(1);
    let Verdict::Do(step) = decide(&found, at(6)) else { panic!("no step") };
    found.fail(Attempted::Write(&step), trouble(Kind::Unknown, 7), at(6));
    assert_eq!(describe(&decide(&found, at(8))), "wait until 21");
    let verdict = decide(&found, at(21));
    let Verdict::Do(step @ Step::Issue(IssueChange::Found { .. })) = verdict else { panic!("{verdict:?}") };
    found.apply(&step, Answer::Done, at(21));
    found.run.status.as_mut().unwrap().shown_at = Some(seconds(at(21)));
    assert_eq!(describe(&decide(&found, at(21))), "LabelTaskRuns");
}

#[test]
fn an_apply_closes_the_issue_where_drift_was_found_before() {
    let with = |was_drifted: Option<bool>| {
        let mut facts = succeeded();
        facts.found.installation_live = true;
        facts.published.done.cleared = true;
        facts.published.check_id = Some(5);
        facts.published.check = wanted(&facts);
        facts.published.was_drifted = was_drifted;
        facts.published.done.previews = true;
        change_installation(&mut facts, |i| {
            let last = json!({"run": "r", "uid": "uid-r", "phase": "Succeeded"});
            i.status.as_mut().unwrap().last_apply = Some(serde_json::from_value(last).unwrap());
        });
        describe(&decide(&facts, at(6)))
    };
    assert_eq!(with(Some(true)), "Issue(Gone)");
    assert_eq!(with(None), "Issue(Gone)", "nobody knows any more");
    assert_eq!(with(Some(false)), "LabelTaskRuns");
}

#[test]
fn what_a_comparison_found_while_an_apply_has_the_slot_is_decided_afterwards() {
    let mut facts = compared(1);
    give_slot(&mut facts, "a");
    assert_eq!(describe(&decide(&facts, at(6))), "wait");
    change_installation(&mut facts, |i| {
        let last = json!({"run": "a", "uid": "uid-a", "phase": "Succeeded"});
        let status = i.status.as_mut().unwrap();
        (status.active_run, status.last_apply) = (None, Some(serde_json::from_value(last).unwrap()));
    });
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns", "it says nothing any more");
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
    assert_eq!(describe(&decide(&facts, at(2))), "Succeeded Planned");
    facts.found.report = Some(None);
    change_installation(&mut facts, |i| i.status.as_mut().unwrap().last_drift_check = None);
    let Verdict::Do(Step::Record(fields)) = decide(&facts, at(2)) else { panic!("nothing is recorded") };
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["lastDriftCheck"], "one that failed found nothing");
}

#[test]
fn drift_is_corrected_where_that_is_wanted() {
    let mut facts = compared(1);
    facts.published.done.issue = IssueDone::Lists;
    facts.run.status.as_mut().unwrap().shown_at = Some(seconds(at(6)));
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns");
    change_installation(&mut facts, |i| i.spec.run.correct_drift = true);
    assert_eq!(describe(&decide(&facts, at(6))), "run Apply by drift");
    facts.run.spec.trigger.event = "after-apply".into();
    assert_eq!(
        describe(&decide(&facts, at(6))),
        "LabelTaskRuns",
        "what an Apply left is not for another one"
    );
}

/// GitHub refuses an issue for good where the repository has none (410), or without the permission: nobody has seen the list.
#[test]
fn an_issue_that_was_refused_has_shown_nothing() {
    for kind in [Kind::Hopeless, Kind::Permission] {
        let mut found = compared(1);
        found.run.status.as_mut().unwrap().removals = vec!["digest".into()];
        let Verdict::Do(step) = decide(&found, at(6)) else { panic!("no step") };
        assert!(matches!(step, Step::Issue(IssueChange::Found { .. })), "{step:?}");
        found.fail(Attempted::Write(&step), trouble(kind.clone(), 7), at(6));
        if let Verdict::Do(Step::WriteStatus(status)) = decide(&found, at(30)) {
            assert_eq!(status.shown_at, None, "{kind:?}: an owner's command would approve of it");
        }
    }
}

/// Section 7: `correctDrift` starts an Apply only if its removals may pass, else there is the issue alone.
#[test]
fn drift_whose_removals_may_not_pass_is_not_corrected() {
    let mut facts = compared(1);
    facts.published.done.issue = IssueDone::Lists;
    let status = facts.run.status.as_mut().unwrap();
    (status.shown_at, status.removals) = (Some(seconds(at(6))), vec!["digest".into()]);
    change_installation(&mut facts, |i| i.spec.run.correct_drift = true);
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns");
}
