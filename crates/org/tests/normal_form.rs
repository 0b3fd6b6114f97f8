//! What upstream peribolos gets.

use std::collections::BTreeSet;

use peribolos_org::{CanonicalNames, Login, Normalized, RepoName, TeamName, normalize, parse};

#[expect(clippy::panic, reason = "a test helper: an invalid example is a mistake in the test")]
fn normalized(source: &str, names: &CanonicalNames) -> Normalized {
    match parse(source, "peribolos.yaml", None) {
        Ok(parsed) => normalize(&parsed.file, names),
        Err(diagnostics) => panic!("{diagnostics:#?}"),
    }
}

fn names() -> CanonicalNames {
    CanonicalNames {
        logins: ["Alice", "bob"].map(Login::new).into(),
        missing: BTreeSet::from([Login::new("ghost")]),
        repos: ["Site", ".github"].map(|name| (name.to_lowercase(), RepoName::new(name))).into(),
        teams: ["Core", "Old Name"].map(TeamName::new).into(),
        ..CanonicalNames::of_org(Login::new("Acme"))
    }
}

#[test]
fn every_name_is_the_canonical_one() {
    let source = "\
orgs:
  acme:
    admins: [alice]
    members: [BOB, newcomer]
    teams:
      core:
        maintainers: [ALICE]
        members: [Bob]
        repos: {site: write, .GitHub: read, unknown: admin}
    repos:
      SITE: {has_wiki: false}
      fresh: {}
";
    insta::assert_snapshot!("names", normalized(source, &names()).yaml);
}

#[test]
fn logins_that_do_not_exist_are_left_out_everywhere_and_named_once() {
    let source = "\
orgs:
  acme:
    admins: [alice]
    members: [Ghost]
    teams:
      core:
        maintainers: [ghost]
        members: []
        repos: {}
        teams:
          inner: {members: [GHOST, alice], repos: {}}
    repos:
      site: {collaborators: {ghost: read, eve: write}}
";
    let normalized = normalized(source, &names());
    assert!(!normalized.yaml.to_lowercase().contains("ghost"), "{}", normalized.yaml);
    assert!(normalized.yaml.contains("eve: write"), "{}", normalized.yaml);
    assert_eq!(normalized.left_out, [Login::new("ghost")]);
}

#[test]
fn visibility_is_private_to_old_peribolos_unless_it_is_internal() {
    let source = "\
orgs:
  acme:
    admins: [alice]
    repos:
      a: {visibility: public}
      b: {visibility: private}
      c: {visibility: internal}
      d: {private: true}
      e: {}
";
    let yaml = normalized(source, &names()).yaml;
    let repos = yaml.split_once("repos:\n").map(|(_, repos)| repos);
    let expected = "      a:\n        private: false\n      b:\n        private: true\n      c:\n        \
                    visibility: internal\n      d:\n        private: true\n      e: {}\n";
    assert_eq!(repos, Some(expected));
}

#[test]
fn a_rename_keeps_the_new_name_and_finds_the_old_one() {
    let source = "\
orgs:
  acme:
    admins: [alice]
    teams:
      New Name: {previously: [old name], members: [], repos: {.github: read, Web: write}}
      CORE: {previously: [core], members: [], repos: {}}
    repos:
      web: {previously: [site]}
      .GITHUB: {previously: [.github]}
";
    insta::assert_snapshot!("rename", normalized(source, &names()).yaml);
}

#[test]
fn a_team_repository_under_its_former_name_gets_the_new_one() {
    let source = "\
orgs:
  acme:
    admins: [alice]
    teams:
      core: {members: [], repos: {site: read}}
    repos:
      web: {previously: [site]}
";
    let yaml = normalized(source, &names()).yaml;
    assert!(yaml.contains("web: read") && !yaml.contains("site: read"), "{yaml}");
}

#[test]
fn what_upstream_would_send_on_each_run_is_left_out() {
    let source = "\
orgs:
  acme:
    admins: [alice]
    teams:
      core: {description: \"\", members: [], repos: {site: none}}
";
    let yaml = normalized(source, &names()).yaml;
    assert!(!yaml.contains("description") && !yaml.contains("none"), "{yaml}");
}

#[test]
fn upstream_gets_every_setting_that_it_knows_and_no_other() {
    let source = include_str!("full.yaml");
    insta::assert_snapshot!("full", normalized(source, &names()).yaml);
}

#[test]
fn everybody_is_looked_up_once() {
    let source = include_str!("full.yaml").replace("collaborators: {eve", "collaborators: {Bob: read, eve");
    let logins = parse(&source, "peribolos.yaml", None)
        .map(|parsed| parsed.file.logins().into_iter().map(ToString::to_string).collect::<Vec<_>>());
    let expected = ["1234", "alice", "bob", "eve"].map(str::to_owned).to_vec();
    assert_eq!(logins, Ok(expected));
}

/// Upstream refuses a file in which a name stands twice.
#[test]
fn a_team_that_got_its_new_spelling_is_not_its_own_former_one() {
    let source = "orgs: {acme: {admins: [alice], teams: {Core: {previously: [CORE, old name], members: [], repos: {}}}}}";
    let yaml = normalized(source, &names()).yaml;
    assert!(yaml.contains("Core:"), "{yaml}");
    assert!(yaml.contains("- Old Name\n"), "{yaml}");
    assert!(!yaml.contains("- Core\n"), "{yaml}");
}

#[test]
fn a_former_name_in_two_spellings_is_given_once() {
    let source = "\
orgs:
  acme:
    admins: [alice]
    members: [bob]
    teams:
      New Name: {previously: [OLD NAME, old-name, gone, GONE], members: [], repos: {}}
    repos:
      newer: {previously: [Old, old]}
";
    let file = normalized(source, &names()).file;
    let former: Vec<&str> = file.teams[0].previously.iter().map(|name| name.as_str()).collect();
    assert_eq!(former, ["Old Name", "gone"]);
    assert_eq!(file.repos[0].previously.len(), 1);
}
