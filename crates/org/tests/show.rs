//! Plans as people read them.
#![allow(clippy::panic, reason = "tests end by panicking")]

mod support;

use peribolos_org::guard::{Limits, Trip, trips};
use peribolos_org::plan::{
    Because, Change, InvitedTeam, Kind, Named, Plan, Refusal, RefusalClass, RepoSetting, Scope,
    SettingChange, TeamRole, TeamSetting, Waiting, Warning,
};
use peribolos_org::removals::{Removal, RemovalKind, Removals, Subject};
use peribolos_org::review::Judgement;
use peribolos_org::show::{Disclosure, MAX_NAMES, MAX_SUMMARY_BYTES, PlanReport};
use peribolos_org::{ConfigFile, OrgRole, Permission, Privacy, RepoName, Slug, Style, TeamName};
use support::{
    cancel_invitation, delete_team, edit_team, file, login, logins, nobody, numbered, org_change, plan,
    removals, remove_member, remove_team_member, repo_change, repo_setting, set_collaborator, set_team_repo,
};

/// A plan with what follows from it.
struct Whole {
    plan: Plan,
    removals: Removals,
    trips: Vec<Trip>,
}

impl Whole {
    fn of(plan: Plan) -> Self {
        let removals = removals(&plan);
        Self { plan, removals, trips: Vec::new() }
    }

    fn report(&self) -> PlanReport<'_> {
        let Self { plan, removals, trips } = self;
        PlanReport { plan, removals, trips, judgement: &Judgement::Shown, file: "peribolos.yaml" }
    }

    fn summary(&self, disclosure: &Disclosure) -> String {
        self.report().check(disclosure).summary
    }
}

fn team_change(setting: TeamSetting, from: &str, to: &str) -> SettingChange<TeamSetting> {
    SettingChange { setting, from: Some(from.to_owned()), to: to.to_owned() }
}

/// Changes of people and of the organization, one of every kind.
fn of_people() -> Vec<Change> {
    vec![
        Change::EditOrg {
            changes: vec![
                org_change("description", "", "We make things"),
                org_change("billing_email", "old@secret.example", "new@acme.example"),
                org_change("default_repository_permission", "write", "read"),
            ],
        },
        Change::InviteMember { login: login("dave"), role: OrgRole::Member },
        Change::InviteMember { login: login("erin"), role: OrgRole::Admin },
        Change::ChangeRole { login: login("carol"), from: OrgRole::Member, to: OrgRole::Admin },
        Change::ChangeRole { login: login("bob"), from: OrgRole::Admin, to: OrgRole::Member },
        remove_member("ghost"),
        Change::RemoveMember { login: login("frank"), role: OrgRole::Admin },
        cancel_invitation("guest", OrgRole::Member),
        cancel_invitation("dave", OrgRole::Admin),
        Change::CancelInvitation {
            id: 3,
            login: login("erin"),
            role: OrgRole::Member,
            failed: false,
            lost_teams: vec![TeamName::new("Core"), TeamName::new("Hidden")],
        },
        Change::CancelInvitation {
            id: 4,
            login: login("alice"),
            role: OrgRole::Member,
            failed: true,
            lost_teams: Vec::new(),
        },
    ]
}

/// Changes of repositories, one of every kind.
fn of_repos() -> Vec<Change> {
    let (site, docs) = (RepoName::new("site"), RepoName::new("docs"));
    let invited = |name: &str| (site.clone(), login(name));
    let (repo, name) = invited("eve");
    vec![
        Change::CreateRepo {
            name: docs.clone(),
            settings: vec![
                RepoSetting { setting: repo_setting("visibility"), value: "private".to_owned() },
                RepoSetting { setting: repo_setting("has_wiki"), value: "false".to_owned() },
            ],
        },
        Change::EditRepo { name: docs, changes: vec![repo_change("default_branch", "main", "trunk")] },
        Change::RenameRepo { from: RepoName::new("old-blog"), to: RepoName::new("blog") },
        Change::EditRepo {
            name: site.clone(),
            changes: vec![
                repo_change("description", "the secret plan", "The site"),
                repo_change("has_wiki", "true", "false"),
            ],
        },
        Change::SetTopics { name: site.clone(), from: Some("web".to_owned()), to: "rust, web".to_owned() },
        Change::EditRepo {
            name: RepoName::new("attic"),
            changes: vec![
                repo_change("homepage", "", "https://acme.example"),
                repo_change("archived", "false", "true"),
            ],
        },
        Change::EditRepo {
            name: RepoName::new("blog"),
            changes: vec![repo_change("visibility", "private", "public")],
        },
        set_collaborator("site", "eve", None, Permission::Read),
        set_collaborator("site", "dave", Some(Permission::Read), Permission::Write),
        Change::SetCollaborator {
            repo: site.clone(),
            login: login("erin"),
            from: Some(Permission::Read),
            custom_role: Some("reviewer".to_owned()),
            to: Permission::Write,
        },
        Change::EditRepoInvitation {
            repo: site.clone(),
            id: 5,
            login: login("mallory"),
            from: Permission::Admin,
            to: Permission::Write,
        },
        Change::RemoveCollaborator { repo: site.clone(), login: login("trent"), from: Permission::Read },
        Change::CancelRepoInvitation {
            repo,
            id: 6,
            login: name,
            permission: Permission::Read,
            expired: true,
        },
        Change::CancelRepoInvitation {
            repo: site,
            id: 7,
            login: login("peggy"),
            permission: Permission::Read,
            expired: false,
        },
    ]
}

/// Changes of teams, one of every kind.
fn of_teams() -> Vec<Change> {
    let core = || TeamName::new("Core");
    let place = |name: &str, from, to| Change::SetTeamMember { team: core(), login: login(name), from, to };
    vec![
        Change::CreateTeam {
            name: TeamName::new("Docs"),
            description: Some("Writes".to_owned()),
            privacy: Privacy::Closed,
            parent: Some(core()),
        },
        edit_team("Operations", vec![team_change(TeamSetting::Name, "Operations", "Ops")]),
        edit_team("Ops", vec![team_change(TeamSetting::Parent, "", "Core")]),
        delete_team("Skunkworks"),
        place("carol", None, TeamRole::Member),
        place("erin", None, TeamRole::Maintainer),
        place("dave", Some(TeamRole::Member), TeamRole::Maintainer),
        place("bob", Some(TeamRole::Maintainer), TeamRole::Member),
        remove_team_member("Core", "ghost"),
        remove_team_member("Core", "alice"),
        Change::RemoveTeamMember {
            team: core(),
            login: login("eve"),
            from: TeamRole::Member,
            invitation: true,
        },
        set_team_repo("Core", "site", None, Permission::Write),
        set_team_repo("Core", "docs", Some(Permission::Read), Permission::Write),
        set_team_repo("Core", "blog", Some(Permission::Admin), Permission::Read),
        Change::SetTeamRepo {
            team: core(),
            repo: RepoName::new("attic"),
            from: Some(Permission::Write),
            custom_role: Some("deployer".to_owned()),
            to: Permission::Write,
        },
        Change::RemoveTeamRepo { team: core(), repo: RepoName::new("vault"), from: Permission::Read },
    ]
}

/// One change of every kind, with all that a plan says beside them.
fn everything() -> Whole {
    let mut plan = plan([of_people(), of_repos(), of_teams()].concat());
    if let Some(last) = plan
        .operations
        .iter_mut()
        .find(|operation| matches!(&operation.change, Change::SetTeamRepo { from: None, .. }))
    {
        last.because = Some(Because::SourceGoes);
    }
    plan.waiting = vec![
        Waiting { login: login("dave"), team: None, repo: None },
        Waiting { login: login("dave"), team: Some(TeamName::new("Core")), repo: None },
        Waiting { login: login("unnamed"), team: None, repo: Some(RepoName::new("site")) },
    ];
    plan.left_out = logins(&["nobody-at-all"]);
    plan.warnings = vec![
        Warning {
            kind: Kind::Repos,
            line: Some(26),
            message: "`site` has topics that the file does not give".to_owned(),
            hint: Some("add `topics`".to_owned()),
            about: vec![Named::Repo(RepoName::new("site"))],
        },
        Warning {
            kind: Kind::TeamMembers,
            line: None,
            message: "`Hidden` is managed by an identity provider".to_owned(),
            hint: None,
            about: vec![Named::Team(TeamName::new("Hidden"))],
        },
    ];
    let mut whole = Whole::of(plan);
    whole.removals.list.push(inherited("Ops", "attic", None));
    whole
}

/// A removal as if a team below had something from a team that loses it.
fn inherited(team: &str, repo: &str, left: Option<Permission>) -> Removal {
    let kind = if left.is_some() { RemovalKind::TeamRepoLowered } else { RemovalKind::TeamRepoRemoved };
    let subject = Subject::TeamRepo { team: TeamName::new(team), repo: RepoName::new(repo), left };
    Removal { kind, subject, operation: None }
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
      site: {description: The site, has_wiki: false, topics: [web, rust], collaborators: {eve: read, mallory: write}}
      attic: {archived: true, homepage: https://acme.example}
      blog: {visibility: public, previously: [old-blog]}
",
    )
}

fn stopped(whole: &mut Whole) {
    let refusal = |class, line, message: &str, hint: &str| Refusal {
        kind: Kind::Repos,
        class,
        line: Some(line),
        message: message.to_owned(),
        hint: hint.to_owned(),
        about: Vec::new(),
    };
    whole.plan.refusals = vec![
        refusal(
            RefusalClass::Impossible,
            31,
            "`site` is called `website` now",
            "write that, or list `site` under `previously`",
        ),
        refusal(
            RefusalClass::NotAllowed,
            30,
            "The repository `attic` would be archived",
            "add `RepoArchival` if that is meant",
        ),
    ];
    let Whole { plan, removals, .. } = whole;
    whole.trips = trips(&known(), plan, &nobody(), removals, &Scope::usual(), &Limits::default());
}

#[test]
fn a_check_groups_counts_and_names_what_the_file_names() {
    let whole = everything();
    insta::assert_snapshot!("check_title", whole.report().title());
    insta::assert_snapshot!("check", whole.summary(&Disclosure::of([&known()])));
}

#[test]
fn a_check_without_a_file_names_nothing() {
    insta::assert_snapshot!("check_without_names", everything().summary(&Disclosure::default()));
}

#[test]
fn a_check_says_first_what_stops_it() {
    let mut whole = Whole::of(plan(vec![remove_member("carol"), remove_member("ghost")]));
    stopped(&mut whole);
    insta::assert_snapshot!("check_stopped", whole.summary(&Disclosure::of([&known()])));
}

#[test]
fn a_plan_without_changes_says_so() {
    let nothing = Whole::of(plan(Vec::new()));
    assert_eq!(nothing.report().title(), "no changes");
    assert_eq!(nothing.summary(&Disclosure::default()), "Nothing is to be changed.");
    assert_eq!(nothing.report().text(Style::Plain), "acme: no changes\n");
    assert_eq!(nothing.report().markdown(), "### acme: no changes\n");
}

#[test]
fn a_title_counts_each_kind_removals_first() {
    let edit = |name: &str, setting, to| Change::EditRepo {
        name: RepoName::new(name),
        changes: vec![repo_change(setting, "", to)],
    };
    let changes = vec![
        Change::InviteMember { login: login("a"), role: OrgRole::Member },
        Change::InviteMember { login: login("b"), role: OrgRole::Member },
        delete_team("Old"),
        edit("r", "description", "one"),
        edit("s", "description", "one"),
        // What takes more than one request is one thing for whoever reads it.
        edit("S", "archived", "false"),
        Change::CreateRepo { name: RepoName::new("new"), settings: Vec::new() },
        edit("new", "default_branch", "trunk"),
    ];
    let whole = Whole::of(plan(changes));
    assert_eq!(whole.report().title(), "- 1 team, + 2 members, + 1 repository, ~ 2 repositories");
    let counts = whole.report().counts();
    assert_eq!((counts.changes, counts.removals), (8, 1));
}

#[test]
fn a_terminal_shows_everything() {
    let mut whole = everything();
    stopped(&mut whole);
    insta::assert_snapshot!("terminal", whole.report().text(Style::Plain));
    let coloured = whole.report().text(Style::Colour);
    assert!(coloured.contains("\u{1b}[31m- member: ghost\u{1b}[0m"), "{coloured}");
    assert!(coloured.contains("\u{1b}[32m+ member: dave\u{1b}[0m"), "{coloured}");
    assert!(coloured.contains("\u{1b}[33m~ member made owner: carol\u{1b}[0m"), "{coloured}");
    let stripped = coloured.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest));
    // The first part has no code, and may hold an m.
    let first = coloured.split('\u{1b}').next().unwrap_or_default();
    assert_eq!(first.to_owned() + &stripped.skip(1).collect::<String>(), whole.report().text(Style::Plain));
}

#[test]
fn a_title_that_only_goes_with_its_message_is_no_change() {
    let changes = vec![
        repo_change("squash_merge_commit_message", "COMMIT_MESSAGES", "BLANK"),
        repo_change("squash_merge_commit_title", "PR_TITLE", "PR_TITLE"),
    ];
    let whole = Whole::of(plan(vec![Change::EditRepo { name: RepoName::new("site"), changes }]));
    for text in [whole.report().text(Style::Plain), whole.report().markdown()] {
        assert!(text.contains("squash_merge_commit_message"), "{text}");
        assert!(!text.contains("squash_merge_commit_title"), "{text}");
    }
}

#[test]
fn markdown_shows_everything() {
    let mut whole = everything();
    stopped(&mut whole);
    insta::assert_snapshot!("markdown", whole.report().markdown());
}

#[test]
fn json_is_the_plan_with_its_version_and_counts() {
    let changes = vec![remove_member("carol"), set_team_repo("Core", "site", None, Permission::Write)];
    let mut few = Whole::of(plan(changes));
    few.removals.list.push(inherited("Ops", "attic", Some(Permission::Read)));
    stopped(&mut few);
    let json = match few.report().json() {
        Ok(json) => json,
        Err(error) => panic!("{error}"),
    };
    insta::assert_snapshot!("json", json);
    // What stands beside the plan does not keep programs from reading it as one.
    assert_eq!(serde_json::from_str::<Plan>(&json).ok(), Some(few.plan));
}

fn named_teams(names: &[&str]) -> ConfigFile {
    let team = |name: &&str| peribolos_org::Team {
        name: TeamName::new(*name).into(),
        description: None,
        privacy: None,
        previously: Vec::new(),
        maintainers: Vec::new(),
        members: Vec::new(),
        repos: Vec::new(),
        teams: Vec::new(),
    };
    ConfigFile { teams: names.iter().map(team).collect(), ..known() }
}

#[test]
fn names_that_are_markup_are_text() {
    let evil = "x` @all [a](https://evil.example) <b> **b** \u{1b}[31m\u{202e}";
    let named = named_teams(&[evil]);
    let deleted = Change::DeleteTeam { name: TeamName::new(evil), slug: Slug::new("x") };
    let whole = Whole::of(plan(vec![deleted]));
    let code = "`x' @all [a](https://evil.example) <b> **b** \\u{1b}[31m\\u{202e}`";
    assert_eq!(whole.summary(&Disclosure::of([&named])), format!("**Removals**\n- `-` 1 team: {code}"));
    let text = whole.report().text(Style::Plain);
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    let markdown = whole.report().markdown();
    assert_eq!(markdown.lines().filter(|line| line.starts_with("```")).count(), 2, "{markdown}");
}

#[test]
fn additions_are_named_up_to_a_number_and_removals_as_far_as_there_is_room() {
    let people = numbered("somebody-with-a-long-name-", MAX_NAMES + 5);
    let yaml = format!("orgs:\n  acme:\n    admins: [{}]\n", people.join(", "));
    let disclosure = Disclosure::of([&file(&yaml)]);
    let invite = |name: &String| Change::InviteMember { login: login(name), role: OrgRole::Member };
    let check = Whole::of(plan(people.iter().map(invite).collect())).summary(&disclosure);
    assert!(check.ends_with(" and 5 more"), "{check}");
    assert_eq!(check.matches("somebody").count(), MAX_NAMES);
    let removed = plan(people.iter().map(|name| remove_member(name)).collect());
    assert_eq!(Whole::of(removed).summary(&disclosure).matches("somebody").count(), MAX_NAMES + 5);
}

#[test]
fn a_check_is_bounded() {
    let teams = numbered("team", 2_000);
    let changes = teams.iter().map(|team| remove_team_member(team, "alice"));
    let named = named_teams(&teams.iter().map(String::as_str).collect::<Vec<_>>());
    let check = Whole::of(plan(changes.collect())).summary(&Disclosure::of([&named]));
    assert!(check.len() <= MAX_SUMMARY_BYTES, "{}", check.len());
    let shown = check.lines().filter(|line| line.starts_with("- `-`")).count();
    assert!(shown > 100, "{shown}");
    assert!(check.ends_with(&format!("…and {} more lines.", 2_000 - shown)), "{}", check.len());
}

/// GitHub does not say what somebody who is invited is to be in a team, so the plan says what they will be.
#[test]
fn an_invitation_that_is_sent_again_says_what_it_is_to() {
    let teams = || {
        vec![
            InvitedTeam { id: 1, name: TeamName::new("Core") },
            InvitedTeam { id: 2, name: TeamName::new("Hidden") },
        ]
    };
    let again = |name: &str, role| Change::InviteAgain { login: login(name), role, teams: teams() };
    let whole = Whole::of(plan(vec![again("erin", OrgRole::Admin), again("dave", OrgRole::Member)]));
    let text = whole.report().text(Style::Plain);
    for line in [
        "owner: erin (again, with the teams Core, Hidden)",
        "member: dave (again, as a member of the teams Core, Hidden)",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let summary = whole.summary(&Disclosure::of([&known()]));
    let line = "`dave` (again, as a member of the team `Core` and 1 team that the file does not name)";
    assert!(summary.contains(line), "{summary}");
}
