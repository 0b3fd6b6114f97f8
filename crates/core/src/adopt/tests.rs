use serde_json::json;

use super::*;
use crate::run::testing::at;

const PATH: &str = "peribolos.yaml";
const TIMEOUT: SignedDuration = SignedDuration::from_hours(2);

const OURS: Ours<'static> =
    Ours { origin: Origin { account: 9, repository: 5 }, path: PATH, with_older: false };

/// A check of a run `uid` that was completed at that second.
fn check(id: i64, conclusion: Option<CheckConclusion>, second: i64, blob: &str) -> Check {
    Check {
        external_id: format!("uid-{id}"),
        title: "What happened".into(),
        text: format!("<!-- peribolos account=9 repository=5 path={PATH} blob={blob} manage=Org,Teams -->"),
        conclusion,
        started_at: Some(at(second - 10 + id)),
        completed_at: conclusion.map(|_| at(second)),
    }
}

fn commit(sha: &str, blob: &str, checks: Vec<Check>) -> Commit {
    Commit { sha: sha.repeat(40), blob: Some(blob.into()), checks }
}

const SUCCESS: Option<CheckConclusion> = Some(CheckConclusion::Success);
const FAILURE: Option<CheckConclusion> = Some(CheckConclusion::Failure);

#[test]
fn the_newest_success_is_what_was_applied() {
    let commits = [
        commit("c", "newer", vec![]),
        commit("b", "new", vec![check(2, SUCCESS, 200, "new")]),
        commit("a", "old", vec![check(1, SUCCESS, 100, "old")]),
    ];
    let expected = json!({
        "lastAppliedSha": "b".repeat(40), "lastAppliedShortSha": "bbbbbbb", "lastAppliedBlob": "new",
        "lastReviewedSha": "b".repeat(40), "baselineBlob": "new",
    });
    assert_eq!(Value::Object(from_checks(&commits, &OURS).unwrap()), expected);
}

/// A commit may be applied again after a newer one was, as when a branch goes back.
#[test]
fn what_ended_last_decides_and_not_the_newest_commit() {
    let commits = [
        commit("b", "new", vec![check(1, SUCCESS, 100, "new")]),
        commit("a", "old", vec![check(2, SUCCESS, 200, "old")]),
    ];
    assert_eq!(from_checks(&commits, &OURS).unwrap()["lastAppliedBlob"], "old");
    // Of one second, what began later; and if that is the same, too, the newer commit.
    for (of_new, of_old, expected) in [(3, 2, "new"), (2, 3, "old"), (2, 2, "new")] {
        let commits = [
            commit("b", "new", vec![check(of_new, SUCCESS, 200, "new")]),
            commit("a", "old", vec![check(of_old, SUCCESS, 200, "old")]),
        ];
        assert_eq!(from_checks(&commits, &OURS).unwrap()["lastAppliedBlob"], expected);
    }
}

#[rstest::rstest]
#[case(FAILURE, "Failed")]
#[case(Some(CheckConclusion::TimedOut), "Failed")]
#[case(Some(CheckConclusion::Cancelled), "Cancelled")]
fn what_did_not_succeed_is_the_last_apply(#[case] how: Option<CheckConclusion>, #[case] phase: &str) {
    let commits = [
        commit("c", "newest", vec![check(3, how, 300, "newest")]),
        commit("b", "new", vec![check(2, SUCCESS, 200, "new")]),
        commit("a", "old", vec![check(1, SUCCESS, 100, "old")]),
    ];
    let fields = from_checks(&commits, &OURS).unwrap();
    assert_eq!((&fields["lastAppliedBlob"], &fields["baselineBlob"]), (&json!("new"), &json!("newest")));
    let last = &fields["lastApply"];
    assert_eq!((&last["phase"], &last["reason"]), (&json!(phase), &json!("Adopted")));
    assert_eq!((&last["uid"], &last["blob"]), (&json!("uid-3"), &json!("newest")));
    assert_eq!((&last["finishedAt"], &last["retryAt"]), (&json!(at(300).to_string()), &Value::Null));
    let status: GitHubInstallationStatus = serde_json::from_value(Value::Object(fields)).unwrap();
    assert!(is_adopted(&status) && !is_needed(&status));
}

#[test]
fn a_failure_before_the_last_success_is_forgotten() {
    let commits = [commit("a", "b", vec![check(1, FAILURE, 100, "b"), check(2, SUCCESS, 200, "b")])];
    assert_eq!(from_checks(&commits, &OURS).unwrap().get("lastApply"), None);
}

#[test]
fn an_apply_that_failed_alone_was_one_all_the_same() {
    let mut failed = check(1, FAILURE, 100, "");
    let fields = from_checks(&[commit("a", "b", vec![failed.clone()])], &OURS).unwrap();
    assert_eq!((&fields["lastApply"]["blob"], fields.get("lastAppliedSha")), (&json!("b"), None));
    // The push removed the file.
    failed.text = format!("<!-- peribolos account=9 repository=5 path={PATH} blob= manage=Org -->");
    let gone = Commit { blob: None, ..commit("a", "", vec![failed]) };
    let fields = from_checks(&[gone], &OURS).unwrap();
    assert_eq!((&fields["lastApply"]["blob"], &fields["baselineBlob"]), (&Value::Null, &json!("none")));
}

#[rstest::rstest]
#[case::skipped(|check: &mut Check| check.conclusion = Some(CheckConclusion::Skipped))]
#[case::unfinished(|check: &mut Check| check.conclusion = None)]
#[case::without_a_marker(|check: &mut Check| check.text.clear())]
#[case::of_another_file(|check: &mut Check| check.text = check.text.replace(PATH, "other.yaml"))]
#[case::of_another_organization(|check: &mut Check| check.text = check.text.replace("account=9", "account=8"))]
#[case::of_another_repository(|check: &mut Check| check.text = check.text.replace("repository=5", "repository=4"))]
#[case::of_nobody_knows_whom(older)]
#[case::of_a_blob_that_the_commit_does_not_have(|check: &mut Check| check.text = check.text.replace("blob=b", "blob=c"))]
fn what_tells_of_no_apply_of_this_file(#[case] change: fn(&mut Check)) {
    let mut other = check(1, SUCCESS, 100, "b");
    change(&mut other);
    assert_eq!(from_checks(&[commit("a", "b", vec![other.clone()])], &OURS), None);
    let both = [commit("a", "b", vec![other, check(2, SUCCESS, 50, "b")])];
    assert_eq!(from_checks(&both, &OURS).unwrap()["lastAppliedBlob"], "b");
}

/// The check as a version wrote it that did not say which organization it is about.
fn older(check: &mut Check) {
    check.text = check.text.replace("account=9 repository=5 ", "");
    assert!(Marker::parse(&check.text).is_some_and(|marker| marker.origin.is_none()));
}

#[test]
fn the_file_of_the_older_success_that_ended_last_is_to_be_proven() {
    let of = |id, conclusion, second, blob| {
        let mut check = check(id, conclusion, second, blob);
        older(&mut check);
        check
    };
    let mut commits = vec![
        commit("c", "newest", vec![of(3, FAILURE, 300, "newest")]),
        commit("b", "new", vec![of(2, SUCCESS, 150, "new")]),
        commit("a", "old", vec![of(1, SUCCESS, 200, "old"), of(4, SUCCESS, 250, "other")]),
    ];
    assert_eq!(to_prove(&commits, &OURS), Some(commits[2].sha.as_str()));
    assert_eq!((from_checks(&commits, &OURS), was_applied(&commits, &OURS)), (None, false));
    // Proven, all of them count.
    let proven = Ours { with_older: true, ..OURS };
    let fields = from_checks(&commits, &proven).unwrap();
    assert_eq!((&fields["lastAppliedBlob"], &fields["lastApply"]["blob"]), (&json!("old"), &json!("newest")));
    assert!(was_applied(&commits, &proven));
    // Failures prove nothing.
    assert_eq!(to_prove(&commits[..1], &OURS), None);
    // Nothing has to be proven where a success names the organization.
    commits[1].checks.push(check(5, SUCCESS, 100, "new"));
    assert_eq!(to_prove(&commits, &OURS), None);
    assert_eq!(from_checks(&commits, &OURS).unwrap()["lastAppliedBlob"], "new");
    // One of another organization does not.
    commits[1].checks[1].text = commits[1].checks[1].text.replace("account=9", "account=8");
    assert_eq!(to_prove(&commits, &OURS), Some(commits[2].sha.as_str()));
}

#[rstest::rstest]
#[case::ours("orgs: {Acme: {admins: [alice, bob]}}", true)]
#[case::of_another("orgs: {evil: {admins: [carol]}}", false)]
#[case::of_both("orgs: {acme: {admins: [alice]}, evil: {admins: [carol]}}", false)]
#[case::named_in_a_comment("# acme\norgs: {evil: {admins: [carol]}}", false)]
#[case::unreadable("acme", false)]
#[case::empty("", false)]
fn whose_file_it_is(#[case] text: &str, #[case] expected: bool) {
    assert_eq!(names_only(text.as_bytes(), "acme"), expected);
    assert!(!names_only(&[text.as_bytes(), b"\xff"].concat(), "acme"));
}

#[rstest::rstest]
#[case(json!({}), true)]
#[case(json!({"baselineBlob": "none"}), false)]
#[case(json!({"lastAppliedSha": "s"}), false)]
#[case(json!({"lastApply": {"run": "r", "phase": "Failed"}}), false)]
#[case(json!({"declined": {"reason": "Cancelled"}}), false)]
fn only_who_knows_nothing_adopts(#[case] status: Value, #[case] expected: bool) {
    assert_eq!(is_needed(&serde_json::from_value(status).unwrap()), expected);
}

fn lost(of: u8) -> Before {
    Before::Complete(vec![Lost { sha: "a".repeat(40), external_ids: vec![format!("uid-{of}")] }])
}

#[rstest::rstest]
#[case::another_cluster_is_at_it(60, Some(Before::Wait))]
#[case::at_the_limit(7_200, Some(Before::Wait))]
#[case::nobody_is_any_more(7_201, Some(lost(0)))]
fn a_strange_check_is_waited_for_as_long_as_it_may_run(
    #[case] second: i64,
    #[case] expected: Option<Before>,
) {
    let commits = [commit("a", "b", vec![check(0, None, 10, "b"), check(2, SUCCESS, 20, "b")])];
    assert_eq!(unfinished(&commits, |_| false, TIMEOUT, at(second)), expected);
    assert_eq!(
        unfinished(&commits, |uid| uid == "uid-0", TIMEOUT, at(second)),
        None,
        "a run here sees to its own"
    );
}

fn before(status: &Value, checks: Vec<Check>, second: i64) -> Before {
    let status = serde_json::from_value(status.clone()).unwrap();
    let here = |uid: &str| uid == "uid-9";
    before_apply(&status, Some(at(50)), (&commit("a", "b", checks), &OURS), here, (TIMEOUT, at(second)))
}

fn of_others(mut check: Check) -> Check {
    check.text = check.text.replace("account=9", "account=8");
    check
}

/// The status after an Apply of another file, or of this one that is to be applied again.
fn after(blob: &str) -> Value {
    json!({"lastApply": {"run": "r", "uid": "uid-5", "phase": "Failed", "blob": blob, "finishedAt": at(100).to_string()}})
}

#[test]
fn what_another_cluster_has_applied_since_is_adopted() {
    for status in [after("other"), after("b"), json!({"baselineBlob": "other"})] {
        let Before::Adopt(fields) = before(&status, vec![check(1, SUCCESS, 101, "b")], 200) else {
            panic!("it is applied again: {status}")
        };
        assert_eq!((&fields["baselineBlob"], &fields["lastAppliedBlob"]), (&json!("b"), &json!("b")));
        assert_eq!(fields.get("lastApply"), None);
    }
}

#[rstest::rstest]
#[case::nothing_there(after("other"), vec![])]
#[case::it_failed_there(after("other"), vec![check(1, FAILURE, 101, "b")])]
#[case::of_another_blob(after("other"), vec![check(1, SUCCESS, 101, "c")])]
#[case::the_branch_went_back_to_it(after("other"), vec![check(1, SUCCESS, 100, "b")])]
#[case::before_the_object_was_made(json!({"baselineBlob": "other"}), vec![check(1, SUCCESS, 50, "b")])]
#[case::of_another_organization(after("other"), vec![of_others(check(1, SUCCESS, 101, "b"))])]
#[case::its_own_that_left_something(after("b"), vec![check(5, SUCCESS, 101, "b")])]
#[case::of_a_run_here(after("b"), vec![check(9, SUCCESS, 101, "b")])]
fn all_else_is_applied(#[case] status: Value, #[case] checks: Vec<Check>) {
    assert_eq!(before(&status, checks, 200), Before::Apply);
}

#[test]
fn an_unfinished_check_comes_before_a_success() {
    let checks = vec![check(1, SUCCESS, 101, "b"), check(2, None, 110, "b")];
    assert_eq!(before(&after("other"), checks.clone(), 200), Before::Wait);
    assert_eq!(before(&after("other"), checks, 10_000), lost(2));
}

#[rstest::rstest]
#[case::a_delivery("2026-01-01T00:00:00.123Z", 1, false)]
#[case::slowly_written("2026-01-01T00:00:00Z", 3_600, false)]
#[case::from_a_backup("2026-01-01T00:00:00Z", 3_601, true)]
#[case::a_clock_ahead("2026-01-01T02:00:00Z", 1, false)]
#[case::of_a_person("", 10_000, false)]
fn a_run_that_is_older_than_its_object(
    #[case] trigger_at: &str,
    #[case] created: i64,
    #[case] expected: bool,
) {
    assert_eq!(is_restored(Some(at(created)), trigger_at), expected);
    assert!(!is_restored(None, trigger_at));
}
