//! What goes wrong with GitHub, and what is told of it.

use serde_json::{Value, json};

use crate::{
    key::AppKey,
    world::{NAME, World, condition, version},
};

const SECRET: &str = "acme-token";

#[tokio::test]
async fn a_rate_limit_is_obeyed_whatever_happens_meanwhile() {
    let world = World::new("1h").await;
    let fault = json!({
        "method": "POST", "path": "/app/installations/*/access_tokens", "status": 403, "count": 1,
        "headers": {"retry-after": "3600"}, "body": {"message": "You have exceeded a secondary rate limit."},
    });
    world.sim.control("POST", "/faults", fault).await;
    let running = world.start();
    world.install(json!({})).await;
    let object = world.ready(NAME, "False", "RateLimited").await;
    let message = condition(&object, "TokenIssued").unwrap().2;
    assert!(message.contains("secondary rate limit") && message.contains("since 20"), "{message}");
    // The next mint would succeed: the fault was for one.
    world.reconciled(NAME).await;
    world.recheck(NAME, "some-delivery").await;
    let object = world.reconciled(NAME).await;
    assert_eq!(condition(&object, "Ready").unwrap().1, "RateLimited");
    assert_eq!(world.sim.mints().await, [403]);
    running.stop().await;
}

#[tokio::test]
async fn a_limit_is_the_apps_and_holds_for_all_installations() {
    let world = World::new("1h").await;
    let beta = json!({
        "id": 9002, "members": {"alice": "admin", "bob": "admin"},
        "repos": {".github": {"visibility": "private", "files": {"README.md": "hello"}}},
        "installation": {"id": 7_654_321},
    });
    world.sim.control("PUT", "/orgs/beta", beta).await;
    let fault = json!({
        "method": "POST", "path": "/app/installations/*/access_tokens", "status": 403, "count": 1,
        "headers": {"retry-after": "3600"}, "body": {"message": "You have exceeded a secondary rate limit."},
    });
    world.sim.control("POST", "/faults", fault).await;
    let running = world.start_with(&world.key, "*");
    world.install(json!({})).await;
    world.ready(NAME, "False", "RateLimited").await;
    world.install_as("beta", json!({"installationId": 7_654_321})).await;
    // It has done nothing wrong, and waits for its turn.
    world.ready("beta", "True", "OnDemand").await;
    world.reconciled("beta").await;
    assert_eq!(world.sim.mints().await, [403]);
    running.stop().await;
}

#[tokio::test]
async fn an_outage_is_told_and_ends_by_itself() {
    let world = World::new("1h").await;
    let fault = json!({"path": "/app/**", "status": 502});
    world.sim.control("POST", "/faults", fault).await;
    let running = world.start();
    world.install(json!({})).await;
    let object = world.ready(NAME, "False", "GitHubUnavailable").await;
    assert_eq!(condition(&object, "Reconciling").unwrap().0, "True");
    world.sim.control("DELETE", "/faults", Value::Null).await;
    world.ready(NAME, "True", "TokenIssued").await;
    running.stop().await;
}

#[tokio::test]
async fn a_wrong_key_removes_nobody() {
    let world = World::new("1h").await;
    let first = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let before = world.secret(SECRET).await;
    first.stop().await;

    let wrong = world.start_with(&AppKey::generate(), "acme");
    world.recheck(NAME, "some-delivery").await;
    let object = world.ready(NAME, "True", "CredentialsInvalid").await;
    assert_eq!(condition(&object, "TokenIssued").unwrap().0, "True");
    assert_eq!(version(&world.secret(SECRET).await), version(&before));
    wrong.stop().await;

    let right = world.start();
    world.ready(NAME, "True", "TokenIssued").await;
    assert_eq!(version(&world.secret(SECRET).await), version(&before));
    right.stop().await;
}

#[tokio::test]
async fn one_404_is_not_believed() {
    let world = World::new("1h").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let before = world.secret(SECRET).await;
    let fault = json!({"method": "GET", "path": "/app/installations/*", "status": 404, "count": 1});
    world.sim.control("POST", "/faults", fault).await;
    world.recheck(NAME, "some-delivery").await;
    world.ready(NAME, "True", "Progressing").await;
    world.ready(NAME, "True", "TokenIssued").await;
    assert_eq!(version(&world.secret(SECRET).await), version(&before));
    running.stop().await;
}

#[tokio::test]
async fn a_url_that_answers_404_to_everything_removes_nothing() {
    let world = World::new("1h").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    for path in ["/app", "/app/**"] {
        world.sim.control("POST", "/faults", json!({"path": path, "status": 404})).await;
    }
    world.recheck(NAME, "some-delivery").await;
    let object = world.ready(NAME, "True", "GitHubUnavailable").await;
    let message = condition(&object, "Ready").unwrap().2;
    assert!(message.contains("--github-api-url"), "{message}");
    world.secret(SECRET).await;
    running.stop().await;
}
