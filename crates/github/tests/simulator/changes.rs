//! A plan is made, change by change: what is taken away is found as planned, nothing was made before, the organization is
//! then what the plan expects, and nothing is left to do.

use peribolos_github::kinds::{Addresses, Made, Standing};
use peribolos_github::snapshot::Patience;
use peribolos_github::{Login, lookups};
use peribolos_org::plan::{Change, Expected, Kind, Plan, Scope, plan, questions};
use peribolos_org::{ConfigFile, Snapshot};

use crate::world::{ORG, World};

const BEFORE: &str = "
    id: 9001
    settings: {name: Acme, description: Old, default_repository_permission: write}
    members: {alice: admin, bob: admin, carol: admin, oscar: member, gone: member}
    invitations: [{login: dan, role: member}]
    teams:
      - {name: Core, description: The core, members: {alice: maintainer, oscar: member, carol: member}, repos: {site: admin}}
      - {name: Docs, parent: core, members: {oscar: maintainer}, repos: {book: push}}
      - {name: Old, privacy: secret, members: {bob: maintainer}, repos: {book: admin}}
      - {name: Leaf, parent: docs}
    repos:
      site: {visibility: private, collaborators: {zoe: admin, gone: push}, files: {a: b}}
      book: {visibility: private, topics: [paper], invitations: {kim: pull}, files: {a: b}}
      retired: {visibility: private, archived: true, files: {a: b}}
    installation: {id: 1, repository_selection: all}
";

const AFTER: &str = "
orgs:
  acme:
    name: Acme Corp
    description: \"\"
    default_repository_permission: read
    admins: [alice, bob]
    members: [carol, oscar, zoe]
    teams:
      Base:
        previously: [Core]
        description: The base
        maintainers: [alice]
        members: [carol, oscar]
        repos: {web: maintain}
      Docs:
        maintainers: [oscar]
        members: []
        repos: {book: admin, fresh: write}
      New:
        privacy: closed
        members: [oscar]
        repos: {web: read}
        teams:
          Leaf:
            members: []
    repos:
      web:
        previously: [site]
        has_wiki: false
        collaborators: {zoe: write}
      book:
        topics: [api, paper]
        collaborators: {kim: write}
      retired:
        archived: false
        description: Back again
      fresh:
        visibility: private
        delete_branch_on_merge: true
        topics: [new]
        collaborators: {}
";

async fn planned(world: &World, file: &ConfigFile, scope: &Scope, snapshot: &Snapshot) -> Plan {
    let questions = questions(file, snapshot, scope);
    let lookups =
        lookups::answer(&world.client, &Login::new(ORG), &questions, Patience::default()).await.unwrap();
    plan(file, snapshot, &lookups, scope)
}

#[tokio::test]
async fn every_change_of_a_plan_is_made_as_it_is_expected() {
    let world = World::start(BEFORE, &[]).await;
    let file = peribolos_org::parse(AFTER, "peribolos.yaml", None).unwrap().file;
    let mut scope = Scope::usual();
    scope.manage.insert(Kind::Collaborators);
    let repos = ["site", "web", "book", "retired", "fresh"];
    let before = world.read(&repos).await;
    let plan = planned(&world, &file, &scope, &before).await;
    assert_eq!(plan.refusals, []);
    let (org, mut addresses, mut expected) = (Login::new(ORG), Addresses::of(&before), Expected::of(&before));
    let mut pending = 0;
    for operation in &plan.operations {
        let change = &operation.change;
        let standing = world.client.standing(&org, change, &expected, &mut addresses).await;
        let standing = standing.unwrap_or_else(|error| panic!("{change:?}: {error}"));
        assert_eq!(standing, Standing::AsPlanned, "{change:?}");
        let made = world.client.make(&org, change, &mut addresses).await;
        let made = made.unwrap_or_else(|error| panic!("{change:?}: {error}"));
        pending += usize::from(made == Made::Pending);
        expected.make(change);
        assert_once(&world, change, &expected, &mut addresses).await;
    }
    // zoe is invited to the organization, kim was invited to `book` before.
    assert_eq!(pending, 2, "{:#?}", plan.operations);
    let after = world.read(&repos).await;
    same(&after, &plan.expected(&before));
    let again = planned(&world, &file, &scope, &after).await;
    assert_eq!((again.operations, again.refusals), (vec![], vec![]));
}

/// What was made is found as made, so that it is not made twice.
async fn assert_once(world: &World, change: &Change, expected: &Expected, addresses: &mut Addresses) {
    let may_not_be_repeated = matches!(
        change,
        Change::InviteMember { .. }
            | Change::InviteAgain { .. }
            | Change::CreateRepo { .. }
            | Change::CreateTeam { .. }
            | Change::SetTeamMember { .. }
            | Change::SetCollaborator { .. }
    );
    if may_not_be_repeated {
        let found = world.client.standing(&Login::new(ORG), change, expected, addresses).await.unwrap();
        assert!(matches!(found, Standing::Already(_)), "{change:?}: {found:?}");
    }
}

/// The same, but for numbers of what was made and the order of lists.
fn same(ours: &Snapshot, expected: &Snapshot) {
    let sorted = |snapshot: &Snapshot| {
        let mut all = snapshot.clone();
        all.accounts.clear();
        for logins in [&mut all.admins, &mut all.members, &mut all.concealed] {
            logins.sort();
        }
        all.invitations.iter_mut().for_each(|it| it.id = 0);
        all.invitations.sort_by_key(|it| it.login.clone());
        for team in &mut all.teams {
            team.id = 0;
            for logins in [&mut team.maintainers, &mut team.members, &mut team.invitations] {
                logins.sort();
            }
            // Access that the team above gives, too, is not told apart by GitHub, whatever was given.
            team.repos.iter_mut().for_each(|it| it.own = peribolos_org::Own::Unknown);
            team.repos.sort_by_key(|it| it.name.key());
        }
        all.teams.sort_by_key(|it| it.slug.clone());
        for repo in &mut all.repos {
            repo.id = 0;
            repo.is_empty = false;
            repo.settings.clear();
            repo.invitations.iter_mut().for_each(|it| it.id = 0);
            repo.collaborators
                .iter_mut()
                .flatten()
                .for_each(|it| it.permission = peribolos_org::Permission::None);
            repo.collaborators.iter_mut().for_each(|people| people.sort_by_key(|it| it.login.clone()));
        }
        all.repos.sort_by_key(|it| it.name.key());
        all
    };
    let (ours, expected) = (sorted(ours), sorted(expected));
    assert_eq!(ours.teams, expected.teams);
    assert_eq!(ours.repos, expected.repos);
    assert_eq!(ours, expected);
}

/// GitHub Enterprise Server has no invitations: a membership holds at once.
#[tokio::test]
async fn a_server_without_invitations_makes_members_at_once() {
    let world = World::start(BEFORE, &["--ghes", "3.17"]).await;
    let before = world.read(&["site"]).await;
    assert_eq!(before.invitations, []);
    let invite = Change::InviteMember { login: Login::new("kim"), role: peribolos_org::OrgRole::Member };
    let mut addresses = Addresses::of(&before);
    let made = world.client.make(&Login::new(ORG), &invite, &mut addresses).await.unwrap();
    assert_eq!(made, Made::Done);
    assert!(world.read(&[]).await.members.contains(&Login::new("kim")));
}
