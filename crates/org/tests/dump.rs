//! A dump says what GitHub has, and nothing that an apply would write.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

use peribolos_org::{
    Invitation, InvitationState, Login, ManagedBy, OrgRole, OrgSetting, Own, Permission, Privacy, RepoName,
    RepoSettingName, Settings, Slug, Snapshot, SnapshotCollaborator, SnapshotRepo, SnapshotTeam,
    SnapshotTeamRepo, TeamName, dump, parse, render,
};

fn logins(names: &[&str]) -> Vec<Login> {
    names.iter().copied().map(Login::new).collect()
}

fn invitation(login: Option<&str>, role: OrgRole, state: InvitationState) -> Invitation {
    Invitation { id: 1, login: login.map(Login::new), role, state }
}

fn team(name: &str, parent: Option<&str>) -> SnapshotTeam {
    SnapshotTeam {
        id: 1,
        name: TeamName::new(name),
        slug: Slug::new(name.to_lowercase()),
        parent: parent.map(Slug::new),
        description: String::new(),
        privacy: Privacy::Closed,
        managed_by: ManagedBy::Organization,
        maintainers: Vec::new(),
        members: Vec::new(),
        invitations: Vec::new(),
        repos: Vec::new(),
        everywhere: None,
    }
}

fn setting(key: &str) -> RepoSettingName {
    RepoSettingName::of_key(key).unwrap()
}

/// A repository with these settings and no others.
fn repo(name: &str, settings: &[(&str, &str)]) -> SnapshotRepo {
    let settings: Settings<RepoSettingName> =
        settings.iter().map(|(key, value)| (setting(key), (*value).to_owned())).collect();
    SnapshotRepo {
        id: 1,
        name: RepoName::new(name),
        settings,
        is_empty: false,
        selected: true,
        collaborators: None,
        invitations: Vec::new(),
    }
}

fn acme() -> Snapshot {
    let settings = [
        ("name", "Acme"),
        ("description", "Rockets: \"fast\"\nand 🚀"),
        ("company", ""),
        ("billing_email", "bills@acme.test"),
        ("blog", ""),
        ("default_repository_permission", "read"),
        ("members_can_create_repositories", "true"),
        ("members_can_create_pages", "true"),
        ("members_can_fork_private_repositories", "true"),
        ("has_organization_projects", "true"),
    ];
    let settings =
        settings.into_iter().map(|(key, value)| (OrgSetting::of_key(key).unwrap(), value.to_owned()));
    Snapshot {
        org: Login::new("Acme"),
        settings: settings.collect(),
        admins: logins(&["bob", "Alice"]),
        members: logins(&["null", "1234", "carol"]),
        concealed: logins(&["carol"]),
        accounts: [].into(),
        invitations: vec![
            invitation(Some("dave"), OrgRole::Member, InvitationState::Pending),
            invitation(Some("zoe"), OrgRole::Admin, InvitationState::Pending),
            invitation(Some("late"), OrgRole::Member, InvitationState::Failed),
            invitation(Some("teller"), OrgRole::BillingManager, InvitationState::Pending),
            invitation(None, OrgRole::Member, InvitationState::Pending),
        ],
        teams: vec![
            SnapshotTeam {
                repos: vec![SnapshotTeamRepo {
                    name: RepoName::new("site"),
                    permission: Permission::Write,
                    own: Own::Is(Permission::Write),
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
                collaborators: Some(vec![SnapshotCollaborator {
                    login: Login::new("eve"),
                    permission: Permission::Triage,
                    own: Own::Is(Permission::Triage),
                    custom_role: None,
                }]),
                ..repo(
                    "site",
                    &[
                        ("visibility", "internal"),
                        ("topics", "api, rust"),
                        ("has_issues", "true"),
                        ("has_wiki", "false"),
                        ("allow_squash_merge", "true"),
                        ("delete_branch_on_merge", "true"),
                        ("allow_auto_merge", "false"),
                        ("default_branch", "main"),
                    ],
                )
            },
            repo("0x1F", &[("visibility", "private"), ("archived", "true"), ("description", "Old")]),
            repo(".github", &[("visibility", "public"), ("archived", "false"), ("allow_forking", "true")]),
        ],
        managed_users: false,
        unread: Vec::new(),
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

/// GitHub may still show what a repository had before the organization decided.
#[test]
fn what_the_organization_decides_is_no_setting_of_a_repository() {
    let mut snapshot = acme();
    let decided = [
        (OrgSetting::HAS_REPOSITORY_PROJECTS, "false", "has_projects", "true"),
        (OrgSetting::WEB_COMMIT_SIGNOFF_REQUIRED, "true", "web_commit_signoff_required", "true"),
    ];
    let decided = decided.map(|(by, value, key, shown)| {
        let setting = RepoSettingName::of_key(key).unwrap();
        snapshot.settings.insert(by, value.to_owned());
        snapshot.repos[0].settings.insert(setting, shown.to_owned());
        setting
    });
    let file = dump(&snapshot).file;
    assert!(file.repos.iter().all(|repo| decided.iter().all(|setting| !repo.settings.contains_key(setting))));
    assert_eq!(parse(&render(&file), "f", None).map(|parsed| parsed.warnings), Ok(Vec::new()));
}

#[test]
fn what_everybody_gets_is_left_out_of_our_own_keys_alone() {
    let yaml = render(&dump(&acme()).file);
    for dumped in ["members_can_create_repositories: true", "delete_branch_on_merge: true", "- rust"] {
        assert!(yaml.contains(dumped), "{dumped}: {yaml}");
    }
    for new in ["members_can_create_pages", "allow_auto_merge", "allow_forking", "blog", "archived: false"] {
        assert!(!yaml.contains(new), "{new}: {yaml}");
    }
}
