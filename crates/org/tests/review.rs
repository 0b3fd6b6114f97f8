//! Which removals previews have shown, and what becomes of the others.
#![allow(clippy::panic, reason = "tests end by panicking")]

mod support;

use std::collections::BTreeSet;

use peribolos_org::guard::Trip;
use peribolos_org::plan::{Change, Plan};
use peribolos_org::removals::{MAX_DIGESTS, Removal, RemovalGroup, Removals, digests};
use peribolos_org::review::{Judgement, Rule, Shown, judge};
use peribolos_org::show::{Check, Disclosure, PlanReport};
use peribolos_org::{Permission, Slug, TeamName};
use support::{
    delete_team, file, numbered, plan, removals, remove_member, remove_team_member, set_team_repo,
};

fn shown(salt: &str, removals: &Removals) -> Shown {
    Shown { salt: salt.to_owned(), digests: digests(&removals.list, salt).into_iter().collect() }
}

fn keys(removals: &[Removal]) -> Vec<String> {
    removals.iter().map(Removal::key).collect()
}

/// What none of the previews showed.
fn not_shown(removals: &Removals, shown: &[Shown]) -> Vec<String> {
    keys(judge(removals, shown, Rule::Require, false).not_shown())
}

#[test]
fn what_was_shown_is_the_union_of_all_previews() {
    let first = removals(&plan(vec![remove_member("carol"), delete_team("Old")]));
    let second = removals(&plan(vec![remove_team_member("Core", "dave")]));
    let done = removals(&plan(vec![
        remove_member("Carol"),
        delete_team("Old"),
        remove_team_member("core", "Dave"),
        remove_member("erin"),
    ]));
    let previews = [shown("uid-1", &first), shown("uid-2", &second)];
    assert_eq!(not_shown(&done, &previews), ["member-removed 4:erin"]);
    assert_eq!(not_shown(&done, &[]).len(), 4);
    assert_eq!(not_shown(&first, &previews), [] as [String; 0]);
}

#[test]
fn digests_mean_nothing_under_another_salt() {
    let carol = removals(&plan(vec![remove_member("carol")]));
    let mut preview = shown("uid-1", &carol);
    preview.salt = "uid-2".to_owned();
    assert_eq!(not_shown(&carol, &[preview]).len(), 1);
    // Written down by earlier runs: these never change.
    assert_eq!(digests(&carol.list, "5c0ff7a4-0d6c-4c51-9d57-0d7b7a1a3f10"), ["5f394bbcf805"]);
}

#[test]
fn one_removal_is_not_taken_for_another() {
    let lowered = |team: &str, repo: &str, from, to| set_team_repo(team, repo, Some(from), to);
    let different = [
        remove_member("carol"),
        Change::RemoveMember {
            login: peribolos_org::Login::new("carol"),
            role: peribolos_org::OrgRole::Admin,
        },
        remove_team_member("core", "carol"),
        remove_team_member("cor", "ecarol"),
        delete_team("carol"),
        lowered("core", "site", Permission::Admin, Permission::Read),
        lowered("core", "site", Permission::Admin, Permission::Write),
        lowered("site", "core", Permission::Admin, Permission::Read),
    ];
    let all = removals(&plan(different.to_vec()));
    let keys: BTreeSet<String> = all.list.iter().map(Removal::key).collect();
    assert_eq!(keys.len(), different.len());
    assert_eq!(digests(&all.list, "salt").len(), different.len());
    // What is left was shown; what there was may have changed since.
    let before = removals(&plan(vec![lowered("core", "site", Permission::Admin, Permission::Read)]));
    let after = removals(&plan(vec![lowered("Core", "Site", Permission::Write, Permission::Read)]));
    assert_eq!(not_shown(&after, &[shown("uid", &before)]), [] as [String; 0]);
}

#[test]
fn names_are_compared_as_github_compares_them() {
    let deleted = |name: &str| {
        removals(&plan(vec![Change::DeleteTeam { name: TeamName::new(name), slug: Slug::new("core-team") }]))
    };
    let preview = shown("uid", &deleted("core team"));
    assert_eq!(not_shown(&deleted("Core Team"), &[preview]), [] as [String; 0]);
}

#[test]
fn a_record_is_bounded_sorted_and_each_once() {
    let many: Vec<Change> =
        (0..MAX_DIGESTS + 7).map(|number| remove_member(&format!("user{number}"))).collect();
    let many = removals(&plan(many));
    let recorded = digests(&many.list, "uid");
    assert_eq!(recorded.len(), MAX_DIGESTS);
    assert!(recorded.is_sorted() && recorded.iter().all(|digest| digest.len() == 12));
    // What did not fit was not shown.
    assert_eq!(not_shown(&many, &[shown("uid", &many)]).len(), 7);
    let twice = removals(&plan(vec![remove_member("a"), remove_member("A")]));
    assert_eq!(digests(&twice.list, "uid").len(), 1);
}

#[test]
fn the_rules() {
    let done = removals(&plan(vec![remove_member("carol")]));
    let missing = done.list.clone();
    let table = [
        (Rule::Warn, false, true),
        (Rule::Warn, true, true),
        (Rule::Block, false, false),
        (Rule::Block, true, true),
        (Rule::Require, false, false),
        (Rule::Require, true, false),
    ];
    for (rule, without_pull_requests, goes_on) in table {
        let expected =
            if goes_on { Judgement::Warn(missing.clone()) } else { Judgement::Stop(missing.clone()) };
        let judged = judge(&done, &[], rule, without_pull_requests);
        assert_eq!(judged, expected, "{rule:?} {without_pull_requests}");
        let preview = shown("uid", &done);
        assert_eq!(judge(&done, &[preview], rule, without_pull_requests), Judgement::Shown, "{rule:?}");
    }
    assert_eq!(judge(&removals(&plan(Vec::new())), &[], Rule::Require, false), Judgement::Shown);
}

fn check(plan: &Plan, removals: &Removals, judgement: &Judgement, disclosure: &Disclosure) -> Check {
    let report = PlanReport { plan, removals, trips: &[], judgement, file: "peribolos.yaml" };
    report.check(disclosure)
}

#[test]
fn the_check_says_what_was_not_shown_and_how_to_go_on() {
    let plan = plan(vec![
        remove_member("carol"),
        remove_member("ghost"),
        delete_team("Skunkworks"),
        remove_team_member("Core", "dave"),
    ]);
    let done = removals(&plan);
    let known = file(
        "orgs:\n  acme:\n    admins: [alice]\n    members: [carol, dave]\n    teams: {core: {members: [], repos: {}}}\n",
    );
    let disclosure = Disclosure::of([&known]);
    let stop = check(&plan, &done, &Judgement::Stop(done.list.clone()), &disclosure);
    insta::assert_snapshot!("not_shown", stop.summary);
    let warn = check(&plan, &done, &Judgement::Warn(done.list.clone()), &disclosure).summary;
    assert!(
        warn.starts_with("No preview showed these removals, and they are applied:\n- `-` 2 members"),
        "{warn}"
    );
    let shown = check(&plan, &done, &Judgement::Shown, &disclosure).summary;
    assert!(shown.starts_with("**Removals**"), "{shown}");
}

#[test]
fn several_reasons_are_named_in_the_order_in_which_they_are_solved() {
    let plan = plan(vec![remove_member("carol"), remove_member("dave")]);
    let done = removals(&plan);
    let known = file("orgs:\n  acme:\n    admins: [alice]\n    members: [carol, dave]\n");
    let disclosure = Disclosure::of([&known]);
    let too_many =
        Trip::TooMany { group: RemovalGroup::Members, count: 2, there: 4, allowed: 1, percent: 25 };
    let (trips, judgement) = ([too_many], Judgement::Stop(done.list.clone()));
    let report = PlanReport {
        plan: &plan,
        removals: &done,
        trips: &trips,
        judgement: &judgement,
        file: "peribolos.yaml",
    };
    let summary = report.check(&disclosure).summary;
    insta::assert_snapshot!("two_reasons", summary);
    // An owner's command does not lift a guard.
    assert!(!summary.contains("/peribolos apply"), "{summary}");
}

#[test]
fn nobody_is_told_to_approve_of_what_is_only_counted() {
    let plan = plan(vec![remove_member("ghost")]);
    let done = removals(&plan);
    let stop = check(&plan, &done, &Judgement::Stop(done.list.clone()), &Disclosure::default());
    assert!(!stop.summary.contains("/peribolos apply"), "{}", stop.summary);
    assert!(stop.summary.contains("Name it in the file first"), "{}", stop.summary);
}

#[test]
fn what_a_check_only_counts_it_has_not_shown() {
    let plan = plan(vec![
        remove_member("carol"),
        remove_member("ghost"),
        remove_team_member("Core", "carol"),
        remove_team_member("Secret", "carol"),
    ]);
    let done = removals(&plan);
    let known = file(
        "orgs:\n  acme:\n    admins: [alice]\n    members: [carol]\n    teams: {core: {members: [], repos: {}}}\n",
    );
    let named = check(&plan, &done, &Judgement::Shown, &Disclosure::of([&known]));
    assert_eq!(keys(&named.shown), ["member-removed 5:carol", "team-member-removed 4:core 5:carol"]);
    assert!(named.summary.contains("2 removals are only counted here"), "{}", named.summary);

    let nothing = check(&plan, &done, &Judgement::Shown, &Disclosure::default());
    assert_eq!(nothing.shown, []);
}

#[test]
fn what_does_not_fit_into_a_check_it_has_not_shown() {
    let people = numbered("somebody-with-a-long-name-", 2_000);
    let plan = plan(people.iter().map(|name| remove_member(name)).collect());
    let done = removals(&plan);
    let yaml = format!("orgs:\n  acme:\n    admins: [{}]\n", people.join(", "));
    let check = check(&plan, &done, &Judgement::Shown, &Disclosure::of([&file(&yaml)]));
    let named = people.iter().filter(|name| check.summary.contains(&format!("`{name}`"))).count();
    assert!(named > 300, "{named}");
    assert_eq!(check.shown.len(), named);
}
