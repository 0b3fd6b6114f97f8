//! What stops an apply before its first write, each limit on both sides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

mod support;

use std::collections::BTreeSet;

use peribolos_org::guard::{Limits, Trip, trips};
use peribolos_org::loss::{LossGroup, LossKind, Losses};
use peribolos_org::plan::{
    Change, Ignored, OrgSetting, Plan, Refusal, RefusalKind, RepoSettingName, Scope, SettingChange, Stage,
    TeamRole,
};
use peribolos_org::show::Disclosure;
use peribolos_org::{
    InvitationState, Login, OrgRole, Permission, RepoName, Snapshot, TeamKind, TeamName, Visibility,
};
use support::{
    delete_team, file, invitation, login, logins, nobody, numbered, plan, remove_member, remove_team_member,
    repo, team, team_repo,
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
        Some(numbered("eve", 8).iter().map(|name| (login(name), Permission::Admin)).collect());
    snapshot
}

fn edit_repo(name: &str, setting: RepoSettingName, to: &str) -> Change {
    let changes = vec![SettingChange { setting, from: None, to: to.to_owned() }];
    Change::EditRepo { name: RepoName::new(name), changes }
}

/// One loss of each kind, the number-th of its kind.
fn loss(kind: LossKind, number: usize) -> Change {
    let team = TeamName::new("team0");
    let numbered_repo = RepoName::new(format!("repo{number}"));
    let somebody = |prefix: &str| Login::new(format!("{prefix}{number}"));
    match kind {
        LossKind::OwnerRemoved => Change::RemoveMember { login: somebody("owner"), role: OrgRole::Admin },
        LossKind::OwnerDemoted => {
            Change::ChangeRole { login: somebody("owner"), from: OrgRole::Admin, to: OrgRole::Member }
        }
        LossKind::MemberRemoved => remove_member(&format!("owner{number}")),
        LossKind::InvitationCancelled => {
            Change::CancelInvitation { login: somebody("guest"), role: OrgRole::Member }
        }
        LossKind::TeamDeleted => delete_team(&format!("team{number}")),
        LossKind::TeamMemberRemoved => remove_team_member("team0", &format!("member{number}")),
        LossKind::MaintainerDemoted => Change::SetTeamMember {
            team,
            login: somebody("member"),
            from: Some(TeamRole::Maintainer),
            to: TeamRole::Member,
        },
        LossKind::TeamRepoRemoved => {
            Change::RemoveTeamRepo { team, repo: numbered_repo, from: Permission::Read }
        }
        LossKind::TeamRepoLowered => Change::SetTeamRepo {
            team,
            repo: numbered_repo,
            from: Some(Permission::Admin),
            to: Permission::Maintain,
        },
        LossKind::CollaboratorRemoved => Change::RemoveCollaborator {
            repo: RepoName::new("repo0"),
            login: somebody("eve"),
            from: Permission::Admin,
            invitation: false,
        },
        LossKind::CollaboratorLowered => Change::SetCollaborator {
            repo: RepoName::new("repo0"),
            login: somebody("eve"),
            from: Some(Permission::Admin),
            to: Permission::Read,
            invitation: false,
        },
        LossKind::RepoArchived => edit_repo(&format!("repo{number}"), RepoSettingName::Archived, "true"),
        LossKind::RepoPublished => edit_repo(&format!("repo{number}"), RepoSettingName::Visibility, "public"),
        LossKind::DefaultPermissionLowered => Change::EditOrg {
            changes: vec![SettingChange {
                setting: OrgSetting::DefaultRepositoryPermission,
                from: Some("write".to_owned()),
                to: "read".to_owned(),
            }],
        },
    }
}

fn usual() -> Scope {
    Scope::usual()
}

/// What trips, leaving out what is said about people who must stay.
fn too_many(plan: &Plan, snapshot: &Snapshot, scope: &Scope, percent: u8) -> Vec<Trip> {
    let limits = Limits { maximum_removal_percent: percent, ..Limits::default() };
    let owners = numbered("owner", 8).join(", ");
    let file = file(&format!("orgs:\n  acme:\n    admins: [{owners}]\n"));
    let losses = Losses::of(plan, snapshot, scope);
    let mut tripped = trips(&file, plan, snapshot, &losses, scope, &limits);
    tripped.retain(|trip| matches!(trip, Trip::TooMany { .. }));
    tripped
}

#[test]
fn every_kind_of_loss_is_let_through_at_the_limit_and_stopped_above_it() {
    let snapshot = eight();
    for &kind in LossKind::ALL {
        if kind == LossKind::DefaultPermissionLowered {
            // There is one, and one may always go.
            continue;
        }
        // A quarter of eight.
        let at_limit = plan((0..2).map(|number| loss(kind, number)).collect());
        assert_eq!(too_many(&at_limit, &snapshot, &usual(), 25), [], "{kind:?}");
        let above = plan((0..3).map(|number| loss(kind, number)).collect());
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
    for &kind in LossKind::ALL {
        let groups: Vec<LossGroup> = LossGroup::ALL.into_iter().filter(|group| group.counts(kind)).collect();
        // An owner who is removed is lost as an owner and as a member.
        let expected = if kind == LossKind::OwnerRemoved { 2 } else { 1 };
        assert_eq!(groups.len(), expected, "{kind:?}: {groups:?}");
    }
}

#[test]
fn kinds_of_a_group_are_counted_together() {
    let snapshot = eight();
    let pairs = [
        (LossKind::OwnerRemoved, LossKind::OwnerDemoted),
        (LossKind::TeamMemberRemoved, LossKind::MaintainerDemoted),
        (LossKind::TeamRepoRemoved, LossKind::TeamRepoLowered),
        (LossKind::CollaboratorRemoved, LossKind::CollaboratorLowered),
    ];
    for (one, other) in pairs {
        let both = plan(vec![loss(one, 0), loss(one, 1), loss(other, 2)]);
        assert_eq!(too_many(&both, &snapshot, &usual(), 25).len(), 1, "{one:?} {other:?}");
    }
    // Two owners and a member are three members.
    let people = plan(vec![
        loss(LossKind::OwnerRemoved, 0),
        loss(LossKind::OwnerRemoved, 1),
        loss(LossKind::MemberRemoved, 2),
    ]);
    let tripped = too_many(&people, &snapshot, &usual(), 25);
    assert!(
        matches!(tripped[..], [Trip::TooMany { group: LossGroup::Members, count: 3, .. }]),
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
    let default_permission = plan(vec![loss(LossKind::DefaultPermissionLowered, 0)]);
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
fn what_comes_back_at_once_is_no_loss() {
    let snapshot = eight();
    let mut all = plan((0..8).map(|number| loss(LossKind::TeamMemberRemoved, number)).collect());
    for operation in &mut all.operations {
        operation.lasting = false;
    }
    assert_eq!(Losses::of(&all, &snapshot, &usual()).list, []);
    assert_eq!(too_many(&all, &snapshot, &usual(), 0), []);
}

#[test]
fn what_is_left_alone_does_not_make_a_loss_look_small() {
    let mut snapshot = eight();
    for team in &mut snapshot.teams[4..] {
        team.kind = TeamKind::Enterprise;
    }
    snapshot.teams[4].members = logins(&["owner6", "owner7"]);
    let two = plan(vec![delete_team("team0"), delete_team("team1")]);
    let scope = Scope { ignore: BTreeSet::from([Ignored::EnterpriseTeams]), ..usual() };
    assert_eq!(too_many(&two, &snapshot, &usual(), 25), []);
    assert_eq!(too_many(&two, &snapshot, &scope, 25).len(), 1);
    let losses = Losses::of(&two, &snapshot, &scope);
    assert_eq!((losses.there(LossGroup::Members), losses.there(LossGroup::Teams)), (6, 4));
}

#[test]
fn what_is_there_is_counted_once() {
    let mut snapshot = eight();
    snapshot.invitations[0].state = InvitationState::Failed;
    snapshot.invitations[1].login = None;
    snapshot.teams[0].members.push(login("child"));
    snapshot.teams[0].inherited_members.push(login("child"));
    snapshot.teams[1].invitations.push(login("guest0"));
    snapshot.teams[1].repos = vec![team_repo("repo0", Permission::Read)];
    snapshot.teams[1].repos[0].inherited = true;
    snapshot.repos[1].invitations = vec![(login("mallory"), Permission::Read)];
    snapshot.repos[2].archived = true;
    snapshot.repos[3].visibility = Visibility::Public;
    let losses = Losses::of(&plan(Vec::new()), &snapshot, &usual());
    let there: Vec<usize> = LossGroup::ALL.into_iter().map(|group| losses.there(group)).collect();
    assert_eq!(there, [8, 8, 6, 8, 9, 8, 9, 7, 7, 1]);
}

#[test]
fn changes_that_take_nothing_away_are_no_losses() {
    let harmless = [
        Change::InviteMember { login: login("a"), role: OrgRole::Member },
        Change::ChangeRole { login: login("a"), from: OrgRole::Member, to: OrgRole::Admin },
        Change::ClearFailedInvitation { login: login("a") },
        Change::CreateRepo {
            name: RepoName::new("r"),
            visibility: Some(Visibility::Public),
            settings: Vec::new(),
        },
        edit_repo("r", RepoSettingName::Visibility, "internal"),
        edit_repo("r", RepoSettingName::Archived, "false"),
        edit_repo("r", RepoSettingName::HasWiki, "false"),
        Change::SetTeamMember {
            team: TeamName::new("t"),
            login: login("a"),
            from: None,
            to: TeamRole::Member,
        },
        Change::SetTeamRepo {
            team: TeamName::new("t"),
            repo: RepoName::new("r"),
            from: Some(Permission::Read),
            to: Permission::Triage,
        },
        Change::SetCollaborator {
            repo: RepoName::new("r"),
            login: login("a"),
            from: None,
            to: Permission::Read,
            invitation: false,
        },
        Change::EditOrg {
            changes: vec![SettingChange {
                setting: OrgSetting::DefaultRepositoryPermission,
                from: Some("none".to_owned()),
                to: "read".to_owned(),
            }],
        },
    ];
    for change in harmless {
        let shown = format!("{change:?}");
        assert_eq!(Losses::of(&plan(vec![change]), &eight(), &usual()).list, [], "{shown}");
    }
}

#[test]
fn a_repository_archived_and_published_is_two_losses() {
    let change = Change::EditRepo {
        name: RepoName::new("r"),
        changes: vec![
            SettingChange { setting: RepoSettingName::Archived, from: None, to: "true".to_owned() },
            SettingChange { setting: RepoSettingName::Visibility, from: None, to: "public".to_owned() },
        ],
    };
    let losses = Losses::of(&plan(vec![change]), &eight(), &usual());
    let kinds: Vec<LossKind> = losses.list.iter().map(|loss| loss.kind).collect();
    assert_eq!(kinds, [LossKind::RepoArchived, LossKind::RepoPublished]);
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
    let losses = Losses::of(&plan, &snapshot, &scope);
    trips(&file, &plan, &snapshot, &losses, &scope, &limits)
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
        scope.manage.remove(&Stage::OrgMembers);
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

fn refusal(kind: RefusalKind) -> Refusal {
    Refusal {
        stage: Stage::Repos,
        kind,
        line: Some(7),
        message: "the repository `site` would be archived".to_owned(),
        hint: "Archiving is only done when allowed".to_owned(),
        about: Vec::new(),
    }
}

#[test]
fn what_is_not_allowed_trips_and_what_is_impossible_does_not() {
    let tripped = about_people("alice, bob", "", (&["alice", "bob"], &[]), |plan, _, _| {
        plan.refusals = vec![refusal(RefusalKind::Impossible), refusal(RefusalKind::NotAllowed)];
    });
    assert_eq!(tripped, [Trip::NotAllowed { refusal: refusal(RefusalKind::NotAllowed) }]);
}

#[test]
fn a_trip_says_what_how_many_the_limit_and_what_raises_it() {
    let mut said = Vec::new();
    let snapshot = eight();
    for group in LossGroup::ALL {
        if group == LossGroup::DefaultPermission {
            continue;
        }
        let kind = *LossKind::ALL.iter().find(|kind| group.counts(**kind)).unwrap();
        let losses = plan((0..3).map(|number| loss(kind, number)).collect());
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
    said.push(Trip::NotAllowed { refusal: refusal(RefusalKind::NotAllowed) });
    for trip in &said {
        if let Some(field) = trip.field() {
            assert!(trip.to_string().contains(&format!("`{field}`")), "{trip}");
        }
    }
    let said: Vec<String> = said.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("trips", said.join("\n"));
}

#[test]
fn required_owners_are_named_only_where_the_file_names_them() {
    let trip = Trip::RequiredOwners { missing: logins(&["alice", "secret-owner"]) };
    let told = trip.sentence(Some(&Disclosure::of([&file("orgs:\n  acme:\n    members: [Alice]\n")])));
    assert!(told.contains("`alice`") && !told.contains("secret"), "{told}");
    assert!(told.contains("1 person whom the file does not name"), "{told}");
}
