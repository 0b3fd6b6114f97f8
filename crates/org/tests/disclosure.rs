//! A check never names what the file does not name: over files, plans and guards of any kind.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "tests end by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use peribolos_org::guard::{Limits, Trip, trips};
use peribolos_org::plan::{
    Because, Beyond, Cause, Change, Failure, InvitedTeam, Kind, Lookups, Lost, Named as About, NotSentReason,
    Outcome, Plan, Renamed, RepoSetting, Scope, SettingChange, Stays, TeamRole, TeamSetting, Verification,
    Waiting, Warning, Withheld, plan as make_plan,
};
use peribolos_org::removals::{Removals, Subject};
use peribolos_org::review::Judgement;
use peribolos_org::show::{Applied, Disclosure, Namer, PlanReport};
use peribolos_org::testing::case;
use peribolos_org::{
    ConfigFile, Extent, Login, OrgRole, Permission, Privacy, RepoName, Slug, Snapshot, Team, TeamName,
    Unread, UnreadCause, unknown_logins,
};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use support::{edit_team, file, login, operation, org_setting, plan, removals, repo_setting};

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

fn invited_teams() -> impl Strategy<Value = Vec<InvitedTeam>> {
    vec(teams(), 1..4).prop_map(|teams| teams.into_iter().map(|name| InvitedTeam { id: 1, name }).collect())
}

fn lost() -> impl Strategy<Value = Lost> {
    (people(), invited_teams()).prop_map(|(login, teams)| Lost { login, teams })
}

fn stays() -> impl Strategy<Value = Stays> {
    (teams(), people()).prop_map(|(team, login)| Stays {
        team,
        login,
        failure: Failure {
            sentence: "no".to_owned(),
            status: Some(422),
            cause: Cause::Refused,
            what_to_do: String::new(),
        },
    })
}

fn people_changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (people(), role()).prop_map(|(login, role)| Change::InviteMember { login, role }),
        (people(), role(), invited_teams()).prop_map(|(login, role, teams)| Change::InviteAgain {
            login,
            role,
            teams,
        }),
        (people(), role(), role()).prop_map(|(login, from, to)| Change::ChangeRole { login, from, to }),
        (people(), role()).prop_map(|(login, role)| Change::RemoveMember { login, role }),
        (people(), role(), any::<bool>(), vec(teams(), 0..3)).prop_map(
            |(login, role, failed, lost_teams)| Change::CancelInvitation {
                id: 1,
                login,
                role,
                failed,
                lost_teams
            }
        ),
        changed(vec![org_setting("company"), org_setting("billing_email")], values().boxed())
            .prop_map(|changes| Change::EditOrg { changes }),
        select(vec!["none", "read", "admin"]).prop_map(|to| Change::EditOrg {
            changes: vec![SettingChange {
                setting: org_setting("default_repository_permission"),
                from: None,
                to: to.to_owned()
            }]
        }),
    ]
}

fn repo_changes() -> impl Strategy<Value = Change> {
    let text = ["description", "homepage", "default_branch"].map(repo_setting).to_vec();
    let opened = (repos(), values()).prop_map(|(name, text)| {
        let change =
            |key, to: &str| SettingChange { setting: repo_setting(key), from: None, to: to.to_owned() };
        let changes =
            vec![change("visibility", "public"), change("archived", "true"), change("description", &text)];
        Change::EditRepo { name, changes }
    });
    prop_oneof![
        (repos(), values()).prop_map(|(name, value)| Change::CreateRepo {
            name,
            settings: vec![RepoSetting { setting: repo_setting("description"), value }]
        }),
        (repos(), changed(text, values().boxed()))
            .prop_map(|(name, changes)| Change::EditRepo { name, changes }),
        (repos(), repos()).prop_map(|(from, to)| Change::RenameRepo { from, to }),
        opened,
        (repos(), option::of(values()), values()).prop_map(|(name, from, to)| Change::SetTopics {
            name,
            from,
            to
        }),
    ]
}

fn collaborator_changes() -> impl Strategy<Value = Change> {
    let give = (repos(), people(), option::of(permission()), option::of(values()), permission());
    prop_oneof![
        give.prop_map(|(repo, login, from, custom_role, to)| Change::SetCollaborator {
            repo,
            login,
            from,
            custom_role,
            to
        }),
        (repos(), people(), permission()).prop_map(|(repo, login, from)| Change::RemoveCollaborator {
            repo,
            login,
            from
        }),
        (repos(), people(), permission(), permission())
            .prop_map(|(repo, login, from, to)| Change::EditRepoInvitation { repo, id: 1, login, from, to }),
        (repos(), people(), permission(), any::<bool>()).prop_map(|(repo, login, permission, expired)| {
            Change::CancelRepoInvitation { repo, id: 1, login, permission, expired }
        }),
    ]
}

fn team_changes() -> impl Strategy<Value = Change> {
    let roles = || select(vec![TeamRole::Member, TeamRole::Maintainer]);
    let names = || teams().prop_map(|name| name.to_string()).boxed();
    let give = (teams(), repos(), option::of(permission()), option::of(values()), permission());
    prop_oneof![
        (teams(), values(), option::of(teams())).prop_map(|(name, text, parent)| Change::CreateTeam {
            name,
            description: Some(text),
            privacy: Privacy::Secret,
            parent
        }),
        (teams(), changed(vec![TeamSetting::Name, TeamSetting::Parent], names()))
            .prop_map(|(name, changes)| edit_team(name.as_str(), changes)),
        (teams(), changed(vec![TeamSetting::Description], values().boxed()))
            .prop_map(|(name, changes)| edit_team(name.as_str(), changes)),
        teams().prop_map(|name| Change::DeleteTeam { slug: Slug::new(name.key()), name }),
        (teams(), people(), option::of(roles()), roles())
            .prop_map(|(team, login, from, to)| Change::SetTeamMember { team, login, from, to }),
        (teams(), people(), roles(), any::<bool>()).prop_map(|(team, login, from, invitation)| {
            Change::RemoveTeamMember { team, login, from, invitation }
        }),
        give.prop_map(|(team, repo, from, custom_role, to)| Change::SetTeamRepo {
            team,
            repo,
            from,
            custom_role,
            to
        }),
        (teams(), repos(), permission()).prop_map(|(team, repo, from)| Change::RemoveTeamRepo {
            team,
            repo,
            from
        }),
    ]
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![people_changes(), repo_changes(), collaborator_changes(), team_changes()]
}

fn warnings() -> impl Strategy<Value = Warning> {
    let about = prop_oneof![
        people().prop_map(About::Person),
        teams().prop_map(About::Team),
        repos().prop_map(About::Repo),
        values().prop_map(About::Other)
    ];
    vec(about, 1..3).prop_map(|about| {
        let message = format!("{about:?} is not as it was");
        Warning { kind: Kind::Teams, line: Some(1), message: message.clone(), hint: Some(message), about }
    })
}

fn plans() -> impl Strategy<Value = Plan> {
    let waiting = vec((people(), option::of(teams())), 0..4);
    let left_out = vec(people(), 0..3);
    (vec(changes(), 0..40), waiting, left_out, vec(warnings(), 0..3)).prop_map(
        |(changes, waiting, left_out, warnings)| {
            let mut plan = plan(changes);
            for operation in plan.operations.iter_mut().step_by(3) {
                operation.because = Some(Because::SourceGoes);
            }
            let waits = |(login, team)| Waiting { login, team, repo: None };
            plan.waiting = waiting.into_iter().map(waits).collect();
            (plan.left_out, plan.warnings) = (left_out, warnings);
            plan
        },
    )
}

/// What GitHub may say of a request: every name and value that it has. What there was before is not in it.
fn said(change: &Change) -> String {
    let mut request = serde_json::to_value(change).unwrap_or_default();
    if let Some(fields) = request.as_object_mut() {
        fields.remove("customRole");
        let settings = fields.get_mut("changes").and_then(|changes| changes.as_array_mut());
        for setting in settings.into_iter().flatten() {
            setting["from"] = serde_json::Value::Null;
        }
        if fields.get("kind").is_some_and(|kind| kind == "setTopics") {
            fields.remove("from");
        }
    }
    request.to_string()
}

/// How an operation may end.
fn outcome(kind: usize, index: usize, change: &Change) -> Outcome {
    let said = said(change);
    match kind {
        0 => Outcome::Done,
        1 => Outcome::Waiting,
        2 => Outcome::Failed(Failure {
            sentence: said,
            status: Some(422),
            cause: Cause::Refused,
            what_to_do: "Correct it".to_owned(),
        }),
        3 => Outcome::Skipped { because: index.saturating_sub(1) },
        4 => Outcome::Withheld(Withheld::Grant { operation: index.saturating_sub(2) }),
        5 => Outcome::Withheld(Withheld::Invitation { waiting: 0 }),
        6 => Outcome::Left(said),
        7 => Outcome::NotSent {
            reason: NotSentReason::Unread,
            failure: Failure {
                sentence: said,
                status: Some(403),
                cause: Cause::Refused,
                what_to_do: "Correct it".to_owned(),
            },
        },
        _ => Outcome::NotTried,
    }
}

fn unread() -> impl Strategy<Value = Unread> {
    repos().prop_map(|repo| Unread {
        kind: Kind::Collaborators,
        extent: Extent::Of((&repo).into()),
        cause: UnreadCause::Hidden,
        why: format!("GitHub does not show who is invited to `{repo}`"),
    })
}

fn gone() -> impl Strategy<Value = Beyond> {
    prop_oneof![
        people().prop_map(|login| Beyond::Member { login }),
        people().prop_map(|login| Beyond::Owner { login }),
        people().prop_map(|login| Beyond::Invitation { login }),
        teams().prop_map(|name| Beyond::Team { name }),
        (teams(), people()).prop_map(|(team, login)| Beyond::TeamMember { team, login }),
        (teams(), repos()).prop_map(|(team, repo)| Beyond::TeamRepo { team, repo }),
        (repos(), people()).prop_map(|(repo, login)| Beyond::Collaborator { repo, login }),
    ]
}

/// Every text about a plan and its result that is posted.
fn posted(
    plan: &Plan,
    required: Vec<Login>,
    ends: &[usize],
    (verification, stays): (&Verification, &[Stays]),
    disclosure: &Disclosure,
) -> String {
    let (removals, namer) = (removals(plan), Namer::disclosed(disclosure));
    let trips = [Trip::RequiredOwners { missing: required }];
    let outcomes: Vec<Outcome> = plan
        .operations
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(index, (operation, kind))| outcome(*kind, index, &operation.change))
        .collect();
    let mut posted = String::new();
    let stop = Judgement::Stop(removals.list.clone());
    for judgement in [Judgement::Shown, Judgement::Warn(removals.list.clone()), stop] {
        let report =
            PlanReport { plan, removals: &removals, trips: &trips, judgement: &judgement, file: "f" };
        posted.push_str(&report.title());
        posted.push_str(&report.check(disclosure).summary);
        let unread = verification.unread.as_slice();
        let applied =
            Applied { report, outcomes: &outcomes, verification: Some(verification), unread, stays };
        posted.push_str(&applied.title(&namer));
        posted.push_str(&applied.summary(&namer));
    }
    for finding in unknown_logins(plan, &file("orgs: {acme: {admins: [x]}}"), "f", &namer) {
        posted.push_str(&finding.to_string());
    }
    posted
}

proptest! {
    #[test]
    fn what_is_posted_names_only_what_a_file_names(
        base in named(),
        head in option::of(named()),
        plan in plans(),
        required in vec(people(), 0..4),
        ends in vec(0..9_usize, 40),
        (remaining, beyond, unread) in (vec(changes(), 0..4), vec(gone(), 0..6), vec(unread(), 0..4)),
        lost in vec(lost(), 0..3),
        stays in vec(stays(), 0..3),
    ) {
        let mut known = base.yaml();
        let mut files = vec![file(&known)];
        if let Some(head) = head {
            files.push(file(&head.yaml()));
            known.push_str(&head.yaml());
        }
        let remaining = remaining.into_iter().map(|change| operation(change, 1)).collect();
        let waiting = plan.waiting.clone();
        let renamed = |before, now, in_file| Renamed { login: login(&person(before)), now: login(&person(now)), in_file };
        let renamed = vec![renamed(0, 1, true), renamed(2, 3, false)];
        let verification = Verification { remaining, beyond, lost, renamed, waiting, unread };
        let posted = posted(&plan, required, &ends, (&verification, &stays), &Disclosure::of(&files));
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
    fn in_a_private_repository_every_removal_is_named(plan in plans()) {
        let removals = removals(&plan);
        let disclosure = Disclosure::of([&file("orgs: {acme: {admins: [root]}}")]).and_all_but([]);
        let check = report(&plan, &removals, &[], &Judgement::Shown).check(&disclosure);
        let shown: Vec<_> = removals.list.iter().filter(|removal| !check.shown.contains(removal)).collect();
        prop_assert!(shown.is_empty(), "{shown:?} are not named:\n{}", check.summary);
        let posted = check.summary.to_lowercase();
        for removal in &removals.list {
            for name in names_of_removal(&removal.subject) {
                prop_assert!(posted.contains(&name.to_lowercase()), "{name} is not named:\n{posted}");
            }
        }
    }

    #[test]
    fn secret_teams_that_are_ignored_are_named_nowhere_but_by_the_file(
        base in named(),
        secret in some(),
        plan in plans(),
        ends in vec(0..9_usize, 40),
        beyond in vec(gone(), 0..6),
        stays in vec(stays(), 0..3),
    ) {
        let known = base.yaml().to_lowercase();
        let secret: Vec<TeamName> = secret.into_iter().map(|number| TeamName::new(team_name(number))).collect();
        let disclosure = Disclosure::of([&file(&base.yaml())]).and_all_but(&secret);
        let verification = Verification {
            remaining: vec![],
            beyond,
            lost: vec![],
            renamed: vec![],
            waiting: plan.waiting.clone(),
            unread: vec![],
        };
        let posted = posted(&plan, vec![], &ends, (&verification, &stays), &disclosure).to_lowercase();
        for team in &secret {
            let name = team.to_string().to_lowercase();
            prop_assert!(known.contains(&name) || !posted.contains(&name), "{name} is named:\n{posted}");
        }
    }

    #[test]
    fn what_the_file_names_may_be_named(named in named()) {
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

/// Everybody and everything that a removal is about.
fn names_of_removal(subject: &Subject) -> Vec<String> {
    match subject {
        Subject::Person(login) => vec![login.to_string()],
        Subject::Team { name, .. } => vec![name.to_string()],
        Subject::TeamMember { team, login } => vec![team.to_string(), login.to_string()],
        Subject::TeamRepo { team, repo, .. } => vec![team.to_string(), repo.to_string()],
        Subject::Collaborator { repo, login, .. } => vec![repo.to_string(), login.to_string()],
        Subject::Repo(repo) => vec![repo.to_string()],
        Subject::DefaultPermission(_) => vec![],
    }
}

fn report<'p>(
    plan: &'p Plan,
    removals: &'p Removals,
    trips: &'p [Trip],
    judgement: &'p Judgement,
) -> PlanReport<'p> {
    PlanReport { plan, removals, trips, judgement, file: "f" }
}

#[test]
fn a_value_is_shown_only_where_the_file_gives_it_to_that_setting() {
    let known = file(
        "orgs:\n  acme:\n    company: secret\n    admins: [root]\n    repos:\n      one: {description: shown}\n      two: {}\n",
    );
    let edit = |name: &str, key, to: &str| Change::EditRepo {
        name: RepoName::new(name),
        changes: vec![SettingChange { setting: repo_setting(key), from: None, to: to.to_owned() }],
    };
    let check = |change| {
        let plan = plan(vec![change]);
        let removals = removals(&plan);
        report(&plan, &removals, &[], &Judgement::Shown).check(&Disclosure::of([&known])).summary
    };
    let shown = check(edit("ONE", "description", "shown"));
    assert!(shown.contains("`ONE` (`description`: `shown`)"), "{shown}");
    // The same word, given to another repository, another setting, or the organization.
    for other in [
        edit("two", "description", "shown"),
        edit("one", "homepage", "shown"),
        edit("one", "description", "secret"),
    ] {
        let shown = check(other);
        assert!(!shown.contains("shown") && !shown.contains("secret"), "{shown}");
    }
}

/// What stands in code marks and comes from no file: signs, keys, words, fields.
fn is_ours(code: &str) -> bool {
    let words =
        ["-", "+", "~", "none", "read", "triage", "write", "maintain", "admin", "member", "maintainer"];
    let keys = ["name", "parent", "topics", "default_repository_permission", "collaborators", "admins"];
    words.contains(&code)
        || keys.contains(&code)
        || code.starts_with("spec.")
        || ["/peribolos apply", "peribolos-operator plan"].contains(&code)
        || is_key(code)
        || code.split_once(": ").is_some_and(|(key, value)| is_key(key) && ["true", "false"].contains(&value))
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
        let mut scope = Scope::usual();
        scope.manage.insert(Kind::Collaborators);
        let plan = make_plan(&file, snapshot, &Lookups::default(), &scope);
        let removals = Removals::of(&plan, snapshot, &scope);
        let limits = Limits { required_admins: snapshot.admins.clone(), ..Limits::default() };
        let trips = trips(&file, &plan, snapshot, &removals, &scope, &limits);
        let disclosure = Disclosure::of([&file]);
        let judgement = Judgement::Stop(removals.list.clone());
        let report = report(&plan, &removals, &trips, &judgement);
        let posted = report.check(&disclosure).summary;
        let known = case.yaml.to_lowercase().replace("\\\"", "\"");
        // Every other piece between code marks is code.
        for line in posted.lines() {
            for code in line.split('`').skip(1).step_by(2) {
                let mut hints = plan.refusals.iter().map(|refusal| &refusal.hint);
                let advised = hints.any(|hint| hint.contains(code))
                    || plan.warnings.iter().filter_map(|warning| warning.hint.as_ref()).any(|hint| hint.contains(code));
                let named = advised || code.trim_end_matches('…').to_lowercase().split(", ").all(|name| known.contains(name));
                prop_assert!(named || is_ours(code), "`{code}` is not in the file:\n{known}\n\n{posted}");
            }
        }
        // Of a stranger's file nothing is confirmed: no team and no repository that only it names.
        let names: BTreeSet<String> = names_in(&file).chain(names_of(snapshot)).collect();
        let strangers = report.check(&Disclosure::default()).summary;
        for line in strangers.lines() {
            for code in line.split('`').skip(1).step_by(2) {
                prop_assert!(!names.contains(code), "`{code}` is named:\n{strangers}");
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
