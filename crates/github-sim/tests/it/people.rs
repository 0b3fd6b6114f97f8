//! People with tokens of their own, workflows' tokens, logins that change, and organizations that keep tokens out.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Running, acme, each, jwt};

/// alice's token in the fixture. She owns acme.
const ALICE: &str = "ghp_alice";

async fn token_of(sim: &Running, login: &str) -> String {
    let token = format!("ghp_{login}");
    sim.control(Method::PUT, "/user-tokens", json!({"token": token, "login": login})).await;
    token
}

async fn graphql(sim: &Running, token: &str, query: &str) -> Value {
    sim.ask(token, Method::POST, "/graphql", Some(json!({"query": query}))).await.expect(200)
}

const MEMBERS: &str = "{ organization(login: \"acme\") { membersWithRole(first: 9) { nodes { login } } } }";

#[tokio::test]
async fn an_owner_may_everything_in_the_organization() {
    let sim = acme().await;
    let me = sim.get(ALICE, "/user").await;
    assert_eq!(me.header("x-oauth-scopes"), "admin:org, repo");
    assert_eq!(me.expect(200)["login"], "alice");
    assert_eq!(sim.get(ALICE, "/orgs/acme").await.expect(200)["billing_email"], "billing@acme.example");
    sim.ask(ALICE, Method::PUT, "/orgs/acme/memberships/eve", Some(json!({}))).await.expect(200);
    sim.ask(ALICE, Method::PATCH, "/repos/acme/vault", Some(json!({"has_wiki": false}))).await.expect(200);
    sim.get(ALICE, "/repos/acme/site/collaborators").await.expect(200);
    let answer = graphql(&sim, ALICE, MEMBERS).await;
    assert_eq!(each(&answer["data"]["organization"]["membersWithRole"]["nodes"], "login").len(), 5);
    let audit = sim.control(Method::GET, "/audit", json!({})).await;
    assert_eq!(audit[0]["actor"], "alice");
    // A person is no App, and of one organization only.
    sim.get(ALICE, "/app").await.expect(401);
    sim.get(ALICE, "/orgs/globex/teams").await.expect(404);
    let check = json!({"name": "x", "head_sha": "0".repeat(40)});
    sim.ask(ALICE, Method::POST, "/repos/acme/site/check-runs", Some(check)).await.expect(403);
    sim.get("ghp_nobody", "/user").await.expect(401);
}

#[tokio::test]
async fn a_person_who_makes_a_team_is_its_maintainer() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    for (by, name, members) in [(ALICE, "Hers", json!(["alice"])), (token.as_str(), "Its", json!([]))] {
        sim.ask(by, Method::POST, "/orgs/acme/teams", Some(json!({"name": name}))).await.expect(201);
        let path = format!("/orgs/acme/teams/{}/members?role=maintainer", name.to_lowercase());
        assert_eq!(json!(each(&sim.get(&token, &path).await.expect(200), "login")), members, "{name}");
    }
}

#[tokio::test]
async fn a_member_reads_the_organization_and_changes_what_the_role_on_a_repository_allows() {
    let sim = acme().await;
    let carol = token_of(&sim, "carol").await;
    sim.get(&carol, "/orgs/acme/teams").await.expect(200);
    assert_eq!(sim.get(&carol, "/orgs/acme").await.expect(200)["billing_email"], Value::Null);
    sim.ask(&carol, Method::PUT, "/orgs/acme/memberships/eve", Some(json!({}))).await.expect(403);
    let wiki = || Some(json!({"has_wiki": false}));
    sim.ask(&carol, Method::PATCH, "/repos/acme/site", wiki()).await.expect(200);
    sim.ask(&carol, Method::PATCH, "/repos/acme/handbook", wiki()).await.expect(403);
    let eve = token_of(&sim, "eve").await;
    // She may push to it, no more.
    sim.ask(&eve, Method::PATCH, "/repos/acme/site", wiki()).await.expect(403);
    sim.get(&eve, "/orgs/acme/teams").await.expect(404);
    sim.get(&eve, "/repos/acme/handbook").await.expect(404);
}

/// The token of an owner with these scopes.
async fn scoped(sim: &Running, scopes: &[&str]) -> String {
    let body = json!({"token": "ghp_scoped", "login": "alice", "scopes": scopes});
    sim.control(Method::PUT, "/user-tokens", body).await;
    "ghp_scoped".to_owned()
}

#[tokio::test]
async fn a_classic_token_does_what_its_scopes_allow() {
    let sim = acme().await;
    // What `gh auth token` has unless one asks for more.
    let token = scoped(&sim, &["gist", "read:org", "repo", "workflow"]).await;
    let me = sim.get(&token, "/user").await;
    assert_eq!(me.header("x-oauth-scopes"), "gist, read:org, repo, workflow");
    sim.get(&token, "/orgs/acme/memberships/alice").await.expect(200);
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
    assert_eq!(sim.get(&token, "/orgs/acme").await.expect(200)["billing_email"], Value::Null);
    for (method, path) in [
        (Method::GET, "/orgs/acme/invitations"),
        (Method::GET, "/orgs/acme/failed_invitations"),
        (Method::GET, "/orgs/acme/organization-roles"),
        (Method::POST, "/orgs/acme/teams"),
        (Method::DELETE, "/orgs/acme/members/carol"),
    ] {
        let refused = sim.ask(&token, method, path, Some(json!({"name": "x"}))).await;
        assert_eq!(refused.header("x-accepted-oauth-scopes"), "admin:org", "{path}");
        assert_eq!(refused.expect(404)["message"], "Not Found", "{path}");
    }
    let invited = sim.ask(&token, Method::PUT, "/orgs/acme/memberships/eve", Some(json!({}))).await;
    let sentence = "You must be an admin to add or update an organization membership.";
    assert_eq!(invited.expect(403)["message"], sentence);
    // GitHub documents `repo` as enough for these.
    sim.ask(&token, Method::PATCH, "/orgs/acme", Some(json!({"name": "Acme"}))).await.expect(200);
    sim.ask(&token, Method::PATCH, "/repos/acme/vault", Some(json!({"has_wiki": false}))).await.expect(200);
}

#[tokio::test]
async fn without_the_scope_repo_private_repositories_are_hidden_and_public_ones_stay_as_they_are() {
    let sim = acme().await;
    let token = scoped(&sim, &["admin:org"]).await;
    sim.get(&token, "/orgs/acme/invitations").await.expect(200);
    sim.get(&token, "/repos/acme/vault").await.expect(404);
    let listed = sim.get(&token, "/orgs/acme/repos").await.expect(200);
    assert_eq!(each(&listed, "name"), ["site"]);
    sim.ask(&token, Method::PATCH, "/repos/acme/site", Some(json!({"has_wiki": false}))).await.expect(403);
}

#[tokio::test]
async fn graphql_refuses_people_and_teams_to_a_token_without_a_scope_for_organizations() {
    let sim = acme().await;
    let token = scoped(&sim, &["repo"]).await;
    let answer = graphql(&sim, &token, MEMBERS).await;
    assert_eq!(answer["errors"][0]["type"], "INSUFFICIENT_SCOPES", "{answer}");
    let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("The 'membersWithRole' field requires"), "{message}");
}

#[tokio::test]
async fn a_fine_grained_token_has_no_scopes() {
    let sim = acme().await;
    let body = json!({"token": "github_pat_alice", "login": "alice", "fine_grained": true});
    sim.control(Method::PUT, "/user-tokens", body).await;
    let me = sim.get("github_pat_alice", "/user").await;
    assert!(!me.headers.contains_key("x-oauth-scopes"));
    sim.get("github_pat_alice", "/orgs/acme/invitations").await.expect(200);
}

#[tokio::test]
async fn who_is_in_no_organization_learns_of_no_membership_in_it() {
    let sim = acme().await;
    let eve = token_of(&sim, "eve").await;
    let refused = sim.get(&eve, "/orgs/acme/memberships/eve").await.expect(403);
    assert_eq!(refused["message"], "You must be a member of acme to see membership information for eve.");
}

#[tokio::test]
async fn a_workflows_token_has_nothing_of_the_organization() {
    let sim = acme().await;
    let made = sim.control(Method::POST, "/orgs/acme/workflow-token", json!({"repo": "handbook"})).await;
    let token = made["token"].as_str().expect("a token");
    assert!(token.starts_with("ghs_"), "{token}");
    sim.get(token, "/repos/acme/handbook").await.expect(200);
    sim.get(token, "/repos/acme/vault").await.expect(404);
    let refused = sim.get(token, "/orgs/acme/teams").await.expect(403);
    assert_eq!(refused["message"], "Resource not accessible by integration");
    sim.ask(token, Method::PUT, "/orgs/acme/memberships/eve", Some(json!({}))).await.expect(403);
    assert_eq!(graphql(&sim, token, MEMBERS).await["errors"][0]["type"], "FORBIDDEN");
    sim.get(token, "/user").await.expect(403);
    sim.control(Method::POST, "/orgs/acme/uninstall", json!({})).await;
    sim.get(token, "/repos/acme/handbook").await.expect(200);
}

#[tokio::test]
async fn a_login_that_changes_takes_everything_along() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let before = sim.get(&token, "/users/alice").await.expect(200);
    sim.control(Method::POST, "/users/alice/rename", json!({"to": "alicia"})).await;
    sim.control(Method::POST, "/users/eve/rename", json!({"to": "eva"})).await;
    assert_eq!(sim.get(&token, "/users/alicia").await.expect(200)["id"], before["id"]);
    sim.get(&token, "/users/alice").await.expect(404);
    sim.get(&token, "/orgs/acme/memberships/alice").await.expect(404);
    assert_eq!(sim.get(&token, "/orgs/acme/memberships/alicia").await.expect(200)["role"], "admin");
    sim.get(&token, "/orgs/acme/teams/core/memberships/alicia").await.expect(200);
    let direct = sim.get(&token, "/repos/acme/site/collaborators?affiliation=direct").await.expect(200);
    assert_eq!(each(&direct, "login"), ["eva"]);
    assert_eq!(sim.get(ALICE, "/user").await.expect(200)["login"], "alicia");
    sim.ask(&token, Method::PUT, "/orgs/acme/memberships/alice", Some(json!({}))).await.expect(404);
}

#[tokio::test]
async fn an_ip_allow_list_keeps_every_token_out() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/orgs/acme/ip-allow-list", json!({"enabled": true})).await;
    let words = "Although you appear to have the correct authorization credentials, the `acme` organization has an IP \
        allow list enabled, and your IP address is not permitted to access this resource.";
    for token in [token.as_str(), ALICE] {
        assert_eq!(sim.get(token, "/orgs/acme/teams").await.expect(403)["message"], words);
        assert_eq!(sim.get(token, "/repos/acme/site").await.expect(403)["message"], words);
        let answer = graphql(&sim, token, MEMBERS).await;
        assert_eq!(answer["errors"][0]["type"], "FORBIDDEN");
        assert_eq!(answer["errors"][0]["message"], words);
        assert_eq!(answer["data"]["organization"], Value::Null);
    }
    assert_eq!(sim.get(&token, "/installation/repositories").await.expect(403)["message"], words);
    // The App's own requests are not about what the organization keeps.
    sim.get(&jwt(), "/app/installations").await.expect(200);
    sim.token(json!({})).await;
    sim.get(ALICE, "/user").await.expect(200);
    sim.control(Method::POST, "/orgs/acme/ip-allow-list", json!({"enabled": false})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
}

#[tokio::test]
async fn single_sign_on_keeps_peoples_tokens_out() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/orgs/acme/saml", json!({"enabled": true})).await;
    let refused = sim.get(ALICE, "/orgs/acme/teams").await;
    let address = sim.url("/orgs/acme/sso?authorization_request=SIM");
    assert_eq!(refused.header("x-github-sso"), format!("required; url={address}"));
    let words = "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this \
        organization.";
    assert_eq!(refused.expect(403)["message"], words);
    let reply = sim.ask(ALICE, Method::POST, "/graphql", Some(json!({"query": MEMBERS}))).await;
    assert_eq!(reply.header("x-github-sso"), format!("required; url={address}"));
    let error = &reply.expect(200)["errors"][0];
    assert_eq!((&error["type"], &error["message"]), (&json!("FORBIDDEN"), &json!(words)));
    assert_eq!(error["extensions"]["saml_failure"], true);
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
}
