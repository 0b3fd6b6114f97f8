//! `plan` and `dump` as people call them, against the simulator.

use std::process::Output;

use peribolos_github::{App, AppId, GitHubConfig, InstallationId, PrivateKey, TokenScope};
use peribolos_org::plan::{Change, Plan};
use secrecy::{ExposeSecret, SecretString};

use crate::desk::{Desk, run, text};
use crate::support::github::APP_ID;

const ACME: &str = r"
users: [dave, zoe]
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member, erin: member}
    concealed: [erin]
    teams:
      - {name: Core, members: {alice: maintainer, carol: member}, repos: {site: push}}
      - {name: Secret, privacy: secret, members: {erin: member}}
    repos:
      .github: {visibility: private, files: {README.md: x}}
      site: {visibility: public, files: {README.md: x}}
    installation: {id: 1234567}
  other:
    members: {alice: admin}
";

/// What Acme's file says when nothing is to change; `members` and `teams` are its last two lists.
const SAME: &str = "\
orgs:
  acme:
    name: Acme
    admins: [alice, bob]
    members: [carol, erin]
    teams:
      Core:
        maintainers: [alice]
        members: [carol]
        repos: {site: write}
      Secret:
        privacy: secret
        members: [erin]
        repos: {}
";

async fn desk() -> Desk {
    Desk::of(ACME).await
}

/// A plan as the App.
fn planned(desk: &Desk, yaml: &str, more: &[&str]) -> Output {
    run(desk.as_app(&[&["plan", &desk.file(yaml), "--org", "acme"], more].concat()))
}

fn json(ended: &Output) -> (Plan, serde_json::Value) {
    let json = text(&ended.stdout);
    (serde_json::from_str(&json).expect(&json), serde_json::from_str(&json).unwrap())
}

#[tokio::test]
async fn a_file_that_says_what_is_there_changes_nothing() {
    let desk = desk().await;
    for (flags, code) in [(&[][..], 0), (&["--detailed-exitcode"], 0)] {
        let ended = planned(&desk, SAME, flags);
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
        assert_eq!(text(&ended.stdout), "acme: no changes\n");
        assert_eq!(text(&ended.stderr), "reading acme\nread acme: 4 members, 2 teams, 2 repositories\n");
    }
}

#[tokio::test]
async fn what_a_file_changes_is_shown_and_not_done() {
    let desk = desk().await;
    let before = desk.audit().await;
    let changed = SAME
        .replace("[carol, erin]", "[Carol, dave, nobody-at-all]")
        .replace("members: [erin]", "members: []");
    let ended = planned(&desk, &changed, &[]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let shown = text(&ended.stdout);
    for part in ["acme: - 1 member, + 1 member\n", "\n  - member: erin", "\n  + member: dave  "] {
        assert!(shown.contains(part), "{part} is not in:\n{shown}");
    }
    let said = text(&ended.stderr);
    assert!(said.contains("warning[unknown-login]: `nobody-at-all` is not known to GitHub"), "{said}");
    assert!(said.contains("peribolos.yaml:5:28"), "{said}");
    assert_eq!(planned(&desk, &changed, &["--detailed-exitcode"]).status.code(), Some(2));
    assert_eq!(desk.audit().await, before);
}

#[tokio::test]
async fn a_plan_is_for_programs_and_pages_too() {
    let desk = desk().await;
    let changed = SAME.replace("[carol, erin]", "[carol, erin, dave]");
    let ended = planned(&desk, &changed, &["--output", "json"]);
    let (plan, whole) = json(&ended);
    assert!(
        matches!(&plan.operations[..], [operation] if matches!(operation.change, Change::InviteMember { .. }))
    );
    assert_eq!((&whole["version"], &whole["counts"]["changes"]), (&2.into(), &1.into()));
    let page = text(&planned(&desk, &changed, &["--output", "markdown"]).stdout);
    assert_eq!(page, "### acme: + 1 member\n\n```diff\n# Additions\n+ member: dave  (line 5)\n```\n");
}

#[tokio::test]
async fn a_guard_that_stops_it_is_exit_code_1() {
    let desk = desk().await;
    let fewer = SAME
        .replace("[carol, erin]", "[]")
        .replace("members: [carol]", "members: []")
        .replace("members: [erin]", "members: []");
    let ended = planned(&desk, &fewer, &["--detailed-exitcode"]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let shown = text(&ended.stdout);
    assert!(
        shown.contains(
            "error: 2 of 4 members of the organization would be removed, and the limit is 1 (25 %)."
        ),
        "{shown}"
    );
    assert!(
        shown.contains("raise the limit to 50 %. On the command line: `--maximum-removal-percent 50`."),
        "{shown}"
    );
    assert!(
        text(&ended.stderr).ends_with("error: nothing of this would be applied, for 1 reason\n"),
        "{ended:?}"
    );
    assert_eq!(planned(&desk, &fewer, &["--maximum-removal-percent", "50"]).status.code(), Some(0));
    let required = planned(&desk, SAME, &["--required-admins", "Carol", "--output", "json"]);
    let (_, whole) = json(&required);
    assert_eq!(required.status.code(), Some(1));
    assert_eq!(whole["guards"][0]["missing"], serde_json::json!(["Carol"]));
    assert_eq!(whole["guards"][0]["field"], "spec.guards.requiredAdmins");
    // What is not managed is not lost.
    let scope = ["--manage", "Org,Teams,TeamRepos"];
    assert_eq!(text(&planned(&desk, &fewer, &scope).stdout), "acme: no changes\n");
}

#[tokio::test]
async fn a_file_with_mistakes_asks_github_nothing() {
    let desk = desk().await;
    let ended = planned(&desk, &SAME.replace("maintainers:", "maintainer:"), &[]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(text(&ended.stderr).contains("help: did you mean `maintainers`?"), "{ended:?}");
    let other = planned(&desk, &SAME.replace("acme:", "other:"), &[]);
    assert!(text(&other.stderr).contains("other-organization"), "{other:?}");
    assert!(desk.asked_nothing().await);
}

#[tokio::test]
async fn the_apps_token_can_only_read_and_only_where_it_is_installed() {
    let desk = desk().await;
    assert_eq!(planned(&desk, SAME, &[]).status.code(), Some(0));
    let asked = desk.requests().await;
    let writes = asked.iter().filter(|request| request["method"] != "GET" && request["path"] != "/graphql");
    let writes: Vec<&str> = writes.filter_map(|request| request["path"].as_str()).collect();
    assert_eq!(writes, ["/app/installations/1234567/access_tokens"]);
    let ended = run(desk.as_app(&["dump", "other"]));
    assert_eq!(ended.status.code(), Some(1));
    let said = text(&ended.stderr);
    assert!(said.contains("error: the App is not installed on other: install it there"), "{said}");
}

#[tokio::test]
async fn a_token_of_ones_own_is_enough_and_a_dump_is_a_file_without_changes() {
    let desk = desk().await;
    let config = GitHubConfig::new(AppId(APP_ID), desk.github.url().parse().unwrap());
    let pem = SecretString::from(std::fs::read_to_string(desk.github.private_key()).unwrap());
    let app = App::new(&config, PrivateKey::from_pem(&pem).unwrap()).unwrap();
    let minted = app.mint(InstallationId(1_234_567), &TokenScope::default()).await.unwrap();
    let dumped =
        desk.command(&["dump", "acme"]).env("GITHUB_TOKEN", minted.token.expose_secret()).output().unwrap();
    assert_eq!(dumped.status.code(), Some(0), "{dumped:?}");
    let file = desk.file(&text(&dumped.stdout));
    let planned = desk
        .command(&["plan", &file, "--org", "ACME", "--detailed-exitcode"])
        .env("GITHUB_TOKEN", minted.token.expose_secret())
        .output()
        .unwrap();
    assert_eq!(planned.status.code(), Some(0), "{planned:?}");
    assert_eq!(text(&planned.stdout), "acme: no changes\n");
    assert_eq!(
        text(&run(desk.as_app(&["dump", "acme"])).stdout),
        text(&dumped.stdout),
        "the App dumps the same"
    );
}
