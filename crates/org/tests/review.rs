//! Which removals previews have shown, and what becomes of the others.
#![allow(clippy::panic, reason = "tests end by panicking")]

mod support;

use std::collections::BTreeSet;

use peribolos_org::loss::{Loss, Losses, MAX_DIGESTS};
use peribolos_org::plan::{Change, Plan, Scope};
use peribolos_org::review::{Circumstances, Judgement, Rule, Shown, brought, judge, not_shown};
use peribolos_org::show::Disclosure;
use peribolos_org::{Permission, RepoName, Slug, TeamName};
use support::{delete_team, file, nobody, plan, remove_member, remove_team_member};

fn losses(plan: &Plan) -> Losses {
    Losses::of(plan, &nobody(), &Scope::usual())
}

fn shown(salt: &str, losses: &Losses) -> Shown {
    Shown { salt: salt.to_owned(), digests: losses.digests(salt).into_iter().collect() }
}

fn keys(losses: &[Loss]) -> Vec<String> {
    losses.iter().map(Loss::key).collect()
}

#[test]
fn what_was_shown_is_the_union_of_all_previews() {
    let first = losses(&plan(vec![remove_member("carol"), delete_team("Old")]));
    let second = losses(&plan(vec![remove_team_member("Core", "dave")]));
    let done = losses(&plan(vec![
        remove_member("Carol"),
        delete_team("Old"),
        remove_team_member("core", "Dave"),
        remove_member("erin"),
    ]));
    let previews = [shown("uid-1", &first), shown("uid-2", &second)];
    assert_eq!(keys(&not_shown(&done, &previews)), ["member-removed 4:erin"]);
    assert_eq!(not_shown(&done, &[]).len(), 4);
    assert_eq!(not_shown(&first, &previews), []);
}

#[test]
fn digests_mean_nothing_under_another_salt() {
    let carol = losses(&plan(vec![remove_member("carol")]));
    let mut preview = shown("uid-1", &carol);
    preview.salt = "uid-2".to_owned();
    assert_eq!(not_shown(&carol, &[preview]).len(), 1);
    // Written down by earlier runs: these never change.
    assert_eq!(carol.digests("5c0ff7a4-0d6c-4c51-9d57-0d7b7a1a3f10"), ["5f394bbcf805"]);
}

#[test]
fn one_loss_is_not_taken_for_another() {
    let lowered = |team: &str, repo: &str, from, to| Change::SetTeamRepo {
        team: TeamName::new(team),
        repo: RepoName::new(repo),
        from: Some(from),
        to,
    };
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
    let all = losses(&plan(different.to_vec()));
    let keys: BTreeSet<String> = all.list.iter().map(Loss::key).collect();
    assert_eq!(keys.len(), different.len());
    assert_eq!(all.digests("salt").len(), different.len());
    // What is left was shown; what there was may have changed since.
    let before = losses(&plan(vec![lowered("core", "site", Permission::Admin, Permission::Read)]));
    let after = losses(&plan(vec![lowered("Core", "Site", Permission::Write, Permission::Read)]));
    assert_eq!(not_shown(&after, &[shown("uid", &before)]), []);
}

#[test]
fn names_are_compared_as_github_compares_them() {
    let deleted = |name: &str| {
        losses(&plan(vec![Change::DeleteTeam { name: TeamName::new(name), slug: Slug::new("core-team") }]))
    };
    assert_eq!(not_shown(&deleted("Core Team"), &[shown("uid", &deleted("core team"))]), []);
}

#[test]
fn a_record_is_bounded_sorted_and_each_once() {
    let many: Vec<Change> =
        (0..MAX_DIGESTS + 7).map(|number| remove_member(&format!("user{number}"))).collect();
    let many = losses(&plan(many));
    let digests = many.digests("uid");
    assert_eq!(digests.len(), MAX_DIGESTS);
    assert!(digests.is_sorted() && digests.iter().all(|digest| digest.len() == 12));
    // What did not fit was not shown.
    assert_eq!(not_shown(&many, &[shown("uid", &many)]).len(), 7);
    let twice = losses(&plan(vec![remove_member("a"), remove_member("A")]));
    assert_eq!(twice.digests("uid").len(), 1);
}

#[test]
fn the_rules() {
    let done = losses(&plan(vec![remove_member("carol")]));
    let missing = done.list.clone();
    let usual = Circumstances::default();
    let direct = Circumstances { brought_directly: missing.clone(), ..Circumstances::default() };
    let off = Circumstances { previews_off: true, ..Circumstances::default() };
    let table = [
        (Rule::Warn, &usual, true),
        (Rule::Warn, &direct, true),
        (Rule::Block, &usual, false),
        (Rule::Block, &direct, true),
        (Rule::Block, &off, true),
        (Rule::Require, &usual, false),
        (Rule::Require, &direct, false),
        (Rule::Require, &off, false),
    ];
    for (rule, how, goes_on) in table {
        let expected =
            if goes_on { Judgement::Warn(missing.clone()) } else { Judgement::Stop(missing.clone()) };
        assert_eq!(judge(&done, &[], rule, how), expected, "{rule:?} {how:?}");
        assert_eq!(judge(&done, &[shown("uid", &done)], rule, how), Judgement::Shown, "{rule:?} {how:?}");
    }
    assert_eq!(judge(&losses(&plan(Vec::new())), &[], Rule::Require, &usual), Judgement::Shown);
}

#[test]
fn commits_without_a_pull_request_lift_only_what_they_bring() {
    let before = losses(&plan(vec![remove_member("zed"), remove_member("erin")]));
    let after = losses(&plan(vec![remove_member("Zed"), remove_member("carol"), delete_team("Old")]));
    let direct = brought(&before.list, &after.list);
    assert_eq!(keys(&direct).len(), 2, "{direct:?}");
    // Zed is no more wanted by the file before than by the one after.
    let how = Circumstances { brought_directly: direct, ..Circumstances::default() };
    let Judgement::Stop(stopping) = judge(&after, &[], Rule::Block, &how) else { panic!("goes on") };
    assert_eq!(keys(&stopping), ["member-removed 3:zed"]);
    let zed = shown("uid", &losses(&plan(vec![remove_member("zed")])));
    let Judgement::Warn(told) = judge(&after, &[zed], Rule::Block, &how) else { panic!("stops") };
    assert_eq!(told.len(), 2);
}

#[test]
fn the_check_says_what_was_not_shown_and_how_to_go_on() {
    let done = losses(&plan(vec![
        remove_member("carol"),
        remove_member("ghost"),
        delete_team("Skunkworks"),
        remove_team_member("Core", "dave"),
    ]));
    let known = file(
        "orgs:\n  acme:\n    admins: [alice]\n    members: [carol, dave]\n    teams: {core: {members: [], repos: {}}}\n",
    );
    let disclosure = Disclosure::of([&known]);
    let stop = Judgement::Stop(done.list.clone()).sentence(&disclosure);
    insta::assert_snapshot!("not_shown", stop.unwrap_or_default());
    let warn = Judgement::Warn(done.list).sentence(&disclosure).unwrap_or_default();
    assert!(
        warn.starts_with("No preview showed these removals, and they are applied:\n- `-` 2 members"),
        "{warn}"
    );
    assert_eq!(Judgement::Shown.sentence(&disclosure), None);
}
