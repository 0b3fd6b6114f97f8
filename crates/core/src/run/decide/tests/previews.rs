//! New previews of open pull requests, when the base has another file.

use super::*;
use crate::run::preview::outdated;

/// An Apply that has not looked for outdated previews yet, with everything else done.
fn unlooked(begin: impl Fn(&PeribolosRun) -> PeribolosRunStatus) -> Facts {
    let mut facts = apply(begin);
    facts.published.done.previews = false;
    facts.published.check_id = Some(5);
    facts.published.check = wanted(&facts);
    facts.found.attempt = seen(None, "Running", vec![step(true, None)]);
    facts.found.config = here();
    facts
}

fn open(previews: Vec<PeribolosRun>) -> OpenPulls {
    let pulls = vec![(7, OTHER.to_owned())];
    OpenPulls {
        base: SHA.into(),
        path: "peribolos.yaml".into(),
        base_blob: "new".into(),
        applied_before: None,
        pulls,
        previews,
    }
}

/// A preview of pull request 7 with the base's file `blob`.
fn preview(second: i64, phase: Phase, blob: Option<&str>) -> PeribolosRun {
    let mut preview = run(&format!("p{second}"), Mode::DryRun, second, phase);
    preview.spec.source.pull_request = Some(7);
    let status = preview.status.as_mut().unwrap();
    status.sha = Some(OTHER.into());
    status.base_blob = blob.map(str::to_owned);
    preview
}

#[test]
fn an_apply_makes_them_while_it_is_running() {
    let mut facts = unlooked(running);
    assert_eq!(describe(&decide(&facts, at(2))), r#"need [OpenPulls("main")]"#);
    facts.add(Fact::OpenPulls(Box::new(open(vec![]))), at(2));
    let verdict = decide(&facts, at(2));
    assert_eq!(describe(&verdict), "run DryRun by base");
    let Verdict::Do(step) = verdict else { panic!("no step") };
    let Step::CreateRun(made) = &step else { panic!("no run") };
    assert_eq!((made.spec.source.pull_request, made.spec.source.sha.as_str()), (Some(7), OTHER));
    facts.apply(&step, Answer::Done, at(2));
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 22");
    facts.found.open_pulls = None;
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 22", "once is enough");
}

#[test]
fn an_apply_makes_them_while_it_waits() {
    let suspended = |run: &PeribolosRun| {
        let run = PeribolosRun { status: Some(admitted(run)), ..run.clone() };
        let why = Why::new(Reason::Suspended, crate::run::decide::waiting::SUSPENDED);
        Writer::new(&run, at(0)).waiting(Phase::Pending, &why)
    };
    let mut facts = unlooked(suspended);
    change_installation(&mut facts, |i| i.spec.suspend = true);
    assert_eq!(describe(&decide(&facts, at(2))), r#"need [OpenPulls("main")]"#);
    change_installation(&mut facts, |i| i.spec.preview = peribolos_api::installation::Preview::Off);
    assert_eq!(describe(&decide(&facts, at(2))), "wait");
}

#[test]
fn an_apply_that_is_not_carried_out_makes_them_unless_a_newer_one_does() {
    let mut facts = unlooked(ended(Phase::Superseded, Reason::Superseded));
    facts.found.attempt = seen(Some(false), "TaskRunCancelled", vec![]);
    (facts.found.pod_done, facts.found.installation_live) = (Some(true), true);
    facts.published.done.cleared = true;
    facts.published.check = wanted(&facts);
    assert_eq!(describe(&decide(&facts, at(6))), r#"need [OpenPulls("main")]"#);
    facts.others = vec![other("newer", Mode::Apply, 9, Phase::Queued)];
    assert_eq!(describe(&decide(&facts, at(6))), "LabelTaskRuns");
}

#[test]
fn nothing_else_waits_for_them_if_github_does_not_answer() {
    let mut facts = unlooked(running);
    facts.fail(Attempted::Look(&[Need::OpenPulls("main".into())]), trouble(Kind::Passing, 30), at(2));
    assert!(facts.trouble.is_none());
    assert_eq!(describe(&decide(&facts, at(2))), "wait until 22");
}

#[rstest::rstest]
#[case::none(vec![], true)]
#[case::of_this_file(vec![preview(1, Phase::Succeeded, Some("new"))], false)]
#[case::of_another_file(vec![preview(1, Phase::Succeeded, Some("old"))], true)]
#[case::that_failed_with_another_file(vec![preview(1, Phase::Failed, Some("old"))], true)]
#[case::of_an_earlier_version(vec![preview(1, Phase::Succeeded, None)], true)]
#[case::that_has_not_started(vec![preview(1, Phase::Queued, None)], false)]
#[case::running_with_this_file(vec![preview(1, Phase::Running, Some("new"))], false)]
#[case::running_with_another_file(vec![preview(1, Phase::Running, Some("old"))], true)]
#[case::the_newest_counts(
    vec![preview(1, Phase::Succeeded, Some("new")), preview(2, Phase::Succeeded, Some("old"))], true
)]
#[case::one_that_gave_way_says_nothing(
    vec![preview(1, Phase::Succeeded, Some("new")), preview(2, Phase::Superseded, Some("old"))], false
)]
fn a_pull_request_needs_another_preview(#[case] previews: Vec<PeribolosRun>, #[case] expected: bool) {
    assert_eq!(outdated(&open(previews)).next().is_some(), expected);
}

/// There are more open pull requests than previews that are kept.
#[rstest::rstest]
#[case::the_file_was_applied_before(Some("new"), vec![], false)]
#[case::another_one_was(Some("old"), vec![], true)]
#[case::nothing_was(None, vec![], true)]
#[case::it_was_cancelled(Some("new"), vec![preview(1, Phase::Cancelled, None)], true)]
#[case::of_an_earlier_base(Some("new"), vec![preview(1, Phase::Succeeded, Some("old"))], true)]
fn one_that_is_no_longer_kept_is_of_the_file_that_was_applied_before(
    #[case] before: Option<&str>,
    #[case] previews: Vec<PeribolosRun>,
    #[case] expected: bool,
) {
    let open = OpenPulls { applied_before: before.map(str::to_owned), ..open(previews) };
    assert_eq!(outdated(&open).next().is_some(), expected);
}

#[test]
fn an_apply_remembers_what_was_applied_before_it() {
    use crate::run::preview::applied_before;
    let mut facts = apply(running);
    let last = |uid: &str| serde_json::json!({"run": "a", "uid": uid, "phase": "Failed", "blob": "last"});
    let mut status = facts.installation_status();
    status.last_apply = serde_json::from_value(last("another")).unwrap();
    assert_eq!(applied_before(&facts.run, &status).as_deref(), Some("last"));
    status.last_apply = serde_json::from_value(last(facts.uid())).unwrap();
    assert_eq!(applied_before(&facts.run, &status), None, "that is its own file");
    facts.run.status.as_mut().unwrap().base_blob = Some("recorded".into());
    assert_eq!(applied_before(&facts.run, &status).as_deref(), Some("recorded"));
}

#[test]
fn what_does_not_depend_on_the_base_is_not_made_again() {
    let skipped = |reason: Reason| {
        let mut preview = preview(1, Phase::Skipped, None);
        preview.status.as_mut().unwrap().reason = Some(reason.as_str().to_owned());
        outdated(&open(vec![preview])).next().is_some()
    };
    assert!(!skipped(Reason::FileUnchanged) && !skipped(Reason::ApprovalRequired));
    let mut of_no_file = preview(1, Phase::Skipped, Some("old"));
    of_no_file.status.as_mut().unwrap().reason = Some(Reason::FileUnchanged.as_str().to_owned());
    let of_no_file = open(vec![of_no_file]);
    assert!(
        outdated(&of_no_file).next().is_some(),
        "the base may have given a file that it changes the name"
    );
    assert!(skipped(Reason::NotAllowed), "somebody's command has previewed nothing");
    let mut of_another_commit = preview(1, Phase::Succeeded, Some("new"));
    of_another_commit.status.as_mut().unwrap().sha = Some(SHA.into());
    assert!(outdated(&open(vec![of_another_commit])).next().is_some());
}

#[test]
fn each_has_a_name_of_its_own() {
    let name = |previews| {
        let open = open(previews);
        let pull = outdated(&open).next().unwrap();
        crate::names::preview_again("acme-1", &open.base, 7, pull.before)
    };
    let first = name(vec![preview(1, Phase::Succeeded, Some("old"))]);
    assert_eq!(first, name(vec![preview(1, Phase::Succeeded, Some("older"))]), "twice is once");
    assert_ne!(first, name(vec![preview(2, Phase::Succeeded, Some("old"))]), "the base may come back");
}

#[test]
fn one_that_is_made_again_waits_for_the_apply_of_the_base() {
    let mut facts = of(Mode::DryRun, admitted);
    facts.run.spec.source.pull_request = Some(7);
    facts.run.spec.trigger.event = crate::run::follow_up::BASE.into();
    facts.published.check = wanted(&facts);
    facts.others = vec![other("a", Mode::Apply, 0, Phase::Running)];
    let verdict = decide(&facts, at(1));
    assert_eq!(describe(&verdict), "Queued WaitingForRun");
    let Verdict::Do(Step::WriteStatus(status)) = verdict else { panic!("no status") };
    facts.run.status = Some(*status);
    facts.published.check_id = Some(5);
    facts.published.check = wanted(&facts);
    assert_eq!(describe(&decide(&facts, at(1))), "wait until 600");
    assert_eq!(describe(&decide(&facts, at(600))), "Reserve", "people may wait for its check");
    facts.run.spec.trigger.event = "pull_request".into();
    assert_eq!(describe(&decide(&facts, at(1))), "Reserve");
}
