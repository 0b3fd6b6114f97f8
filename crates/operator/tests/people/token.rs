//! What is said about a person's token that the organization does not accept, that GitHub limits, or that lacks a scope.

use std::process::Output;

use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Desk, run, text};

const ACME: &str = r"
users: [gus, zoe]
user_tokens: {owners-token: alice}
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member}
    invitations: [{login: gus, role: member}]
    repos:
      .github: {visibility: private, files: {README.md: x}}
    installation: {id: 1234567}
";

/// A file that changes the name and says nothing of the invitation.
const FILE: &str = "\
orgs:
  acme:
    name: Acme Inc
    admins: [alice, bob]
    members: [carol]
";

/// The commands that ask GitHub.
const COMMANDS: [&str; 3] = ["apply", "plan", "dump"];

async fn desk() -> Desk {
    Desk::of(ACME).await
}

/// One of the commands with a token in the environment.
fn with(desk: &Desk, token: &str, command: &str) -> Output {
    let file = desk.file(FILE);
    let args = match command {
        "apply" => vec!["apply", &file, "--org", "acme", "--yes", "--time-scale=100"],
        "plan" => vec!["plan", &file, "--org", "acme"],
        _ => vec!["dump", "acme"],
    };
    let mut command = desk.command(&args);
    command.env("GITHUB_TOKEN", token);
    run(command)
}

async fn fault(desk: &Desk, fault: Value) {
    desk.github.call("POST", "/_sim/faults", Some(fault)).await;
}

/// Ends with this code, changes nothing, prints nothing on standard output; what it says.
async fn refused(desk: &Desk, token: &str, command: &str, code: i32) -> String {
    let before = desk.audit().await;
    let ended = with(desk, token, command);
    assert_eq!((ended.status.code(), text(&ended.stdout)), (Some(code), String::new()), "{ended:?}");
    assert_eq!(desk.audit().await, before);
    text(&ended.stderr)
}

#[rstest]
#[case::single_sign_on(
    "saml",
    "Resource protected by organization SAML enforcement",
    "/orgs/acme/sso?authorization_request=SIM"
)]
#[case::addresses("ip-allow-list", "has an IP allow list enabled", "this machine's address")]
#[tokio::test]
async fn what_the_organization_keeps_out_is_told_in_githubs_words(
    #[case] rule: &str,
    #[case] sentence: &str,
    #[case] remedy: &str,
) {
    let desk = desk().await;
    desk.github.call("POST", &format!("/_sim/orgs/acme/{rule}"), Some(json!({"enabled": true}))).await;
    for command in COMMANDS {
        let code = if command == "apply" { 15 } else { 1 };
        let said = refused(&desk, "owners-token", command, code).await;
        assert!(said.contains(sentence) && said.contains(remedy), "{command}: {said}");
        assert!(!said.contains("is no owner") && !said.contains("cluster"), "{command}: {said}");
        assert!(!said.contains(".."), "{command}: {said}");
    }
}

/// In the middle of an apply, too, the remedy is for whoever sits at the machine.
#[tokio::test]
async fn an_allow_list_that_is_met_later_is_no_clusters_matter() {
    let desk = desk().await;
    let message = "Although you appear to have the correct authorization credentials, the `acme` organization has an IP \
                   allow list enabled, and your IP address is not permitted to access this resource.";
    fault(
        &desk,
        json!({"method": "PATCH", "path": "/orgs/acme", "status": 403, "body": {"message": message}}),
    )
    .await;
    let ended = with(&desk, "owners-token", "apply");
    assert_eq!(ended.status.code(), Some(15), "{ended:?}");
    let said = text(&ended.stdout) + &text(&ended.stderr);
    assert!(said.contains("this machine's address") && !said.contains("cluster"), "{said}");
}

#[rstest]
#[case::whose("/user")]
#[case::which_role("/orgs/acme/memberships/alice")]
#[tokio::test]
async fn a_limit_of_the_first_requests_is_waited_for(#[case] path: &str) {
    let desk = desk().await;
    let body = json!({"message": "You have exceeded a secondary rate limit."});
    let limit =
        json!({"path": path, "status": 403, "count": 1, "headers": {"Retry-After": "1"}, "body": body});
    fault(&desk, limit).await;
    let ended = with(&desk, "owners-token", "apply");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

#[rstest]
#[case::whose("/user")]
#[case::which_role("/orgs/acme/memberships/alice")]
#[tokio::test]
async fn a_limit_that_lasts_too_long_is_told_as_one(#[case] path: &str) {
    let desk = desk().await;
    let body = json!({"message": "API rate limit exceeded for user ID 1."});
    let limit = json!({"path": path, "status": 403, "headers": {"Retry-After": "3600"}, "body": body});
    fault(&desk, limit).await;
    let said = refused(&desk, "owners-token", "apply", 21).await;
    assert!(said.contains("API rate limit exceeded") && !said.contains("is no owner"), "{said}");
}

#[rstest]
#[case::nobodys("/user")]
#[case::expired_meanwhile("/orgs/acme/memberships/alice")]
#[case::expired_while_reading("/graphql")]
#[tokio::test]
async fn a_token_that_github_does_not_accept_is_told_as_one(#[case] path: &str) {
    let desk = desk().await;
    fault(&desk, json!({"path": path, "status": 401, "body": {"message": "Bad credentials"}})).await;
    let said = refused(&desk, "owners-token", "apply", 20).await;
    assert!(said.contains("Bad credentials"), "{said}");
}

#[tokio::test]
async fn who_is_in_no_way_in_the_organization_is_no_owner() {
    let desk = desk().await;
    desk.github.call("PUT", "/_sim/user-tokens", Some(json!({"token": "zoes-token", "login": "zoe"}))).await;
    let said = refused(&desk, "zoes-token", "plan", 1).await;
    assert!(said.contains("zoe, whose token this is, is no owner of acme"), "{said}");
}

#[rstest]
#[case::of_gh(&["gist", "read:org", "repo", "workflow"], "admin:org")]
#[case::without_repositories(&["admin:org"], "repo")]
#[case::of_something_else(&["gist"], "admin:org,repo")]
#[tokio::test]
async fn a_scope_that_is_missing_is_named_before_anything_is_planned(
    #[case] scopes: &[&str],
    #[case] missing: &str,
) {
    let desk = desk().await;
    let token = json!({"token": "scoped", "login": "alice", "scopes": scopes});
    desk.github.call("PUT", "/_sim/user-tokens", Some(token)).await;
    for command in COMMANDS {
        let code = if command == "apply" { 13 } else { 1 };
        let said = refused(&desk, "scoped", command, code).await;
        let remedy = format!("gh auth refresh --hostname 127.0.0.1 --scopes {missing}`");
        assert!(said.contains(&remedy), "{command}: {said}");
    }
}

/// GitHub does not say then whether the person is an owner.
#[rstest]
#[case::without_scopes("empty", "acme")]
#[case::of_nothing("owners-token", "no-such-organization")]
#[tokio::test]
async fn who_is_not_shown_is_not_called_no_owner(#[case] token: &str, #[case] org: &str) {
    let desk = desk().await;
    let empty = json!({"token": "empty", "login": "alice", "scopes": []});
    desk.github.call("PUT", "/_sim/user-tokens", Some(empty)).await;
    let mut command = desk.command(&["dump", org]);
    command.env("GITHUB_TOKEN", token);
    let ended = run(command);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = text(&ended.stderr);
    let expected = format!("there is no organization {org}, or the token of alice may not see it");
    assert!(said.contains(&expected), "{said}");
}

#[rstest]
#[case::fine_grained(json!({"fine_grained": true}))]
#[case::more_than_needed(json!({"scopes": ["admin:enterprise", "admin:org", "delete_repo", "repo"]}))]
#[tokio::test]
async fn other_tokens_are_taken(#[case] mut token: Value) {
    let desk = desk().await;
    token["token"] = json!("taken");
    token["login"] = json!("alice");
    desk.github.call("PUT", "/_sim/user-tokens", Some(token)).await;
    let ended = with(&desk, "taken", "plan");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(text(&ended.stdout).contains("gus"), "{ended:?}");
}

/// A fine-grained token has no scopes: what it lacks shows when it is used.
#[tokio::test]
async fn what_a_persons_token_lacks_is_no_apps_matter() {
    let desk = desk().await;
    let refusal = json!({
        "method": "PATCH", "path": "/orgs/acme", "status": 403,
        "headers": {"X-Accepted-GitHub-Permissions": "organization_administration=write"},
        "body": {"message": "Resource not accessible by personal access token"},
    });
    fault(&desk, refusal).await;
    let ended = with(&desk, "owners-token", "apply");
    assert_eq!(ended.status.code(), Some(13), "{ended:?}");
    let shown = text(&ended.stdout);
    assert!(
        shown.contains("Use a token that may do this (GitHub asks for organization_administration=write)"),
        "{shown}"
    );
    assert!(!shown.contains("the App"), "{shown}");
}
