//! Who is in a team.

use peribolos_org::plan::{Ignored, Stage, Waiting};
use peribolos_org::{InvitationState, Login, OrgRole, TeamName};

use crate::support::{acme, below, file, invited, logins, operations, plan_of, shown, team, usual};

#[test]
fn roles_are_set_and_who_is_not_listed_leaves() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    snapshot.teams[0].maintainers = logins(&["carol"]);
    snapshot.teams[0].members = logins(&["oscar"]);
    let yaml = file("    teams:\n      Core: {maintainers: [alice], members: [Carol], repos: {}}\n");
    let expected =
        ["Core: carol maintainer -> member", "Core: alice - -> maintainer", "Core: oscar member -> -"];
    assert_eq!(operations(&yaml, &snapshot), expected);
}

#[test]
fn an_owner_is_a_maintainer_whatever_is_asked_for() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    let yaml = file("    teams:\n      Core: {members: [alice], repos: {}}\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), ["Core: alice - -> member"]);
    let after = plan.expected(&snapshot);
    assert_eq!(after.teams[0].maintainers, logins(&["alice"]));
    assert_eq!(operations(&yaml, &after), ["(Core: alice maintainer -> member)"]);
}

#[test]
fn a_new_owner_is_a_maintainer_before_the_teams_are_looked_at() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    snapshot.teams[0].members = logins(&["carol", "oscar"]);
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob, carol]\n    members: [oscar]\n    teams:\n      \
                Core: {maintainers: [carol], members: [oscar], repos: {}}\n";
    assert_eq!(operations(yaml, &snapshot), ["make carol Admin, was Member"]);
}

#[test]
fn the_newly_invited_are_invited_to_teams_too_and_then_waited_for() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol, oscar, zoe]\n    teams:\n      \
                Core: {maintainers: [zoe], members: [], repos: {}}\n";
    let plan = plan_of(yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), ["invite zoe as Member", "Core: zoe - -> maintainer"]);
    let after = plan.expected(&snapshot);
    assert_eq!(after.teams[0].invitations, logins(&["zoe"]));
    let plan = plan_of(yaml, &after, &usual());
    assert_eq!(shown(&plan), [""; 0]);
    let zoe = Login::new("zoe");
    let core = Some(TeamName::new("Core"));
    let expected = [
        Waiting { login: zoe.clone(), team: None, repo: None },
        Waiting { login: zoe, team: core, repo: None },
    ];
    assert_eq!(plan.waiting, expected);
}

#[test]
fn who_is_put_into_a_team_is_invited_even_where_members_are_not_managed() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    let mut scope = usual();
    scope.manage.remove(&Stage::OrgMembers);
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob]\n    members: [zoe]\n    teams:\n      \
                Core: {members: [zoe], repos: {}}\n";
    let plan = plan_of(yaml, &snapshot, &scope);
    assert_eq!(shown(&plan), ["Core: zoe - -> member"]);
    let after = plan.expected(&snapshot);
    assert_eq!(after.invitations, [invited("zoe", OrgRole::Member, InvitationState::Pending)]);
}

#[test]
fn an_invitation_to_a_team_that_is_not_listed_is_taken_back() {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited("zoe", OrgRole::Member, InvitationState::Pending)];
    snapshot.teams = vec![team("Core")];
    snapshot.teams[0].invitations = logins(&["zoe"]);
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol, oscar, zoe]\n    teams:\n      \
                Core: {members: [], repos: {}}\n";
    assert_eq!(operations(yaml, &snapshot), ["Core: zoe member -> - invitation"]);
    let mut scope = usual();
    scope.ignore.insert(Ignored::Invitees);
    assert_eq!(shown(&plan_of(yaml, &snapshot, &scope)), ["(invite zoe as Member)"]);
    let yaml = yaml.replace("members: []", "members: [zoe]");
    let expected = ["(invite zoe as Member)", "(Core: zoe - -> member)"];
    assert_eq!(shown(&plan_of(&yaml, &snapshot, &scope)), expected);
}

#[test]
fn with_the_invitation_to_the_organization_goes_that_to_the_team() {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited("zoe", OrgRole::Member, InvitationState::Pending)];
    snapshot.teams = vec![team("Core")];
    snapshot.teams[0].invitations = logins(&["zoe"]);
    let yaml = file("    teams:\n      Core: {members: [], repos: {}}\n");
    assert_eq!(operations(&yaml, &snapshot), ["cancel zoe, Member"]);
}

#[test]
fn who_leaves_the_organization_leaves_its_teams_by_that() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core")];
    snapshot.teams[0].members = logins(&["oscar"]);
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol]\n    teams:\n      \
                Core: {members: [], repos: {}}\n";
    assert_eq!(operations(yaml, &snapshot), ["remove oscar, Member"]);
}

#[test]
fn members_of_a_team_below_are_listed_above_and_stay_whatever_upstream_sends() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    snapshot.teams[0].members = logins(&["carol"]);
    snapshot.teams[0].inherited_members = logins(&["carol"]);
    snapshot.teams[1].maintainers = logins(&["carol"]);
    let of = |core: &str| {
        let rest = format!(
            "    teams:\n      Core:\n        members: [{core}]\n        repos: {{}}\n        \
             teams: {{Docs: {{maintainers: [carol], repos: {{}}}}}}\n"
        );
        plan_of(&file(&rest), &snapshot, &usual())
    };
    assert_eq!(shown(&of("")), ["(Core: carol member -> -)"]);
    assert_eq!(of("").expected(&snapshot), snapshot);
    // Listed, she is there already, and nobody finds out that she is not by herself.
    assert_eq!(shown(&of("carol")), [""; 0]);
}

#[test]
fn who_is_listed_above_and_leaves_the_team_below_is_missed_in_the_next_run() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    snapshot.teams[0].members = logins(&["carol"]);
    snapshot.teams[0].inherited_members = logins(&["carol"]);
    snapshot.teams[1].members = logins(&["carol"]);
    let yaml = file(
        "    teams:\n      Core: {members: [carol], repos: {}, teams: {Docs: {members: [], repos: {}}}}\n",
    );
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), ["Docs: carol member -> -"]);
    assert_eq!(operations(&yaml, &plan.expected(&snapshot)), ["Core: carol - -> member"]);
}

/// It is moved before the team that it was below is looked at.
#[test]
fn who_was_in_a_team_that_moved_is_not_looked_for_where_it_was() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs")), below("docs", team("Adam"))];
    for team in &mut snapshot.teams {
        team.members = logins(&["carol"]);
    }
    snapshot.teams[0].inherited_members = logins(&["carol"]);
    snapshot.teams[1].inherited_members = logins(&["carol"]);
    let yaml = file(
        "    teams:\n      Core:\n        members: [carol]\n        repos: {}\n        teams:\n          \
         Adam: {members: [carol], repos: {}}\n          Docs: {members: [], repos: {}}\n",
    );
    assert_eq!(operations(&yaml, &snapshot), ["edit team Adam, Parent \"Docs\" -> \"Core\""]);
}
