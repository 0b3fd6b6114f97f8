//! Each row of the table of events, by a small organization with one known installation.

use std::sync::Arc;

use peribolos_api::{GitHubInstallation, run::Mode};

use super::*;
use crate::{accounts::Accounts, defaults::InstallationDefaults};

const SHA: &str = "1111111111111111111111111111111111111111";

struct There(Vec<Arc<GitHubInstallation>>);

impl Index for There {
    fn installations(&self, id: i64) -> Vec<Arc<GitHubInstallation>> {
        self.0.iter().filter(|object| object.spec.installation_id == id).cloned().collect()
    }

    fn on_account(&self, _: &str) -> Vec<Arc<GitHubInstallation>> {
        vec![]
    }
}

/// An object that has found its file in `.github`, number 5, if its spec names no repository.
fn object(name: &str, spec: &str, by: &str) -> Arc<GitHubInstallation> {
    let text = format!(
        r#"{{"apiVersion":"peribolos.dev/v1alpha1","kind":"GitHubInstallation","spec":{spec},
           "status":{{"config":{{"repository":".github","repositoryId":5}}}},
           "metadata":{{"name":"{name}","uid":"uid-{name}","labels":{{"peribolos.dev/created-by":"{by}"}}}}}}"#
    );
    Arc::new(serde_json::from_str(&text).unwrap())
}

fn decider(defaults: &str) -> Decider {
    Decider {
        app_id: 99,
        accounts: Accounts::parse(&["acme*"]).unwrap(),
        defaults: InstallationDefaults::new(serde_json::from_str(defaults).unwrap()),
    }
}

fn delivery() -> Delivery {
    Delivery { id: "d1".into(), event: "push".into(), at: "2026-01-01T00:00:00Z".parse().unwrap() }
}

fn event(installation: i64, subject: Subject) -> Event {
    Event {
        installation: Some(installation),
        account: Some(Account { login: "Acme".into(), is_organization: true }),
        sender: Some(Sender { login: "alice".into(), is_bot: false }),
        subject,
    }
}

/// Decides with installation 1 known, by the operator's object `acme-1` with the default spec.
fn decide(event: &Event) -> Decision {
    let there = There(vec![object("acme-1", r#"{"installationId":1}"#, "operator")]);
    decider(r#"{"installationId":1}"#).decide(&there, &delivery(), event)
}

fn repository(name: &str) -> Repository {
    Repository { owner: "Acme".into(), name: name.into(), id: None, default_branch: "main".into() }
}

fn push() -> Push {
    Push {
        repository: repository(".github"),
        git_ref: "refs/heads/main".into(),
        after: SHA.into(),
        deleted: false,
        touched: Some(vec!["peribolos.yaml".into()]),
    }
}

fn closed_at() -> jiff::Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn pull(action: &str) -> PullRequest {
    PullRequest {
        action: action.into(),
        repository: repository(".github"),
        number: 7,
        draft: false,
        merged: false,
        closed_at: (action == "closed").then(closed_at),
        base: "main".into(),
        base_changed: false,
        head: SHA.into(),
    }
}

fn comment(first_line: &str) -> Comment {
    Comment {
        action: "created".into(),
        repository: repository(".github"),
        id: 5,
        first_line: first_line.into(),
        number: 7,
        on_pull_request: true,
        app: None,
        by_insider: true,
    }
}

fn check(external_id: &str) -> Check {
    Check {
        action: "rerequested".into(),
        repository: repository(".github"),
        app: Some(99),
        sha: SHA.into(),
        external_id: external_id.into(),
    }
}

fn suite(sha: &str) -> Subject {
    Subject::CheckSuite(CheckSuite {
        action: "rerequested".into(),
        repository: repository(".github"),
        app: Some(99),
        sha: sha.into(),
    })
}

fn ignored(decision: Decision) -> IgnoreReason {
    match decision {
        Decision::Ignored(reason) => reason,
        other => panic!("expected none, got {other:?}"),
    }
}

fn actions(decision: Decision) -> Vec<Action> {
    match decision {
        Decision::Actions(actions) => actions,
        other => panic!("expected actions, got {other:?}"),
    }
}

fn runs(decision: Decision) -> Vec<NewRun> {
    let run = |action| match action {
        Action::CreateRun(run) => *run,
        other => panic!("expected a run, got {other:?}"),
    };
    actions(decision).into_iter().map(run).collect()
}

fn installation(action: &str) -> Subject {
    Subject::Installation { action: action.into() }
}

#[rstest::rstest]
#[case(Subject::Ping, IgnoreReason::Ping)]
#[case(Subject::Unknown, IgnoreReason::UnknownEvent)]
#[case(installation("invented"), IgnoreReason::UnknownAction)]
#[case(Subject::Organization { action: "member_added".into() }, IgnoreReason::UnknownAction)]
#[case(Subject::InstallationTarget { action: "x".into() }, IgnoreReason::UnknownAction)]
#[case(Subject::Push(Push { repository: repository("site"), ..push() }), IgnoreReason::OtherRepository)]
#[case(Subject::Push(Push { git_ref: "refs/tags/main".into(), ..push() }), IgnoreReason::Tag)]
#[case(Subject::Push(Push { git_ref: "refs/heads/x".into(), ..push() }), IgnoreReason::OtherBranch)]
#[case(Subject::Push(Push { git_ref: "main".into(), ..push() }), IgnoreReason::OtherBranch)]
#[case(Subject::Push(Push { deleted: true, ..push() }), IgnoreReason::BranchDeleted)]
#[case(Subject::Push(Push { touched: Some(vec!["x/peribolos.yaml".into()]), ..push() }), IgnoreReason::PathUntouched)]
#[case(Subject::PullRequest(pull("labeled")), IgnoreReason::UnknownAction)]
#[case(Subject::PullRequest(pull("edited")), IgnoreReason::UnknownAction)]
#[case(Subject::PullRequest(PullRequest { draft: true, ..pull("opened") }), IgnoreReason::Draft)]
#[case(Subject::PullRequest(PullRequest { base: "x".into(), ..pull("opened") }), IgnoreReason::OtherBranch)]
#[case(Subject::PullRequest(PullRequest { repository: repository("x"), ..pull("opened") }), IgnoreReason::OtherRepository)]
#[case(Subject::Comment(comment("thanks")), IgnoreReason::NotACommand)]
#[case(Subject::Comment(Comment { action: "edited".into(), ..comment("/peribolos plan") }), IgnoreReason::UnknownAction)]
#[case(Subject::Comment(Comment { by_insider: false, ..comment("/peribolos help") }), IgnoreReason::NotACommand)]
#[case(Subject::Comment(Comment { by_insider: false, ..comment("/peribolos plann") }), IgnoreReason::NotACommand)]
#[case(Subject::Comment(Comment { app: Some(99), ..comment("/peribolos plan") }), IgnoreReason::OwnBot)]
#[case(Subject::Comment(Comment { repository: repository("x"), ..comment("/peribolos plan") }), IgnoreReason::OtherRepository)]
#[case(Subject::CheckRun(Check { action: "created".into(), ..check("u1") }), IgnoreReason::UnknownAction)]
#[case(Subject::CheckRun(Check { app: Some(98), ..check("u1") }), IgnoreReason::OtherApp)]
#[case(Subject::CheckRun(Check { app: None, ..check("u1") }), IgnoreReason::OtherApp)]
#[case(Subject::CheckRun(Check { repository: repository("x"), ..check("u1") }), IgnoreReason::OtherRepository)]
fn nothing_comes_of_it(#[case] subject: Subject, #[case] reason: IgnoreReason) {
    assert_eq!(ignored(decide(&event(1, subject))), reason);
}

/// Decides while the object of installation 1 is being deleted.
fn decide_while_deleted(by: &str, event: &Event) -> Decision {
    let mut object = Arc::unwrap_or_clone(object("acme-1", r#"{"installationId":1}"#, by));
    object.metadata.deletion_timestamp =
        Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(delivery().at));
    decider(r#"{"installationId":1}"#).decide(&There(vec![Arc::new(object)]), &delivery(), event)
}

#[rstest::rstest]
#[case(Subject::Push(push()))]
#[case(Subject::PullRequest(pull("opened")))]
#[case(Subject::Comment(comment("/peribolos plan")))]
#[case(Subject::CheckRun(check("u1")))]
#[case(Subject::InstallationRepositories)]
#[case::made_again(installation("created"))]
#[case(installation("suspend"))]
fn while_an_installation_is_deleted_its_events_are_for_later(#[case] subject: Subject) {
    assert_eq!(decide_while_deleted("operator", &event(1, subject)), Decision::BeingDeleted);
}

#[test]
fn the_uninstallation_is_taken_while_the_installation_is_deleted() {
    let deleted = event(1, installation("deleted"));
    let delete = Action::DeleteInstallation { name: "acme-1".into(), uid: "uid-acme-1".into() };
    assert_eq!(actions(decide_while_deleted("operator", &deleted)), [delete]);
    assert_eq!(actions(decide_while_deleted("", &deleted)), [Action::Recheck { name: "acme-1".into() }]);
    let ping = decide_while_deleted("operator", &event(1, Subject::Ping));
    assert_eq!(ignored(ping), IgnoreReason::Ping, "nothing comes of it whatever is there");
}

#[test]
fn accounts_that_are_not_worked_for() {
    let account = |login: &str, is_organization| {
        let account = Some(Account { login: login.into(), is_organization });
        ignored(decide(&Event { account, ..event(1, installation("created")) }))
    };
    assert_eq!(account("acme", false), IgnoreReason::UserAccount);
    assert_eq!(account("other", true), IgnoreReason::AccountNotAllowed);
    let none = Event { installation: None, ..event(1, Subject::Push(push())) };
    assert_eq!(ignored(decide(&none)), IgnoreReason::NoInstallation);
}

#[rstest::rstest]
#[case(installation("deleted"))]
#[case(installation("suspend"))]
#[case(Subject::InstallationRepositories)]
#[case(Subject::PullRequest(pull("opened")))]
#[case(Subject::Comment(comment("/peribolos apply")))]
#[case(suite(SHA))]
fn an_unknown_installation_is_only_made_by_a_push_or_an_installation(#[case] subject: Subject) {
    assert_eq!(ignored(decide(&event(2, subject))), IgnoreReason::NoInstallation);
}

#[test]
fn a_comment_by_a_bot_is_no_command() {
    let sender = Some(Sender { login: "x[bot]".into(), is_bot: true });
    let event = Event { sender, ..event(1, Subject::Comment(comment("/peribolos apply"))) };
    assert_eq!(ignored(decide(&event)), IgnoreReason::NotACommand);
}

#[test]
fn an_installation_becomes_an_object_and_a_dump() {
    let made = actions(decide(&event(2, installation("created"))));
    let [Action::CreateInstallation { name, spec }, Action::CreateRun(run)] = &made[..] else {
        panic!("{made:?}")
    };
    assert_eq!((name.as_str(), spec.installation_id, spec.suspend), ("acme-2", 2, false));
    assert_eq!((run.spec.mode, run.spec.installation_ref.name.as_str()), (Mode::Dump, "acme-2"));
    assert_eq!(run.name, crate::names::run("acme-2", &["d1"]));
}

#[test]
fn onboarding_that_is_off_makes_no_dump() {
    let off = r#"{"installationId":1,"onboarding":{"pullRequest":false}}"#;
    let made = actions(decider(off).decide(&There(vec![]), &delivery(), &event(2, installation("created"))));
    assert!(matches!(&made[..], [Action::CreateInstallation { .. }]), "{made:?}");
    // What a person's object says counts before the defaults.
    let there = There(vec![object("mine", &off.replace('1', "2"), "me")]);
    let made = actions(decider(r#"{"installationId":1}"#).decide(
        &there,
        &delivery(),
        &event(2, installation("created")),
    ));
    assert!(matches!(&made[..], [Action::CreateInstallation { name, .. }] if name == "mine"), "{made:?}");
}

#[test]
fn only_the_operators_object_is_deleted() {
    let spec = r#"{"installationId":1}"#;
    let there = There(vec![object("mine", spec, "me"), object("acme-1", spec, "operator")]);
    let made = actions(decider(spec).decide(&there, &delivery(), &event(1, installation("deleted"))));
    let delete = Action::DeleteInstallation { name: "acme-1".into(), uid: "uid-acme-1".into() };
    assert_eq!(made, [Action::Recheck { name: "mine".into() }, delete]);
}

#[rstest::rstest]
#[case(installation("suspend"))]
#[case(installation("unsuspend"))]
#[case(installation("new_permissions_accepted"))]
#[case(Subject::InstallationRepositories)]
#[case(Subject::InstallationTarget { action: "renamed".into() })]
#[case(Subject::Organization { action: "renamed".into() })]
fn changes_make_the_controller_ask(#[case] subject: Subject) {
    assert_eq!(actions(decide(&event(1, subject))), [Action::Recheck { name: "acme-1".into() }]);
}

#[test]
fn a_push_becomes_an_apply() {
    let made = runs(decide(&event(1, Subject::Push(push()))));
    let [run] = &made[..] else { panic!("{made:?}") };
    assert_eq!(run.name, crate::names::run("acme-1", &["d1"]));
    let source = &run.spec.source;
    assert_eq!(
        (run.spec.mode, &*source.repository, &*source.git_ref),
        (Mode::Apply, "Acme/.github", "refs/heads/main")
    );
    assert_eq!((&*source.sha, &*run.spec.trigger.sender), (SHA, "alice"));
    assert_eq!(run.labels["peribolos.dev/sha"], SHA);
    assert_eq!(
        (&*run.labels["peribolos.dev/mode"], &*run.labels["peribolos.dev/installation"]),
        ("apply", "acme-1")
    );
    let unsure = Push { touched: None, ..push() };
    assert_eq!(runs(decide(&event(1, Subject::Push(unsure)))).len(), 1);
}

#[test]
fn a_push_may_come_before_its_installation() {
    let made = actions(decide(&event(2, Subject::Push(push()))));
    let [Action::CreateInstallation { name, .. }, Action::CreateRun(run)] = &made[..] else {
        panic!("{made:?}")
    };
    assert_eq!((name.as_str(), run.spec.mode), ("acme-2", Mode::Apply));
    assert_eq!(run.spec.installation_ref.name, "acme-2");
}

#[test]
fn the_branch_and_path_are_the_specs() {
    let spec = r#"{"installationId":1,"config":{"repository":"Org","path":"a/b.yaml","branch":"live"}}"#;
    let there = There(vec![object("acme-1", spec, "me")]);
    let other = Push {
        repository: repository("org"),
        git_ref: "refs/heads/live".into(),
        touched: Some(vec!["a/b.yaml".into()]),
        ..push()
    };
    let decide =
        |push| decider(r#"{"installationId":1}"#).decide(&there, &delivery(), &event(1, Subject::Push(push)));
    assert_eq!(runs(decide(other)).len(), 1);
    assert_eq!(ignored(decide(push())), IgnoreReason::OtherRepository);
}

#[rstest::rstest]
#[case::the_one(".github", Some(5), true)]
#[case::in_another_spelling(".GitHub", Some(5), true)]
#[case::by_its_new_name("org", Some(5), true)]
#[case::without_an_id(".github", None, true)]
#[case::another_one_under_its_name(".github", Some(6), false)]
#[case::the_other_candidate("peribolos", Some(6), false)]
fn the_config_repository_is_known_by_its_id(
    #[case] name: &str,
    #[case] id: Option<i64>,
    #[case] expected: bool,
) {
    let repository = Repository { id, ..repository(name) };
    for subject in [
        Subject::Push(Push { repository: repository.clone(), ..push() }),
        Subject::PullRequest(PullRequest { repository: repository.clone(), ..pull("opened") }),
        Subject::Comment(Comment { repository: repository.clone(), ..comment("/peribolos apply") }),
        Subject::CheckRun(Check { repository, ..check("u1") }),
    ] {
        let decision = decide(&event(1, subject));
        let is_taken = !matches!(decision, Decision::Ignored(IgnoreReason::OtherRepository));
        assert_eq!(is_taken, expected, "{decision:?}");
    }
}

#[test]
fn until_a_repository_is_chosen_either_candidate_may_be_it() {
    let mut unchosen = Arc::unwrap_or_clone(object("acme-1", r#"{"installationId":1}"#, "operator"));
    unchosen.status = None;
    let there = There(vec![Arc::new(unchosen)]);
    let decide = |subject| decider(r#"{"installationId":1}"#).decide(&there, &delivery(), &event(1, subject));
    let pushed = |name: &str| Subject::Push(Push { repository: repository(name), ..push() });
    for name in [".github", "peribolos", "Peribolos"] {
        let made = runs(decide(pushed(name)));
        assert_eq!(made[0].spec.source.repository, format!("Acme/{name}"));
    }
    assert_eq!(ignored(decide(pushed("site"))), IgnoreReason::OtherRepository);
    let untouched =
        Push { touched: Some(vec!["README.md".into()]), repository: repository("peribolos"), ..push() };
    assert_eq!(ignored(decide(Subject::Push(untouched))), IgnoreReason::PathUntouched);
    assert_eq!(runs(decide(Subject::PullRequest(pull("opened")))).len(), 1);
    let elsewhere = PullRequest { repository: repository("site"), ..pull("opened") };
    assert_eq!(ignored(decide(Subject::PullRequest(elsewhere))), IgnoreReason::OtherRepository);
}

#[rstest::rstest]
#[case(pull("opened"))]
#[case(pull("reopened"))]
#[case(pull("synchronize"))]
#[case(pull("ready_for_review"))]
#[case(PullRequest { base_changed: true, ..pull("edited") })]
fn a_pull_request_becomes_a_preview(#[case] pull: PullRequest) {
    let made = runs(decide(&event(1, Subject::PullRequest(pull))));
    let [run] = &made[..] else { panic!("{made:?}") };
    assert_eq!((run.spec.mode, run.spec.source.pull_request), (Mode::DryRun, Some(7)));
    assert_eq!((&*run.spec.source.sha, &*run.spec.source.git_ref), (SHA, "refs/heads/main"));
    assert_eq!(run.labels["peribolos.dev/pull-request"], "7");
}

fn merge_group(action: &str) -> MergeGroup {
    MergeGroup {
        action: action.into(),
        repository: repository(".github"),
        git_ref: "refs/heads/gh-readonly-queue/main/pr-7-abc".into(),
        head: SHA.into(),
        base: "refs/heads/main".into(),
    }
}

#[test]
fn a_merge_group_gets_a_preview_of_its_own_commit() {
    let made = runs(decide(&event(1, Subject::MergeGroup(merge_group("checks_requested")))));
    let [run] = &made[..] else { panic!("{made:?}") };
    let source = &run.spec.source;
    assert_eq!((run.spec.mode, source.pull_request, source.sha.as_str()), (Mode::DryRun, None, SHA));
    assert_eq!(source.git_ref, "refs/heads/gh-readonly-queue/main/pr-7-abc");
    let destroyed = actions(decide(&event(1, Subject::MergeGroup(merge_group("destroyed")))));
    let git_ref = source.git_ref.clone();
    assert_eq!(destroyed, [Action::CancelMergeGroup { installation: "acme-1".into(), git_ref }]);
    let elsewhere = MergeGroup { base: "refs/heads/other".into(), ..merge_group("checks_requested") };
    assert_eq!(ignored(decide(&event(1, Subject::MergeGroup(elsewhere)))), IgnoreReason::OtherBranch);
}

#[test]
fn closing_cancels_previews_and_merging_does_not() {
    let closed = |merged, draft| {
        actions(decide(&event(1, Subject::PullRequest(PullRequest { draft, merged, ..pull("closed") }))))
    };
    let cancel = Action::CancelPreviews {
        installation: "acme-1".into(),
        pull_request: 7,
        closed_at: Some(closed_at()),
    };
    assert_eq!(closed(false, true), closed(false, false));
    assert_eq!(closed(false, false), [cancel]);
    assert_eq!(closed(true, false), []);
}

#[test]
fn commands_become_runs_of_the_newest_commit() {
    let run = |text| runs(decide(&event(1, Subject::Comment(comment(text))))).remove(0);
    let (plan, apply) = (run("/peribolos plan"), run("/peribolos apply"));
    assert_eq!((plan.spec.mode, plan.spec.source.pull_request), (Mode::DryRun, Some(7)));
    assert_eq!((apply.spec.mode, apply.spec.source.pull_request), (Mode::Apply, None));
    assert_eq!((&*plan.spec.source.sha, &*apply.spec.source.sha), ("", ""));
    assert_eq!(plan.annotations["peribolos.dev/comment-id"], "5");
    assert_eq!(plan.spec.trigger.comment.map(|comment| (comment.id, comment.issue)), Some((5, 7)));
    assert!(!plan.labels.contains_key("peribolos.dev/sha"));
}

#[rstest::rstest]
#[case("/peribolos", true, Some(7))]
#[case("/peribolos help", false, None)]
#[case("/peribolos plann", true, Some(7))]
#[case::there_is_nothing_to_preview("/peribolos plan", false, None)]
fn what_is_no_command_asks_for_help(
    #[case] text: &str,
    #[case] on_pull_request: bool,
    #[case] pull_request: Option<i64>,
) {
    let comment = Comment { on_pull_request, ..comment(text) };
    let run = runs(decide(&event(1, Subject::Comment(comment)))).remove(0);
    assert_eq!((run.spec.mode, run.spec.source.pull_request), (Mode::DryRun, pull_request));
    assert_eq!(run.spec.trigger.comment.map(|comment| comment.issue), Some(7));
}

#[rstest::rstest]
#[case("/peribolos plan")]
#[case("/peribolos apply")]
fn who_conceals_a_membership_may_give_commands(#[case] text: &str) {
    let comment = Comment { by_insider: false, ..comment(text) };
    assert_eq!(runs(decide(&event(1, Subject::Comment(comment)))).len(), 1);
}

/// The runs that are made for a re-request where the commit has an Apply and two previews of a pull request.
fn made_again(subject: Subject) -> Vec<NewRun> {
    let [Action::RunAgain(rerequest)] = &actions(decide(&event(1, subject)))[..] else {
        panic!("no request")
    };
    assert_eq!((rerequest.installation.as_str(), rerequest.sha.as_str()), ("acme-1", SHA));
    let run =
        |uid: &str, mode, pull_request| RunEntry { uid: uid.into(), mode, pull_request, merge_group: None };
    rerequest.runs(&[
        run("u1", Mode::Apply, None),
        run("u2", Mode::DryRun, Some(7)),
        run("u3", Mode::DryRun, Some(7)),
    ])
}

#[test]
fn a_check_is_run_again_in_its_mode() {
    let made = made_again(Subject::CheckRun(check("u2")));
    let [run] = &made[..] else { panic!("{made:?}") };
    assert_eq!((run.spec.mode, run.spec.source.pull_request), (Mode::DryRun, Some(7)));
    assert_eq!(run.annotations["peribolos.dev/rerequest"], "true");
    assert_eq!(run.labels["peribolos.dev/pull-request"], "7");
    assert_eq!(run.name, crate::names::run("acme-1", &["d1", "DryRun", "7"]));
    assert_eq!(made_again(Subject::CheckRun(check("gone"))), []);
}

#[test]
fn a_suite_runs_each_kind_of_check_once() {
    let made = made_again(suite(SHA));
    let kinds: Vec<_> = made.iter().map(|run| (run.spec.mode, run.spec.source.pull_request)).collect();
    assert_eq!(kinds, [(Mode::Apply, None), (Mode::DryRun, Some(7))]);
    assert_ne!(made[0].name, made[1].name);
}
