//! An organization is read as it is, and what GitHub does not show is unknown.

use std::collections::BTreeMap;

use peribolos_org::{ManagedBy, OrgSetting, Own, Permission, Snapshot};

use crate::world::World;

/// With much of what GitHub treats in a particular way.
const STRANGE: &str = "
    id: 9001
    hidden_fields: [billing_email]
    settings: {name: Acme, billing_email: a@acme.example}
    members: {alice: admin, bob: admin, carol: member, oscar: member}
    custom_repository_roles: [{name: captain, base_role: maintain}]
    teams:
      - {name: Core, members: {alice: maintainer, carol: member}, repos: {site: admin, vault: captain}}
      - {name: Docs, parent: core, members: {oscar: member, bob: member}, repos: {site: pull, book: push}}
      - {name: Security, roles: [security_manager], members: {carol: member}, repos: {vault: push}}
      - {name: Staff, type: enterprise, members: {oscar: member}}
    repos:
      site: {visibility: public, topics: [web, api], collaborators: {zoe: push, carol: captain}, files: {a: b}}
      book: {visibility: private, invitations: {dan: {role: push, expired: true}, kim: pull}, files: {a: b}}
      vault: {visibility: private, files: {}}
      site-ghsa-23fj-x4m9-vqwp: {visibility: private, files: {a: b}}
    installation: {id: 1, repository_selection: all, permissions: {administration: read, contents: write, \
    members: read, metadata: read, organization_administration: read, organization_custom_roles: read, \
    organization_custom_org_roles: read}}
";

fn access(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let own = |own: Own| match own {
        Own::Is(permission) => permission.as_str(),
        Own::None => "-",
        Own::Unknown => "?",
    };
    let of = |team: &peribolos_org::SnapshotTeam| {
        let mut repos: Vec<String> = team
            .repos
            .iter()
            .map(|it| {
                let role = it.custom_role.as_deref().map(|role| format!(" ({role})")).unwrap_or_default();
                format!("{}={}/{}{role}", it.name, it.permission.as_str(), own(it.own))
            })
            .collect();
        repos.sort();
        (team.name.to_string(), repos.join(", "))
    };
    snapshot.teams.iter().map(of).collect()
}

#[tokio::test]
async fn access_is_told_apart_by_where_it_comes_from() {
    let world = World::start(STRANGE, &[]).await;
    let snapshot = world.read(&["site", "book"]).await;
    assert_eq!(snapshot.unread, []);
    let teams = access(&snapshot);
    assert_eq!(teams["Core"], "site=admin/admin, vault=maintain/maintain (captain)");
    // What the team above has at least is not told apart.
    assert_eq!(teams["Docs"], "book=write/write, site=admin/?, vault=maintain/?");
    assert_eq!(teams["Security"], "book=read/-, site=read/-, vault=write/write");
    let people = |name: &str| {
        let repo = snapshot.repos.iter().find(|it| it.name.as_str() == name).unwrap();
        let mut all: Vec<_> = repo
            .collaborators
            .iter()
            .flatten()
            .map(|it| (it.login.as_str(), it.own, it.custom_role.as_deref()))
            .collect();
        all.sort_by_key(|it| it.0);
        all
    };
    let expected = [
        ("carol", Own::Is(Permission::Maintain), Some("captain")),
        ("zoe", Own::Is(Permission::Write), None),
    ];
    assert_eq!(people("site"), expected);
    let book = snapshot.repos.iter().find(|it| it.name.as_str() == "book").unwrap();
    let mut invited: Vec<_> =
        book.invitations.iter().map(|it| (it.login.as_str(), it.permission, it.expired)).collect();
    invited.sort_by_key(|it| it.0);
    assert_eq!(invited, [("dan", Permission::Write, true), ("kim", Permission::Read, false)]);
}

/// Without the permissions that an App need not have, what can't be told apart is unknown.
#[tokio::test]
async fn access_that_can_t_be_told_apart_is_unknown() {
    let organization =
        STRANGE.replace(", organization_custom_roles: read, organization_custom_org_roles: read", "");
    let world = World::start(&organization, &[]).await;
    let snapshot = world.read(&[]).await;
    let teams = access(&snapshot);
    assert_eq!(teams["Core"], "site=admin/admin, vault=maintain/maintain (captain)");
    assert_eq!(teams["Security"], "book=read/?, site=read/?, vault=write/write");
    assert_eq!(snapshot.unread, []);
}

#[tokio::test]
async fn people_are_where_they_are_themselves_and_forks_of_advisories_nowhere() {
    let world = World::start(STRANGE, &[]).await;
    let snapshot = world.read(&[]).await;
    let team = |name: &str| snapshot.teams.iter().find(|it| it.name.as_str() == name).unwrap();
    let logins = |all: &[peribolos_org::Login]| {
        let mut all: Vec<_> = all.iter().map(|it| it.as_str().to_owned()).collect();
        all.sort();
        all.join(" ")
    };
    let core = team("Core");
    assert_eq!((&*logins(&core.maintainers), &*logins(&core.members)), ("alice", "carol"));
    // GitHub has owners as maintainers.
    assert_eq!((&*logins(&team("Docs").maintainers), &*logins(&team("Docs").members)), ("bob", "oscar"));
    assert_eq!(team("Staff").managed_by, ManagedBy::Enterprise);
    assert_eq!(team("Security").everywhere, Some(Permission::Read));
    let mut names: Vec<_> = snapshot.repos.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["book", "site", "vault"]);
    let vault = snapshot.repos.iter().find(|it| it.name.as_str() == "vault").unwrap();
    assert!(vault.is_empty && vault.collaborators.is_none());
    assert_eq!(snapshot.settings.get(&OrgSetting::of_key("billing_email").unwrap()), None);
    assert_eq!(snapshot.settings[&OrgSetting::of_key("name").unwrap()], "Acme");
    let site = snapshot.repos.iter().find(|it| it.name.as_str() == "site").unwrap();
    for setting in peribolos_org::RepoSettingName::all() {
        assert!(site.settings.contains_key(&setting), "{setting:?} is not read");
    }
    assert_eq!(site.settings[&peribolos_org::RepoSettingName::TOPICS], "api, web");
}

/// Managed users: people come from the identity provider, and nobody can be invited.
#[tokio::test]
async fn teams_of_an_identity_provider_are_known() {
    let organization = "
    id: 9001
    emu: true
    members: {alice: admin, bob: admin, carol: member}
    teams:
      - {name: Core, managed_by: Engineering, members: {carol: member}}
      - {name: Docs, members: {alice: maintainer}}
    repos: {}
    installation: {id: 1, repository_selection: all}
";
    let world = World::start(organization, &[]).await;
    let snapshot = world.read(&[]).await;
    let managed: BTreeMap<&str, &ManagedBy> =
        snapshot.teams.iter().map(|it| (it.name.as_str(), &it.managed_by)).collect();
    let group = Some("Engineering".to_owned());
    assert_eq!(managed["Core"], &ManagedBy::IdentityProvider { group });
    assert_eq!(managed["Docs"], &ManagedBy::Organization);
    assert_eq!(snapshot.invitations, []);
}

#[tokio::test]
async fn a_public_repository_that_the_app_was_not_given_is_listed_and_not_read() {
    let organization = "
    id: 9001
    members: {alice: admin, bob: admin}
    repos:
      site: {visibility: public, files: {a: b}, collaborators: {zoe: push}}
      docs: {visibility: public, files: {a: b}, collaborators: {zoe: push}}
      secret: {visibility: private, files: {a: b}}
    installation: {id: 1, repository_selection: selected, repositories: [site]}
";
    let world = World::start(organization, &[]).await;
    let snapshot = world.read(&["site", "docs"]).await;
    let mut repos: Vec<_> = snapshot
        .repos
        .iter()
        .map(|it| (it.name.as_str(), it.selected, it.collaborators.as_ref().map(Vec::len)))
        .collect();
    repos.sort_unstable();
    assert_eq!(repos, [("docs", false, None), ("site", true, Some(1))]);
    assert_eq!(snapshot.unread.len(), 1);
}

/// 100 teams, 500 repositories and 1,000 members.
#[tokio::test]
async fn a_large_organization_takes_few_requests() {
    let members = |from: usize, to: usize| -> String {
        (from..to).map(|n| format!("m{n}: member")).collect::<Vec<_>>().join(", ")
    };
    let team = |n: usize| {
        let people = members(n * 10, n * 10 + 10);
        format!("      - {{name: T{n}, members: {{{people}}}, repos: {{r{n}: push, r{}: pull}}}}\n", n + 100)
    };
    let teams = (0..100).map(team).collect::<Vec<_>>().concat();
    let repos: Vec<String> =
        (0..500).map(|n| format!("      r{n}: {{visibility: private, files: {{a: b}}}}\n")).collect();
    let repos = repos.concat();
    let organization = format!(
        "    id: 9001\n    members: {{alice: admin, bob: admin, {}}}\n    teams:\n{teams}    repos:\n{repos}    \
         installation: {{id: 1, repository_selection: all}}\n",
        members(0, 1_000)
    );
    let world = World::start(&organization, &[]).await;
    let before = world.asked();
    let snapshot = world.read(&[]).await;
    assert_eq!((snapshot.teams.len(), snapshot.repos.len(), snapshot.members.len()), (100, 500, 1_000));
    let asked = world.asked() - before;
    assert!(asked <= 40, "{asked} requests");
}
