//! Members, owners and invitations.

use peribolos_org::plan::{Ignore, Kind, Lookups, Question, Scope, Waiting, questions};
use peribolos_org::{Invitation, Login, ManagedBy, OrgRole, Privacy, SnapshotTeam, parse};

use crate::support::{
    acme, everything, failed, file, invited, logins, of, operations, people, plan_of, plan_with, refusals,
    shown, team, usual, warnings,
};

fn ignoring(what: Ignore) -> Scope {
    let mut scope = Scope::usual();
    scope.ignore.insert(what);
    scope
}

fn waiting(login: &str) -> Waiting {
    Waiting { login: Login::new(login), team: None, repo: None }
}

#[test]
fn promotions_and_invitations_come_before_demotions_and_removals() {
    let yaml = people("Alice, carol, zoe", "bob, anna", "");
    assert_eq!(
        operations(&yaml, &acme()),
        [
            "5 carol: member -> owner",
            "5 invite anna as member",
            "5 invite zoe as owner",
            "9 bob: owner -> member",
            "12 remove member oscar",
        ]
    );
    let lines: Vec<_> = plan_of(&yaml, &acme(), &usual()).operations.iter().map(|one| one.line).collect();
    assert_eq!(lines, [Some(3), Some(4), Some(3), Some(4), None]);
}

#[test]
fn who_is_invited_with_the_role_of_the_file_is_waited_for() {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited(1, "dave", OrgRole::Member)];
    let plan = plan_of(&people("alice, bob", "carol, oscar, DAVE", ""), &snapshot, &usual());
    assert_eq!((shown(&plan), plan.waiting), (vec![], vec![waiting("dave")]));
}

#[test]
fn an_invitation_with_another_role_is_cancelled_and_sent_anew_with_its_teams() {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited(11, "dave", OrgRole::Member), invited(12, "erin", OrgRole::Admin)];
    snapshot.teams = vec![of(team("Core"), &["carol"])];
    snapshot.teams[0].invitations = logins(&["dave"]);
    let teams = "    teams: {Core: {members: [carol, dave], repos: {}}}\n";
    let plan = plan_of(&people("alice, bob, dave", "carol, oscar, erin", teams), &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "5 cancel invitation 11 of dave as member",
            "5 invite dave as owner",
            "5 cancel invitation 12 of erin as owner",
            "5 invite erin as member",
            "6 dave in team Core: - -> member",
        ]
    );
    assert_eq!(plan.operations[1].needs, [0]);
    assert_eq!(plan.operations[4].needs, [1]);
}

/// The invitation that is replaced goes last before the new one, which alone can give its places in teams again.
#[test]
fn what_the_file_does_not_decide_of_an_invitation_is_in_the_new_one() {
    let mut snapshot = acme();
    snapshot.invitations = vec![
        invited(11, "dave", OrgRole::Member),
        failed(12, "dave", OrgRole::Member),
        failed(13, "kim", OrgRole::Member),
    ];
    let numbered =
        |id: u64, name: &str, people: &[&str]| SnapshotTeam { id, invitations: logins(people), ..team(name) };
    snapshot.teams = vec![
        numbered(21, "Core", &["dave"]),
        numbered(22, "Docs", &["dave"]),
        SnapshotTeam { privacy: Privacy::Secret, ..numbered(23, "Hidden", &["dave"]) },
        SnapshotTeam { managed_by: ManagedBy::Enterprise, ..numbered(24, "Everybody", &["dave"]) },
    ];
    let scope = Scope { ignore: [Ignore::SecretTeams, Ignore::EnterpriseTeams].into(), ..usual() };
    let yaml = people(
        "alice, bob, dave",
        "carol, oscar, kim",
        "    teams: {Core: {repos: {}}, Docs: {members: [dave]}}\n",
    );
    let shown_of = |manage: &[Kind]| {
        let scope = Scope { manage: manage.iter().copied().collect(), ..scope.clone() };
        shown(&plan_of(&yaml, &snapshot, &scope))
    };
    let people = [
        "5 cancel failed invitation 12 of dave as member",
        "5 cancel invitation 11 of dave as member",
        "5 invite dave again as owner to Core, Docs, Hidden",
        "5 cancel failed invitation 13 of kim as member",
        "5 invite kim as member",
    ];
    assert_eq!(shown_of(&[Kind::OrgMembers, Kind::Teams]), people);
    // `Core` is to have nobody: that is a removal.
    let decided = [
        "5 cancel failed invitation 12 of dave as member",
        "5 cancel invitation 11 of dave as member, out of Core",
        "5 invite dave again as owner to Hidden",
        "5 cancel failed invitation 13 of kim as member",
        "5 invite kim as member",
        "6 dave in team Docs: - -> member",
    ];
    assert_eq!(shown_of(&[Kind::OrgMembers, Kind::Teams, Kind::TeamMembers]), decided);
}

#[test]
fn a_failed_invitation_is_cleared_before_a_new_one_with_the_role_of_the_file() {
    let mut snapshot = acme();
    snapshot.invitations = vec![failed(8, "quinn", OrgRole::Member), failed(7, "quinn", OrgRole::Member)];
    snapshot.invitations.push(failed(9, "rae", OrgRole::Member));
    assert_eq!(
        operations(&people("alice, bob, quinn", "carol, oscar", ""), &snapshot),
        [
            "5 cancel failed invitation 7 of quinn as member",
            "5 cancel failed invitation 8 of quinn as member",
            "5 invite quinn as owner",
        ]
    );
}

#[test]
fn invitations_that_are_not_listed_are_cancelled_but_for_billing_managers_and_addresses() {
    let mut snapshot = acme();
    snapshot.invitations = vec![
        invited(1, "dave", OrgRole::Admin),
        invited(2, "bill", OrgRole::BillingManager),
        Invitation { login: None, ..invited(3, "", OrgRole::Member) },
    ];
    assert_eq!(operations(&file(""), &snapshot), ["12 cancel invitation 1 of dave as owner"]);
    let plan = plan_of(&people("alice, bob", "carol, oscar, bill, dave", ""), &snapshot, &usual());
    assert_eq!(shown(&plan), ["5 cancel invitation 1 of dave as owner", "5 invite dave as member"]);
    assert_eq!(
        warnings(&plan),
        [
            "4: `bill` is invited as a billing manager (the invitation is left as it is until it is accepted or cancelled)"
        ]
    );
}

#[test]
fn with_invitees_ignored_open_invitations_are_left_alone() {
    let mut snapshot = acme();
    snapshot.invitations = vec![
        invited(1, "dave", OrgRole::Admin),
        invited(2, "erin", OrgRole::Member),
        failed(3, "fay", OrgRole::Member),
    ];
    let yaml = people("alice, bob", "carol, oscar, dave, fay", "");
    let plan = plan_of(&yaml, &snapshot, &ignoring(Ignore::Invitees));
    assert_eq!(shown(&plan), ["5 cancel failed invitation 3 of fay as member", "5 invite fay as member"]);
    assert_eq!(plan.waiting, [waiting("dave")]);
}

#[test]
fn the_last_owner_stays() {
    let hint = "keep an owner in `admins` until another one has accepted the invitation";
    let refused =
        |line: u32| [format!("{line}: GitHub does not let the last owner leave or become a member ({hint})")];
    let plan = plan_of(&people("zoe, yan", "alice, carol, oscar", ""), &acme(), &usual());
    assert_eq!(refusals(&plan), refused(2));
    // Another member becomes one at once.
    assert_eq!(refusals(&plan_of(&people("carol", "oscar", ""), &acme(), &usual())), [""; 0]);
}

#[test]
fn members_by_the_enterprise_are_never_removed() {
    let mut snapshot = acme();
    snapshot.teams = vec![of(team("Staff"), &["carol"])];
    snapshot.teams[0].managed_by = ManagedBy::Enterprise;
    let yaml = people("alice, bob", "oscar", "");
    let ignored = plan_of(&yaml, &snapshot, &ignoring(Ignore::EnterpriseTeams));
    assert_eq!((shown(&ignored), warnings(&ignored)), (vec![], vec![]));
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert!(warnings(&plan)[0].starts_with("`carol` is a member by a team of the enterprise"));
}

#[test]
fn who_is_not_known_is_left_out_and_names_are_as_github_writes_them() {
    let yaml = people("alice, bob", "carol, oscar, zoe, mila", "");
    let file = parse(&yaml, "peribolos.yaml", None).unwrap().file;
    assert_eq!(
        questions(&file, &acme(), &usual()),
        [Question::Login(Login::new("mila")), Question::Login(Login::new("zoe")),]
    );
    let lookups = Lookups {
        unknown_logins: [Login::new("mila")].into(),
        canonical: [Login::new("ZOE")].into(),
        ..Lookups::default()
    };
    let plan = plan_with(&yaml, &acme(), &lookups, &usual());
    assert_eq!(shown(&plan), ["5 invite ZOE as member"]);
    assert_eq!(plan.left_out, logins(&["mila"]));
}

#[test]
fn nothing_is_planned_of_members_that_are_not_managed() {
    let yaml = people("alice", "zoe", "");
    let mut scope = everything();
    scope.manage.remove(&Kind::OrgMembers);
    assert_eq!(shown(&plan_of(&yaml, &acme(), &scope)), [""; 0]);
}
