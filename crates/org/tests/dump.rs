//! A dump says what GitHub has, and nothing that an apply would write.

use peribolos_org::{
    DefaultPermission, Invitation, InvitationState, Login, OrgRole, Permission, Privacy, RepoName, Slug,
    Snapshot, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo, TeamKind, TeamName, Visibility, dump, parse,
    render,
};

fn logins(names: &[&str]) -> Vec<Login> {
    names.iter().copied().map(Login::new).collect()
}

fn invitation(login: &str, role: OrgRole, state: InvitationState) -> Invitation {
    Invitation { login: Some(Login::new(login)), role, state }
}

fn team(name: &str, parent: Option<&str>) -> SnapshotTeam {
    SnapshotTeam {
        name: TeamName::new(name),
        slug: Slug::new(name.to_lowercase()),
        parent: parent.map(Slug::new),
        description: String::new(),
        privacy: Privacy::Closed,
        kind: TeamKind::Organization,
        maintainers: Vec::new(),
        members: Vec::new(),
        inherited_members: Vec::new(),
        invitations: Vec::new(),
        repos: Vec::new(),
    }
}

fn repo(name: &str) -> SnapshotRepo {
    SnapshotRepo {
        name: RepoName::new(name),
        visibility: Visibility::Private,
        description: String::new(),
        homepage: String::new(),
        default_branch: "main".into(),
        archived: false,
        has_issues: true,
        has_projects: true,
        has_wiki: false,
        allow_squash_merge: None,
        allow_merge_commit: None,
        allow_rebase_merge: None,
        squash_merge_commit_title: None,
        squash_merge_commit_message: None,
        collaborators: None,
        invitations: Vec::new(),
    }
}

fn acme() -> Snapshot {
    Snapshot {
        org: Login::new("Acme"),
        name: "Acme".into(),
        description: "Rockets: \"fast\"\nand 🚀".into(),
        company: String::new(),
        email: String::new(),
        billing_email: Some("bills@acme.test".into()),
        location: String::new(),
        default_repository_permission: Some(DefaultPermission::Read),
        members_can_create_repositories: Some(true),
        has_organization_projects: Some(true),
        has_repository_projects: None,
        admins: logins(&["bob", "Alice"]),
        members: logins(&["null", "1234", "carol"]),
        concealed: logins(&["carol"]),
        invitations: vec![
            invitation("dave", OrgRole::Member, InvitationState::Pending),
            invitation("zoe", OrgRole::Admin, InvitationState::Pending),
            invitation("late", OrgRole::Member, InvitationState::Failed),
            invitation("teller", OrgRole::BillingManager, InvitationState::Pending),
            Invitation { login: None, role: OrgRole::Member, state: InvitationState::Pending },
        ],
        teams: vec![
            SnapshotTeam {
                repos: vec![SnapshotTeamRepo {
                    name: RepoName::new("site"),
                    permission: Permission::Write,
                    inherited: false,
                    custom_role: Some("deployer".into()),
                }],
                members: logins(&["carol", "1234"]),
                maintainers: logins(&["Alice"]),
                invitations: logins(&["dave"]),
                description: "Core".into(),
                ..team("Core", None)
            },
            SnapshotTeam { privacy: Privacy::Secret, ..team("~", None) },
            SnapshotTeam { members: logins(&["carol", "stranger"]), ..team("on", Some("core")) },
            team("Orphan", Some("gone")),
        ],
        repos: vec![
            SnapshotRepo {
                collaborators: Some(vec![(Login::new("eve"), Permission::Triage)]),
                allow_squash_merge: Some(true),
                visibility: Visibility::Internal,
                ..repo("site")
            },
            SnapshotRepo { archived: true, description: "Old".into(), ..repo("0x1F") },
            SnapshotRepo { visibility: Visibility::Public, ..repo(".github") },
        ],
    }
}

#[test]
fn a_dump_as_its_owners_read_it() {
    insta::assert_snapshot!("dump", dump(&acme()).to_yaml());
}

#[test]
fn a_dump_is_read_back_without_a_finding() {
    let dumped = dump(&acme());
    let yaml = dumped.to_yaml();
    match parse(&yaml, "peribolos.yaml", Some("acme")) {
        Ok(parsed) => {
            assert_eq!(parsed.file, dumped.file);
            assert_eq!(parsed.warnings, []);
        }
        Err(diagnostics) => panic!("{diagnostics:#?}"),
    }
}

#[test]
fn the_order_of_a_snapshot_does_not_matter() {
    let mut shuffled = acme();
    shuffled.admins.reverse();
    shuffled.members.reverse();
    shuffled.invitations.reverse();
    shuffled.teams.reverse();
    shuffled.repos.reverse();
    for team in &mut shuffled.teams {
        team.members.reverse();
    }
    assert_eq!(render(&dump(&shuffled).file), render(&dump(&acme()).file));
}

#[test]
fn a_circle_of_teams_is_named_and_ends() {
    let circle =
        Snapshot { teams: vec![team("a", Some("b")), team("b", Some("a")), team("c", None)], ..acme() };
    let dumped = dump(&circle);
    assert_eq!(dumped.file.teams.len(), 1);
    let named = dumped.notes.iter().filter(|note| note.0.contains("nested in itself")).count();
    assert_eq!(named, 2);
}

#[test]
fn a_name_can_not_leave_the_comment_it_stands_in() {
    let mut snapshot = acme();
    snapshot.teams[0].repos[0].custom_role = Some("x\norgs: {}\u{2028}y".into());
    let yaml = dump(&snapshot).to_yaml();
    assert!(yaml.contains("# - The team Core has the custom role x orgs: {} y"), "{yaml}");
}

#[test]
fn somebody_promoted_between_two_reads_is_listed_once() {
    let mut snapshot = acme();
    snapshot.members.push(Login::new("BOB"));
    snapshot.teams[0].members.push(Login::new("alice"));
    let file = dump(&snapshot).file;
    assert!(!file.members.iter().any(|login| **login == Login::new("bob")));
    assert!(!file.teams[0].members.iter().any(|login| **login == Login::new("alice")));
}
