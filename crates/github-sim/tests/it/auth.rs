//! Who may ask what: JWTs and the answers to wrong ones.

use http::Method;
use serde_json::json;

use crate::support::{APP, acme, jwt, jwt_with, key_pair, now, private_key};

#[tokio::test]
async fn a_good_jwt_opens_the_app() {
    let sim = acme().await;
    let app = sim.get(&jwt(), "/app").await.expect(200);
    assert_eq!(app["id"], APP);
    assert_eq!(app["permissions"]["organization_administration"], "write");
    let by_number = jwt_with(private_key(), &json!({"iss": APP, "iat": now(), "exp": now() + 60}));
    sim.get(&by_number, "/app").await.expect(200);
}

#[tokio::test]
async fn wrong_jwts_are_refused_in_githubs_words() {
    let sim = acme().await;
    let good = json!({"iss": APP.to_string(), "iat": now() - 5, "exp": now() + 300});
    let with = |field: &str, value: serde_json::Value| {
        let mut claims = good.clone();
        claims[field] = value;
        jwt_with(private_key(), &claims)
    };
    let cases = [
        (jwt_with(&key_pair().0, &good), 401, "could not be decoded"),
        (with("exp", json!(now() - 1)), 401, "'exp'"),
        (with("exp", json!(now() + 660)), 401, "too far in the future"),
        (with("iat", json!(now() + 120)), 401, "'iat'"),
        (with("iss", json!("999")), 404, "Integration not found"),
        ("a.b.c".to_owned(), 401, "could not be decoded"),
        ("ghs_unknown".to_owned(), 401, "Bad credentials"),
    ];
    for (token, status, words) in cases {
        let body = sim.get(&token, "/app").await.expect(status);
        assert!(body["message"].as_str().is_some_and(|m| m.contains(words)), "{body}");
    }
    let reply = sim.raw(Method::GET, "/app", &[], None).await.expect("an answer");
    reply.expect(401);
}

#[tokio::test]
async fn only_a_jwt_opens_the_app_and_no_installation_is_a_user() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.get(&token, "/app").await.expect(401);
    sim.get(&token, "/app/installations").await.expect(401);
    let user = sim.get(&token, "/user").await.expect(403);
    assert_eq!(user["message"], "Resource not accessible by integration");
    sim.get(&jwt(), "/orgs/acme/teams").await.expect(403);
}

#[tokio::test]
async fn what_is_unknown_is_501_and_listed() {
    let sim = acme().await;
    sim.get(&jwt(), "/marketplace_listing/plans").await.expect(501);
    let unknown = sim.control(Method::GET, "/unknown", json!({})).await;
    assert_eq!(unknown[0]["endpoint"], "GET /marketplace_listing/plans");
}
