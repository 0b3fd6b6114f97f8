//! What stops an apply before its first write, each limit on both sides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

mod support;

use std::collections::BTreeSet;

use peribolos_org::guard::{Limits, Trip, trips};
use peribolos_org::plan::{
    Because, Change, Ignore, Kind, Lookups, Plan, Refusal, RefusalClass, RepoSetting, Scope, SettingChange,
    TeamRole, plan as make_plan,
};
use peribolos_org::removals::{Removal, RemovalGroup, RemovalKind, Removals};
use peribolos_org::show::{Disclosure, Namer};
use peribolos_org::{
    Invitation, InvitationState, Login, ManagedBy, OrgRole, Permission, RepoInvitation, RepoName, Snapshot,
    TeamName, Visibility,
};
use support::{
    cancel_invitation, collaborator, delete_team, file, inherited, invitation, login, logins, nobody,
    numbered, operation, org_change, plan, remove_member, remove_team_member, repo, repo_change,
    repo_setting, set_collaborator, set_team_repo, team, team_repo,
};

/// An organization in which there are eight of everything that can be lost, and ten of what it takes for that.
fn eight() -> Snapshot {
    let mut snapshot = nobody();
    snapshot.admins = numbered("owner", 8).iter().map(|name| login(name)).collect();
    snapshot.invitations = numbered("guest", 8).iter().map(|name| invitation(name)).collect();
    let members = numbered("member", 7);
    snapshot.teams = numbered("team", 8).iter().map(|name| team(name, &[], &[])).collect();
    let crowded = &mut snapshot.teams[0];
    crowded.maintainers = logins(&["owner0"]);
    crowded.members = members.iter().map(|name| login(name)).collect();
    crowded.repos = numbered("repo", 8).iter().map(|name| team_repo(name, Permission::Admin)).collect();
    snapshot.repos = numbered("repo", 8).iter().map(|name| repo(name, Visibility::Private)).collect();
    snapshot.repos[0].collaborators =
        Some(numbered("eve", 8).iter().map(|name| collaborator(name, Permission::Admin)).collect());
    snapshot
}

fn edit_repo(name: &str, setting: &str, to: &str) -> Change {
    let changes = vec![SettingChange { setting: repo_setting(setting), from: None, to: to.to_owned() }];
    Change::EditRepo { name: RepoName::new(name), changes }
}

fn default_permission(from: &str, to: &str) -> Change {
    Change::EditOrg { changes: vec![org_change("default_repository_permission", from, to)] }
}

/// One removal of each kind, the number-th of its kind. A lowered invitation takes two operations.
fn removal(kind: RemovalKind, number: usize) -> Vec<Change> {
    let team = TeamName::new("team0");
    let somebody = |prefix: &str| Login::new(format!("{prefix}{number}"));
    let repo = format!("repo{number}");
    let admin = Some(Permission::Admin);
    vec![match kind {
        RemovalKind::OwnerRemoved => Change::RemoveMember { login: somebody("owner"), role: OrgRole::Admin },
        RemovalKind::OwnerDemoted => {
            Change::ChangeRole { login: somebody("owner"), from: OrgRole::Admin, to: OrgRole::Member }
        }
        RemovalKind::MemberRemoved => remove_member(&format!("owner{number}")),
        RemovalKind::InvitationCancelled => cancel_invitation(&format!("guest{number}"), OrgRole::Member),
        RemovalKind::InvitationLowered => {
            let invite = Change::InviteMember { login: somebody("guest"), role: OrgRole::Member };
            return vec![cancel_invitation(&format!("guest{number}"), OrgRole::Admin), invite];
        }
        RemovalKind::TeamDeleted => delete_team(&format!("team{number}")),
        RemovalKind::TeamMemberRemoved => remove_team_member("team0", &format!("member{number}")),
        RemovalKind::MaintainerDemoted => Change::SetTeamMember {
            team,
            login: somebody("member"),
            from: Some(TeamRole::Maintainer),
            to: TeamRole::Member,
        },
        RemovalKind::TeamRepoRemoved => {
            Change::RemoveTeamRepo { team, repo: RepoName::new(repo), from: Permission::Read }
        }
        RemovalKind::TeamRepoLowered => set_team_repo("team0", &repo, admin, Permission::Maintain),
        RemovalKind::CollaboratorRemoved => Change::RemoveCollaborator {
            repo: RepoName::new("repo0"),
            login: somebody("eve"),
            from: Permission::Admin,
        },
        RemovalKind::CollaboratorLowered => {
            set_collaborator("repo0", &format!("eve{number}"), admin, Permission::Read)
        }
        RemovalKind::RepoArchived => edit_repo(&repo, "archived", "true"),
        RemovalKind::RepoPublished => edit_repo(&repo, "visibility", "public"),
        RemovalKind::DefaultPermissionLowered => default_permission("write", "read"),
    }]
}

fn all(kind: RemovalKind, numbers: std::ops::Range<usize>) -> Vec<Change> {
    numbers.flat_map(|number| removal(kind, number)).collect()
}

fn usual() -> Scope {
    Scope::usual()
}

/// What trips, leaving out what is said about people who must stay.
fn too_many(plan: &Plan, snapshot: &Snapshot, scope: &Scope, percent: u8) -> Vec<Trip> {
    let limits = Limits { maximum_removal_percent: percent, ..Limits::default() };
    let owners = numbered("owner", 8).join(", ");
    let file = file(&format!("orgs:\n  acme:\n    admins: [{owners}]\n"));
    let removals = Removals::of(plan, snapshot, scope);
    let mut tripped = trips(&file, plan, snapshot, &removals, scope, &limits);
    tripped.retain(|trip| matches!(trip, Trip::TooMany { .. }));
    tripped
}

#[test]
fn every_kind_of_removal_passes_at_the_limit_and_is_stopped_above_it() {
    let snapshot = eight();
    for &kind in RemovalKind::ALL {
        if kind == RemovalKind::DefaultPermissionLowered {
            // There is one, and one may always go.
            continue;
        }
        // A quarter of eight.
        let at_limit = plan(all(kind, 0..2));
        assert_eq!(too_many(&at_limit, &snapshot, &usual(), 25), [], "{kind:?}");
        let above = plan(all(kind, 0..3));
        let tripped = too_many(&above, &snapshot, &usual(), 25);
        assert!(!tripped.is_empty(), "{kind:?}");
        for trip in tripped {
            let Trip::TooMany { group, count, there, allowed, percent } = trip else { panic!("{trip:?}") };
            assert!(group.counts(kind), "{kind:?} {group:?}");
            assert_eq!((count, there, allowed, percent), (3, 8, 2, 25), "{kind:?} {group:?}");
        }
        // Just enough for three of eight.
        assert_eq!(too_many(&above, &snapshot, &usual(), 38), [], "{kind:?}");
        assert_ne!(too_many(&above, &snapshot, &usual(), 37), [], "{kind:?}");
    }
}

#[test]
fn each_kind_belongs_to_a_group() {
    for &kind in RemovalKind::ALL {
        let groups: Vec<RemovalGroup> =
            RemovalGroup::ALL.into_iter().filter(|group| group.counts(kind)).collect();
        // An owner who is removed is lost as an owner and as a member.
        let expected = if kind == RemovalKind::OwnerRemoved { 2 } else { 1 };
        assert_eq!(groups.len(), expected, "{kind:?}: {groups:?}");
    }
}

#[test]
fn kinds_of_a_group_are_counted_together() {
    let snapshot = eight();
    let pairs = [
        (RemovalKind::OwnerRemoved, RemovalKind::OwnerDemoted),
        (RemovalKind::TeamMemberRemoved, RemovalKind::MaintainerDemoted),
        (RemovalKind::TeamRepoRemoved, RemovalKind::TeamRepoLowered),
        (RemovalKind::CollaboratorRemoved, RemovalKind::CollaboratorLowered),
    ];
    for (one, other) in pairs {
        let both = plan([all(one, 0..2), all(other, 2..3)].concat());
        assert_eq!(too_many(&both, &snapshot, &usual(), 25).len(), 1, "{one:?} {other:?}");
    }
    // Two owners and a member are three members.
    let people = plan([all(RemovalKind::OwnerRemoved, 0..2), all(RemovalKind::MemberRemoved, 2..3)].concat());
    let tripped = too_many(&people, &snapshot, &usual(), 25);
    assert!(
        matches!(tripped[..], [Trip::TooMany { group: RemovalGroup::Members, count: 3, .. }]),
        "{tripped:?}"
    );
}

#[test]
fn one_of_a_kind_may_always_go() {
    let mut snapshot = eight();
    snapshot.teams.truncate(3);
    for percent in [0, 1, 33] {
        let one = plan(vec![delete_team("team0")]);
        assert_eq!(too_many(&one, &snapshot, &usual(), percent), [], "{percent} %");
        let two = plan(vec![delete_team("team0"), delete_team("team1")]);
        assert_eq!(too_many(&two, &snapshot, &usual(), percent).len(), 1, "{percent} %");
    }
    let default_permission = plan(all(RemovalKind::DefaultPermissionLowered, 0..1));
    assert_eq!(too_many(&default_permission, &snapshot, &usual(), 0), []);
}

#[test]
fn a_percentage_is_rounded_down() {
    let limits = |percent| Limits { maximum_removal_percent: percent, ..Limits::default() };
    let table = [
        (25, 0, 1),
        (25, 7, 1),
        (25, 8, 2),
        (25, 11, 2),
        (25, 12, 3),
        (100, 5, 5),
        (0, 1_000, 1),
        (99, 3, 2),
    ];
    for (percent, there, allowed) in table {
        assert_eq!(limits(percent).allowed(there), allowed, "{percent} % of {there}");
    }
    assert_eq!(limits(100).allowed(usize::MAX), usize::MAX);
}

#[test]
fn what_is_left_alone_does_not_make_a_removal_look_small() {
    let mut snapshot = eight();
    let two = plan(vec![delete_team("team0"), delete_team("team1")]);
    assert_eq!(too_many(&two, &snapshot, &usual(), 25), []);
    // The enterprise's teams, and people in them, stay whatever the organization does.
    for team in &mut snapshot.teams[4..] {
        team.managed_by = ManagedBy::Enterprise;
    }
    snapshot.teams[4].members = logins(&["owner6", "owner7"]);
    assert_eq!(too_many(&two, &snapshot, &usual(), 25).len(), 1);
    let removals = Removals::of(&two, &snapshot, &usual());
    assert_eq!((removals.there(RemovalGroup::Members), removals.there(RemovalGroup::Teams)), (6, 4));
    snapshot.teams[2].privacy = peribolos_org::Privacy::Secret;
    let scope = Scope { ignore: BTreeSet::from([Ignore::SecretTeams]), ..usual() };
    assert_eq!(Removals::of(&two, &snapshot, &scope).there(RemovalGroup::Teams), 3);
}

#[test]
fn what_is_there_is_counted_once() {
    let mut snapshot = eight();
    snapshot.invitations[0].state = InvitationState::Failed;
    snapshot.invitations[1].login = None;
    snapshot.teams[1].invitations.push(login("guest0"));
    snapshot.teams[2].managed_by = ManagedBy::IdentityProvider { group: None };
    snapshot.teams[2].members = logins(&["member0"]);
    // What a team inherits can be lost; what it has by a role for every repository can't.
    snapshot.teams[1].repos = vec![inherited("repo0", Permission::Read)];
    snapshot.teams[3].repos =
        vec![inherited("repo0", Permission::Read), team_repo("repo1", Permission::Read)];
    snapshot.teams[3].everywhere = Some(Permission::Read);
    let invited =
        |expired| RepoInvitation { id: 1, login: login("mallory"), permission: Permission::Read, expired };
    snapshot.repos[1].invitations = vec![invited(false), invited(true)];
    snapshot.repos[2].settings.insert(repo_setting("archived"), "true".to_owned());
    snapshot.repos[3].settings.insert(repo_setting("visibility"), "public".to_owned());
    snapshot.repos[4].selected = false;
    let removals = Removals::of(&plan(Vec::new()), &snapshot, &usual());
    let there: Vec<usize> = RemovalGroup::ALL.into_iter().map(|group| removals.there(group)).collect();
    assert_eq!(there, [8, 8, 6, 8, 9, 10, 9, 6, 6, 1]);
}

#[test]
fn changes_that_remove_nothing_are_not_counted() {
    let harmless = [
        Change::InviteMember { login: login("a"), role: OrgRole::Member },
        Change::ChangeRole { login: login("a"), from: OrgRole::Member, to: OrgRole::Admin },
        Change::CancelInvitation {
            id: 1,
            login: login("a"),
            role: OrgRole::Admin,
            failed: true,
            lost_teams: Vec::new(),
        },
        Change::CreateRepo {
            name: RepoName::new("r"),
            settings: vec![RepoSetting { setting: repo_setting("visibility"), value: "public".to_owned() }],
        },
        Change::RenameRepo { from: RepoName::new("r"), to: RepoName::new("s") },
        edit_repo("r", "visibility", "internal"),
        edit_repo("r", "archived", "false"),
        edit_repo("r", "has_wiki", "false"),
        Change::SetTeamMember {
            team: TeamName::new("t"),
            login: login("a"),
            from: None,
            to: TeamRole::Member,
        },
        set_team_repo("t", "r", Some(Permission::Read), Permission::Triage),
        set_collaborator("r", "a", None, Permission::Read),
        cancel_repo_invitation(Permission::Read, true),
        edit_repo_invitation(Permission::Read, Permission::Write),
        default_permission("none", "read"),
    ];
    for change in harmless {
        let shown = format!("{change:?}");
        assert_eq!(kinds(vec![change]), [], "{shown}");
    }
}

fn cancel_repo_invitation(permission: Permission, expired: bool) -> Change {
    Change::CancelRepoInvitation {
        repo: RepoName::new("repo0"),
        id: 1,
        login: login("mallory"),
        permission,
        expired,
    }
}

fn edit_repo_invitation(from: Permission, to: Permission) -> Change {
    Change::EditRepoInvitation { repo: RepoName::new("repo0"), id: 1, login: login("mallory"), from, to }
}

fn kinds(changes: Vec<Change>) -> Vec<RemovalKind> {
    let removals = Removals::of(&plan(changes), &eight(), &usual());
    removals.list.iter().map(|removal| removal.kind).collect()
}

#[test]
fn a_repository_archived_and_published_is_two_removals() {
    let changes =
        vec![repo_change("archived", "false", "true"), repo_change("visibility", "private", "public")];
    let change = Change::EditRepo { name: RepoName::new("r"), changes };
    assert_eq!(kinds(vec![change]), [RemovalKind::RepoArchived, RemovalKind::RepoPublished]);
}

#[test]
fn an_invitation_that_is_sent_again_is_lost_only_if_it_gives_less() {
    let again = |before, after| {
        let invite = Change::InviteMember { login: login("Guest0"), role: after };
        kinds(vec![cancel_invitation("guest0", before), invite])
    };
    assert_eq!(again(OrgRole::Admin, OrgRole::Member), [RemovalKind::InvitationLowered]);
    assert_eq!(again(OrgRole::Member, OrgRole::Admin), []);
    assert_eq!(kinds(vec![cancel_invitation("guest0", OrgRole::Admin)]), [RemovalKind::InvitationCancelled]);

    let cancelled = cancel_repo_invitation(Permission::Write, false);
    let lower = edit_repo_invitation(Permission::Write, Permission::Read);
    assert_eq!(kinds(vec![lower]), [RemovalKind::CollaboratorLowered]);
    assert_eq!(kinds(vec![cancelled.clone()]), [RemovalKind::CollaboratorRemoved]);
    let anew = |to| kinds(vec![cancelled.clone(), set_collaborator("Repo0", "Mallory", None, to)]);
    assert_eq!(anew(Permission::Write), []);
    assert_eq!(anew(Permission::Read), [RemovalKind::CollaboratorLowered]);
}

/// Nine places in `Core`, eight of them of people who are invited; the file has one of them, `owner0`, and gives the first
/// `raised` of the others another role.
#[test]
fn places_that_go_with_an_invitation_are_counted_like_others() {
    let names = numbered("guest", 8);
    let mut snapshot = Snapshot { invitations: Vec::new(), ..eight() };
    snapshot.teams = vec![team("Core", &["owner0"], &[])];
    snapshot.teams[0].invitations = names.iter().map(|name| login(name)).collect();
    let owners = numbered("owner", 8).join(", ");
    let lost = |before: OrgRole, raised: usize| {
        let mut snapshot = snapshot.clone();
        snapshot.invitations =
            (1..).zip(&names).map(|(id, name)| Invitation { id, role: before, ..invitation(name) }).collect();
        let (other, same) = names.split_at(raised);
        let [admins, members] = match before {
            OrgRole::Admin => [same, other],
            _ => [other, same],
        };
        let admins =
            std::iter::once(owners.clone()).chain(admins.iter().cloned()).collect::<Vec<_>>().join(", ");
        let file = file(&format!(
            "orgs:\n  acme:\n    admins: [{admins}]\n    members: [{}]\n    teams:\n      Core: {{maintainers: [owner0], \
             members: []}}\n",
            members.join(", ")
        ));
        let scope = Scope { manage: [Kind::OrgMembers, Kind::Teams, Kind::TeamMembers].into(), ..usual() };
        let plan = make_plan(&file, &snapshot, &Lookups::default(), &scope);
        let removals = Removals::of(&plan, &snapshot, &scope);
        let mut places: Vec<String> = removals.list.iter().map(Removal::key).collect();
        places.retain(|key| key.starts_with("team-member-removed "));
        places.sort();
        let tripped = trips(&file, &plan, &snapshot, &removals, &scope, &Limits::default());
        assert!(
            tripped.contains(&Trip::TooMany {
                group: RemovalGroup::TeamMembers,
                count: 8,
                there: 9,
                allowed: 2,
                percent: 25
            }),
            "{before:?} {raised}: {tripped:?}"
        );
        places
    };
    let shown = lost(OrgRole::Member, 0);
    assert_eq!(shown.len(), 8);
    for (before, raised) in [(OrgRole::Member, 8), (OrgRole::Member, 4), (OrgRole::Admin, 8)] {
        assert_eq!(lost(before, raised), shown, "who saw the one has seen the other");
    }
}

#[test]
fn a_custom_role_that_is_replaced_is_lowered() {
    let (custom_role, from) = (Some("reviewer".to_owned()), Some(Permission::Read));
    let team = Change::SetTeamRepo {
        team: TeamName::new("team0"),
        repo: RepoName::new("repo0"),
        from,
        custom_role: custom_role.clone(),
        to: Permission::Write,
    };
    let person = Change::SetCollaborator {
        repo: RepoName::new("repo0"),
        login: login("eve0"),
        from,
        custom_role,
        to: Permission::Read,
    };
    assert_eq!(kinds(vec![team, person]), [RemovalKind::TeamRepoLowered, RemovalKind::CollaboratorLowered]);
}

#[test]
fn an_owner_who_becomes_a_member_is_counted_once() {
    let role = Change::SetTeamMember {
        team: TeamName::new("team0"),
        login: login("owner0"),
        from: Some(TeamRole::Maintainer),
        to: TeamRole::Member,
    };
    let mut demotion = plan(all(RemovalKind::OwnerDemoted, 0..1));
    let role = operation(role, 9);
    demotion.operations.push(peribolos_org::plan::Operation { because: Some(Because::Demoted), ..role });
    let removals = Removals::of(&demotion, &eight(), &usual());
    let kinds: Vec<RemovalKind> = removals.list.iter().map(|removal| removal.kind).collect();
    assert_eq!(kinds, [RemovalKind::OwnerDemoted]);
}

/// What the guards say about people, for a file of these admins and members.
fn about_people(
    admins: &str,
    members: &str,
    have: (&[&str], &[&str]),
    change: impl FnOnce(&mut Plan, &mut Scope, &mut Limits),
) -> Vec<Trip> {
    let file = file(&format!("orgs:\n  acme:\n    admins: [{admins}]\n    members: [{members}]\n"));
    let snapshot = Snapshot { admins: logins(have.0), members: logins(have.1), ..nobody() };
    let (mut plan, mut scope, mut limits) = (plan(Vec::new()), usual(), Limits::default());
    change(&mut plan, &mut scope, &mut limits);
    let removals = Removals::of(&plan, &snapshot, &scope);
    trips(&file, &plan, &snapshot, &removals, &scope, &limits)
}

#[test]
fn an_organization_keeps_owners_who_have_accepted() {
    let few = |left, invited, minimum| vec![Trip::FewOwners { left, invited, minimum }];
    let check = |admins, have, expected: Vec<Trip>| {
        assert_eq!(about_people(admins, "", have, |_, _, _| {}), expected, "{admins}");
    };
    check("alice, bob", (&["alice", "bob"], &[]), vec![]);
    check("alice, BOB", (&["Alice", "bob"], &["carol"]), vec![]);
    check("alice", (&["alice", "bob"], &[]), few(1, 0, 2));
    // A member becomes an owner at once, somebody new only when they accept.
    check("alice, carol", (&["alice", "bob"], &["carol"]), vec![]);
    check("alice, dave", (&["alice", "bob"], &[]), few(1, 1, 2));
    check("dave, erin", (&["alice", "bob"], &[]), few(0, 2, 2));
}

#[test]
fn the_minimum_of_owners_is_the_installations() {
    let three = ("a, b, c", (&["a", "b", "c"][..], &[][..]));
    let minimum =
        |minimum| about_people(three.0, "", three.1, |_, _, limits| limits.minimum_admins = minimum);
    assert_eq!(minimum(3), []);
    assert_eq!(minimum(4), [Trip::FewOwners { left: 3, invited: 0, minimum: 4 }]);
    let unmanaged = about_people("a", "", three.1, |_, scope, _| {
        scope.manage.remove(&Kind::OrgMembers);
    });
    assert_eq!(unmanaged, [], "nobody is removed there");
}

#[test]
fn somebody_who_does_not_exist_is_no_owner() {
    let tripped = about_people("alice, ghost", "", (&["alice", "ghost"], &[]), |plan, _, limits| {
        plan.left_out = logins(&["Ghost"]);
        limits.required_admins = logins(&["ghost"]);
    });
    let few = Trip::FewOwners { left: 1, invited: 0, minimum: 2 };
    assert_eq!(tripped, [few, Trip::RequiredOwners { missing: logins(&["ghost"]) }]);
}

#[test]
fn required_owners_are_the_files_owners() {
    let have: (&[&str], &[&str]) = (&["alice", "bob"], &["carol"]);
    let required = |names: &[&str]| {
        about_people("alice, bob", "carol", have, |_, _, limits| limits.required_admins = logins(names))
    };
    assert_eq!(required(&["ALICE", "bob"]), []);
    assert_eq!(
        required(&["alice", "carol", "dave"]),
        [Trip::RequiredOwners { missing: logins(&["carol", "dave"]) }]
    );
}

#[test]
fn a_file_that_leaves_nobody_is_never_applied() {
    let tripped = about_people("ghost", "", (&["alice", "bob"], &["carol"]), |plan, scope, _| {
        plan.left_out = logins(&["ghost"]);
        scope.manage.clear();
    });
    assert_eq!(tripped, [Trip::Nobody { members: 3 }]);
    assert_eq!(tripped[0].field(), None);
}

fn refusal(class: RefusalClass) -> Refusal {
    Refusal {
        kind: Kind::Repos,
        class,
        line: Some(7),
        message: "the repository `site` would be archived".to_owned(),
        hint: "Archiving is only done when allowed".to_owned(),
        about: Vec::new(),
    }
}

#[test]
fn what_is_not_allowed_trips_and_what_is_impossible_does_not() {
    let tripped = about_people("alice, bob", "", (&["alice", "bob"], &[]), |plan, _, _| {
        plan.refusals = vec![refusal(RefusalClass::Impossible), refusal(RefusalClass::NotAllowed)];
    });
    assert_eq!(tripped, [Trip::NotAllowed { refusal: refusal(RefusalClass::NotAllowed) }]);
}

#[test]
fn a_trip_says_what_how_many_the_limit_and_what_raises_it() {
    let mut said = Vec::new();
    let snapshot = eight();
    for group in RemovalGroup::ALL {
        if group == RemovalGroup::DefaultPermission {
            continue;
        }
        let kind = *RemovalKind::ALL.iter().find(|kind| group.counts(**kind)).unwrap();
        let losses = plan(all(kind, 0..3));
        let tripped = too_many(&losses, &snapshot, &usual(), 25);
        said.extend(
            tripped
                .into_iter()
                .filter(|trip| matches!(trip, Trip::TooMany { group: of, .. } if *of == group)),
        );
    }
    said.push(Trip::FewOwners { left: 1, invited: 0, minimum: 2 });
    said.push(Trip::FewOwners { left: 1, invited: 2, minimum: 2 });
    said.push(Trip::FewOwners { left: 3, invited: 1, minimum: 5 });
    said.push(Trip::RequiredOwners { missing: logins(&["alice"]) });
    said.push(Trip::RequiredOwners { missing: logins(&["alice", "bob"]) });
    said.push(Trip::Nobody { members: 12 });
    said.push(Trip::NotAllowed { refusal: refusal(RefusalClass::NotAllowed) });
    for trip in &said {
        // Owners read it on GitHub; who can raise the limit finds the field in the documentation.
        assert!(!trip.to_string().contains("spec."), "{trip}");
        if trip.field().is_some() && !matches!(trip, Trip::FewOwners { minimum: 2, .. }) {
            assert!(trip.to_string().contains("platform team"), "{trip}");
        }
    }
    let said: Vec<String> = said.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("trips", said.join("\n"));
}

#[test]
fn required_owners_are_named_only_where_the_file_names_them() {
    let trip = Trip::RequiredOwners { missing: logins(&["alice", "secret-owner"]) };
    let disclosure = Disclosure::of([&file("orgs:\n  acme:\n    members: [Alice]\n")]);
    let sentence = trip.sentence(&Namer::disclosed(&disclosure));
    assert!(sentence.contains("`alice`") && !sentence.contains("secret"), "{sentence}");
    assert!(sentence.contains("1 person whom the file does not name"), "{sentence}");
}

#[test]
fn the_flag_that_lets_a_trip_pass_is_exact() {
    let too_many =
        |count, there| Trip::TooMany { group: RemovalGroup::Teams, count, there, allowed: 1, percent: 0 };
    for (count, there, percent) in
        [(3, 8, 38), (2, 2, 100), (29, 30, 97), (30, 31, 97), (2, 3, 67), (7, 7, 100)]
    {
        assert_eq!(
            too_many(count, there).flag(),
            Some(format!("--maximum-removal-percent {percent}")),
            "{count} of {there}"
        );
        let allows =
            |percent| Limits { maximum_removal_percent: percent, ..Limits::default() }.allowed(there);
        assert!(allows(percent) >= count && allows(percent - 1) < count, "{count} of {there}");
    }
    let few = |left| Trip::FewOwners { left, invited: 0, minimum: 4 }.flag();
    assert_eq!((few(1), few(3)), (None, Some("--minimum-admins 3".to_owned())));
}
