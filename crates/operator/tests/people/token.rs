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
    fault(
        &desk,
        json!({"method": "PATCH", "path": "/orgs/acme", "status": 403, "body": {"message": ALLOW_LIST}}),
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
#[case::while_reading("/orgs/acme")]
#[tokio::test]
async fn a_limit_that_lasts_too_long_is_named_with_its_end(#[case] path: &str) {
    let desk = desk().await;
    let body = json!({"message": "API rate limit exceeded for user ID 1."});
    let limit = json!({"path": path, "status": 403, "headers": {"Retry-After": "3600"}, "body": body});
    fault(&desk, limit).await;
    let said = refused(&desk, "owners-token", "apply", 21).await;
    assert!(said.contains("API rate limit exceeded") && !said.contains("is no owner"), "{said}");
    assert!(said.contains("A limit of requests is used up until 20"), "{said}");
    assert!(said.contains("run this again then"), "{said}");
}

#[rstest]
#[case::nobodys("/user")]
#[case::expired_meanwhile("/orgs/acme/memberships/alice")]
#[case::expired_while_reading("/graphql")]
#[tokio::test]
async fn a_token_that_github_does_not_accept_is_named_by_its_variable(#[case] path: &str) {
    let desk = desk().await;
    fault(&desk, json!({"path": path, "status": 401, "body": {"message": "Bad credentials"}})).await;
    let said = refused(&desk, "owners-token", "apply", 20).await;
    assert!(said.contains("Bad credentials"), "{said}");
    let remedy = "GitHub does not accept the token in GITHUB_TOKEN: it may have expired or been revoked";
    assert!(said.contains(remedy), "{said}");
}

/// Of the App, too, which asks for a token of its own first.
#[rstest]
#[case::where_it_is_installed("/app/installations")]
#[case::its_token("/app/installations/1234567/access_tokens")]
#[tokio::test]
async fn a_limit_of_the_apps_first_requests_is_named_with_its_end(#[case] path: &str) {
    let desk = desk().await;
    let body = json!({"message": "API rate limit exceeded for installation ID 1."});
    fault(&desk, json!({"path": path, "status": 403, "headers": {"Retry-After": "3600"}, "body": body}))
        .await;
    let file = desk.file(FILE);
    let ended = run(desk.as_app(&["apply", &file, "--org", "acme", "--yes"]));
    assert_eq!(ended.status.code(), Some(21), "{ended:?}");
    let said = text(&ended.stderr);
    assert!(said.contains("A limit of requests is used up until 20"), "{said}");
}

/// The usual reason: an old token in the variable that comes first.
#[tokio::test]
async fn the_variable_that_comes_first_is_named() {
    let desk = desk().await;
    let mut command = desk.command(&["dump", "acme"]);
    command.env("GITHUB_TOKEN", "owners-token").env("PERIBOLOS_GITHUB_TOKEN", "an-old-token");
    let ended = run(command);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = text(&ended.stderr);
    assert!(said.contains("does not accept the token in PERIBOLOS_GITHUB_TOKEN"), "{said}");
}

const ALLOW_LIST: &str = "Although you appear to have the correct authorization credentials, the `acme` organization has an \
                          IP allow list enabled, and your IP address is not permitted to access this resource.";

/// Also before it is known whose token it is.
#[tokio::test]
async fn an_allow_list_at_the_first_request_has_a_remedy() {
    let desk = desk().await;
    fault(&desk, json!({"path": "/user", "status": 403, "body": {"message": ALLOW_LIST}})).await;
    let said = refused(&desk, "owners-token", "apply", 15).await;
    assert!(said.contains("IP allow list") && said.contains("this machine's address"), "{said}");
}

/// GitHub gives the address only with the answer that refuses.
#[rstest]
#[case::while_reading_settings(json!({"method": "GET", "path": "/orgs/acme"}))]
#[case::while_reading_people(json!({"path": "/graphql", "status": 200, "body": {
    "data": null, "errors": [{"type": "FORBIDDEN", "message": SAML}]}}))]
#[case::while_changing(json!({"method": "PATCH", "path": "/orgs/acme"}))]
#[case::while_reading_again(json!({"method": "GET", "path": "/orgs/acme", "skip": 1}))]
#[tokio::test]
async fn the_address_for_single_sign_on_is_shown_wherever_it_is_met(#[case] mut answer: Value) {
    let desk = desk().await;
    let address = "https://github.com/orgs/acme/sso?authorization_request=A1B2";
    let fields = answer.as_object_mut().unwrap();
    fields.entry("status").or_insert(json!(403));
    fields.entry("body").or_insert(json!({"message": SAML}));
    fields.insert("headers".to_owned(), json!({"X-GitHub-SSO": format!("required; url={address}")}));
    fault(&desk, answer).await;
    let ended = with(&desk, "owners-token", "apply");
    assert_eq!(ended.status.code(), Some(15), "{ended:?}");
    let shown = text(&ended.stdout) + &text(&ended.stderr);
    assert!(shown.contains(&format!("Open {address} to authorize the token")), "{shown}");
}

const SAML: &str = "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to \
                    this organization.";

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
#[case::of_nothing(&[], "admin:org,repo")]
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
#[tokio::test]
async fn who_is_not_shown_is_not_called_no_owner() {
    let desk = desk().await;
    let mut command = desk.command(&["dump", "no-such-organization"]);
    command.env("GITHUB_TOKEN", "owners-token");
    let ended = run(command);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = text(&ended.stderr);
    let expected = "there is no organization no-such-organization, or the token of alice may not see it";
    assert!(said.contains(expected), "{said}");
}

/// GitHub sends the header without scopes for tokens of Apps that act for a person, too.
#[tokio::test]
async fn a_token_of_a_kind_without_scopes_lacks_none() {
    let desk = desk().await;
    let token = json!({"token": "ghu_empty", "login": "alice", "fine_grained": true});
    desk.github.call("PUT", "/_sim/user-tokens", Some(token)).await;
    let answer = json!({"path": "/user", "status": 200, "headers": {"X-OAuth-Scopes": ""}, "body": {"login": "alice"}});
    fault(&desk, answer).await;
    let ended = with(&desk, "ghu_empty", "plan");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
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
