//! Runs that start: nothing is made yet for the attempt.

use super::*;

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
    assert_eq!(describe(&decide(&facts, at(1))), r#"need [Head("main")]"#);
}

#[test]
fn a_start_that_keeps_failing_gives_the_slot_back() {
    let mut facts = apply(starting);
    facts.found.attempt = Some(Attempt::Unmade);
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
    facts.found.attempt = Some(Attempt::Unmade);
    assert_eq!(describe(&decide(&facts, at(1))), "take the slot for attempt 1");
    give_slot(&mut facts, "r");
    assert_eq!(describe(&decide(&facts, at(1))), "EnsureRepository");
    let mut unanswered = facts.clone();
    unanswered.fail(Attempted::Write(&Step::EnsureRepository), trouble(Kind::Unknown, 2), at(1));
    assert_eq!(unanswered.published.blocked_until, Some(at(16)), "it may yet be made");
    facts.found.repository = Some(Err("there is none".into()));
    assert_eq!(describe(&decide(&facts, at(1))), "Skipped ConfigMissing");
    facts.found.repository = Some(Ok(()));
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
    assert_eq!(describe(&decide(&facts, at(1))), "EnsureToken(Lesser(Read))", "a DryRun of the branch");
    facts.run.spec.source.pull_request = Some(7);
    assert_eq!(describe(&decide(&facts, at(1))), "need [Pull]");
    let pull = |author| Pull { base: "main".into(), head: SHA.into(), open: true, author };
    facts.found.pull = Some(Some(pull(Author::Member)));
    assert_eq!(describe(&decide(&facts, at(1))), r#"need [Head("main")]"#);
    facts.found.head = head(OTHER, 1);
    facts.found.tokens = vec![Token::Lesser(RunToken::Read)];
    assert_eq!(describe(&decide(&facts, at(1))), "create r-1 with Lesser(Read)");
    facts.found.pull = Some(Some(pull(Author::Stranger)));
    assert_eq!(describe(&decide(&facts, at(1))), "Skipped ApprovalRequired");
    change_installation(&mut facts, |i| i.spec.preview = peribolos_api::installation::Preview::Everyone);
    assert_eq!(describe(&decide(&facts, at(1))), "EnsureToken(Lesser(File))");
    facts.found.pull = Some(None);
    assert_eq!(describe(&decide(&facts, at(1))), "Skipped SourceNotAllowed");
    facts.run.metadata.annotations = Some([(ANNOTATION_COMMENT.to_owned(), "7".to_owned())].into());
    assert_eq!(describe(&decide(&facts, at(1))), "need [Commander]");
    facts.found.commander = Some(Commander::By(Standing::Member));
    facts.found.pull = Some(Some(pull(Author::Stranger)));
    assert_eq!(describe(&decide(&facts, at(1))), "create r-1 with Lesser(Read)");
}
