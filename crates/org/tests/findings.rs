//! What is found in a file depends on what is managed, and says what to do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

use std::collections::BTreeSet;

use peribolos_org::plan::{Kind, Lookups, Scope, plan};
use peribolos_org::{
    ConfigFile, Diagnostic, Login, ManagedBy, OrgSetting, Privacy, Severity, Slug, Snapshot, SnapshotTeam,
    TeamName, dump, parse, parse_managed,
};

/// What is managed unless an installation says otherwise.
fn usual() -> BTreeSet<Kind> {
    Scope::usual().manage
}

/// What is found in a file, each as `LINE: SEVERITY [CODE] MESSAGE (HINT)`.
fn found(source: &str, managed: &BTreeSet<Kind>) -> Vec<String> {
    let tell = |found: Diagnostic| {
        let hint = found.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        let severity = found.severity.as_str();
        format!("{}: {severity} [{}] {}{hint}", found.line, found.code.as_str(), found.message)
    };
    let found = parse_managed(source, "peribolos.yaml", None, managed)
        .map_or_else(|all| all, |parsed| parsed.warnings);
    found.into_iter().map(tell).collect()
}

fn read(source: &str, managed: &BTreeSet<Kind>) -> ConfigFile {
    parse_managed(source, "peribolos.yaml", None, managed).unwrap_or_else(|all| panic!("{all:#?}")).file
}

const COLLABORATORS: &str = "\
orgs:
  acme:
    admins: [ann, bo]
    repos:
      engine:
        collaborators: {olga: read, Olga: admin}
      tools:
        has_issues: true
";

#[test]
fn collaborators_that_are_not_managed_are_named_at_their_line() {
    let found = found(COLLABORATORS, &usual());
    let said = "6: warning [no-effect] `collaborators` of `engine` does nothing: `Collaborators` is not managed \
                (remove the key, or ask the platform team to let `Collaborators` be managed (`--manage` on the command \
                line))";
    assert!(found.contains(&said.to_owned()), "{found:#?}");
    // A mistake in them stops nothing.
    assert!(found.iter().any(|found| found.starts_with("6: warning [duplicate-login]")), "{found:#?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn collaborators_that_are_managed_do_something() {
    let mut managed = usual();
    managed.insert(Kind::Collaborators);
    let found = found(COLLABORATORS, &managed);
    assert!(found.iter().all(|found| found.starts_with("6: error [duplicate-login]")), "{found:#?}");
    // To validate a file nobody need say what is managed.
    assert!(parse(&COLLABORATORS.replace(", Olga: admin", ""), "f", None).unwrap().warnings.is_empty());
}

const NOT_MANAGED: &str = "\
orgs:
  acme:
    admins: [ann, bo]
    members: [dee, dee]
    default_repository_permission: pull
    teams:
      Web:
        privacy: Closed
        members: [nobody-of-these]
        repos: {site: all}
    repos:
      attic: {allow_merge_commit: false, allow_squash_merge: false, allow_rebase_merge: false}
      attic2: {has_isues: true}
";

#[test]
fn a_mistake_counts_where_its_kind_is_managed() {
    let all: BTreeSet<Kind> =
        [Kind::Org, Kind::OrgMembers, Kind::Repos, Kind::Teams, Kind::TeamMembers, Kind::TeamRepos].into();
    let lines = |managed: &BTreeSet<Kind>| -> Vec<(u32, Severity)> {
        let found =
            parse_managed(NOT_MANAGED, "f", None, managed).map_or_else(|all| all, |parsed| parsed.warnings);
        found.into_iter().map(|found| (found.line, found.severity)).collect()
    };
    let expected = [
        (4, Kind::OrgMembers),
        (5, Kind::Org),
        (8, Kind::Teams),
        (9, Kind::TeamMembers),
        (10, Kind::TeamRepos),
        (12, Kind::Repos),
        (13, Kind::Repos),
    ];
    assert_eq!(lines(&all), expected.map(|(line, _)| (line, Severity::Error)));
    for kind in all.iter().copied() {
        let mut but_one = all.clone();
        but_one.remove(&kind);
        let expected = expected.map(|(line, of)| {
            // Whoever is in a team must be in the organization: a matter of both.
            let harmless = of == kind || (line, kind) == (9, Kind::OrgMembers);
            (line, if harmless { Severity::Warning } else { Severity::Error })
        });
        assert_eq!(lines(&but_one), expected, "without {kind:?}");
    }
    assert_eq!(lines(&BTreeSet::new()), expected.map(|(line, _)| (line, Severity::Warning)));
}

#[test]
fn a_mistake_that_does_not_count_says_why() {
    let source =
        "orgs:\n  acme:\n    admins: [ann]\n    repos:\n      attic: {has_issues: yes, visibility: privat}\n";
    let found = found(source, &[Kind::OrgMembers].into());
    assert_eq!(
        found[1],
        "5: warning [invalid-value] `visibility` can't be `privat` (did you mean `private`?; it has no effect \
         while `Repos` is not managed)"
    );
    assert!(read(source, &[Kind::OrgMembers].into()).repos[0].settings.is_empty());
}

#[test]
fn a_key_that_nobody_knows_counts_whatever_is_managed() {
    let source = "orgs:\n  acme:\n    admins: [ann]\n    repo: {}\n";
    assert!(found(source, &BTreeSet::new())[0].starts_with("4: error [unknown-key]"));
}

#[test]
fn people_who_are_not_managed_need_not_be_named() {
    let source = "orgs:\n  acme:\n    teams:\n      Web: {members: [dee], repos: {}}\n";
    let managed = [Kind::Teams, Kind::TeamMembers, Kind::TeamRepos].into();
    let found = found(source, &managed);
    assert!(found.iter().all(|found| found.contains("warning [no-members]")), "{found:#?}");
    assert_eq!(read(source, &managed).teams[0].members.len(), 1);
}

#[test]
fn a_team_that_loses_nothing_is_not_warned_of() {
    let source = "orgs:\n  acme:\n    admins: [ann]\n    teams:\n      Web: {}\n";
    assert_eq!(found(source, &usual()).len(), 2);
    assert_eq!(found(source, &[Kind::Teams, Kind::OrgMembers].into()), Vec::<String>::new());
}

#[test]
fn a_former_name_in_two_spellings_does_no_harm() {
    let source = "\
orgs:
  acme:
    admins: [ann]
    teams:
      Interface Guild:
        previously: [API Guild, api-guild, api-guild]
        members: []
        repos: {}
    repos:
      new: {previously: [Old, old]}
";
    assert_eq!(
        found(source, &usual()),
        [
            "6: warning [no-effect] GitHub treats `API Guild` and `api-guild` in `previously` as the same name (remove one of them)",
            "6: warning [no-effect] GitHub treats `API Guild` and `api-guild` in `previously` as the same name (remove one of them)",
            "10: warning [no-effect] GitHub treats `Old` and `old` in `previously` as the same name (remove one of them)",
        ]
    );
    let other = source.replace("new:", "old: {}\n      new:");
    assert!(found(&other, &usual()).iter().any(|found| found.contains("error [duplicate-repository]")));
}

#[rstest::rstest]
#[case("Cafe", "Café")]
#[case("cafe", "CAFÉ")]
#[case("ops/eu", "ops-eu")]
#[case("cli.maintainers", "cli-maintainers")]
#[case("Strasse", "Straße")]
fn two_teams_of_one_address_are_a_mistake(#[case] one: &str, #[case] other: &str) {
    let source = format!(
        "orgs:\n  acme:\n    admins: [ann]\n    teams:\n      \"{one}\": {{members: [], repos: {{}}}}\n      \"{other}\": {{members: [], repos: {{}}}}\n"
    );
    let found = found(&source, &usual());
    let expected = format!("GitHub treats `{one}` and `{other}` as the same name");
    assert!(found.len() == 1 && found[0].contains(&expected), "{found:#?}");
}

#[test]
fn teams_whose_signs_nobody_knows_are_two() {
    let source = "orgs:\n  acme:\n    admins: [ann]\n    teams:\n      \"🚀\": {members: [], repos: {}}\n      \"日本\": {members: [], repos: {}}\n      \"C++\": {members: [], repos: {}}\n";
    assert_eq!(found(source, &usual()), Vec::<String>::new());
}

#[rstest::rstest]
#[case("members: [https://github.com/eli]", "write `eli`")]
#[case("members: [http://www.github.com/eli/]", "write `eli`")]
#[case("members: [github.com/eli]", "write `eli`")]
#[case("members: [\"@eli\"]", "write `eli`")]
#[case(
    "members: [\"@acme/core\"]",
    "a login has only letters, digits, hyphens and underscores; '@' is none of them"
)]
#[case(
    "members: [https://example.com/eli]",
    "a login has only letters, digits, hyphens and underscores; ':' is none of them"
)]
#[case("repos: {acme/site: {}}", "write `site`")]
#[case("repos: {\"https://github.com/acme/site\": {}}", "write `site`")]
fn an_address_is_not_a_name(#[case] line: &str, #[case] hint: &str) {
    let source = format!("orgs:\n  acme:\n    admins: [ann]\n    {line}\n");
    let found = found(&source, &usual());
    assert!(found.len() == 1 && found[0].ends_with(&format!("({hint})")), "{found:#?}");
}

#[test]
fn what_the_organization_decides_is_the_same_in_every_repository() {
    let source = "\
orgs:
  acme:
    admins: [ann]
    has_repository_projects: false
    web_commit_signoff_required: true
    repos:
      site: {has_projects: true, web_commit_signoff_required: true}
      docs: {has_projects: false, web_commit_signoff_required: false}
";
    assert_eq!(
        found(source, &usual()),
        [
            "7: error [conflict] `has_projects` of `site` can't be `true`, because `has_repository_projects` of the \
             organization is off (remove `has_projects`, or write `has_repository_projects: true` for the organization)",
            "8: error [conflict] `web_commit_signoff_required` of `docs` can't be `false`, because \
             `web_commit_signoff_required` of the organization is on (remove `web_commit_signoff_required`, or write \
             `web_commit_signoff_required: false` for the organization)"
        ]
    );
    let mut managed = usual();
    managed.remove(&Kind::Org);
    assert_eq!(
        found(source, &managed),
        Vec::<String>::new(),
        "what the file says of the organization is not applied"
    );
}

#[test]
fn an_empty_description_of_a_team_clears_it() {
    let source = "orgs:\n  acme:\n    admins: [ann]\n    teams:\n      Web: {description: \"\", members: [], repos: {}}\n";
    assert_eq!(found(source, &usual()), Vec::<String>::new());
    assert_eq!(read(source, &usual()).teams[0].description.as_ref().unwrap().value, "");
}

/// Owners are maintainers of the teams they are in, and those of a team below are not in the team above by themselves.
#[test]
fn a_dump_of_an_owner_in_a_team_below_is_valid() {
    let team = |name: &str, parent: Option<&str>, maintainers: &[&str], members: &[&str]| SnapshotTeam {
        id: 1,
        name: TeamName::new(name),
        slug: Slug::new(name.to_lowercase()),
        parent: parent.map(Slug::new),
        description: String::new(),
        privacy: Privacy::Closed,
        managed_by: ManagedBy::Organization,
        maintainers: maintainers.iter().copied().map(Login::new).collect(),
        members: members.iter().copied().map(Login::new).collect(),
        invitations: Vec::new(),
        repos: Vec::new(),
        everywhere: None,
    };
    let snapshot = Snapshot {
        org: Login::new("acme"),
        settings: [(OrgSetting::HAS_REPOSITORY_PROJECTS, "true".to_owned())].into(),
        admins: vec![Login::new("ann"), Login::new("bo")],
        members: vec![Login::new("dee")],
        concealed: Vec::new(),
        accounts: [].into(),
        invitations: Vec::new(),
        managed_users: false,
        teams: vec![team("Upper", None, &[], &["dee"]), team("Lower", Some("upper"), &["ann"], &[])],
        repos: Vec::new(),
        unread: Vec::new(),
    };
    let yaml = dump(&snapshot).to_yaml();
    let parsed = parse(&yaml, "peribolos.yaml", Some("acme")).unwrap();
    assert_eq!(parsed.warnings, Vec::new(), "{yaml}");
    let upper = &parsed.file.teams[0];
    // As GitHub's list of the team has her: in it by a team below.
    let members: Vec<&str> = upper.members.iter().map(|login| login.as_str()).collect();
    assert_eq!((upper.maintainers.len(), members), (0, vec!["ann", "dee"]), "{yaml}");
    let plan = plan(&parsed.file, &snapshot, &Lookups::default(), &Scope::usual());
    assert_eq!((plan.operations, plan.warnings), (Vec::new(), Vec::new()));
}
