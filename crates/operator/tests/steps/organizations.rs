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

/// Members of [`many`], all of them in one team.
pub const MANY_MEMBERS: usize = 250;

/// More than a page of everything: members, invitations, teams, repositories, and each of these in one team or repository.
pub fn many() -> String {
    use serde_json::{Map, Value, json};
    let numbered = |letter: char, count: usize| (0..count).map(move |n| format!("{letter}{n:03}"));
    let each = |names: &mut dyn Iterator<Item = String>, value: fn(usize) -> Value| -> Map<String, Value> {
        names.enumerate().map(|(n, name)| (name, value(n))).collect()
    };
    let role = |n: usize| json!((["pull", "triage", "push", "maintain", "admin"][n % 5]));
    let in_team = |n: usize| json!(if n.is_multiple_of(7) { "maintainer" } else { "member" });
    let invited: Vec<Value> = numbered('i', 240)
        .enumerate()
        .map(|(n, login)| json!({"login": login, "failed": n % 2 == 1}))
        .collect();
    let mut teams: Vec<Value> = (0..130)
        .map(|n: usize| {
            // Three below each, down to five levels.
            let parent = if n == 0 { String::new() } else { format!("team-{}", (n - 1) / 3) };
            let members: Map<String, Value> = (0..n % 5)
                .map(|k| (format!("m{:03}", (n * 13 + k * 29) % MANY_MEMBERS), in_team(n + k)))
                .collect();
            let repos: Map<String, Value> =
                (0..n % 4).map(|k| (format!("r{:03}", (n * 7 + k * 11) % 160), role(n + k))).collect();
            json!({"name": format!("Team {n}"), "parent": parent, "members": members, "repos": repos})
        })
        .collect();
    // The first to be listed, so that its further pages are asked for last.
    let everybody = json!({
        "name": "Everybody",
        "members": each(&mut numbered('m', MANY_MEMBERS), in_team),
        // Not nearly every one: that could come from a role in the organization, which this token may not read.
        "repos": each(&mut numbered('r', 120), role),
        "invitations": numbered('i', 230).collect::<Vec<_>>(),
    });
    teams.insert(0, everybody);
    let repo = |n: usize| {
        let files = if n.is_multiple_of(9) { json!({}) } else { json!({"a": "x\n"}) };
        let collaborators: Map<String, Value> = match n {
            7 => (0..120).map(|k| (format!("c{k:03}"), json!("push"))).collect(),
            _ => (0..n % 3).map(|k| (format!("c{k:03}"), json!("triage"))).collect(),
        };
        json!({
            "visibility": (["public", "private", "internal"][n % 3]),
            "archived": n % 11 == 3,
            "default_branch": if n.is_multiple_of(18) { "trunk" } else { "main" },
            "has_wiki": n.is_multiple_of(2),
            "allow_squash_merge": n % 4 != 1,
            "squash_merge_commit_title": if n.is_multiple_of(5) { "PR_TITLE" } else { "COMMIT_OR_PR_TITLE" },
            "squash_merge_commit_message": (["BLANK", "PR_BODY", "COMMIT_MESSAGES"][n % 3]),
            "collaborators": collaborators,
            "invitations": if n % 4 == 2 { json!({"d000": "pull", "d001": "admin"}) } else { json!({}) },
            "files": files,
        })
    };
    let mut repos = each(&mut numbered('r', 160), repo);
    repos.insert(".github".into(), json!({"visibility": "private", "files": {"README.md": "x\n"}}));
    let member = |n: usize| json!(if n < 3 { "admin" } else { "member" });
    let acme = json!({
        "settings": {"name": "Acme", "billing_email": "billing@acme.example"},
        "members": each(&mut numbered('m', MANY_MEMBERS), member),
        "concealed": numbered('m', MANY_MEMBERS).step_by(2).collect::<Vec<_>>(),
        "invitations": invited,
        "teams": teams,
        "repos": repos,
        "installation": {"id": 1_234_567},
    });
    json!({"orgs": {"acme": acme}}).to_string()
}
