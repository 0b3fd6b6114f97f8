//! Which teams exist, their names, places and settings.

use peribolos_org::plan::{Ignored, Scope, Stage};
use peribolos_org::{Permission, Privacy, TeamKind};

use crate::support::{access, acme, below, file, logins, operations, plan_of, refusals, shown, team, usual};

fn teams_alone() -> Scope {
    let mut scope = Scope::usual();
    scope.manage.remove(&Stage::TeamMembers);
    scope.manage.remove(&Stage::TeamRepos);
    scope
}

#[test]
fn teams_are_made_then_deleted_then_changed() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), team("Old")];
    let yaml = file(
        "    teams:\n      Core: {description: Keepers, members: [], repos: {}}\n      \
         Fresh: {description: New, privacy: closed, members: [], repos: {}}\n",
    );
    let expected = [
        "create team Fresh \"New\" Some(Closed)",
        "delete team Old (old)",
        "edit team Core, Description \"\" -> \"Keepers\"",
    ];
    assert_eq!(operations(&yaml, &snapshot), expected);
    assert_eq!(plan_of(&yaml, &snapshot, &usual()).removal_delta, 5000);
}

#[test]
fn a_nested_team_is_made_at_the_top_and_then_moved() {
    let yaml =
        file("    teams:\n      Core: {members: [], repos: {}, teams: {Docs: {members: [], repos: {}}}}\n");
    let expected = [
        "create team Core \"\" None",
        "create team Docs \"\" None",
        "edit team Core, Privacy \"secret\" -> \"closed\"",
        "edit team Docs, Privacy \"secret\" -> \"closed\", Parent \"\" -> \"Core\"",
    ];
    assert_eq!(operations(&yaml, &acme()), expected);
    let after = plan_of(&yaml, &acme(), &usual()).expected(&acme());
    assert_eq!(after.teams[1].parent, Some(after.teams[0].slug.clone()));
    assert_eq!(operations(&yaml, &after), [""; 0]);
}

/// Upstream's request says `parent_team_id: null` whenever the parent stays.
#[test]
fn any_change_of_a_nested_team_takes_it_out_of_its_place_until_the_next_run() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    snapshot.teams[0].repos = vec![access("site", Permission::Read, false)];
    snapshot.teams[1].repos = vec![access("site", Permission::Read, true)];
    let yaml = file(
        "    teams:\n      Core:\n        members: []\n        repos: {site: read}\n        \
         teams: {Docs: {description: Words, members: [], repos: {site: read}}}\n",
    );
    let plan = plan_of(&yaml, &snapshot, &usual());
    let expected = [
        "edit team Docs, Description \"\" -> \"Words\", Parent \"Core\" -> \"\"",
        // It does not inherit any more.
        "Docs: site None -> Read",
    ];
    assert_eq!(shown(&plan), expected);
    let after = plan.expected(&snapshot);
    assert_eq!(operations(&yaml, &after), ["edit team Docs, Parent \"\" -> \"Core\""]);
    let after = plan_of(&yaml, &after, &usual()).expected(&after);
    assert_eq!(operations(&yaml, &after), [""; 0]);
}

#[test]
fn a_team_moves_with_its_change() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), team("Ops"), below("core", team("Docs"))];
    let yaml = file(
        "    teams:\n      Core: {members: [], repos: {}}\n      Ops: {members: [], repos: {}, \
         teams: {Docs: {description: Words, members: [], repos: {}}}}\n",
    );
    let expected = ["edit team Docs, Description \"\" -> \"Words\", Parent \"Core\" -> \"Ops\""];
    assert_eq!(operations(&yaml, &snapshot), expected);
}

#[test]
fn parent_and_child_change_places() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    let yaml =
        file("    teams:\n      Docs: {members: [], repos: {}, teams: {Core: {members: [], repos: {}}}}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        ["edit team Docs, Parent \"Core\" -> \"\"", "edit team Core, Parent \"\" -> \"Docs\""]
    );
    let after = plan.expected(&snapshot);
    assert_eq!(after.teams[0].parent, Some(after.teams[1].slug.clone()));
    assert_eq!(after.teams[1].parent, None);
}

#[test]
fn a_rename_that_keeps_the_address_is_done_and_another_stops_upstream() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), team("Old Ops")];
    let yaml = file(
        "    teams:\n      CORE: {previously: [Core], members: [], repos: {}}\n      \
         New Ops: {previously: [old ops], members: [], repos: {}}\n",
    );
    let plan = plan_of(&yaml, &snapshot, &usual());
    let expected =
        ["edit team Core, Name \"Core\" -> \"CORE\"", "edit team Old Ops, Name \"Old Ops\" -> \"New Ops\""];
    assert_eq!(shown(&plan), expected);
    let message = "7: `Old Ops` would be renamed to `New Ops`, and upstream does not find it then";
    assert_eq!(refusals(&plan), [message]);
    // Nothing is asked for by the old address then.
    let plan = plan_of(&yaml, &snapshot, &teams_alone());
    assert_eq!((shown(&plan).len(), refusals(&plan)), (2, vec![]));
    let after = plan.expected(&snapshot);
    assert_eq!(after.teams[1].slug.as_str(), "new-ops");
    assert_eq!(operations(&yaml, &after), [""; 0]);
}

#[test]
fn teams_of_a_tree_that_is_not_listed_are_not_deleted_in_one_go() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    let plan = plan_of(&file(""), &snapshot, &usual());
    assert_eq!(shown(&plan), ["delete team Docs (docs)", "delete team Core (core)"]);
    assert_eq!(plan.refusals.len(), 1);
    assert!(plan.refusals[0].message.starts_with("Teams that are not listed have other such teams below"));
    let yaml = file("    teams:\n      Core: {members: [], repos: {}}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!((shown(&plan), refusals(&plan)), (vec!["delete team Docs (docs)".to_owned()], vec![]));
}

#[test]
fn a_team_that_the_file_keeps_is_not_deleted_with_the_one_above() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    let yaml = file("    teams:\n      Docs: {members: [], repos: {}}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    let message = "6: `Docs` is below a team that is not listed, and would be deleted with that";
    assert_eq!(refusals(&plan), [message]);
    assert_eq!(shown(&plan), ["edit team Docs, Parent \"Core\" -> \"\""]);
}

#[test]
fn a_team_does_not_become_secret_while_others_are_below() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    let yaml = file(
        "    teams:\n      Core: {privacy: secret, members: [], repos: {}}\n      Docs: {members: [], repos: {}}\n",
    );
    let message = "6: `Core` can't become secret while other teams are below it on GitHub";
    assert_eq!(refusals(&plan_of(&yaml, &snapshot, &usual())), [message]);
}

#[test]
fn ignored_teams_are_neither_deleted_nor_found() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Hidden"), team("Staff")];
    snapshot.teams[0].privacy = Privacy::Secret;
    snapshot.teams[1].kind = TeamKind::Enterprise;
    let mut scope = usual();
    scope.ignore = [Ignored::SecretTeams, Ignored::EnterpriseTeams].into();
    let plan = plan_of(&file(""), &snapshot, &scope);
    assert_eq!((shown(&plan), refusals(&plan), plan.removal_delta), (vec![], vec![], 0));
    let yaml =
        file("    teams:\n      Hidden: {members: [], repos: {}}\n      Staff: {members: [], repos: {}}\n");
    let plan = plan_of(&yaml, &snapshot, &scope);
    let expected = [
        "6: `Hidden` is one of the teams that are left alone",
        "7: `Staff` is one of the teams that are left alone",
    ];
    assert_eq!((shown(&plan), refusals(&plan)), (vec![], expected.map(str::to_owned).to_vec()));
}

/// The next run would not find it, and stop at making it again.
#[test]
fn no_team_becomes_one_that_is_ignored() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    let mut scope = usual();
    scope.ignore = [Ignored::SecretTeams].into();
    let of = |teams: &str| plan_of(&file(&format!("    teams:\n{teams}")), &snapshot, &scope);
    let hidden =
        of("      Core: {privacy: secret, members: [], repos: {}}\n      New: {members: [], repos: {}}\n");
    let left_alone = "would be secret, and secret teams are left alone";
    assert_eq!(refusals(&hidden), [format!("6: `Core` {left_alone}"), format!("7: `New` {left_alone}")]);
    let seen =
        of("      Core: {members: [], repos: {}}\n      New: {privacy: closed, members: [], repos: {}}\n");
    assert_eq!(refusals(&seen), [""; 0]);
}

#[test]
fn teams_of_the_enterprise_can_only_be_listed_as_they_are() {
    let mut snapshot = acme();
    let mut staff = team("Staff");
    staff.kind = TeamKind::Enterprise;
    staff.members = logins(&["carol"]);
    snapshot.teams = vec![staff];
    let of = |yaml: &str| refusals(&plan_of(&file(yaml), &snapshot, &usual()));
    assert_eq!(of("    teams:\n      Staff: {members: [carol], repos: {}}\n"), [""; 0]);
    assert_eq!(of(""), ["2: A team of the enterprise is not listed, and can't be deleted"]);
    let message = "6: `Staff` is a team of the enterprise, and can't be changed";
    assert_eq!(of("    teams:\n      Staff: {privacy: secret, members: [carol], repos: {}}\n"), [message]);
    let message = "6: `Staff` is a team of the enterprise, and its members can't be changed";
    assert_eq!(of("    teams:\n      Staff: {members: [], repos: {}}\n"), [message]);
}

#[test]
fn without_teams_nothing_of_them_is_done() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    let mut scope = usual();
    scope.manage.remove(&Stage::Teams);
    assert_eq!(shown(&plan_of(&file(""), &snapshot, &scope)), [""; 0]);
}
