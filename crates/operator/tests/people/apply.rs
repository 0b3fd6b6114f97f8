//! `apply` as people call it, against the simulator: on a terminal and elsewhere, as the App and with a token of their own.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::{Value, json};

use crate::desk::{Desk, run, text};

const ACME: &str = r"
users: [zoe]
user_tokens: {owners-token: alice, members-token: carol}
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member, erin: member}
    teams:
      - {name: Core, members: {alice: maintainer, carol: member}, repos: {site: push}}
    repos:
      .github: {visibility: private, files: {README.md: x}}
      site: {visibility: public, files: {README.md: x}}
    installation: {id: 1234567}
";

/// What Acme's file says when nothing is to change.
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
";

async fn desk() -> Desk {
    Desk::of(ACME).await
}

/// An apply as the App.
fn as_app(desk: &Desk, yaml: &str, more: &[&str]) -> Command {
    desk.as_app(&[&["apply", &desk.file(yaml), "--org", "acme", "--time-scale=100"], more].concat())
}

/// The same with a token of one's own.
fn as_person(desk: &Desk, yaml: &str, more: &[&str]) -> Command {
    desk.command(&[&["apply", &desk.file(yaml), "--org", "acme", "--time-scale=100"], more].concat())
}

/// What somebody saw on a terminal, and how it ended: what they typed before there was anything to see, and what they
/// answered to the question.
fn on_a_terminal(mut command: Command, early: &str, answer: &str) -> (String, Option<i32>) {
    let pty = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&pty).unwrap();
    unlockpt(&pty).unwrap();
    let name = ptsname(&pty, Vec::new()).unwrap().into_string().unwrap();
    let open = || File::options().read(true).write(true).open(&name).unwrap();
    command.stdin(open()).stdout(open()).stderr(open());
    let mut pty = File::from(pty);
    pty.write_all(early.as_bytes()).unwrap();
    let child = command.spawn();
    // The terminal ends for us when nobody else holds it open.
    drop(command);
    let mut child = child.unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    let mut is_answered = false;
    // Linux answers with an error once the last program has closed it.
    while let Ok(read @ 1..) = pty.read(&mut buffer) {
        seen.extend_from_slice(&buffer[..read]);
        if !is_answered && String::from_utf8_lossy(&seen).contains("[y/N]") {
            is_answered = true;
            pty.write_all(answer.as_bytes()).unwrap();
        }
    }
    (String::from_utf8_lossy(&seen).into_owned(), child.wait().unwrap().code())
}

#[tokio::test]
async fn it_shows_the_plan_applies_it_and_says_what_was_done() {
    let desk = desk().await;
    let changed = SAME.replace("name: Acme", "name: Acme Inc").replace("erin]", "erin, zoe]");
    let ended = run(as_app(&desk, &changed, &["--yes"]));
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let shown = text(&ended.stdout);
    let (plan, result) = shown.split_once("\nApplied: 2 of 2").unwrap_or_else(|| panic!("{shown}"));
    assert!(plan.contains("zoe") && result.contains("zoe"), "she has yet to accept: {shown}");
    assert!(text(&ended.stderr).contains("2 of 2\n"), "{ended:?}");
    let org = desk.github.org("acme").await;
    assert_eq!(
        (&org["settings"]["name"], &org["invitations"][0]["login"]),
        (&json!("Acme Inc"), &json!("zoe"))
    );
    let again = run(as_app(&desk, &changed, &["--yes"]));
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert!(text(&again.stdout).contains("no changes"), "{again:?}");
}

#[tokio::test]
async fn without_a_terminal_it_wants_to_be_told() {
    let desk = desk().await;
    let ended = run(as_app(&desk, &SAME.replace("name: Acme", "name: Acme Inc"), &[]));
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(text(&ended.stderr).contains("give --yes"), "{ended:?}");
    assert!(desk.asked_nothing().await);
}

#[tokio::test]
async fn on_a_terminal_it_asks() {
    let desk = desk().await;
    let changed = SAME.replace("name: Acme", "name: Acme Inc").replace("erin]", "erin, zoe]");
    let before = desk.audit().await;
    for no in ["n\n", "\n"] {
        let (seen, code) = on_a_terminal(as_app(&desk, &changed, &[]), "", no);
        assert!(seen.contains("Apply these 2 changes to acme? [y/N]"), "{seen}");
        assert_eq!(code, Some(1), "{seen}");
    }
    assert_eq!(desk.audit().await, before, "nothing is written");
    let (seen, code) = on_a_terminal(as_app(&desk, &changed, &[]), "", "y\n");
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("Applied: 2 of 2"), "{seen}");
    let (seen, code) = on_a_terminal(as_app(&desk, &changed, &[]), "", "");
    assert_eq!(code, Some(0), "where nothing changes nobody is asked: {seen}");
}

/// Nobody agrees to a plan that they have not seen yet.
#[tokio::test]
async fn what_was_typed_before_the_question_is_no_answer() {
    let desk = desk().await;
    let before = desk.audit().await;
    let changed = SAME.replace("name: Acme", "name: Acme Inc");
    let (seen, code) = on_a_terminal(as_app(&desk, &changed, &[]), "y\n", "n\n");
    assert!(seen.contains("Apply this change to acme? [y/N]"), "{seen}");
    assert_eq!(code, Some(1), "{seen}");
    assert_eq!(desk.audit().await, before);
}

#[rstest::rstest]
#[case::mistake(SAME.replace("maintainers:", "maintainer:"), &[], 10, "did you mean `maintainers`?")]
#[case::guard(SAME.replace("[carol, erin]", "[carol]"), &["--required-admins", "carol"], 12, "for 1 reason")]
#[tokio::test]
async fn what_must_not_be_applied_has_the_exit_code_of_a_step(
    #[case] yaml: String,
    #[case] more: &[&str],
    #[case] code: i32,
    #[case] says: &str,
) {
    let desk = desk().await;
    let before = desk.audit().await;
    let ended = run(as_app(&desk, &yaml, &[more, &["--yes"]].concat()));
    assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    assert!(text(&ended.stderr).contains(says), "{ended:?}");
    assert_eq!(desk.audit().await, before);
}

#[tokio::test]
async fn a_refusal_is_named_and_the_rest_is_done() {
    let desk = desk().await;
    let body = json!({"message": "User is blocked by the organization"});
    let fault = json!({"method": "PUT", "path": "/orgs/acme/memberships/zoe", "status": 422, "body": body});
    desk.github.call("POST", "/_sim/faults", Some(fault)).await;
    let changed = SAME.replace("name: Acme", "name: Acme Inc").replace("erin]", "erin, zoe]");
    let ended = run(as_app(&desk, &changed, &["--yes"]));
    assert_eq!(ended.status.code(), Some(14), "{ended:?}");
    let shown = text(&ended.stdout);
    assert!(shown.contains("Applied: 1 of 2. zoe could not be invited"), "{shown}");
    assert!(shown.contains("User is blocked by the organization"), "{shown}");
}

/// Nothing to change is known only of what could be read.
#[tokio::test]
async fn what_can_t_be_read_is_not_as_the_file_says() {
    let desk = desk().await;
    for path in ["/orgs/acme/invitations", "/orgs/acme/failed_invitations"] {
        let body = json!({"message": "Resource not accessible by integration"});
        let fault = json!({"method": "GET", "path": path, "status": 403, "body": body});
        desk.github.call("POST", "/_sim/faults", Some(fault)).await;
    }
    let ended = run(as_app(&desk, SAME, &["--yes"]));
    assert_eq!(ended.status.code(), Some(13), "{ended:?}");
    assert!(text(&ended.stderr).contains("not all of the organization could be read"), "{ended:?}");
}

/// What is not tried any more is no progress.
#[tokio::test]
async fn progress_ends_where_nothing_more_is_sent() {
    let desk = desk().await;
    let message = "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow \
                   list enabled, and your IP address is not permitted to access this resource.";
    let fault = json!({"method": "PATCH", "path": "/orgs/acme", "status": 403, "body": {"message": message}});
    desk.github.call("POST", "/_sim/faults", Some(fault)).await;
    let changed = SAME.replace("name: Acme", "name: Acme Inc").replace("erin]", "erin, zoe]");
    let ended = run(as_app(&desk, &changed, &["--yes"]));
    assert_eq!(ended.status.code(), Some(15), "{ended:?}");
    let (shown, said) = (text(&ended.stdout), text(&ended.stderr));
    assert!(shown.contains("Applied: 0 of 2") && said.contains("1 of 2\n"), "{shown}{said}");
    assert!(!said.contains("2 of 2\n"), "{said}");
}

/// It ends as a pod's apply does where the organization can't be read again afterwards.
#[rstest::rstest]
#[case::fails(
    json!({"path": "/orgs/acme", "status": 502, "skip": 1}), 20,
    "The organization could not be read again afterwards: ")]
#[case::hides_the_teams(
    json!({"path": "/orgs/acme/teams", "status": 403, "skip": 1,
           "body": {"message": "Resource not accessible by integration"}}), 13,
    "GitHub does not show the organization's teams: Resource not accessible by integration")]
#[tokio::test]
async fn what_can_t_be_read_afterwards_is_said(
    #[case] mut fault: Value,
    #[case] code: i32,
    #[case] because: &str,
) {
    let desk = desk().await;
    fault["method"] = json!("GET");
    desk.github.call("POST", "/_sim/faults", Some(fault)).await;
    let ended = run(as_app(&desk, &SAME.replace("name: Acme", "name: Acme Inc"), &["--yes"]));
    assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    let shown = text(&ended.stdout);
    assert!(shown.contains("Applied: 1 of 1") && shown.contains(because), "{shown}");
}

#[tokio::test]
async fn who_makes_a_team_with_a_token_of_their_own_is_not_left_in_it() {
    let desk = desk().await;
    let teams =
        "      Mine: {members: [alice, carol], repos: {}}\n      Yours: {members: [carol], repos: {}}\n";
    let changed = format!("{SAME}{teams}");
    let mut command = as_person(&desk, &changed, &["--yes"]);
    command.env("PERIBOLOS_GITHUB_TOKEN", "owners-token").env("GITHUB_TOKEN", "another");
    let ended = run(command);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let shown = text(&ended.stdout);
    assert!(shown.contains("GitHub makes `alice` a maintainer of `Yours`"), "the plan says it: {shown}");
    assert!(!shown.contains("a maintainer of `Mine`"), "there she stays: {shown}");
    let org = desk.github.org("acme").await;
    let members = |name: &str| {
        let teams = org["teams"].as_array().unwrap();
        teams.iter().find(|team| team["name"] == name).unwrap_or_else(|| panic!("{org}"))["members"].clone()
    };
    assert_eq!(members("Mine"), json!({"alice": "maintainer", "carol": "member"}));
    assert_eq!(members("Yours"), json!({"carol": "member"}));
}

#[tokio::test]
async fn who_can_t_be_taken_out_of_a_team_that_was_made_is_named() {
    let desk = desk().await;
    let path = "/orgs/acme/teams/yours/memberships/alice";
    let fault =
        json!({"method": "DELETE", "path": path, "status": 422, "body": {"message": "Validation Failed"}});
    desk.github.call("POST", "/_sim/faults", Some(fault)).await;
    let changed = format!("{SAME}      Yours: {{members: [carol], repos: {{}}}}\n");
    let mut command = as_person(&desk, &changed, &["--yes", "--manage", "Org,OrgMembers,Teams,TeamRepos"]);
    command.env("GITHUB_TOKEN", "owners-token");
    let ended = run(command);
    assert_eq!(ended.status.code(), Some(14), "{ended:?}");
    let shown = text(&ended.stdout);
    assert!(shown.contains("alice could not be taken out of the new team Yours"), "{shown}");
    assert!(shown.contains("Validation Failed"), "{shown}");
}

#[tokio::test]
async fn a_workflows_own_token_is_refused_with_a_sentence() {
    let desk = desk().await;
    let token =
        desk.github.call("POST", "/_sim/orgs/acme/workflow-token", Some(json!({"repo": ".github"}))).await;
    let token = token["token"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned();
    let mut command = as_person(&desk, &SAME.replace("name: Acme", "name: Acme Inc"), &["--yes"]);
    command.env("GITHUB_TOKEN", token);
    let ended = run(command);
    assert_eq!(ended.status.code(), Some(13), "{ended:?}");
    let said = text(&ended.stderr);
    assert!(said.contains("A workflow's own token") && said.contains("PERIBOLOS_GITHUB_TOKEN"), "{said}");
}

/// GitHub hides much of an organization from those who are no owners: a dump without it would take it away.
#[tokio::test]
async fn what_only_owners_see_is_not_left_to_a_members_token() {
    let desk = desk().await;
    let file = desk.file(SAME);
    for args in [
        &["dump", "acme"][..],
        &["plan", &file, "--org", "acme"],
        &["apply", &file, "--org", "acme", "--yes"],
    ] {
        let mut command = desk.command(args);
        command.env("GITHUB_TOKEN", "members-token");
        let ended = run(command);
        assert_eq!((ended.status.code(), text(&ended.stdout)), (Some(1), String::new()), "{args:?}");
        let said = text(&ended.stderr);
        assert!(said.contains("carol, whose token this is, is no owner of acme"), "{said}");
    }
}
