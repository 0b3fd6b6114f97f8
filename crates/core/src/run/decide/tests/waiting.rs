//! Runs that wait: for their source and their sender to be checked, and for their turn.

use super::*;

#[rstest::rstest]
#[case::nothing_is_known(|_: &mut Facts| (), "need [Branch]")]
#[case::cancelled(|f: &mut Facts| f.run.spec.cancel = true, "Cancelled Cancelled")]
#[case::its_installation_is_deleted(|f: &mut Facts| delete_installation(f, 1), "Cancelled InstallationDeleted")]
#[case::no_token(
    |f: &mut Facts| change_installation(f, |i| {
        let condition = &mut i.status.as_mut().unwrap().conditions[0];
        (condition.status, condition.reason) = ("False".into(), "InstallationSuspended".into());
    }),
    "Pending InstallationSuspended"
)]
#[case::its_token_is_minted_on_demand(
    |f: &mut Facts| change_installation(f, |i| {
        let condition = &mut i.status.as_mut().unwrap().conditions[0];
        (condition.status, condition.reason) = ("False".into(), "OnDemand".into());
    }),
    "need [Branch]"
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
#[case::from_a_backup(|f: &mut Facts| f.run.spec.trigger.at = "2025-12-31T22:00:00Z".into(), "Skipped Restored")]
#[case::that_waited_before(
    |f: &mut Facts| {
        f.run.spec.trigger.at = "2025-12-31T22:00:00Z".into();
        f.run.status = Some(PeribolosRunStatus { phase: Some(Phase::Pending), ..PeribolosRunStatus::default() });
    },
    "Skipped Restored"
)]
#[case::delivered_a_moment_ago(|f: &mut Facts| f.run.spec.trigger.at = "2025-12-31T23:59:00Z".into(), "need [Branch]")]
#[case::not_adopted(|f: &mut Facts| f.found.adopted = false, "Adopt")]
fn a_new_run(#[case] change: fn(&mut Facts), #[case] expected: &str) {
    let mut facts = apply(new);
    change(&mut facts);
    assert_eq!(describe(&decide(&facts, at(1))), expected);
}

#[test]
fn a_repository_that_was_moved_is_explained_or_waited_for() {
    let moved = |name: NewName, rechecked: bool| {
        let mut facts = apply(new);
        facts.trouble = Some(trouble(Kind::Moved(None), 9));
        facts.found.new_name = Some(name);
        facts.found.rechecked = rechecked;
        describe(&decide(&facts, at(1)))
    };
    assert_eq!(moved(NewName::Renamed("acme/conf".into()), false), "Failed ConfigMissing");
    assert_eq!(moved(NewName::Unseen, false), "Failed ConfigMissing");
    assert_eq!(moved(NewName::Organization("acme".into()), false), "Recheck");
    assert_eq!(moved(NewName::Organization("acme".into()), true), "Pending WaitingForInstallation");
}

#[test]
fn a_run_of_a_renamed_organization_does_not_ask_again_whenever_it_is_woken() {
    let mut facts = apply(new);
    facts.fail(Attempted::Look(&[Need::Branch]), trouble(Kind::Moved(None), 9), at(1));
    facts.found.new_name = Some(NewName::Organization("acme".into()));
    facts.found.rechecked = true;
    // The recheck changes the installation, which wakes the run; the next reconcile knows what the process keeps.
    facts.trouble = None;
    facts.found.new_name = None;
    facts.found.rechecked = false;
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 9");
    assert_eq!(describe(&decide(&facts, at(9))), "need [Branch]");
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
#[case::with_a_slot_of_a_start_that_was_broken_off(
    |f: &mut Facts| { give_slot(f, "r"); f.run.status.as_mut().unwrap().attempts = Some(1); },
    "free the slot of r: "
)]
#[case::with_a_slot_of_a_start_that_came_after_this_version(|f: &mut Facts| give_slot(f, "r"), "wait until 2")]
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
    assert_eq!(describe(&decide(&facts, at(1))), expected);
}

#[test]
fn a_slot_of_a_run_that_is_no_more_is_freed() {
    let with = |holder: Option<SlotHolder>| {
        let mut facts = apply(admitted);
        give_slot(&mut facts, "gone");
        facts.found.slot_holder = holder;
        describe(&decide(&facts, at(1)))
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
    assert_eq!(describe(&decide(&facts, at(1))), "Queued WaitingForRun", "it frees it itself");
    holder.metadata.labels = Some([(LABEL_ENDED.to_owned(), "true".to_owned())].into());
    facts.others = vec![Arc::new(holder)];
    assert_eq!(describe(&decide(&facts, at(1))), r#"need [SlotHolder("a")]"#, "it never will");
}

#[test]
fn a_run_for_the_head_is_ensured_before_an_old_commit_gives_way() {
    let mut facts = apply(admitted);
    facts.run.spec.source.sha = SHA.into();
    facts.others = vec![other("n", Mode::Apply, 1, Phase::Queued)];
    facts.found.branch = Some(Some("main".into()));
    facts.found.head = head(OTHER, 1);
    facts.found.head_blob = Some(Some("blob".into()));
    assert_eq!(describe(&decide(&facts, at(1))), "need [Others]");
    facts.found.others_live = true;
    let Verdict::Do(Step::CreateRun(made)) = decide(&facts, at(1)) else { panic!("no run") };
    assert_eq!((made.spec.mode, made.spec.source.sha.as_str()), (Mode::Apply, OTHER));
    assert_eq!(made.name, crate::names::healing_run("acme-1", 0, OTHER));
    facts.found.created = vec![made.name];
    assert_eq!(describe(&decide(&facts, at(1))), "Superseded Superseded");
    facts.run.metadata.annotations = Some([(ANNOTATION_REREQUEST.to_owned(), "true".to_owned())].into());
    assert_eq!(describe(&decide(&facts, at(1))), "Skipped NotHead");
    facts.run.metadata.annotations = None;
    facts.found.head = Some(Head { sha: None, at: at(1) });
    assert_eq!(describe(&decide(&facts, at(1))), "Failed ConfigMissing");
}

#[test]
fn a_run_between_two_attempts_first_lets_its_pod_end_and_gives_the_slot_back() {
    let mut facts = apply(|run| {
        let run = PeribolosRun { status: Some(running(run)), ..run.clone() };
        let status = run.status.clone().unwrap();
        Writer::new(&run, at(1)).next_attempt(status, &Why::new(Reason::PodLost, "lost"), at(61))
    });
    give_slot(&mut facts, "r");
    assert_eq!(describe(&decide(&facts, at(2))), "need [Attempt]");
    let unfinished = Observation { exists: true, ..Observation::default() };
    facts.found.attempt = Some(Attempt::Seen(Box::new(unfinished.clone())));
    assert_eq!(describe(&decide(&facts, at(2))), r#"StopTaskRun("lost")"#);
    facts.found.attempt = Some(Attempt::Seen(Box::new(Observation { stopping: true, ..unfinished })));
    assert_eq!(describe(&decide(&facts, at(2))), "need [PodDone]");
    facts.found.pod_done = Some(false);
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 4");
    facts.found.pod_done = Some(true);
    assert_eq!(describe(&decide(&facts, at(2))), "free the slot of r: ");
    change_installation(&mut facts, |i| i.status.as_mut().unwrap().active_run = None);
    assert_eq!(describe(&decide(&facts, at(2))), "need [Checks]");
    facts.found.checks = Some(vec![]);
    assert_eq!(describe(&decide(&facts, at(2))), "check None Queued: Waiting to be tried again");
    facts.published.check = wanted(&facts);
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 61");
    assert_eq!(describe(&decide(&facts, at(61))), "Reserve");
}
