//! Organizations that are hard to describe.

/// The simulator's own, as the demo has it.
pub const ACME: &str = include_str!("../../../github-sim/fixtures/acme.yaml");

/// Teams in teams, secret ones, maintainers who are owners, people in parent and child, access by inheritance.
pub const TEAMS: &str = r#"
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member, dave: member, erin: member}
    concealed: [carol, erin]
    teams:
      - {name: Engineering, members: {alice: maintainer, carol: maintainer}, repos: {site: pull}}
      - {name: Platform, parent: engineering, members: {carol: member, dave: maintainer}, repos: {site: push, tools: triage}}
      - {name: Storage, parent: platform, members: {dave: member, erin: member}, repos: {tools: admin, vault: maintain}}
      - {name: Empty, privacy: closed}
      - {name: Empty Too, parent: engineering}
      - {name: Security, privacy: secret, description: "Don't: ask # twice", members: {bob: maintainer, erin: maintainer}, repos: {vault: admin}}
      - {name: Legal, privacy: secret, members: {carol: member}}
    repos:
      .github: {visibility: private, files: {README.md: "x\n"}}
      site: {visibility: public, files: {README.md: "x\n"}}
      tools: {visibility: private, files: {README.md: "x\n"}}
      vault: {visibility: private, files: {README.md: "x\n"}}
    installation: {id: 1234567}
"#;

/// Names and texts that YAML reads as something else, or GitHub's forms never show.
pub const NAMES: &str = r#"
orgs:
  acme:
    settings:
      name: "Acme: \"the\" #1 & 'only' \u00e9\U0001F680"
      description: "  - not: a list\n"
      company: "@acme"
      email: "null@acme.example"
      billing_email: billing@acme.example
      location: "yes"
    members: {"true": admin, "null": admin, "1e3": member, "0x10": member, "007": member, "no": member, "1-2-3": member}
    teams:
      - {name: "on", members: {"no": maintainer}, repos: {"1.0": push}}
      - {name: "1234", members: {"007": member}, repos: {"null": admin}}
      - {name: "null", description: "~"}
      - {name: "Ops: {on call} [24/7] & more, #1", description: "line one\nline two: more", members: {"0x10": member}}
      - {name: "Équipe Café", description: "\"quoted\" \\ back"}
      - {name: "\U0001F680 Rockets", description: "- dash", members: {"1e3": maintainer}}
      - {name: "don't", parent: "on", members: {"true": maintainer}, repos: {"-": pull}}
    repos:
      .github: {visibility: private, files: {README.md: "x\n"}}
      "1.0": {visibility: private, description: "1.0", homepage: "https://acme.example/?a=b&c=#d", files: {a: "x"}}
      "null": {visibility: private, description: "null", files: {a: "x"}}
      "-": {visibility: public, description: "\u00fc: \"\"", files: {a: "x"}}
      _x: {visibility: private, files: {a: "x"}}
    installation: {id: 1234567}
"#;

/// Repositories in every state.
pub const REPOSITORIES: &str = r#"
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example, default_repository_permission: none, members_can_create_repositories: false, has_organization_projects: false, has_repository_projects: false}
    members: {alice: admin, bob: admin}
    teams:
      - {name: All, members: {alice: member}, repos: {old: admin, empty: push, internal: pull, Mixed-Case: maintain}}
    repos:
      .github: {visibility: private, files: {README.md: "x\n"}}
      old: {visibility: public, archived: true, description: Not used any more, files: {a: "x"}}
      old-secret: {visibility: private, archived: true, files: {a: "x"}}
      internal: {visibility: internal, files: {a: "x"}}
      empty: {visibility: private, files: {}}
      trunk: {visibility: private, default_branch: release/1.x, files: {a: "x"}}
      Mixed-Case: {visibility: private, has_issues: false, has_projects: false, has_wiki: false, allow_squash_merge: false, allow_rebase_merge: false, files: {a: "x"}}
      squash: {visibility: public, allow_merge_commit: false, allow_rebase_merge: false, collaborators: {mallory: admin}, files: {a: "x"}}
    installation: {id: 1234567}
users: [mallory]
"#;

/// People who have been invited, and whose invitation failed.
pub const INVITATIONS: &str = r#"
users: [ivan, judy, kim]
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member}
    invitations: [{login: ivan, role: member}, {login: judy, role: admin}, {login: kim, role: member, failed: true}]
    teams:
      - {name: Core, members: {alice: maintainer}, invitations: [ivan], repos: {}}
      - {name: Inner, parent: core, members: {carol: member}, invitations: [ivan, judy]}
    repos:
      .github: {visibility: private, files: {README.md: "x\n"}}
    installation: {id: 1234567}
"#;

/// As little as there can be.
pub const BARE: &str = r"
orgs:
  acme:
    settings: {billing_email: billing@acme.example, default_repository_permission: admin}
    members: {Alice-A: admin, bOb: admin}
    repos:
      .github: {visibility: private, files: {}}
    installation: {id: 1234567}
";
