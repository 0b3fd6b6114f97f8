//! Plans as people read them.
#![allow(clippy::panic, reason = "tests end by panicking")]

mod support;

use peribolos_org::guard::{Limits, Trip, trips};
use peribolos_org::loss::Losses;
use peribolos_org::plan::{
    Change, OrgSetting, Plan, Refusal, RefusalKind, RepoSetting, RepoSettingName, Scope, SettingChange,
    Stage, TeamRole, TeamSetting, Waiting,
};
use peribolos_org::show::{Counts, Disclosure, Full, MAX_NAMES, MAX_SUMMARY_BYTES, summary, title};
use peribolos_org::{ConfigFile, OrgRole, Permission, Privacy, RepoName, Slug, Style, TeamName, Visibility};
use support::{delete_team, file, login, logins, nobody, numbered, plan, remove_member, remove_team_member};

fn setting<S>(setting: S, from: &str, to: &str) -> SettingChange<S> {
    SettingChange { setting, from: Some(from.to_owned()), to: to.to_owned() }
}

/// One change of every kind, and one that has no effect.
#[expect(clippy::too_many_lines, reason = "one long list")]
fn everything() -> Plan {
    let (core, site) = (TeamName::new("Core"), RepoName::new("site"));
    let mut plan = plan(vec![
        Change::EditOrg {
            changes: vec![
                setting(OrgSetting::Description, "", "We make things"),
                setting(OrgSetting::BillingEmail, "old@secret.example", "new@acme.example"),
                setting(OrgSetting::DefaultRepositoryPermission, "write", "read"),
            ],
        },
        Change::InviteMember { login: login("dave"), role: OrgRole::Member },
        Change::InviteMember { login: login("erin"), role: OrgRole::Admin },
        Change::ChangeRole { login: login("carol"), from: OrgRole::Member, to: OrgRole::Admin },
        Change::ChangeRole { login: login("bob"), from: OrgRole::Admin, to: OrgRole::Member },
        remove_member("ghost"),
        Change::RemoveMember { login: login("frank"), role: OrgRole::Admin },
        Change::CancelInvitation { login: login("guest"), role: OrgRole::Member },
        Change::ClearFailedInvitation { login: login("dave") },
        Change::CreateRepo {
            name: RepoName::new("docs"),
            visibility: Some(Visibility::Private),
            settings: vec![RepoSetting { setting: RepoSettingName::HasWiki, value: "false".to_owned() }],
        },
        Change::EditRepo {
            name: site.clone(),
            changes: vec![
                setting(RepoSettingName::Description, "the secret plan", "The site"),
                setting(RepoSettingName::HasWiki, "true", "false"),
            ],
        },
        Change::EditRepo {
            name: RepoName::new("attic"),
            changes: vec![
                setting(RepoSettingName::Homepage, "", "https://acme.example"),
                setting(RepoSettingName::Archived, "false", "true"),
            ],
        },
        Change::EditRepo {
            name: RepoName::new("blog"),
            changes: vec![setting(RepoSettingName::Visibility, "private", "public")],
        },
        Change::SetCollaborator {
            repo: site.clone(),
            login: login("eve"),
            from: None,
            to: Permission::Read,
            invitation: false,
        },
        Change::SetCollaborator {
            repo: site.clone(),
            login: login("mallory"),
            from: Some(Permission::Admin),
            to: Permission::Write,
            invitation: true,
        },
        Change::RemoveCollaborator {
            repo: site.clone(),
            login: login("trent"),
            from: Permission::Read,
            invitation: false,
        },
        Change::CreateTeam {
            name: TeamName::new("Docs"),
            description: Some("Writes".to_owned()),
            privacy: Some(Privacy::Closed),
        },
        Change::EditTeam {
            name: TeamName::new("Operations"),
            changes: vec![
                setting(TeamSetting::Name, "Operations", "Ops"),
                setting(TeamSetting::Parent, "", "Core"),
            ],
        },
        delete_team("Skunkworks"),
        Change::SetTeamMember { team: core.clone(), login: login("carol"), from: None, to: TeamRole::Member },
        Change::SetTeamMember {
            team: core.clone(),
            login: login("bob"),
            from: Some(TeamRole::Maintainer),
            to: TeamRole::Member,
        },
        remove_team_member("Core", "ghost"),
        remove_team_member("Core", "carol"),
        Change::SetTeamRepo { team: core.clone(), repo: site.clone(), from: None, to: Permission::Write },
        Change::SetTeamRepo {
            team: core.clone(),
            repo: RepoName::new("blog"),
            from: Some(Permission::Admin),
            to: Permission::Read,
        },
        Change::RemoveTeamRepo { team: core.clone(), repo: RepoName::new("vault"), from: Permission::Read },
        Change::EditTeam { name: core, changes: vec![setting(TeamSetting::Description, "x", "")] },
    ]);
    if let Some(last) = plan.operations.last_mut() {
        last.lasting = false;
    }
    plan.waiting = vec![
        Waiting { login: login("dave"), team: None, repo: None },
        Waiting { login: login("dave"), team: Some(TeamName::new("Core")), repo: None },
        Waiting { login: login("unnamed"), team: None, repo: Some(RepoName::new("site")) },
    ];
    plan.left_out = logins(&["nobody-at-all"]);
    plan
}

/// What the file of that plan says.
fn known() -> ConfigFile {
    file(
        "\
orgs:
  acme:
    description: We make things
    billing_email: new@acme.example
    default_repository_permission: read
    admins: [alice, carol, erin]
    members: [bob, dave, eve, mallory, nobody-at-all]
    teams:
      Core:
        maintainers: [alice]
        members: [bob, carol]
        repos: {site: write, blog: read}
        teams:
          Ops: {previously: [operations], members: [], repos: {}}
      Docs: {description: Writes, privacy: closed, members: [], repos: {}}
    repos:
      docs: {visibility: private, has_wiki: false}
      site: {description: The site, has_wiki: false, collaborators: {eve: read, mallory: write}}
      attic: {archived: true, homepage: https://acme.example}
      blog: {visibility: public}
",
    )
}

fn stopped(plan: &mut Plan) -> Vec<Trip> {
    let refusal = |kind, line, message: &str, hint: &str| Refusal {
        stage: Stage::Repos,
        kind,
        line: Some(line),
        message: message.to_owned(),
        hint: hint.to_owned(),
        about: Vec::new(),
    };
    plan.refusals = vec![
        refusal(
            RefusalKind::Impossible,
            31,
            "the repository `blog` can't be unarchived",
            "unarchive it on GitHub first",
        ),
        refusal(
            RefusalKind::NotAllowed,
            30,
            "the repository `attic` would be archived",
            "add `RepoArchival` if that is meant",
        ),
    ];
    let scope = Scope::usual();
    let losses = Losses::of(plan, &nobody(), &scope);
    trips(&known(), plan, &nobody(), &losses, &scope, &Limits::default())
}

#[test]
fn a_check_groups_counts_and_names_what_the_file_names() {
    let plan = everything();
    insta::assert_snapshot!("check_title", title(&plan.operations));
    insta::assert_snapshot!("check", summary(&plan, &[], &Disclosure::of([&known()])));
}

#[test]
fn a_check_without_a_file_names_nothing() {
    insta::assert_snapshot!("check_without_names", summary(&everything(), &[], &Disclosure::default()));
}

#[test]
fn a_check_says_first_what_stops_it() {
    let mut plan = plan(vec![remove_member("carol"), remove_member("ghost")]);
    let tripped = stopped(&mut plan);
    insta::assert_snapshot!("check_stopped", summary(&plan, &tripped, &Disclosure::of([&known()])));
}

#[test]
fn a_plan_without_changes_says_so() {
    let nothing = plan(Vec::new());
    assert_eq!(title(&nothing.operations), "no changes");
    assert_eq!(summary(&nothing, &[], &Disclosure::default()), "Nothing is to be changed.");
    assert_eq!(Full { plan: &nothing, trips: &[], file: "f" }.text(Style::Plain), "acme: no changes\n");
    assert_eq!(Full { plan: &nothing, trips: &[], file: "f" }.markdown(), "### acme: no changes\n");
}

#[test]
fn a_title_counts_each_kind_removals_first() {
    let changes = vec![
        Change::InviteMember { login: login("a"), role: OrgRole::Member },
        Change::InviteMember { login: login("b"), role: OrgRole::Member },
        delete_team("Old"),
        Change::EditRepo { name: RepoName::new("r"), changes: Vec::new() },
        Change::EditRepo { name: RepoName::new("s"), changes: Vec::new() },
        Change::EditRepo { name: RepoName::new("t"), changes: Vec::new() },
    ];
    let plan = plan(changes);
    assert_eq!(title(&plan.operations), "- 1 team, + 2 members, ~ 3 repositories");
    let counts = Counts::of(&plan.operations);
    assert_eq!((counts.changes, counts.losses, counts.without_effect), (6, 1, 0));
}

#[test]
fn a_terminal_shows_everything() {
    let mut plan = everything();
    let tripped = stopped(&mut plan);
    let full = Full { plan: &plan, trips: &tripped, file: "peribolos.yaml" };
    insta::assert_snapshot!("terminal", full.text(Style::Plain));
    let coloured = full.text(Style::Colour);
    assert!(coloured.contains("\u{1b}[31m- member ghost\u{1b}[0m"), "{coloured}");
    assert!(coloured.contains("\u{1b}[32m+ member dave\u{1b}[0m"), "{coloured}");
    assert!(coloured.contains("\u{1b}[33m~ carol: member -> owner\u{1b}[0m"), "{coloured}");
    let stripped = coloured.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest));
    // The first part has no code, and may hold an m.
    let first = coloured.split('\u{1b}').next().unwrap_or_default();
    assert_eq!(first.to_owned() + &stripped.skip(1).collect::<String>(), full.text(Style::Plain));
}

#[test]
fn markdown_shows_everything() {
    let mut plan = everything();
    let tripped = stopped(&mut plan);
    insta::assert_snapshot!(
        "markdown",
        Full { plan: &plan, trips: &tripped, file: "peribolos.yaml" }.markdown()
    );
}

#[test]
fn json_is_the_plan_with_its_version_and_counts() {
    let mut few = plan(vec![
        remove_member("carol"),
        Change::SetTeamRepo {
            team: TeamName::new("Core"),
            repo: RepoName::new("site"),
            from: None,
            to: Permission::Write,
        },
    ]);
    let tripped = stopped(&mut few);
    let json = match (Full { plan: &few, trips: &tripped, file: "f" }).json() {
        Ok(json) => json,
        Err(error) => panic!("{error}"),
    };
    insta::assert_snapshot!("json", json);
    // What stands beside the plan does not keep programs from reading it as one.
    assert_eq!(serde_json::from_str::<Plan>(&json).ok(), Some(few));
}

#[test]
fn names_that_are_markup_are_text() {
    let evil = "x` @all [a](https://evil.example) <b> **b** \u{1b}[31m\u{202e}";
    let name = TeamName::new(evil);
    let named = ConfigFile {
        teams: vec![peribolos_org::Team {
            name: name.clone().into(),
            description: None,
            privacy: None,
            previously: Vec::new(),
            maintainers: Vec::new(),
            members: Vec::new(),
            repos: Vec::new(),
            teams: Vec::new(),
        }],
        ..known()
    };
    let plan = plan(vec![Change::DeleteTeam { name, slug: Slug::new("x") }]);
    let check = summary(&plan, &[], &Disclosure::of([&named]));
    let code = "`x' @all [a](https://evil.example) <b> **b** \\u{1b}[31m\\u{202e}`";
    assert_eq!(check, format!("**Removals**\n- `-` 1 team: {code}"));
    let text = Full { plan: &plan, trips: &[], file: "f" }.text(Style::Plain);
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    let markdown = Full { plan: &plan, trips: &[], file: "f" }.markdown();
    assert_eq!(markdown.lines().filter(|line| line.starts_with("```")).count(), 2, "{markdown}");
}

#[test]
fn a_check_is_bounded() {
    let people = numbered("somebody-with-a-long-name-", MAX_NAMES + 5);
    let yaml = format!("orgs:\n  acme:\n    admins: [{}]\n", people.join(", "));
    let many = plan(people.iter().map(|name| remove_member(name)).collect());
    let check = summary(&many, &[], &Disclosure::of([&file(&yaml)]));
    assert!(check.ends_with(" and 5 more"), "{check}");
    assert_eq!(check.matches("somebody").count(), MAX_NAMES);

    let teams = numbered("team", 2_000);
    let changes = teams.iter().map(|team| remove_team_member(team, "somebody-with-a-long-name-0"));
    let mut named = file(&yaml);
    named.teams = teams
        .iter()
        .map(|name| peribolos_org::Team {
            name: TeamName::new(name.as_str()).into(),
            description: None,
            privacy: None,
            previously: Vec::new(),
            maintainers: Vec::new(),
            members: Vec::new(),
            repos: Vec::new(),
            teams: Vec::new(),
        })
        .collect();
    let check = summary(&plan(changes.collect()), &[], &Disclosure::of([&named]));
    assert!(check.len() <= MAX_SUMMARY_BYTES, "{}", check.len());
    let shown = check.lines().filter(|line| line.starts_with("- `-`")).count();
    assert!(check.ends_with(&format!("…and {} more lines.", 2_000 - shown)), "{}", check.len());
}
