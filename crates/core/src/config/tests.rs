//! Which repository holds the file, as tables.

use peribolos_api::{GitHubInstallation, Reason};
use peribolos_vocab::Visibility;
use serde_json::{Map, Value, json};

use super::*;
use crate::run::testing::{at, run};

fn repository(name: &str, id: i64, visibility: Visibility) -> ConfigRepository {
    ConfigRepository { id, name: name.into(), default_branch: "main".into(), visibility, archived: false }
}

/// `.github` or `peribolos`, without anything that speaks for it.
fn candidate(name: &str, visibility: Visibility) -> Candidate {
    let id = if name == COMMUNITY { 5 } else { 6 };
    Candidate {
        repository: repository(name, id, visibility),
        has_file: false,
        is_applied: false,
        strangers: vec![],
    }
}

fn community(visibility: Visibility) -> Candidate {
    candidate(COMMUNITY, visibility)
}

fn own() -> Candidate {
    candidate(OWN, Visibility::Private)
}

fn with_file(candidate: Candidate) -> Candidate {
    Candidate { has_file: true, ..candidate }
}

fn applied(candidate: Candidate) -> Candidate {
    Candidate { is_applied: true, ..candidate }
}

fn of_a_member(candidate: Candidate) -> Candidate {
    Candidate { strangers: vec!["carol".into()], ..candidate }
}

fn shown(found: &ConfigFound) -> String {
    match found {
        ConfigFound::Here(repository) => repository.name.clone(),
        ConfigFound::Absent(name) => format!("create {name}"),
        ConfigFound::Unusable(problem) => problem.reason.clone(),
        ConfigFound::OtherOrganization(login) => login.clone(),
    }
}

use Visibility::{Internal, Private, Public};

#[rstest::rstest]
#[case::nothing_is_there(vec![], "create peribolos")]
#[case::a_private_one(vec![community(Private)], ".github")]
#[case::both_are_private_and_empty(vec![community(Private), own()], ".github")]
#[case::a_profile(vec![community(Public)], "create peribolos")]
#[case::the_enterprise_reads_it(vec![community(Internal)], "create peribolos")]
#[case::a_profile_with_the_file(vec![with_file(community(Public))], ".github")]
#[case::a_profile_beside_it(vec![community(Public), own()], "peribolos")]
#[case::the_file_is_in_the_other(vec![community(Private), with_file(own())], "peribolos")]
#[case::both_have_the_file(vec![with_file(community(Private)), with_file(own())], "ConfigAmbiguous")]
#[case::restored(vec![with_file(community(Public)), applied(with_file(own()))], "peribolos")]
#[case::restored_without_the_file(vec![with_file(community(Public)), applied(own())], "peribolos")]
#[case::both_were_applied(vec![applied(community(Public)), applied(own())], "ConfigAmbiguous")]
#[case::a_member_was_first(vec![community(Public), of_a_member(own())], "ConfigMissing")]
#[case::a_member_was_first_with_the_private_one(vec![of_a_member(community(Private))], "ConfigMissing")]
#[case::a_member_was_first_with_the_file(vec![community(Public), of_a_member(with_file(own()))], "peribolos")]
fn the_repository_is_chosen(#[case] candidates: Vec<Candidate>, #[case] expected: &str) {
    assert_eq!(shown(&choose("acme", &candidates, true)), expected);
}

/// Any member may create a private repository of that name with any file, and administers it.
#[test]
fn a_members_repository_with_a_file_does_not_displace_the_owners_private_one() {
    let members = of_a_member(with_file(own()));
    let chosen = |candidates: &[Candidate]| shown(&choose("acme", candidates, true));
    assert_eq!(chosen(&[community(Private), members.clone()]), ".github");
    assert_eq!(chosen(&[members.clone(), with_file(community(Private))]), ".github", "nor is it ambiguous");
    // Members control both.
    assert_eq!(chosen(&[of_a_member(community(Private)), members.clone()]), "ConfigMissing");
    assert_eq!(chosen(&[of_a_member(with_file(community(Private))), members.clone()]), ".github");
    // What was applied from there before had an owner.
    assert_eq!(chosen(&[community(Private), applied(members.clone())]), "peribolos");
    // Beside a profile it is the only one, and its first Apply needs an owner, who reads there who administers it.
    assert_eq!(chosen(&[community(Public), members.clone()]), "peribolos");
    let mut archived = community(Private);
    archived.repository.archived = true;
    assert_eq!(chosen(&[archived, members.clone()]), "peribolos");
    // Owners and members have each put one in place: nobody but them knows which is meant.
    assert_eq!(chosen(&[with_file(community(Public)), members]), "ConfigAmbiguous");
}

#[test]
fn an_archived_repository_without_the_file_is_not_chosen() {
    let mut archived = community(Private);
    archived.repository.archived = true;
    assert_eq!(shown(&choose("acme", &[archived], true)), "create peribolos");
}

#[test]
fn what_can_be_done_is_named() {
    let message = |found: ConfigFound| match found {
        ConfigFound::Unusable(problem) => problem.message,
        other => panic!("{other:?}"),
    };
    let missing = message(choose("acme", &[community(Public)], false));
    assert!(missing.contains("no repository acme/peribolos") && missing.contains("create it"), "{missing}");
    let taken = message(choose("acme", &[of_a_member(own())], true));
    assert!(taken.contains("carol can administer it and is no owner"), "{taken}");
    let many = Candidate { strangers: (0..7).map(|n| format!("m{n}")).collect(), ..own() };
    let many = message(choose("acme", &[many], true));
    assert!(many.contains("m4 and 2 more can administer it and are no owner"), "{many}");
    let two = message(choose("acme", &[with_file(community(Public)), with_file(own())], true));
    assert!(two.contains("acme/.github and acme/peribolos"), "{two}");
    for text in [missing, taken, many, two, gone("acme", "x"), inaccessible("acme", "x")] {
        assert!(!text.contains("spec.") && !text.contains('@'), "{text}");
    }
}

/// An installation with this spec of its config and this status.
fn installation(repository: &str, status: &Value) -> GitHubInstallation {
    serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation", "metadata": {"name": "acme-1"},
        "spec": {"installationId": 1, "config": {"repository": repository}}, "status": status,
    }))
    .unwrap()
}

fn kept_as(name: &str, id: i64, specified: &str, visibility: &str) -> Value {
    json!({"repository": name, "repositoryId": id, "specified": specified, "visibility": visibility})
}

#[rstest::rstest]
#[case::nothing_is_known("", json!({}), None)]
#[case::named("org", json!({}), Some(("org", None)))]
#[case::found("", json!({"config": kept_as("peribolos", 6, "", "private")}), Some(("peribolos", Some(6))))]
#[case::named_and_found("org", json!({"config": kept_as("org", 7, "org", "private")}), Some(("org", Some(7))))]
#[case::named_and_renamed("org", json!({"config": kept_as("conf", 7, "org", "private")}), Some(("conf", Some(7))))]
#[case::another_is_named("new", json!({"config": kept_as("org", 7, "org", "private")}), Some(("new", None)))]
#[case::none_is_named_any_more("", json!({"config": kept_as("org", 7, "org", "private")}), None)]
fn the_known_repository(
    #[case] spec: &str,
    #[case] status: Value,
    #[case] expected: Option<(&str, Option<i64>)>,
) {
    let installation = installation(spec, &status);
    assert_eq!(chosen(&installation).map(|chosen| (chosen.name, chosen.id)), expected);
}

fn recorded(spec: &str, status: &Value, found: &ConfigFound) -> Value {
    record(&installation(spec, status), found, at(0)).map_or(Value::Null, Value::Object)
}

#[test]
fn a_found_repository_is_recorded_once() {
    let here = ConfigFound::Here(repository("peribolos", 6, Private));
    let config = json!({"repository": "peribolos", "repositoryId": 6, "visibility": "private"});
    let fields = recorded("", &json!({}), &here);
    assert_eq!(fields, json!({"config": config}));
    assert_eq!(recorded("", &fields, &here), Value::Null);
    let renamed = ConfigFound::Here(repository("conf", 6, Private));
    assert_eq!(recorded("", &fields, &renamed)["config"]["repository"], "conf");
}

#[test]
fn a_problem_is_recorded_and_removed() {
    let problem = ConfigFound::unusable(Reason::ConfigMissing, "gone".into());
    let status = json!({"config": kept_as("peribolos", 6, "", "private")});
    let fields = recorded("", &status, &problem);
    assert_eq!(fields, json!({"configProblem": {"reason": "ConfigMissing", "message": "gone"}}));
    let mut troubled = status.clone();
    troubled["configProblem"] = fields["configProblem"].clone();
    assert_eq!(recorded("", &troubled, &problem), Value::Null);
    let here = ConfigFound::Here(repository("peribolos", 6, Private));
    assert_eq!(recorded("", &troubled, &here), json!({"configProblem": null}));
    assert_eq!(
        recorded("", &troubled, &ConfigFound::Absent("peribolos".into())),
        json!({"configProblem": null})
    );
}

#[test]
fn a_repository_that_turns_public_is_noted_until_it_is_private_again() {
    let of = |visibility| ConfigFound::Here(repository("peribolos", 6, visibility));
    let private = recorded("", &json!({}), &of(Private));
    let public = recorded("", &private, &of(Public));
    assert_eq!(public["config"]["publicSince"], at(0).to_string());
    assert_eq!(recorded("", &public, &of(Public)), Value::Null, "the time stays");
    let internal = recorded("", &public, &of(Internal));
    assert_eq!(internal["config"]["publicSince"], at(0).to_string());
    assert_eq!(recorded("", &public, &of(Private))["config"]["publicSince"], Value::Null);
    let from_the_start = recorded("", &json!({}), &of(Public));
    assert_eq!(from_the_start["config"].get("publicSince"), None, "it was public when it was chosen");
}

#[test]
fn what_an_earlier_version_applied_was_in_the_repository_that_the_spec_names() {
    let last = json!({"run": "r", "phase": "Succeeded"});
    let here = ConfigFound::Here(repository(".github", 5, Private));
    let fields = recorded(".github", &json!({"lastApply": last}), &here);
    assert_eq!(fields["lastApply"]["repositoryId"], 5);
    assert_eq!(fields["config"]["specified"], ".github");
}

#[test]
fn the_commits_of_another_repository_are_forgotten() {
    let status = json!({
        "config": kept_as("org", 7, "org", "private"), "lastAppliedSha": "s", "lastReviewedSha": "s",
        "lastAppliedBlob": "b", "baselineBlob": "b", "lastApply": {"run": "r", "phase": "Failed", "repositoryId": 7},
    });
    let moved = recorded("new", &status, &ConfigFound::Here(repository("new", 8, Private)));
    let removed = |fields: &Value| -> Vec<String> {
        let all: &Map<String, Value> = fields.as_object().unwrap();
        all.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(removed(&moved), ["baselineBlob", "lastAppliedSha", "lastReviewedSha"]);
    assert_eq!(moved.get("lastApply"), None, "it shows that the file came from elsewhere");
    let renamed = recorded("org", &status, &ConfigFound::Here(repository("new", 7, Private)));
    assert_eq!(removed(&renamed), Vec::<String>::new());
}

#[test]
fn a_run_stays_with_the_repository_that_it_was_admitted_for() {
    let installation = installation("", &json!({"config": kept_as("conf", 6, "", "private")}));
    let mut of = run("r", peribolos_api::run::Mode::Apply, 0, peribolos_api::run::Phase::Running);
    let mut named = |own: Option<(&str, i64)>| {
        let repository = own.map(|(name, id)| peribolos_api::run::RunRepository { name: name.into(), id });
        of.status.as_mut().unwrap().repository = repository;
        of_run(&of, &installation).unwrap().to_owned()
    };
    assert_eq!(named(None), "conf");
    assert_eq!(named(Some(("peribolos", 6))), "conf", "it was renamed");
    assert_eq!(named(Some(("old", 5))), "old", "the file moved to another one");
}

#[test]
fn before_one_is_chosen_a_run_is_of_the_candidate_that_it_names() {
    let account = json!({"account": {"login": "Acme", "id": 9, "type": "Organization"}});
    let unchosen = installation("", &account);
    let mut of = run("r", peribolos_api::run::Mode::Apply, 0, peribolos_api::run::Phase::Failed);
    let mut named = |repository: &str, installation: &GitHubInstallation| {
        of.spec.source.repository = repository.to_owned();
        of_run(&of, installation).map(str::to_owned)
    };
    assert_eq!(named("acme/.github", &unchosen).as_deref(), Some(".github"));
    for other in ["acme/site", "globex/.github", ".github", ""] {
        assert_eq!(named(other, &unchosen), None, "{other}");
    }
    assert_eq!(named("acme/.github", &installation("conf", &account)).as_deref(), Some("conf"));
}

#[test]
fn an_object_takes_over_what_another_one_of_the_same_organization_has_found() {
    let known = installation("", &json!({"config": kept_as("conf", 6, "", "private")}));
    let of =
        |spec: &str| inherited(&installation(spec, &json!({})), [&known]).map(|found| found.repository_id);
    assert_eq!((of(""), of("org")), (Some(6), None));
}
