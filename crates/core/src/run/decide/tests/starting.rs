//! Runs that start: nothing is made yet for the attempt.

use peribolos_api::installation::ConfigProblem;
use peribolos_api::run::RunRepository;

use super::*;

/// An Apply that starts: nothing was made, and `change` says what is known.
fn start(change: impl FnOnce(&mut Facts)) -> String {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    facts.published.unrequested = Some(1);
    give_slot(&mut facts, "r");
    facts.found.tokens = vec![Token::Own];
    facts.found.config = here();
    facts.found.head = head(SHA, 1);
    facts.found.reviewed = Some(Reviewed::default());
    change(&mut facts);
    describe(&decide(&facts, at(2)))
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
fn an_apply_of_a_repository_that_is_no_longer_the_organizations_does_not_start() {
    let with = |id| {
        start(|facts| {
            facts.run.status.as_mut().unwrap().repository = Some(RunRepository { name: "x".into(), id });
        })
    };
    assert_eq!((with(5).as_str(), with(6).as_str()), ("create r-1 with Own", "Skipped OtherRepository"));
}

/// An Apply that starts, whose TaskRun is not there and may have been asked for.
fn asked() -> Facts {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    give_slot(&mut facts, "r");
    facts
}

/// The same, once the name of its attempt was made unusable.
fn closed(mut facts: Facts) -> Facts {
    let step = Step::CloseAttempt("r-1".into());
    facts.apply(&step, Answer::Closed, at(2));
    facts
}

const CLOSES: &str = r#"CloseAttempt("r-1")"#;

#[rstest::rstest]
#[case::cancelled(|f: &mut Facts| f.run.spec.cancel = true, "Cancelled Cancelled")]
#[case::suspended(|f: &mut Facts| change_installation(f, |i| i.spec.suspend = true), "Pending Suspended")]
#[case::another_has_the_slot(|f: &mut Facts| give_slot(f, "a"), "Queued Starting")]
#[case::a_long_wait(
    |f: &mut Facts| f.trouble = Some(trouble(Kind::Passing, 300)),
    "Queued GitHubUnavailable, again at 2026-01-01T00:05:00Z"
)]
#[case::no_task_run(
    |f: &mut Facts| (f.trouble, f.found.blob) = (Some(trouble(Kind::NoTaskRun { invalid: true }, 9)), Some(None)),
    "Failed TaskInvalid"
)]
#[case::its_installation_is_deleted(|f: &mut Facts| delete_installation(f, 1), "Cancelled InstallationDeleted")]
fn an_attempt_that_may_have_been_asked_for_is_closed_before_it_is_left(
    #[case] leave: fn(&mut Facts),
    #[case] then: &str,
) {
    let mut facts = asked();
    leave(&mut facts);
    assert_eq!(describe(&decide(&facts, at(2))), CLOSES);
    let mut facts = closed(facts);
    facts.found.pod_done = Some(true);
    assert_eq!(describe(&decide(&facts, at(2))), then);
    let mut own = asked();
    own.published.unrequested = Some(1);
    leave(&mut own);
    assert_ne!(describe(&decide(&own, at(2))), CLOSES, "nobody has asked for it");
    let mut preview = asked();
    preview.run.spec.mode = Mode::DryRun;
    leave(&mut preview);
    assert_ne!(describe(&decide(&preview, at(2))), CLOSES, "it changes nothing");
}

#[test]
fn pods_that_a_closed_attempt_may_have_had_are_waited_for_before_another_attempt() {
    let mut facts = asked();
    facts.run.spec.cancel = false;
    change_installation(&mut facts, |i| i.spec.suspend = true);
    let mut facts = closed(facts);
    assert_eq!(describe(&decide(&facts, at(2))), "need [PodDone]");
    facts.found.pod_done = Some(false);
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 4");
    facts.found.pod_done = Some(true);
    let verdict = decide(&facts, at(2));
    assert_eq!(describe(&verdict), "Pending Suspended");
    let Verdict::Do(Step::WriteStatus(status)) = verdict else { panic!("no status") };
    assert_eq!((status.attempts, status.task_run_name), (Some(1), None), "its number is not used again");
}

#[test]
fn a_taskrun_that_was_made_after_all_is_not_closed() {
    let mut facts = asked();
    facts.run.spec.cancel = true;
    facts.apply(&Step::CloseAttempt("r-1".into()), Answer::Done, at(2));
    assert_eq!(describe(&decide(&facts, at(2))), "need [Attempt]");
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    assert_eq!(describe(&decide(&facts, at(2))), r#"StopTaskRun("spec.cancel was set")"#);
}

#[test]
fn an_attempt_that_was_found_closed_is_followed_by_another_one() {
    let mut facts = asked();
    facts.found.attempt = Some(Attempt::Closed);
    assert_eq!(describe(&decide(&facts, at(2))), CLOSES, "who closed it may not have come to its pods");
    let mut facts = closed(facts);
    facts.found.pod_done = Some(true);
    assert_eq!(describe(&decide(&facts, at(2))), "Queued Starting");
}

#[test]
fn an_attempt_counts_as_asked_for_from_the_moment_that_its_taskrun_is_sent() {
    let mut facts = apply(admitted);
    let status = starting(&facts.run);
    let written = PeribolosRun { status: Some(status.clone()), ..facts.run.clone() };
    facts.apply(&Step::WriteStatus(Box::new(status)), Answer::Run(Box::new(written)), at(1));
    facts.run.spec.cancel = true;
    assert_eq!(describe(&decide(&facts, at(2))), "Cancelled Cancelled");
    let plan = TaskRunPlan { name: "r-1".into(), sha: SHA.into(), token: Token::Own, args: Vec::new() };
    facts.sends(&Step::CreateTaskRun(Box::new(plan)));
    assert_eq!(describe(&decide(&facts, at(2))), CLOSES);
}

#[test]
fn a_deleted_run_closes_its_attempt_before_it_goes() {
    let mut facts = asked();
    facts.run.metadata.deletion_timestamp = Some(Time(at(1)));
    facts.published.done.cleared = true;
    assert_eq!(describe(&decide(&facts, at(2))), CLOSES);
    assert!(!describe(&decide(&closed(facts), at(2))).contains("Close"));
}

#[test]
fn a_head_that_was_read_before_the_slot_was_taken_is_none() {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    facts.found.config = here();
    facts.found.tokens = vec![Token::Own];
    facts.found.reviewed = Some(Reviewed::default());
    facts.found.head = head(SHA, 1);
    let Verdict::Do(step) = decide(&facts, at(1)) else { panic!("no step") };
    let mut taken = installation();
    taken.status.as_mut().unwrap().active_run = Some(active("r"));
    facts.apply(&step, Answer::Installation(Some(Box::new(taken))), at(1));
    assert_eq!(
        describe(&decide(&facts, at(1))),
        "need [Rival]",
        "another object may have taken its own at once"
    );
    facts.found.rival = Some(None);
    assert_eq!(describe(&decide(&facts, at(1))), "need [Config]", "it may have been renamed, or made public");
    facts.found.config = here();
    assert_eq!(describe(&decide(&facts, at(1))), r#"need [Head("main")]"#);
}

#[test]
fn a_slot_that_was_refused_is_not_taken_by_the_same_start() {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    let verdict = decide(&facts, at(1));
    assert_eq!(describe(&verdict), "take the slot for attempt 1");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    let mut freed = installation();
    freed.status.as_mut().unwrap().heal_sequence = Some(1);
    facts.apply(&step, Answer::Installation(Some(Box::new(freed))), at(1));
    assert_eq!(
        describe(&decide(&facts, at(1))),
        "wait until 2",
        "whoever had it meanwhile may have been another controller with this very run"
    );
}

#[rstest::rstest]
#[case::it_comes_first(true, "wait until 17")]
#[case::it_gives_way(false, "Queued WaitingForRun")]
fn of_two_objects_of_one_account_one_starts(#[case] gives_way: bool, #[case] expected: &str) {
    let rival = Some(Some(Rival { name: "other".into(), gives_way }));
    assert_eq!(start(|facts| facts.found.rival.clone_from(&rival)), expected);
    let mut waiting = apply(admitted);
    waiting.found.rival = rival;
    assert_eq!(describe(&decide(&waiting, at(2))), "Queued WaitingForRun");
}

#[rstest::rstest]
#[case::starting(starting, "Pending TektonMissing")]
#[case::waiting(admitted, "Pending TektonMissing")]
#[case::running(running, "need [Attempt]")]
fn without_tekton_no_run_starts(
    #[case] begin: fn(&PeribolosRun) -> PeribolosRunStatus,
    #[case] expected: &str,
) {
    let mut facts = apply(begin);
    facts.published.unrequested = Some(1);
    facts.found.attempt = (expected != "need [Attempt]").then_some(Attempt::Unmade);
    facts.tekton = Some(Missing::Api);
    assert_eq!(describe(&decide(&facts, at(2))), expected);
}

#[test]
fn a_start_that_keeps_failing_gives_the_slot_back() {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
    facts.published.unrequested = Some(1);
    facts.trouble = Some(trouble(Kind::Passing, 70));
    assert_eq!(describe(&decide(&facts, at(60))), "wait until 70");
    assert_eq!(
        describe(&decide(&facts, at(61))),
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
    facts.published.unrequested = Some(1);
    facts.found.attempt = Some(Attempt::Unmade);
    assert_eq!(describe(&decide(&facts, at(1))), "take the slot for attempt 1");
    give_slot(&mut facts, "r");
    assert_eq!(describe(&decide(&facts, at(1))), "need [Config]");
    facts.found.config = Some(ConfigFound::Absent("peribolos".into()));
    assert_eq!(describe(&decide(&facts, at(1))), r#"CreateRepository("peribolos")"#);
    let mut unanswered = facts.clone();
    let create = Step::CreateRepository("peribolos".into());
    unanswered.fail(Attempted::Write(&create), trouble(Kind::Unknown, 2), at(1));
    assert_eq!(unanswered.published.blocked_until, Some(at(16)), "it may yet be made");
    facts.apply(&create, Answer::Config(ConfigFound::unusable(Reason::ConfigMissing, "taken".into())), at(1));
    assert!(describe(&decide(&facts, at(1))).starts_with("Record"));
    change_installation(&mut facts, |i| {
        i.status.as_mut().unwrap().config_problem =
            Some(ConfigProblem { reason: "ConfigMissing".into(), message: "taken".into() });
    });
    assert_eq!(describe(&decide(&facts, at(1))), "Skipped ConfigMissing");
    change_installation(&mut facts, |i| i.status.as_mut().unwrap().config_problem = None);
    let Some(ConfigFound::Here(repository)) = here() else { panic!("not here") };
    let mut created = facts.clone();
    created.apply(&create, Answer::Created(repository), at(1));
    assert_eq!(describe(&decide(&created, at(1))), "EnsureToken(Lesser(Read))");
    facts.found.config = here();
    assert_eq!(describe(&decide(&facts, at(1))), "need [Strangers]");
    facts.found.strangers = Some(vec!["carol".into()]);
    assert_eq!(
        describe(&decide(&facts, at(1))),
        "Skipped ConfigMissing",
        "she would control the organization"
    );
    facts.found.strangers = Some(vec![]);
    assert_eq!(describe(&decide(&facts, at(1))), "EnsureToken(Lesser(Read))");
    facts.found.tokens = vec![Token::Lesser(RunToken::Read)];
    assert_eq!(describe(&decide(&facts, at(1))), "EnsureToken(Lesser(Dump))");
    facts.found.tokens.push(Token::Lesser(RunToken::Dump));
    assert_eq!(describe(&decide(&facts, at(1))), "create r-1 with Lesser(Read)");
}

#[test]
fn a_preview_starts_with_what_its_author_may_have() {
    let mut facts = of(Mode::DryRun, starting);
    facts.found.attempt = Some(Attempt::Unmade);
    facts.found.config = here();
    assert_eq!(describe(&decide(&facts, at(1))), "EnsureToken(Lesser(Read))", "a DryRun of the branch");
    facts.run.spec.source.pull_request = Some(7);
    assert_eq!(describe(&decide(&facts, at(1))), "need [Pull]");
    let pull =
        |author| Pull { base: "main".into(), head: SHA.into(), open: true, author, pushed_by_member: true };
    facts.found.pull = Some(Some(pull(Author::Member)));
    assert_eq!(describe(&decide(&facts, at(1))), r#"need [Head("main")]"#);
    facts.found.head = head(OTHER, 1);
    facts.found.tokens = vec![Token::Lesser(RunToken::Read)];
    assert_eq!(describe(&decide(&facts, at(1))), format!("need [HeadBlob({OTHER:?})]"));
    facts.found.head_blob = Some(Some("blob".into()));
    let Verdict::Do(Step::WriteStatus(status)) = decide(&facts, at(1)) else { panic!("no status") };
    assert_eq!((status.base_sha.as_deref(), status.base_blob.as_deref()), (Some(OTHER), Some("blob")));
    facts.run.status = Some(*status);
    assert_eq!(
        describe(&decide(&facts, at(1))),
        "need [Strangers]",
        "no owner has agreed to this repository yet"
    );
    facts.found.strangers = Some(vec!["carol".into()]);
    let Verdict::Do(Step::CreateTaskRun(plan)) = decide(&facts, at(1)) else { panic!("no TaskRun") };
    assert!(!plan.args.contains(&"--disclose-all".to_owned()), "{:?}", plan.args);
    facts.found.strangers = Some(vec![]);
    let verdict = decide(&facts, at(1));
    assert_eq!(describe(&verdict), "create r-1 with Lesser(Read)", "its base is recorded before");
    let Verdict::Do(Step::CreateTaskRun(plan)) = verdict else { panic!("no TaskRun") };
    assert!(plan.args.contains(&format!("--base-sha={OTHER}")), "{:?}", plan.args);
    assert!(plan.args.contains(&"--disclose-all".to_owned()), "{:?}", plan.args);
    assert!(plan.args.contains(&"--base-branch=main".to_owned()), "{:?}", plan.args);
    facts.found.pull = Some(Some(Pull { base: "dev".into(), ..pull(Author::Member) }));
    assert_eq!(describe(&decide(&facts, at(1))), "Superseded Superseded", "it is never applied from there");
    facts.found.pull = Some(Some(pull(Author::Stranger)));
    assert_eq!(describe(&decide(&facts, at(1))), "Skipped ApprovalRequired");
    change_installation(&mut facts, |i| i.spec.preview = peribolos_api::installation::Preview::Everyone);
    assert_eq!(describe(&decide(&facts, at(1))), "EnsureToken(Lesser(File))");
    let mut read = facts.clone();
    read.found.tokens.push(Token::Lesser(RunToken::File));
    let Verdict::Do(Step::WriteStatus(status)) = decide(&read, at(1)) else { panic!("no status") };
    assert!(status.file_only, "its check must let no merge pass");
    facts.found.pull = Some(None);
    assert_eq!(describe(&decide(&facts, at(1))), "Skipped SourceNotAllowed");
    facts.run.spec.trigger.comment = Some(COMMENT);
    assert_eq!(describe(&decide(&facts, at(1))), "need [Commander]");
    facts.found.commander = Some(Commander::By(Standing::Member));
    facts.found.pull = Some(Some(pull(Author::Stranger)));
    assert_eq!(describe(&decide(&facts, at(1))), "create r-1 with Lesser(Read)");
}
