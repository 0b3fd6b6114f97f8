//! The comments of runs that have ended: which there are, and that each is known to be there once.

use peribolos_api::run::{MergedPullRequest, TriggerComment};

use super::*;
use crate::run::comment::{Kind as Comment, Post};

/// A preview of pull request 7 that has ended, with its check written.
fn preview(reason: Reason) -> Facts {
    let phase = match reason {
        Reason::Planned => Phase::Succeeded,
        Reason::FileUnchanged => Phase::Skipped,
        _ => Phase::Failed,
    };
    let mut facts = of(Mode::DryRun, ended(phase, reason));
    facts.run.spec.source.pull_request = Some(7);
    facts.found.attempt = seen(Some(true), "Succeeded", vec![step(true, Some(0))]);
    published(facts)
}

fn published(mut facts: Facts) -> Facts {
    facts.found.pod_done = Some(true);
    facts.found.installation_live = true;
    facts.published.done.cleared = true;
    facts.published.done.issue = IssueDone::Lists;
    facts.published.done.previews = true;
    facts.published.done.acknowledged = true;
    facts.published.check_id = Some(5);
    facts.published.check = wanted(&facts);
    facts
}

/// An Apply of pull requests 3 and 7 that has ended, with its check written.
fn applied(phase: Phase, reason: Reason) -> Facts {
    let mut facts = apply(ended(phase, reason));
    facts.found.attempt = seen(Some(true), "Succeeded", vec![step(true, Some(0))]);
    let merged = |number| MergedPullRequest { number, merged_by: "alice".into() };
    facts.run.status.as_mut().unwrap().merged_pull_requests = vec![merged(3), merged(7)];
    published(facts)
}

/// Who it is of could not be found out: a comment would need to know that.
#[test]
fn a_preview_that_failed_before_it_was_admitted_is_not_commented_on() {
    let failed = |run: &PeribolosRun| {
        let mut status = new(run);
        (status.sha, status.check_run_id) = (Some(SHA.into()), Some(5));
        let end = End::new(Phase::Failed, Reason::PermissionsMissing, "m");
        Writer::new(run, at(5)).ended(status, &end)
    };
    let mut facts = of(Mode::DryRun, failed);
    facts.run.spec.source.pull_request = Some(7);
    let facts = published(facts);
    assert!(facts.published.check.is_some());
    assert_eq!(describe(&decide(&facts, at(6))), "Label");
}

fn pull(author: Author, head: &str) -> Pull {
    Pull { base: "main".into(), head: head.into(), open: true, author, pushed_by_member: true }
}

fn post(facts: &Facts, now: i64) -> Post {
    match decide(facts, at(now)) {
        Verdict::Do(Step::WriteComment(post)) => *post,
        other => panic!("no comment but {}", describe(&other)),
    }
}

/// Writes every comment that is wanted, and gives their kinds and places.
fn all(mut facts: Facts) -> Vec<(Comment, i64)> {
    let mut posts = Vec::new();
    while let Verdict::Do(step @ Step::WriteComment(_)) = decide(&facts, at(6)) {
        let Step::WriteComment(post) = &step else { unreachable!() };
        posts.push((post.kind, post.on));
        facts.apply(&step, Answer::Comment(Commented::AsWanted), at(6));
    }
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns");
    posts
}

#[test]
fn a_preview_is_one_comment_of_its_pull_request() {
    for reason in [Reason::Planned, Reason::ConfigInvalid, Reason::TimedOut] {
        let mut facts = preview(reason);
        assert_eq!(describe(&decide(&facts, at(6))), "need [Pull]", "{reason:?}");
        facts.found.pull = Some(Some(pull(Author::Member, SHA)));
        let post = post(&facts, 6);
        assert!(post.is_news && post.body.ends_with("<!-- peribolos-preview uid-r -->"), "{post:?}");
        assert!(post.body.contains("commit `aaaaaaa`"), "{post:?}");
        assert_eq!(all(facts), [(Comment::Preview, 7)]);
    }
}

#[test]
fn what_a_pull_request_does_not_change_any_more_replaces_a_preview() {
    let mut facts = preview(Reason::FileUnchanged);
    facts.found.pull = Some(Some(pull(Author::Member, SHA)));
    assert!(!post(&facts, 6).is_news);
}

#[rstest::rstest]
#[case::a_strangers(|facts: &mut Facts| facts.found.pull = Some(Some(pull(Author::Stranger, SHA))))]
#[case::a_strangers_that_is_only_read(|facts: &mut Facts| {
    facts.found.pull = Some(Some(pull(Author::Stranger, SHA)));
    change_installation(facts, |i| i.spec.preview = peribolos_api::installation::Preview::Everyone);
})]
#[case::with_a_newer_commit(|facts: &mut Facts| facts.found.pull = Some(Some(pull(Author::Member, OTHER))))]
#[case::gone(|facts: &mut Facts| facts.found.pull = Some(None))]
#[case::closed(|facts: &mut Facts| {
    facts.found.pull = Some(Some(pull(Author::Member, SHA)));
    facts.found.pull.as_mut().unwrap().as_mut().unwrap().open = false;
})]
#[case::not_wanted(|facts: &mut Facts| change_installation(facts, |i| i.spec.comments = false))]
fn there_is_no_comment_on_such_a_preview(#[case] change: fn(&mut Facts)) {
    let mut facts = preview(Reason::Planned);
    change(&mut facts);
    assert_eq!(all(facts), []);
}

#[test]
fn a_members_command_is_answered_with_the_result_also_without_comments() {
    let mut facts = preview(Reason::Planned);
    facts.run.spec.trigger.comment = Some(TriggerComment { id: 9, issue: 7 });
    assert_eq!(describe(&decide(&facts, at(6))), "need [Commander]");
    facts.found.commander = Some(Commander::By(Standing::Member));
    facts.found.pull = Some(Some(pull(Author::Stranger, SHA)));
    let posts = crate::run::comment::wanted(&facts, facts.installation.as_ref().unwrap()).unwrap();
    let answer = &posts[1];
    assert!(answer.body.ends_with("<!-- peribolos-answer uid-r -->"), "{answer:?}");
    assert!(!answer.body.contains("can be applied"), "the preview has it: {answer:?}");
    assert_eq!(all(facts.clone()), [(Comment::Preview, 7), (Comment::Answer, 7)]);
    change_installation(&mut facts, |i| i.spec.comments = false);
    assert!(post(&facts, 6).body.contains("can be applied"));
    assert_eq!(all(facts), [(Comment::Answer, 7)]);
}

#[rstest::rstest]
#[case(Phase::Succeeded, Reason::Applied, true)]
#[case(Phase::Failed, Reason::GuardTripped, true)]
#[case(Phase::Failed, Reason::Incomplete, true)]
#[case(Phase::Cancelled, Reason::Cancelled, true)]
#[case::the_newer_one_says_it(Phase::Superseded, Reason::HeadMoved, false)]
fn a_merge_gets_its_result(#[case] phase: Phase, #[case] reason: Reason, #[case] commented: bool) {
    let mut facts = applied(phase, reason);
    facts.found.blob = Some(None);
    change_installation(&mut facts, |i| {
        let last = json!({"run": "r", "uid": "uid-r", "phase": "Failed"});
        i.status.as_mut().unwrap().last_apply = Some(serde_json::from_value(last).unwrap());
    });
    let expected = if commented { vec![(Comment::Result, 3), (Comment::Result, 7)] } else { vec![] };
    assert_eq!(all(facts.clone()), expected);
    change_installation(&mut facts, |i| i.spec.comments = false);
    assert_eq!(all(facts), []);
}

#[test]
fn an_owners_command_is_answered_where_it_was_given() {
    let mut facts = applied(Phase::Succeeded, Reason::Applied);
    facts.run.spec.trigger.comment = Some(TriggerComment { id: 9, issue: 7 });
    facts.found.commander = Some(Commander::By(Standing::Owner));
    let mut news = Vec::new();
    while let Verdict::Do(step @ Step::WriteComment(_)) = decide(&facts, at(6)) {
        let Step::WriteComment(post) = &step else { unreachable!() };
        news.push((post.kind, post.on, post.is_news));
        facts.apply(&step, Answer::Comment(Commented::AsWanted), at(6));
    }
    let expected = [(Comment::Result, 3, true), (Comment::Result, 7, false), (Comment::Answer, 7, true)];
    assert_eq!(news, expected, "the answer is the result for who reads pull request 7");
}

/// A command that ended before anything was run.
fn refused(reason: Reason, message: &str) -> Facts {
    let mut facts = of(Mode::DryRun, |run| {
        Writer::new(run, at(0)).ended(new(run), &End::new(Phase::Skipped, reason, message))
    });
    facts.published.done.cleared = true;
    facts.run.spec.trigger.comment = Some(TriggerComment { id: 9, issue: 7 });
    facts
}

#[test]
fn a_refused_command_is_answered() {
    let mut facts = refused(Reason::NotAllowed, "Only owners may.");
    facts.found.commander = Some(Commander::By(Standing::Stranger));
    assert_eq!(describe(&decide(&facts, at(1))), "React(Refused)");
    facts.apply(&Step::React(Sign::Refused), Answer::Done, at(1));
    assert_eq!(post(&facts, 1).body, "Only owners may.\n\n<!-- peribolos-answer uid-r -->");
}

#[test]
fn who_asks_for_help_gets_it_once_and_no_check() {
    let mut facts = refused(Reason::HelpShown, "it was answered");
    facts.found.commander = Some(Commander::Help);
    Arc::make_mut(&mut facts.settings).docs_url = Some("https://docs.example/owners".into());
    let verdict = decide(&facts, at(1));
    let help = post(&facts, 1);
    for part in ["`/peribolos plan`", "`/peribolos apply`", "https://docs.example/owners"] {
        assert!(help.body.contains(part), "{help:?}");
    }
    let Verdict::Do(step) = verdict else { panic!("no step") };
    facts.apply(&step, Answer::Comment(Commented::AsWanted), at(1));
    assert_eq!(describe(&decide(&facts, at(1))), "Label");
}

#[test]
fn a_comment_that_is_not_what_the_run_claims_is_not_answered() {
    let mut facts = refused(Reason::NotAllowed, "the comment was deleted");
    facts.published.done.acknowledged = true;
    assert_eq!(describe(&decide(&facts, at(1))), "need [Commander]");
    facts.found.commander = Some(Commander::Wrong("the comment was deleted"));
    assert_eq!(describe(&decide(&facts, at(1))), "Label");
}

#[test]
fn a_comment_of_unknown_outcome_is_looked_for_once_it_must_be_there() {
    let mut facts = applied(Phase::Succeeded, Reason::Applied);
    facts.run.status.as_mut().unwrap().merged_pull_requests.truncate(1);
    let step = Step::WriteComment(Box::new(post(&facts, 6)));
    facts.fail(Attempted::Write(&step), trouble(Kind::Unknown, 7), at(6));
    for now in [7, 20] {
        assert_eq!(describe(&decide(&facts, at(now))), "wait until 21");
    }
    // The check is read first, as the request may have been about it.
    assert_eq!(describe(&decide(&facts, at(21))), "need [Checks]");
    let whole = CheckSeen { id: 5, in_progress: false, conclusion: Some(CheckConclusion::Success) };
    facts.add(Fact::Checks(vec![whole]), at(21));
    assert_eq!(decide(&facts, at(21)), Verdict::Do(step.clone()), "it finds what is there");
    facts.apply(&step, Answer::Comment(Commented::SurplusDeleted), at(22));
    assert_eq!(decide(&facts, at(22)), Verdict::Do(step.clone()), "there may be more");
    facts.apply(&step, Answer::Comment(Commented::AsWanted), at(23));
    assert_eq!(describe(&decide(&facts, at(23))), "LabelTaskRuns");
}

#[test]
fn what_another_process_may_have_written_is_read_again() {
    let mut facts = applied(Phase::Succeeded, Reason::Applied);
    facts.run.status.as_mut().unwrap().merged_pull_requests.truncate(1);
    facts.published.taken_over_at = Some(at(5));
    let step = Step::WriteComment(Box::new(post(&facts, 6)));
    facts.apply(&step, Answer::Comment(Commented::AsWanted), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "wait until 20");
    assert_eq!(decide(&facts, at(20)), Verdict::Do(step.clone()));
    facts.apply(&step, Answer::Comment(Commented::AsWanted), at(20));
    assert_eq!(describe(&decide(&facts, at(20))), "LabelTaskRuns");
}

#[rstest::rstest]
#[case::the_conversation_is_locked(Kind::Permission)]
#[case::the_pull_request_is_gone(Kind::Hopeless)]
fn a_comment_that_cant_be_written_is_given_up(#[case] kind: Kind) {
    let mut facts = applied(Phase::Succeeded, Reason::Applied);
    facts.run.status.as_mut().unwrap().merged_pull_requests.truncate(1);
    let step = Step::WriteComment(Box::new(post(&facts, 6)));
    facts.fail(Attempted::Write(&step), trouble(kind, 6), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns");
}

#[test]
fn a_comment_that_github_does_not_take_now_is_written_later() {
    let mut facts = applied(Phase::Succeeded, Reason::Applied);
    let step = Step::WriteComment(Box::new(post(&facts, 6)));
    facts.fail(Attempted::Write(&step), trouble(Kind::Passing, 9), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "wait until 9");
    assert_eq!(decide(&facts, at(9)), Verdict::Do(step));
}

#[test]
fn a_pull_request_that_cant_be_read_keeps_no_run() {
    let mut facts = preview(Reason::Planned);
    facts.fail(Attempted::Look(&[Need::Pull]), trouble(Kind::Passing, 9), at(6));
    assert_eq!(describe(&decide(&facts, at(6))), "wait until 9");
    facts.fail(Attempted::Look(&[Need::Pull]), trouble(Kind::Permission, 9), at(9));
    assert_eq!(describe(&decide(&facts, at(9))), "LabelTaskRuns");
}

/// Its request may take effect late, and would replace what is newer.
#[test]
fn an_older_runs_comment_comes_first() {
    let mut facts = applied(Phase::Succeeded, Reason::Applied);
    let mut older = applied(Phase::Failed, Reason::GuardTripped).run;
    older.metadata.name = Some("older".into());
    older.metadata.creation_timestamp = Some(Time(at(-9)));
    facts.others = vec![Arc::new(older.clone())];
    assert_eq!(describe(&decide(&facts, at(6))), "wait until 11");
    older.metadata.labels = Some([(LABEL_ENDED.to_owned(), "true".to_owned())].into());
    facts.others = vec![Arc::new(older)];
    assert_eq!(describe(&decide(&facts, at(11))), "Result on 3");
}

#[test]
fn what_an_apply_applies_is_written_down_before_its_taskrun() {
    let mut facts = apply(starting);
    give_slot(&mut facts, "r");
    facts.found.attempt = Some(Attempt::Unmade);
    facts.published.unrequested = Some(1);
    facts.found.config = here();
    facts.found.tokens = vec![Token::Own];
    facts.found.head = head(SHA, 1);
    let merged = vec![MergedPullRequest { number: 7, merged_by: "alice".into() }];
    facts.found.reviewed = Some(Reviewed { merged: merged.clone(), ..Reviewed::default() });
    let Verdict::Do(Step::WriteStatus(status)) = decide(&facts, at(1)) else { panic!("it is not written") };
    assert_eq!(status.merged_pull_requests, merged);
    facts.run.status = Some(*status);
    assert_eq!(describe(&decide(&facts, at(1))), "create r-1 with Own");
}
