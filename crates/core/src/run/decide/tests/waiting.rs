//! Runs that wait: for their source and their sender to be checked, and for their turn.

use super::*;

#[rstest::rstest]
#[case::nothing_is_known(|_: &mut Facts| (), "need [Config]")]
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
    "need [Config]"
)]
#[case::no_account(
    |f: &mut Facts| change_installation(f, |i| i.status.as_mut().unwrap().account = None),
    "Pending WaitingForInstallation"
)]
#[case::no_installation(|f: &mut Facts| f.installation = None, "Pending WaitingForInstallation")]
#[case::github_is_down(|f: &mut Facts| f.trouble = Some(trouble(Kind::Passing, 9)), "Pending GitHubUnavailable")]
#[case::nothing_is_granted(|f: &mut Facts| f.trouble = Some(trouble(Kind::Permission, 9)), "Failed PermissionsMissing")]
#[case::it_is_moved_all_the_same(|f: &mut Facts| f.trouble = Some(trouble(Kind::Moved(Some(5)), 9)), "Failed ConfigMissing")]
#[case::it_is_blocked(|f: &mut Facts| f.published.blocked_until = Some(at(9)), "wait until 9")]
#[case::there_is_none(|f: &mut Facts| f.found.config = Some(ConfigFound::Absent("peribolos".into())), "Failed ConfigMissing")]
#[case::a_person_has_to_act(|f: &mut Facts| f.found.config = ambiguous(), r#"Record({"configProblem":"#)]
#[case::it_is_recorded_that_a_person_has_to_act(
    |f: &mut Facts| {
        f.found.config = ambiguous();
        let Some(ConfigFound::Unusable(problem)) = ambiguous() else { panic!("usable") };
        change_installation(f, |i| i.status.as_mut().unwrap().config_problem = Some(problem));
    },
    "Failed ConfigAmbiguous"
)]
#[case::it_was_renamed(|f: &mut Facts| f.found.config = renamed(), r#"Record({"config":"#)]
#[case::the_first_of_its_repository(|f: &mut Facts| (f.found.config, f.run.spec.source.sha) = (here(), SHA.into()), &format!("need [Backing {{ sha: {SHA:?}, branch: \"main\" }}]"))]
#[case::from_a_backup(|f: &mut Facts| f.run.spec.trigger.at = "2025-12-31T22:00:00Z".into(), "Skipped Restored")]
#[case::that_waited_before(
    |f: &mut Facts| {
        f.run.spec.trigger.at = "2025-12-31T22:00:00Z".into();
        f.run.status = Some(PeribolosRunStatus { phase: Some(Phase::Pending), ..PeribolosRunStatus::default() });
    },
    "Skipped Restored"
)]
#[case::delivered_a_moment_ago(|f: &mut Facts| f.run.spec.trigger.at = "2025-12-31T23:59:00Z".into(), "need [Config]")]
#[case::not_adopted(|f: &mut Facts| f.found.adopted = false, "Adopt")]
fn a_new_run(#[case] change: fn(&mut Facts), #[case] expected: &str) {
    let mut facts = apply(new);
    change(&mut facts);
    let verdict = describe(&decide(&facts, at(1)));
    assert!(verdict == expected || (expected.ends_with(':') && verdict.starts_with(expected)), "{verdict}");
}

#[expect(clippy::unnecessary_wraps, reason = "as the facts hold it")]
fn ambiguous() -> Option<ConfigFound> {
    Some(ConfigFound::unusable(Reason::ConfigAmbiguous, "there are two".into()))
}

#[expect(clippy::unnecessary_wraps, reason = "as the facts hold it")]
fn renamed() -> Option<ConfigFound> {
    let Some(ConfigFound::Here(mut repository)) = here() else { panic!("not here") };
    repository.name = "conf".into();
    Some(ConfigFound::Here(repository))
}

/// An Apply that was pushed to that repository, the first one of the organization, by this backing.
fn first(repository: &str, backing: Backing) -> Facts {
    let mut facts = apply(new);
    facts.run.spec.source.sha = SHA.into();
    facts.run.spec.source.repository = format!("Acme/{repository}");
    facts.found.config = here();
    facts.found.backing = Some(backing);
    facts
}

#[test]
fn the_first_apply_of_a_repository_needs_an_owner() {
    let by = |standing| Backing { sender: Some(standing), ..Backing::default() };
    let verdict = decide(&first(".github", by(Standing::Member)), at(1));
    assert_eq!(describe(&verdict), "Skipped OwnerRequired");
    let Verdict::Do(Step::WriteStatus(status)) = verdict else { panic!("no status") };
    assert_eq!(status.sha.as_deref(), Some(SHA), "its check says what to do");
    let mut refused = first(".github", by(Standing::Member));
    refused.run.status = Some(*status);
    let check = wanted(&refused).unwrap();
    assert_eq!(check.state, CheckState::Completed(CheckConclusion::ActionRequired));
    assert!(check.summary.contains("/peribolos apply"), "{}", check.summary);
    assert_eq!(describe(&decide(&first(".github", by(Standing::Owner)), at(1))), "Reserve");
    let mut later = first(".github", by(Standing::Member));
    let last = json!({"run": "a", "phase": "Succeeded", "repositoryId": 5});
    change_installation(&mut later, |i| {
        i.status.as_mut().unwrap().last_apply = Some(serde_json::from_value(last).unwrap());
    });
    assert_eq!(describe(&decide(&later, at(1))), "Reserve");
}

/// A run whose delivery was about [`SHA`] in that repository; its config repository was not chosen, as two have the file.
fn undecided(mode: Mode, repository: &str) -> Facts {
    let mut facts = of(mode, new);
    facts.run.spec.source.sha = SHA.into();
    facts.run.spec.source.repository = repository.into();
    facts.found.config = ambiguous();
    let Some(ConfigFound::Unusable(problem)) = ambiguous() else { panic!("usable") };
    change_installation(&mut facts, |i| {
        let status = i.status.as_mut().unwrap();
        (status.config, status.config_problem) = (None, Some(problem));
    });
    facts
}

/// Where the config repository is known, a read that this run depends on is refused for good.
fn refused(mode: Mode, kind: Kind) -> Facts {
    let mut facts = of(mode, new);
    facts.run.spec.source.sha = SHA.into();
    facts.run.spec.source.repository = "Acme/.github".into();
    facts.trouble = Some(trouble(kind, 9));
    facts
}

/// A required check that is never written hangs, and owners look nowhere else.
#[rstest::rstest]
#[case::in_either_repository(undecided(Mode::Apply, "Acme/.github"), Some("The file is in two repositories"))]
#[case::in_the_other_one(undecided(Mode::Apply, "acme/Peribolos"), Some("The file is in two repositories"))]
#[case::in_none_of_them(undecided(Mode::Apply, "acme/site"), None)]
#[case::of_another_organization(undecided(Mode::Apply, "globex/.github"), None)]
#[case::nobody_knows_where(undecided(Mode::Apply, ""), None)]
#[case::without_permission(refused(Mode::Apply, Kind::Permission), Some("The App lacks permissions"))]
#[case::moved(refused(Mode::Apply, Kind::Moved(None)), Some("The file is missing"))]
#[case::a_pull_request({
    let mut facts = refused(Mode::DryRun, Kind::Permission);
    facts.run.spec.source.pull_request = Some(7);
    facts
}, Some("The App lacks permissions"))]
#[case::a_merge_group({
    let mut facts = refused(Mode::DryRun, Kind::Permission);
    facts.run.spec.source.git_ref = "refs/heads/gh-readonly-queue/main/pr-7-abc".into();
    facts
}, Some("The App lacks permissions"))]
#[case::a_comparison_has_no_check(refused(Mode::DryRun, Kind::Permission), None)]
#[case::a_dump_has_no_check(refused(Mode::Dump, Kind::Permission), None)]
#[case::of_no_commit({
    let mut facts = refused(Mode::Apply, Kind::Permission);
    facts.run.spec.source.sha.clear();
    facts
}, None)]
fn what_fails_before_it_is_admitted_says_so_on_its_commit(
    #[case] facts: Facts,
    #[case] expected: Option<&str>,
) {
    let verdict = decide(&facts, at(1));
    let Verdict::Do(Step::WriteStatus(status)) = verdict else { panic!("{verdict:?}") };
    assert_eq!(status.phase, Some(Phase::Failed));
    let mut ended = facts;
    ended.trouble = None;
    ended.run.status = Some(*status);
    let check = wanted(&ended);
    assert_eq!(check.as_ref().map(|check| check.title.as_str()), expected);
    if let Some(check) = check {
        assert_eq!((check.sha.as_str(), check.marker), (SHA, None), "it was not applied");
        assert_eq!(check.state, CheckState::Completed(CheckConclusion::Failure));
    }
}

#[test]
fn a_push_to_the_repository_that_was_not_chosen_ends_without_a_check() {
    let verdict = decide(&first("peribolos", Backing::default()), at(1));
    assert_eq!(describe(&verdict), "Skipped OtherRepository");
    let Verdict::Do(Step::WriteStatus(status)) = verdict else { panic!("no status") };
    let mut ended = first("peribolos", Backing::default());
    ended.run.status = Some(*status);
    assert_eq!(wanted(&ended), None);
    assert_eq!(describe(&decide(&first("site", Backing::default()), at(1))), "Failed SourceNotAllowed");
    let mut named = first("peribolos", Backing::default());
    change_installation(&mut named, |i| {
        i.spec.config.repository = ".github".into();
        i.status.as_mut().unwrap().config.as_mut().unwrap().specified = ".github".into();
    });
    assert_eq!(describe(&decide(&named, at(1))), "Failed SourceNotAllowed", "nobody had to choose");
}

#[test]
fn a_repository_that_was_moved_is_looked_up_again() {
    let mut facts = first(".github", Backing::default());
    facts.run.spec.source.sha.clear();
    facts.fail(Attempted::Look(&[Need::Head("main".into())]), trouble(Kind::Moved(Some(5)), 9), at(1));
    assert_eq!(describe(&decide(&facts, at(1))), "need [Config]");
    facts.add(Fact::Config(renamed().unwrap()), at(1));
    let Verdict::Do(step @ Step::Record(_)) = decide(&facts, at(1)) else { panic!("nothing recorded") };
    let mut followed = (*facts.installation.clone().unwrap()).clone();
    followed.status.as_mut().unwrap().config.as_mut().unwrap().repository = "conf".into();
    facts.apply(&step, Answer::Installation(Some(Box::new(followed))), at(1));
    facts.run.spec.source.repository.clear();
    assert_eq!(describe(&decide(&facts, at(1))), r#"need [Head("main")]"#);
}

#[test]
fn a_renamed_organization_is_fetched_again() {
    let mut facts = first(".github", Backing::default());
    facts.found.config = Some(ConfigFound::OtherOrganization("acme".into()));
    let Verdict::Do(step) = decide(&facts, at(1)) else { panic!("no step") };
    assert_eq!(step, Step::Recheck);
    facts.apply(&step, Answer::Done, at(1));
    assert_eq!(describe(&decide(&facts, at(1))), "Pending WaitingForInstallation");
    // The recheck changes the installation, which wakes the run; the next reconcile knows what the process keeps.
    facts.found.config = None;
    facts.found.rechecked = false;
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 31");
    assert_eq!(describe(&decide(&facts, at(31))), "need [Config]");
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
    |f: &mut Facts| { f.others = vec![other("n", Mode::Apply, 1, Phase::Queued)]; f.found.config = here(); },
    r#"need [Head("main")]"#
)]
#[case::a_newer_push_for_the_head(
    |f: &mut Facts| {
        f.others = vec![other("n", Mode::Apply, 1, Phase::Queued)];
        f.found.config = here();
        f.found.head = head(SHA, 1);
    },
    "Superseded Superseded"
)]
#[case::a_newer_push_of_an_older_commit(
    |f: &mut Facts| {
        let mut newer = run("n", Mode::Apply, 1, Phase::Queued);
        newer.status.as_mut().unwrap().sha = Some(OTHER.into());
        f.others = vec![Arc::new(newer)];
        f.found.config = here();
        f.found.head = head(SHA, 1);
    },
    "Reserve"
)]
#[case::its_commit_is_an_old_one(
    |f: &mut Facts| {
        f.others = vec![other("n", Mode::Apply, 1, Phase::Queued)];
        f.found.config = here();
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
    facts.found.config = here();
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

#[test]
fn a_slot_is_given_back_whatever_the_installation_waits_for() {
    let mut facts = apply(admitted);
    change_installation(&mut facts, |i| i.status.as_mut().unwrap().conditions.clear());
    give_slot(&mut facts, "r");
    facts.found.run_live = true;
    assert_eq!(describe(&decide(&facts, at(1))), "free the slot of r: ");
    change_installation(&mut facts, |i| i.status.as_mut().unwrap().active_run = None);
    assert_eq!(describe(&decide(&facts, at(1))), "Pending WaitingForInstallation");
}

#[test]
fn a_slot_for_an_attempt_that_the_run_does_not_know_of_is_left_until_the_run_was_read() {
    let mut facts = apply(admitted);
    give_slot(&mut facts, "r");
    assert_eq!(
        describe(&decide(&facts, at(1))),
        "wait until 2",
        "a newer version of the run may be under way"
    );
    facts.found.run_live = true;
    assert_eq!(describe(&decide(&facts, at(1))), "free the slot of r: ", "there is none");
}
