//! Members, owners and invitations.

use peribolos_org::plan::{Ignored, Scope, Stage, Waiting};
use peribolos_org::{InvitationState, Login, OrgRole, TeamKind};

use crate::support::{acme, file, invited, logins, operations, plan_of, refusals, shown, team, usual};

fn with(admins: &str, members: &str) -> String {
    format!("orgs:\n  acme:\n    admins: [{admins}]\n    members: [{members}]\n")
}

fn ignoring(what: Ignored) -> Scope {
    let mut scope = Scope::usual();
    scope.ignore.insert(what);
    scope
}

#[test]
fn members_come_first_then_owners_then_who_leaves() {
    let yaml = with("Alice, carol, zoe", "bob, anna");
    let expected = [
        "invite anna as Member",
        "make bob Member, was Admin",
        "make carol Admin, was Member",
        "invite zoe as Admin",
        "remove oscar, Member",
    ];
    assert_eq!(operations(&yaml, &acme()), expected);
    let lines: Vec<_> =
        plan_of(&yaml, &acme(), &usual()).operations.iter().map(|operation| operation.line).collect();
    assert_eq!(lines, [Some(4), Some(4), Some(3), Some(3), None]);
}

#[test]
fn who_is_invited_is_waited_for_whatever_the_role() {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited("dave", OrgRole::Member, InvitationState::Pending)];
    let plan = plan_of(&with("alice, bob, DAVE", "carol, oscar"), &snapshot, &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(plan.waiting, [Waiting { login: Login::new("dave"), team: None, repo: None }]);
    assert_eq!(plan.removal_delta, 0);
}

#[test]
fn invitations_that_are_not_listed_are_taken_back_outside_the_removal_delta() {
    let mut snapshot = acme();
    snapshot.invitations = vec![
        invited("dave", OrgRole::Admin, InvitationState::Pending),
        invited("bill", OrgRole::BillingManager, InvitationState::Pending),
        invited("fay", OrgRole::Member, InvitationState::Failed),
    ];
    let plan = plan_of(&file(""), &snapshot, &usual());
    assert_eq!(shown(&plan), ["cancel bill, BillingManager", "cancel dave, Admin"]);
    assert_eq!(plan.removal_delta, 0);
}

#[test]
fn each_failed_invitation_is_cleared_before_a_new_one() {
    let mut snapshot = acme();
    let failed = invited("fay", OrgRole::Member, InvitationState::Failed);
    snapshot.invitations = vec![failed.clone(), failed];
    let yaml = with("alice, bob", "carol, oscar, fay");
    assert_eq!(operations(&yaml, &snapshot), ["clear fay", "clear fay", "invite fay as Member"]);
}

#[test]
fn with_invitees_ignored_the_invited_are_invited_anew_and_nothing_is_taken_back() {
    let mut snapshot = acme();
    snapshot.invitations = vec![
        invited("dave", OrgRole::Member, InvitationState::Pending),
        invited("erin", OrgRole::Member, InvitationState::Pending),
        invited("fay", OrgRole::Member, InvitationState::Failed),
    ];
    let yaml = with("alice, bob", "carol, oscar, dave, fay");
    let plan = plan_of(&yaml, &snapshot, &ignoring(Ignored::Invitees));
    assert_eq!(shown(&plan), ["(invite dave as Member)", "invite fay as Member"]);
    assert_eq!(plan.waiting, []);
}

#[test]
fn the_last_owner_stays() {
    let plan = plan_of(&with("zoe, yan", "alice, carol, oscar"), &acme(), &usual());
    let expected = ["make alice Member, was Admin", "invite yan as Admin", "invite zoe as Admin"];
    assert_eq!(shown(&plan), expected);
    assert_eq!(refusals(&plan), ["2: GitHub does not let the last owner leave"]);
    // Upstream demotes before it promotes.
    let mut snapshot = acme();
    snapshot.admins = logins(&["alice"]);
    let plan = plan_of(&with("carol", "alice, oscar"), &snapshot, &usual());
    assert_eq!(refusals(&plan), ["4: GitHub does not let the last owner become a member"]);
}

#[test]
fn the_removal_delta_is_rounded_up() {
    let mut snapshot = acme();
    snapshot.members = logins(&["carol"]);
    assert_eq!(plan_of(&with("alice, bob", ""), &snapshot, &usual()).removal_delta, 3334);
    assert_eq!(plan_of(&with("alice, bob", "carol"), &acme(), &usual()).removal_delta, 2500);
}

#[test]
fn members_of_the_enterprise_are_nobody_here_when_its_teams_are_ignored() {
    let mut snapshot = acme();
    let mut staff = team("Staff");
    staff.kind = TeamKind::Enterprise;
    staff.members = logins(&["carol"]);
    snapshot.teams = vec![staff];
    let scope = ignoring(Ignored::EnterpriseTeams);
    let plan = plan_of(&with("alice, bob", "oscar"), &snapshot, &scope);
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(plan.removal_delta, 0);
    // Who is listed all the same is sent in each run.
    let plan = plan_of(&with("alice, bob", "carol, oscar"), &snapshot, &scope);
    assert_eq!(shown(&plan), ["(make carol Member, was Member)"]);
}

#[test]
fn nobody_is_looked_at_when_members_are_not_managed() {
    let mut scope = Scope::usual();
    scope.manage.remove(&Stage::OrgMembers);
    let plan = plan_of(&with("alice", "zoe"), &acme(), &scope);
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(plan.removal_delta, 0);
}
