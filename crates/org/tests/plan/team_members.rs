//! Who is in a team.

use peribolos_org::plan::{Kind, Scope, Waiting};
use peribolos_org::{Extent, Login, ManagedBy, OrgRole, Snapshot, TeamName, Unread, UnreadCause};

use crate::support::{
    acme, below, everything, file, invited, logins, of, operations, people, plan_of, redundant, shown, team,
    usual, warnings,
};

/// Core with Docs below it.
fn tree(core: &[&str], docs: &[&str]) -> Snapshot {
    let mut snapshot = acme();
    snapshot.teams = vec![of(team("Core"), core), below("core", of(team("Docs"), docs))];
    snapshot
}

fn files(core: &str, docs: &str) -> String {
    file(&format!(
        "    teams:\n      Core:\n        {core}\n        repos: {{}}\n        teams: {{Docs: {{{docs}, repos: {{}}}}}}\n"
    ))
}

#[test]
fn people_come_before_others_lose_their_places() {
    let mut snapshot = acme();
    snapshot.teams = vec![of(team("Core"), &["carol", "oscar"])];
    snapshot.teams[0].maintainers = logins(&["alice"]);
    let yaml = people(
        "alice, bob",
        "carol, oscar, zoe",
        "    teams: {Core: {maintainers: [bob, oscar], members: [zoe], repos: {}}}\n",
    );
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "5 invite zoe as member",
            "6 bob in team Core: - -> maintainer",
            "6 oscar in team Core: member -> maintainer",
            "6 zoe in team Core: - -> member",
            "10 alice in team Core: maintainer -> -",
            "10 carol in team Core: member -> -",
        ]
    );
    assert_eq!(plan.operations[3].needs, [0]);
}

#[test]
fn owners_are_maintainers_wherever_the_file_lists_them() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    snapshot.teams[0].maintainers = logins(&["alice"]);
    let yaml = file("    teams: {Core: {members: [alice, bob], repos: {}}}\n");
    assert_eq!(operations(&yaml, &snapshot), ["6 bob in team Core: - -> maintainer"]);
}

#[test]
fn who_is_in_a_team_below_is_a_member_above_and_need_not_be_listed() {
    let plan = plan_of(&files("members: [carol]", "members: [carol]"), &tree(&[], &["carol"]), &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(redundant(&plan), ["6: `carol` is in `Core` by a team below it (the line is not needed)"]);
    let plan = plan_of(&files("members: []", "members: [carol]"), &tree(&[], &["carol"]), &usual());
    assert_eq!((shown(&plan), warnings(&plan)), (vec![], vec![]));
    // To maintain it takes a place of one's own, and one's own place is taken although one stays in it.
    let yaml = files("maintainers: [carol]", "members: [carol]");
    assert_eq!(operations(&yaml, &tree(&[], &["carol"])), ["6 carol in team Core: - -> maintainer"]);
    let yaml = files("members: []", "members: [carol]");
    assert_eq!(operations(&yaml, &tree(&["carol"], &["carol"])), ["10 carol in team Core: member -> -"]);
}

#[test]
fn who_leaves_the_team_below_gets_a_place_of_their_own_before() {
    let plan = plan_of(&files("members: [carol]", "members: []"), &tree(&[], &["carol"]), &usual());
    assert_eq!(
        shown(&plan),
        ["6 carol in team Core: - -> member since a source goes", "10 carol in team Docs: member -> -",]
    );
    // So it is where the team below moves away, which waits for that.
    let yaml = file(
        "    teams:\n      Core: {members: [carol], repos: {}}\n      Docs: {members: [carol], repos: {}}\n",
    );
    let plan = plan_of(&yaml, &tree(&[], &["carol"]), &usual());
    assert_eq!(
        shown(&plan),
        [
            "6 carol in team Core: - -> member since a source goes",
            "8 edit team Docs, parent \"Core\" -> \"\"",
        ]
    );
    assert_eq!(plan.operations[1].needs, [0]);
}

#[test]
fn a_demotion_sets_the_role_in_each_of_the_persons_teams() {
    let mut snapshot = acme();
    snapshot.admins = logins(&["alice", "bob", "dora"]);
    snapshot.teams = ["Core", "Docs", "Ops"].map(team).into();
    for team in &mut snapshot.teams {
        team.maintainers = logins(&["dora"]);
    }
    snapshot.teams.push(team("Web"));
    let yaml = people(
        "alice, bob",
        "carol, oscar, dora",
        "    teams:\n      Core: {members: [dora], repos: {}}\n      Docs: {maintainers: [dora], repos: {}}\n      \
         Ops: {repos: {}}\n      Web: {members: [dora], repos: {}}\n",
    );
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "6 dora in team Web: - -> member",
            "9 dora: owner -> member",
            "9 dora in team Core: maintainer -> member after demotion",
            "9 dora in team Docs: maintainer -> maintainer after demotion",
            "9 dora in team Web: maintainer -> member after demotion",
            "10 dora in team Ops: maintainer -> -",
        ]
    );
    assert_eq!(plan.operations[2].needs, [1]);
}

#[test]
fn the_invited_are_waited_for_and_uninvited() {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited(1, "dave", OrgRole::Member), invited(2, "erin", OrgRole::Member)];
    snapshot.teams = vec![team("Core")];
    snapshot.teams[0].invitations = logins(&["dave", "erin"]);
    let yaml =
        people("alice, bob", "carol, oscar, dave, erin", "    teams: {Core: {members: [dave], repos: {}}}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), ["10 erin in team Core: member (invited) -> -"]);
    let team = Some(TeamName::new("Core"));
    assert!(plan.waiting.contains(&Waiting { login: Login::new("dave"), team, repo: None }));
    // With the invitation to the organization goes the one to the team.
    let yaml =
        people("alice, bob", "carol, oscar, dave", "    teams: {Core: {members: [dave], repos: {}}}\n");
    assert_eq!(operations(&yaml, &snapshot), ["12 cancel invitation 2 of erin as member"]);
}

#[test]
fn who_leaves_the_organization_leaves_its_teams_with_that() {
    let mut snapshot = acme();
    snapshot.teams = vec![of(team("Core"), &["carol", "oscar"])];
    let yaml = people("alice, bob", "carol", "    teams: {Core: {members: [carol], repos: {}}}\n");
    assert_eq!(operations(&yaml, &snapshot), ["12 remove member oscar"]);
}

#[test]
fn nobody_is_invited_by_way_of_a_team() {
    let mut scope = everything();
    scope.manage.remove(&Kind::OrgMembers);
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    let yaml = people("alice, bob", "carol, oscar, zoe", "    teams: {Core: {members: [zoe], repos: {}}}\n");
    let plan = plan_of(&yaml, &snapshot, &scope);
    assert_eq!(shown(&plan), [""; 0]);
    assert!(warnings(&plan)[0].starts_with("5: `zoe` of team `Core` is no member of the organization"));
}

#[test]
fn members_whom_somebody_else_decides_about_are_left_alone() {
    let yaml = file("    teams: {Core: {members: [oscar], repos: {}}}\n");
    let mut snapshot = acme();
    snapshot.teams = vec![of(team("Core"), &["carol"])];
    for (managed_by, who) in [
        (
            ManagedBy::IdentityProvider { group: Some("eng".to_owned()) },
            "the identity provider's group `eng`",
        ),
        (ManagedBy::IdentityProvider { group: None }, "an identity provider"),
        (ManagedBy::Enterprise, "the enterprise"),
    ] {
        snapshot.teams[0].managed_by = managed_by;
        let plan = plan_of(&yaml, &snapshot, &usual());
        assert_eq!(shown(&plan), [""; 0]);
        let expected = format!("5: Who is in `Core` is decided by {who} (its members are left as they are)");
        assert_eq!(warnings(&plan), [expected]);
    }
    snapshot.teams[0].members = logins(&["oscar"]);
    assert_eq!(warnings(&plan_of(&yaml, &snapshot, &usual())), [""; 0]);
}

#[test]
fn what_could_not_be_read_of_a_team_is_left_and_the_rest_is_planned() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), team("Docs")];
    let why = "GitHub did not show the members".to_owned();
    let extent = Extent::Of((&TeamName::new("Core")).into());
    let cause = UnreadCause::Hidden;
    snapshot.unread = vec![
        Unread { kind: Kind::TeamMembers, extent, cause, why: why.clone() },
        Unread {
            kind: Kind::TeamMembers,
            extent: Extent::Parts,
            cause,
            why: "GitHub did not show something".to_owned(),
        },
    ];
    let yaml = file("    teams: {Core: {members: [carol]}, Docs: {members: [carol]}}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), ["6 carol in team Docs: - -> member"]);
    assert_eq!(
        warnings(&plan),
        [format!("{why} (it is left as it is)"), "GitHub did not show something".to_owned()]
    );
}

#[test]
fn of_a_kind_that_could_not_be_read_at_all_nothing_is_planned() {
    let mut snapshot = acme();
    let why = "GitHub does not show the teams".to_owned();
    let cause = UnreadCause::Permission;
    snapshot.unread = vec![Unread { kind: Kind::Teams, extent: Extent::Whole, cause, why: why.clone() }];
    let yaml = file("    name: Acme Inc\n    teams: {Core: {members: [carol], repos: {}}}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(plan.operations.len(), 1, "the organization's name: {:?}", shown(&plan));
    assert_eq!(
        warnings(&plan),
        [format!(
            "{why} (nothing of the kind is changed until an owner has accepted the App's permissions on GitHub, or the token has them)"
        )]
    );
    assert!(snapshot.lacks_any(&usual()));
    let without = Scope { manage: [Kind::Org].into(), ..usual() };
    assert!(!snapshot.lacks_any(&without), "what is not managed need not be read");
}
