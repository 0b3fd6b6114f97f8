//! A check never names what the file does not name: over files, plans and guards of any kind.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "tests end by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use peribolos_org::guard::{Limits, Trip, trips};
use peribolos_org::loss::Losses;
use peribolos_org::plan::{
    Change, OrgSetting, Plan, RepoSetting, RepoSettingName, Scope, SettingChange, Stage, TeamRole,
    TeamSetting, Waiting, plan as make_plan,
};
use peribolos_org::review::Judgement;
use peribolos_org::show::{Disclosure, summary, title};
use peribolos_org::testing::case;
use peribolos_org::{
    ConfigFile, Login, OrgRole, Permission, Privacy, RepoName, Slug, Snapshot, Spelling, Team, TeamName,
    Visibility, settle,
};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use support::{file, login, nobody, plan};

/// So many people, teams, repositories and values there are. None's name is a part of another's.
const UNIVERSE: usize = 24;

fn person(number: usize) -> String {
    format!("User{number:02}x")
}

fn team_name(number: usize) -> String {
    format!("Team {number:02}x")
}

fn repo_name(number: usize) -> String {
    format!("Repo{number:02}x")
}

fn value(number: usize) -> String {
    format!("value{number:02}x")
}

type Numbers = BTreeSet<usize>;

/// What a file names, and where.
#[derive(Clone, Debug)]
struct Named {
    people: Numbers,
    collaborators: Numbers,
    teams: Numbers,
    former_teams: Numbers,
    repos: Numbers,
    former_repos: Numbers,
    teams_repos: Numbers,
    values: Numbers,
    /// Whether it writes names in capitals.
    loud: bool,
}

fn some() -> impl Strategy<Value = Numbers> {
    btree_set(0..UNIVERSE, 0..8)
}

fn named() -> impl Strategy<Value = Named> {
    let numbers = (some(), some(), some(), some(), some(), some(), some(), some());
    (numbers, any::<bool>()).prop_map(|(numbers, loud)| {
        let (people, collaborators, teams, former_teams, repos, former_repos, teams_repos, values) = numbers;
        // A former name is no present one.
        let former_teams = &former_teams - &teams;
        let former_repos = &former_repos - &repos;
        // A team names a repository by one of its names only.
        let teams_repos = &teams_repos - &former_repos;
        Named { people, collaborators, teams, former_teams, repos, former_repos, teams_repos, values, loud }
    })
}

impl Named {
    /// The file. Everything it names is in its text.
    fn yaml(&self) -> String {
        let list = |numbers: &Numbers, name: fn(usize) -> String| {
            numbers.iter().map(|number| name(*number)).collect::<Vec<_>>().join(", ")
        };
        let value = |index: usize| self.values.iter().nth(index).map(|number| value(*number));
        let mut yaml =
            format!("orgs:\n  acme:\n    admins: [root]\n    members: [{}]\n", list(&self.people, person));
        if let Some(value) = value(0) {
            let _ = writeln!(yaml, "    company: {value}");
        }
        yaml.push_str("    teams:\n      Everybody:\n        members: []\n");
        let _ = writeln!(yaml, "        previously: [{}]", list(&self.former_teams, team_name));
        yaml.push_str("        repos: {z: read");
        for number in &self.teams_repos {
            let _ = write!(yaml, ", {}: read", repo_name(*number));
        }
        yaml.push_str("}\n        teams:\n          Nobody: {members: [], repos: {}}\n");
        for number in &self.teams {
            let description = value(1).map(|value| format!(", description: {value}")).unwrap_or_default();
            let _ =
                writeln!(yaml, "          {}: {{members: [], repos: {{}}{description}}}", team_name(*number));
        }
        yaml.push_str("    repos:\n      z:\n");
        let _ = writeln!(yaml, "        previously: [{}]", list(&self.former_repos, repo_name));
        yaml.push_str("        collaborators: {root: read");
        for number in &self.collaborators {
            let _ = write!(yaml, ", {}: read", person(*number));
        }
        yaml.push_str("}\n");
        for number in &self.repos {
            let description = value(2).map(|value| format!("description: {value}")).unwrap_or_default();
            let _ = writeln!(yaml, "      {}: {{{description}}}", repo_name(*number));
        }
        if self.loud {
            yaml.replace("User", "USER").replace("Team ", "TEAM ").replace("Repo", "REPO")
        } else {
            yaml
        }
    }
}

fn number() -> impl Strategy<Value = usize> {
    0..UNIVERSE
}

fn people() -> impl Strategy<Value = Login> {
    number().prop_map(|number| login(&person(number)))
}

fn teams() -> impl Strategy<Value = TeamName> {
    number().prop_map(|number| TeamName::new(team_name(number)))
}

fn repos() -> impl Strategy<Value = RepoName> {
    number().prop_map(|number| RepoName::new(repo_name(number)))
}

fn values() -> impl Strategy<Value = String> {
    number().prop_map(value)
}

fn permission() -> impl Strategy<Value = Permission> {
    select(vec![Permission::Read, Permission::Triage, Permission::Write, Permission::Admin])
}

fn role() -> impl Strategy<Value = OrgRole> {
    select(vec![OrgRole::Admin, OrgRole::Member])
}

fn changed<S: Clone + std::fmt::Debug + 'static>(
    settings: Vec<S>,
    to: BoxedStrategy<String>,
) -> impl Strategy<Value = Vec<SettingChange<S>>> {
    let change = (select(settings), option::of(to.clone()), to)
        .prop_map(|(setting, from, to)| SettingChange { setting, from, to });
    vec(change, 1..4)
}

fn people_changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (people(), role()).prop_map(|(login, role)| Change::InviteMember { login, role }),
        (people(), role(), role()).prop_map(|(login, from, to)| Change::ChangeRole { login, from, to }),
        (people(), role()).prop_map(|(login, role)| Change::RemoveMember { login, role }),
        (people(), role()).prop_map(|(login, role)| Change::CancelInvitation { login, role }),
        people().prop_map(|login| Change::ClearFailedInvitation { login }),
        changed(vec![OrgSetting::Company, OrgSetting::BillingEmail], values().boxed())
            .prop_map(|changes| Change::EditOrg { changes }),
        select(vec!["none", "read", "admin"]).prop_map(|to| Change::EditOrg {
            changes: vec![SettingChange {
                setting: OrgSetting::DefaultRepositoryPermission,
                from: None,
                to: to.to_owned()
            }]
        }),
    ]
}

fn repo_changes() -> impl Strategy<Value = Change> {
    let text = vec![RepoSettingName::Description, RepoSettingName::Homepage, RepoSettingName::DefaultBranch];
    let renamed = (repos(), repos()).prop_map(|(name, to)| Change::EditRepo {
        changes: vec![SettingChange {
            setting: RepoSettingName::Name,
            from: Some(name.to_string()),
            to: to.to_string(),
        }],
        name,
    });
    let opened = (repos(), values()).prop_map(|(name, text)| {
        let change = |setting, to: &str| SettingChange { setting, from: None, to: to.to_owned() };
        let changes = vec![
            change(RepoSettingName::Visibility, "public"),
            change(RepoSettingName::Archived, "true"),
            change(RepoSettingName::Description, &text),
        ];
        Change::EditRepo { name, changes }
    });
    prop_oneof![
        (repos(), values()).prop_map(|(name, value)| Change::CreateRepo {
            name,
            visibility: Some(Visibility::Private),
            settings: vec![RepoSetting { setting: RepoSettingName::Description, value }]
        }),
        (repos(), changed(text, values().boxed()))
            .prop_map(|(name, changes)| Change::EditRepo { name, changes }),
        renamed,
        opened,
        (repos(), people(), option::of(permission()), permission(), any::<bool>()).prop_map(
            |(repo, login, from, to, invitation)| Change::SetCollaborator {
                repo,
                login,
                from,
                to,
                invitation
            }
        ),
        (repos(), people(), permission(), any::<bool>()).prop_map(|(repo, login, from, invitation)| {
            Change::RemoveCollaborator { repo, login, from, invitation }
        }),
    ]
}

fn team_changes() -> impl Strategy<Value = Change> {
    let roles = || select(vec![TeamRole::Member, TeamRole::Maintainer]);
    let names = || teams().prop_map(|name| name.to_string()).boxed();
    prop_oneof![
        (teams(), values()).prop_map(|(name, text)| Change::CreateTeam {
            name,
            description: Some(text),
            privacy: Some(Privacy::Secret)
        }),
        (teams(), changed(vec![TeamSetting::Name, TeamSetting::Parent], names()))
            .prop_map(|(name, changes)| Change::EditTeam { name, changes }),
        (teams(), changed(vec![TeamSetting::Description], values().boxed()))
            .prop_map(|(name, changes)| Change::EditTeam { name, changes }),
        teams().prop_map(|name| Change::DeleteTeam { slug: Slug::new(name.key()), name }),
        (teams(), people(), option::of(roles()), roles())
            .prop_map(|(team, login, from, to)| Change::SetTeamMember { team, login, from, to }),
        (teams(), people(), roles(), any::<bool>()).prop_map(|(team, login, from, invitation)| {
            Change::RemoveTeamMember { team, login, from, invitation }
        }),
        (teams(), repos(), option::of(permission()), permission())
            .prop_map(|(team, repo, from, to)| Change::SetTeamRepo { team, repo, from, to }),
        (teams(), repos(), permission()).prop_map(|(team, repo, from)| Change::RemoveTeamRepo {
            team,
            repo,
            from
        }),
    ]
}

fn plans() -> impl Strategy<Value = Plan> {
    let changes = vec(prop_oneof![people_changes(), repo_changes(), team_changes()], 0..40);
    let waiting = vec((people(), option::of(teams())), 0..4);
    (changes, waiting, vec(people(), 0..3), vec(any::<bool>(), 40)).prop_map(
        |(changes, waiting, left_out, lasting)| {
            let mut plan = plan(changes);
            for (operation, lasting) in plan.operations.iter_mut().zip(lasting) {
                operation.lasting = lasting;
            }
            plan.waiting =
                waiting.into_iter().map(|(login, team)| Waiting { login, team, repo: None }).collect();
            plan.left_out = left_out;
            plan
        },
    )
}

proptest! {
    #[test]
    fn a_check_names_only_what_a_file_names(
        base in named(),
        head in option::of(named()),
        plan in plans(),
        required in vec(people(), 0..4),
    ) {
        let mut known = base.yaml();
        let mut files = vec![file(&known)];
        if let Some(head) = head {
            files.push(file(&head.yaml()));
            known.push_str(&head.yaml());
        }
        let disclosure = Disclosure::of(&files);
        let losses = Losses::of(&plan, &nobody(), &Scope::usual());
        let trips = [Trip::RequiredOwners { missing: required }];
        let mut posted = title(&plan.operations);
        posted.push_str(&summary(&plan, &trips, &disclosure));
        posted.extend(Judgement::Stop(losses.list.clone()).sentence(&disclosure));
        posted.extend(Judgement::Warn(losses.list).sentence(&disclosure));
        let (posted, known) = (posted.to_lowercase(), known.to_lowercase());
        for number in 0..UNIVERSE {
            for name in [person(number), team_name(number), repo_name(number), value(number)] {
                let name = name.to_lowercase();
                prop_assert!(
                    known.contains(&name) || !posted.contains(&name),
                    "{name} is in no file:\n{known}\n\n{posted}"
                );
            }
        }
    }

    #[test]
    fn what_the_file_names_is_told(named in named()) {
        let disclosure = Disclosure::of([&file(&named.yaml())]);
        for number in 0..UNIVERSE {
            let person_named = named.people.contains(&number) || named.collaborators.contains(&number);
            prop_assert_eq!(disclosure.names_login(&login(&person(number))), person_named);
            let team_named = named.teams.contains(&number) || named.former_teams.contains(&number);
            prop_assert_eq!(disclosure.names_team(&TeamName::new(team_name(number))), team_named);
            let repo_named = [&named.repos, &named.former_repos, &named.teams_repos];
            let repo_named = repo_named.iter().any(|numbers| numbers.contains(&number));
            prop_assert_eq!(disclosure.names_repo(&RepoName::new(repo_name(number))), repo_named);
        }
    }
}

#[test]
fn a_value_is_told_only_where_the_file_gives_it_to_that_setting() {
    let known = file(
        "orgs:\n  acme:\n    company: secret\n    admins: [root]\n    repos:\n      one: {description: told}\n      two: {}\n",
    );
    let edit = |name: &str, setting, to: &str| Change::EditRepo {
        name: RepoName::new(name),
        changes: vec![SettingChange { setting, from: None, to: to.to_owned() }],
    };
    let shown = |change| summary(&plan(vec![change]), &[], &Disclosure::of([&known]));
    let told = shown(edit("ONE", RepoSettingName::Description, "told"));
    assert!(told.contains("`ONE` (`description`: `told`)"), "{told}");
    // The same word, given to another repository, another setting, or the organization.
    for untold in [
        edit("two", RepoSettingName::Description, "told"),
        edit("one", RepoSettingName::Homepage, "told"),
        edit("one", RepoSettingName::Description, "secret"),
    ] {
        let shown = shown(untold);
        assert!(!shown.contains("told") && !shown.contains("secret"), "{shown}");
    }
}

/// What is said in code marks that comes from no file: signs, keys, words, fields.
fn is_ours(code: &str) -> bool {
    let words =
        ["-", "+", "~", "none", "read", "triage", "write", "maintain", "admin", "member", "maintainer"];
    let keys = ["name", "parent", "default_repository_permission", "collaborators", "admins"];
    words.contains(&code)
        || keys.contains(&code)
        || code.starts_with("spec.")
        || code == "/peribolos apply"
        || is_key(code)
}

fn is_key(code: &str) -> bool {
    static KEYS: LazyLock<String> = LazyLock::new(peribolos_org::reference::markdown);
    KEYS.contains(&format!("\n| `{code}` |"))
}

proptest! {
    #[test]
    fn the_check_of_a_real_plan_names_only_what_its_file_names(case in case()) {
        let file = file(&case.yaml);
        let snapshot = &case.snapshot;
        let settled = settle(&file, &Spelling::of_snapshot(snapshot, BTreeSet::new()));
        let mut scope = Scope::usual();
        scope.manage.insert(Stage::Collaborators);
        let plan = make_plan(&settled.file, &settled.left_out, snapshot, &scope);
        let losses = Losses::of(&plan, snapshot, &scope);
        let limits = Limits { required_admins: snapshot.admins.clone(), ..Limits::default() };
        let trips = trips(&settled.file, &plan, snapshot, &losses, &scope, &limits);
        let disclosure = Disclosure::of([&file]);
        let mut posted = summary(&plan, &trips, &disclosure);
        posted.extend(Judgement::Stop(losses.list).sentence(&disclosure));
        let known = case.yaml.to_lowercase().replace("\\\"", "\"");
        // Every other piece between code marks is code.
        for line in posted.lines() {
            for code in line.split('`').skip(1).step_by(2) {
                let advised = plan.refusals.iter().any(|refusal| refusal.hint.contains(code));
                let named = advised || known.contains(&code.trim_end_matches('…').to_lowercase());
                prop_assert!(named || is_ours(code), "`{code}` is not in the file:\n{known}\n\n{posted}");
            }
        }
        // Of a stranger's file nothing is confirmed: no team and no repository that only it names.
        let names: BTreeSet<String> = names_in(&settled.file).chain(names_of(snapshot)).collect();
        let strangers = summary(&plan, &trips, &Disclosure::default());
        for line in strangers.lines() {
            for code in line.split('`').skip(1).step_by(2) {
                prop_assert!(!names.contains(code), "`{code}` is told:\n{strangers}");
            }
        }
    }
}

fn names_in(file: &ConfigFile) -> impl Iterator<Item = String> {
    let mut names: Vec<String> = file.repos.iter().map(|repo| repo.name.value.to_string()).collect();
    let mut teams: Vec<&Team> = file.teams.iter().collect();
    while let Some(team) = teams.pop() {
        names.push(team.name.value.to_string());
        names.extend(team.repos.iter().map(|repo| repo.name.value.to_string()));
        teams.extend(&team.teams);
    }
    names.into_iter()
}

fn names_of(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    let teams = snapshot.teams.iter().map(|team| team.name.to_string());
    teams.chain(snapshot.repos.iter().map(|repo| repo.name.to_string()))
}
