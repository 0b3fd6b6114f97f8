//! What GitHub shows of a run: written once, read where nobody knows, given up where it is in vain.

use super::*;

#[test]
fn after_a_write_of_unknown_outcome_nothing_is_written_until_it_was_read() {
    let mut facts = unpublished(Reason::PodLost);
    let Verdict::Do(step) = decide(&facts, at(6)) else { panic!("no step") };
    facts.fail(Attempted::Write(&step), trouble(Kind::Unknown, 7), at(6));
    assert_eq!(describe(&decide(&facts, at(8))), "wait until 21");
    assert_eq!(describe(&decide(&facts, at(20))), "wait until 21");
    assert_eq!(describe(&decide(&facts, at(21))), "need [Checks]");
    let read = |facts: &mut Facts, conclusion: Option<CheckConclusion>| {
        facts.add(
            Fact::Checks(vec![CheckSeen { id: 5, in_progress: conclusion.is_none(), conclusion }]),
            at(21),
        );
        describe(&decide(facts, at(21)))
    };
    assert_eq!(read(&mut facts.clone(), None), "check Some(5) Completed(Failure): Failed");
    assert_eq!(read(&mut facts, Some(CheckConclusion::Failure)), "LabelTaskRuns", "it had taken effect");
}

#[test]
fn what_another_process_may_have_sent_is_waited_for_and_read() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.inherited_at = Some(at(6));
    facts.published.check = wanted(&facts);
    assert_eq!(describe(&decide(&facts, at(20))), "wait until 21");
    assert_eq!(describe(&decide(&facts, at(21))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Failure) };
    let second = CheckSeen { id: 6, in_progress: true, conclusion: None };
    facts.add(Fact::Checks(vec![whole, second]), at(21));
    let verdict = decide(&facts, at(21));
    assert_eq!(
        describe(&verdict),
        "check Some(6) Completed(Failure): Failed",
        "a second one is completed, too"
    );
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(6), at(21));
    assert_eq!(describe(&decide(&facts, at(21))), "LabelTaskRuns");
}

#[test]
fn a_second_check_that_was_seen_before_the_end_is_completed_at_the_end() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.inherited_at = Some(at(6));
    facts.published.check = wanted(&facts);
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Failure) };
    let second = CheckSeen { id: 6, in_progress: true, conclusion: None };
    facts.add(Fact::Checks(vec![whole, second]), at(30));
    // What was looked up is of one reconcile alone.
    facts.found.checks = None;
    assert_eq!(describe(&decide(&facts, at(40))), "need [Checks]");
    facts.add(Fact::Checks(vec![whole, second]), at(40));
    let verdict = decide(&facts, at(40));
    assert_eq!(describe(&verdict), "check Some(6) Completed(Failure): Failed");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Check(6), at(40));
    assert_eq!(describe(&decide(&facts, at(40))), "LabelTaskRuns");
}

#[test]
fn what_an_earlier_process_has_published_is_read_and_not_written_again() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.inherited_at = Some(at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Failure) };
    facts.add(Fact::Checks(vec![whole]), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "wait until 21");
    let mut running = apply(running);
    running.published.inherited_at = Some(at(6));
    running.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(describe(&decide(&running, at(6))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: true, conclusion: None };
    running.add(Fact::Checks(vec![whole]), at(6));
    assert_eq!(describe(&decide(&running, at(6))), "wait until 26");
}

#[test]
fn a_check_that_came_out_otherwise_is_written_again() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.inherited_at = Some(at(-20));
    facts.published.check = wanted(&facts);
    let late = CheckSeen { id: 5, in_progress: true, conclusion: None };
    facts.add(Fact::Checks(vec![late]), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "check Some(5) Completed(Failure): Failed");
}

#[rstest::rstest]
#[case::refused_once(Kind::Hopeless, 6, "wait until 21")]
#[case::refused_for_a_moment(Kind::Hopeless, 21, "check Some(5) Completed(Failure): Failed")]
#[case::moved(Kind::Moved(None), 6, "need [Config]")]
#[case::not_granted(Kind::Permission, 6, "wait until 9")]
#[case::not_granted_for_a_day(Kind::Permission, 86_406, "LabelTaskRuns")]
#[case::down(Kind::Passing, 6, "wait until 9")]
fn a_check_that_cant_be_written(#[case] kind: Kind, #[case] now: i64, #[case] expected: &str) {
    let mut facts = unpublished(Reason::PodLost);
    let Verdict::Do(step) = decide(&facts, at(6)) else { panic!("no step") };
    facts.fail(Attempted::Write(&step), trouble(kind, 9), at(6));
    assert_eq!(describe(&decide(&facts, at(now))), expected);
}

#[test]
fn a_check_whose_repository_was_looked_up_again_and_is_moved_all_the_same_is_given_up() {
    let mut facts = unpublished(Reason::PodLost);
    let Verdict::Do(step) = decide(&facts, at(6)) else { panic!("no step") };
    facts.fail(Attempted::Write(&step), trouble(Kind::Moved(None), 9), at(6));
    facts.add(Fact::Config(here().unwrap()), at(6));
    assert_eq!(decide(&facts, at(6)), Verdict::Do(step.clone()), "it was renamed");
    facts.fail(Attempted::Write(&step), trouble(Kind::Moved(None), 9), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns");
}

#[test]
fn a_check_that_is_refused_again_is_given_up() {
    let mut facts = unpublished(Reason::PodLost);
    for second in [6, 21] {
        let Verdict::Do(step) = decide(&facts, at(second)) else { panic!("no step") };
        facts.fail(Attempted::Write(&step), trouble(Kind::Hopeless, 9), at(second));
    }
    assert_eq!(describe(&decide(&facts, at(21))), "LabelTaskRuns");
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
    assert_eq!(
        describe(&decide(&facts, at(7))),
        "LabelTaskRuns",
        "what no check could show was shown to nobody"
    );
}

#[test]
fn a_plan_counts_as_shown_when_an_earlier_process_has_written_its_check() {
    let mut facts = unpublished(Reason::GuardTripped);
    facts.published.inherited_at = Some(at(6));
    facts.run.status.as_mut().unwrap().report =
        Some(peribolos_api::run::Report { explains_end: true, ..peribolos_api::run::Report::default() });
    let running = CheckSeen { id: 5, in_progress: true, conclusion: None };
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Failure) };
    let mut unfinished = facts.clone();
    unfinished.add(Fact::Checks(vec![running]), at(7));
    assert_eq!(describe(&decide(&unfinished, at(7))), "check Some(5) Completed(Failure): Stopped by a guard");
    facts.add(Fact::Checks(vec![whole]), at(7));
    let Verdict::Do(Step::WriteStatus(status)) = decide(&facts, at(7)) else { panic!("no status") };
    assert_eq!(status.shown_at, Some(seconds(at(7))));
}

#[rstest::rstest]
#[case::a_limit(Kind::Passing, "wait until 9", "React(Taken)")]
#[case::no_answer(Kind::Unknown, "wait until 17", "wait until 17")]
#[case::the_comment_is_gone(Kind::Hopeless, "wait until 22", "wait until 29")]
fn a_reaction_that_github_did_not_take_is_tried_again(
    #[case] kind: Kind,
    #[case] then: &str,
    #[case] at_nine: &str,
) {
    let mut facts = apply(running);
    facts.run.spec.trigger.comment = Some(COMMENT);
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    facts.published.check_id = Some(5);
    facts.published.check = wanted(&facts);
    facts.published.progress_at = Some(at(0));
    let Verdict::Do(step) = decide(&facts, at(2)) else { panic!("no step") };
    assert_eq!(step, Step::React(Sign::Taken));
    facts.fail(Attempted::Write(&step), trouble(kind, 9), at(2));
    facts.found.progress = Some(None);
    assert_eq!(describe(&decide(&facts, at(2))), then);
    assert_eq!(describe(&decide(&facts, at(9))), at_nine);
}

#[test]
fn a_command_gets_its_reaction_even_where_its_run_has_ended_by_then() {
    let mut facts = unpublished(Reason::PodLost);
    facts.published.check_id = Some(5);
    facts.published.check = wanted(&facts);
    facts.run.spec.trigger.comment = Some(COMMENT);
    assert_eq!(describe(&decide(&facts, at(6))), "React(Taken)");
    facts.fail(Attempted::Write(&Step::React(Sign::Taken)), trouble(Kind::Passing, 9), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "wait until 9");
    facts.apply(&Step::React(Sign::Taken), Answer::Done, at(9));
    facts.published.done.comments = true;
    assert_eq!(describe(&decide(&facts, at(9))), "LabelTaskRuns");
}

/// A check of the old base is green until this is written, and lets a merge pass that nobody has previewed.
#[test]
fn a_check_that_takes_the_place_of_an_outdated_one_waits_for_no_other_requests() {
    let waits = |run: &PeribolosRun| {
        let run = PeribolosRun { status: Some(admitted(run)), ..run.clone() };
        let why = Why::new(Reason::WaitingForRun, "waits until the file of the base branch is applied");
        Writer::new(&run, at(0)).waiting(Phase::Queued, &why)
    };
    let mut facts = of(Mode::DryRun, waits);
    facts.run.spec.source.pull_request = Some(7);
    facts.run.spec.trigger.event = crate::run::follow_up::BASE.to_owned();
    facts.found.checks = Some(vec![]);
    let hour = jiff::SignedDuration::from_hours(1);
    let written =
        |facts: &Facts| super::super::publish::check(facts, at(100)).map(|verdict| describe(&verdict));
    facts.budget = crate::run::budget::Budget::new((0..10).map(at), hour);
    let expected = Some("check None Queued: Waiting for another run to end".to_owned());
    assert_eq!(written(&facts), expected);
    facts.budget = crate::run::budget::Budget::new((0..60).map(at), hour);
    assert_eq!(written(&facts), expected);
    // It is the same where the run did not have to wait: no check of it is there yet.
    let mut started = of(Mode::DryRun, running);
    started.run.spec = facts.run.spec.clone();
    started.found.checks = Some(vec![]);
    started.budget = facts.budget.clone();
    assert_eq!(written(&started), Some("check None InProgress: Running".to_owned()));
    started.published.check_id = Some(5);
    assert_eq!(written(&started), None);
}
