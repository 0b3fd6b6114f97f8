//! Installation tokens: narrowed, expired, revoked, suspended.

use http::Method;
use serde_json::json;

use crate::support::{acme, each, jwt};

#[tokio::test]
async fn a_token_looks_like_githubs_and_its_answer_says_what_it_may() {
    let sim = acme().await;
    let minted = sim.mint(json!({})).await.expect(201);
    let token = minted["token"].as_str().expect("a token");
    assert!(token.starts_with("ghs_12345_"), "{token}");
    assert!((500..540).contains(&token.len()) && token.split('.').count() == 3, "{token}");
    assert_eq!(minted["permissions"]["members"], "write");
    assert_eq!(minted["repository_selection"], "all");
}

#[tokio::test]
async fn a_token_for_one_repository_sees_no_other_private_one() {
    let sim = acme().await;
    let token = sim.token(json!({"repositories": [".github"], "permissions": {"contents": "read"}})).await;
    sim.get(&token, "/repos/acme/.github").await.expect(200);
    sim.get(&token, "/repos/acme/vault").await.expect(404);
    sim.get(&token, "/repos/acme/vault/contents/README.md").await.expect(404);
    sim.get(&token, "/repos/globex/reactor").await.expect(404);
    sim.get(&token, "/repos/acme/site").await.expect(200);
    let listed = sim.get(&token, "/installation/repositories").await.expect(200);
    assert_eq!(each(&listed["repositories"], "name"), [".github"]);
}

#[tokio::test]
async fn permissions_are_enforced_and_named() {
    let sim = acme().await;
    let token = sim.token(json!({"permissions": {"contents": "read", "members": "read"}})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
    let refused = sim.ask(&token, Method::PUT, "/orgs/acme/memberships/eve", Some(json!({}))).await;
    assert_eq!(refused.header("x-accepted-github-permissions"), "members=write");
    assert_eq!(refused.expect(403)["message"], "Resource not accessible by integration");
    let body = json!({"name": "x", "head_sha": "0".repeat(40)});
    sim.ask(&token, Method::POST, "/repos/acme/.github/check-runs", Some(body)).await.expect(403);
    sim.get(&token, "/repos/acme/.github/issues").await.expect(403);
    let org = sim.get(&token, "/orgs/acme").await.expect(200);
    assert!(org.get("billing_email").is_none(), "settings need organization_administration: {org}");
    sim.get(&token, "/orgs/globex/teams").await.expect(404);
}

#[tokio::test]
async fn nobody_gets_more_than_the_installation_has() {
    let sim = acme().await;
    sim.mint(json!({"permissions": {"metadata": "write"}})).await.expect(422);
    sim.mint(json!({"permissions": {"secrets": "read"}})).await.expect(422);
    sim.mint(json!({"repositories": ["nowhere"]})).await.expect(422);
    let jwt = jwt();
    sim.ask(&jwt, Method::POST, "/app/installations/1/access_tokens", None).await.expect(404);
}

#[tokio::test]
async fn tokens_end_with_their_time() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/clock", json!({"advance": "59m"})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
    sim.control(Method::POST, "/clock", json!({"advance": "2m"})).await;
    assert_eq!(sim.get(&token, "/orgs/acme/teams").await.expect(401)["message"], "Bad credentials");
    let fresh = sim.token(json!({})).await;
    sim.get(&fresh, "/orgs/acme/teams").await.expect(200);
}

#[tokio::test]
async fn a_revoked_token_is_no_token() {
    let sim = acme().await;
    let (one, other) = (sim.token(json!({})).await, sim.token(json!({})).await);
    sim.ask(&one, Method::DELETE, "/installation/token", None).await.expect(204);
    sim.get(&one, "/orgs/acme/teams").await.expect(401);
    sim.get(&other, "/orgs/acme/teams").await.expect(200);
}

#[tokio::test]
async fn a_suspended_installation_neither_mints_nor_reads() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/orgs/acme/suspend", json!({"sender": "bob"})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(403);
    sim.mint(json!({})).await.expect(403);
    let shown = sim.get(&jwt(), "/app/installations/1234567").await.expect(200);
    assert_eq!(shown["suspended_by"]["login"], "bob");
    sim.control(Method::POST, "/orgs/acme/unsuspend", json!({})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
}

#[tokio::test]
async fn uninstalling_ends_tokens_and_a_new_installation_has_a_new_id() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/orgs/acme/uninstall", json!({})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(401);
    sim.mint(json!({})).await.expect(404);
    sim.get(&jwt(), "/app/installations/1234567").await.expect(404);
    let again = sim.control(Method::POST, "/orgs/acme/install", json!({})).await;
    assert_ne!(again["id"], 1_234_567);
    assert_eq!(sim.get(&jwt(), "/orgs/acme/installation").await.expect(200)["id"], again["id"]);
}
