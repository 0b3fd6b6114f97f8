//! Faults on demand.

use http::Method;
use serde_json::json;

use crate::support::acme;

#[tokio::test]
async fn a_fault_answers_as_often_as_asked() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let fault = json!({"method": "GET", "path": "/orgs/*/teams", "status": 403, "count": 2,
        "headers": {"retry-after": "7"}, "body": {"message": "You have exceeded a secondary rate limit."}});
    sim.control(Method::POST, "/faults", fault).await;
    for _ in 0..2 {
        let reply = sim.get(&token, "/orgs/acme/teams?per_page=1").await;
        assert_eq!(reply.header("retry-after"), "7");
        assert_eq!(reply.expect(403)["message"], "You have exceeded a secondary rate limit.");
    }
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
}

#[tokio::test]
async fn a_glob_stops_at_a_slash_and_a_method_is_a_method() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/faults", json!({"method": "post", "path": "/orgs/*", "status": 500})).await;
    sim.get(&token, "/orgs/acme").await.expect(200);
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
    sim.control(Method::POST, "/faults", json!({"path": "/orgs/**", "status": 502})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(502);
    sim.control(Method::DELETE, "/faults", json!({})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let auth = format!("Bearer {token}");
    sim.control(Method::POST, "/faults", json!({"path": "/orgs/acme", "drop": true, "count": 1})).await;
    let asked = [("authorization", auth.as_str())];
    let error = sim.raw(Method::GET, "/orgs/acme", &asked, None).await;
    assert!(error.is_err(), "{error:?}");
    sim.get(&token, "/orgs/acme").await.expect(200);
}

#[tokio::test]
async fn a_late_answer_is_the_endpoints_own() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/faults", json!({"path": "/orgs/acme", "delayMs": 1})).await;
    assert_eq!(sim.get(&token, "/orgs/acme").await.expect(200)["login"], "acme");
}

#[tokio::test]
async fn requests_are_logged_with_who_asked() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.get(&token, "/orgs/acme/teams?per_page=3").await.expect(200);
    let log = sim.control(Method::GET, "/requests", json!({})).await;
    assert_eq!(log[0]["actor"], "app");
    assert_eq!(log[0]["path"], "/app/installations/1234567/access_tokens");
    assert_eq!(log[1]["path"], "/orgs/acme/teams?per_page=3");
    assert_eq!(log[1]["installation"], 1_234_567);
    assert_eq!(log[1]["status"], 200);
    sim.control(Method::DELETE, "/requests", json!({})).await;
    assert_eq!(sim.control(Method::GET, "/requests", json!({})).await, json!([]));
}

#[tokio::test]
async fn faults_tell_how_many_requests_they_have_met() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(
        Method::POST,
        "/faults",
        json!({"method": "GET", "path": "/orgs/*", "status": 502, "count": 1}),
    )
    .await;
    assert_eq!(
        sim.control(Method::GET, "/faults", json!({})).await,
        json!([{"method": "GET", "path": "/orgs/*", "taken": 0}])
    );
    for status in [502, 200] {
        sim.get(&token, "/orgs/acme").await.expect(status);
    }
    assert_eq!(sim.control(Method::GET, "/faults", json!({})).await[0]["taken"], 1);
}

async fn new_team(sim: &crate::support::Running, token: &str, name: &str) -> u16 {
    let body = Some(json!({"name": name}));
    sim.ask(token, Method::POST, "/orgs/acme/teams", body).await.status.as_u16()
}

#[tokio::test]
async fn the_second_matching_request_alone_fails() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let fault = json!({"method": "POST", "path": "/orgs/acme/teams", "status": 502, "skip": 1, "count": 1});
    sim.control(Method::POST, "/faults", fault).await;
    for (name, status) in [("one", 201), ("two", 502), ("three", 201)] {
        assert_eq!(new_team(&sim, &token, name).await, status, "{name}");
    }
    sim.get(&token, "/orgs/acme/teams/two").await.expect(404);
}

#[tokio::test]
async fn a_request_may_fail_after_it_took_effect() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let fault = |more: serde_json::Value| {
        let mut fault = json!({"method": "POST", "path": "/orgs/acme/teams", "when": "after", "count": 1});
        fault.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        fault
    };
    sim.control(Method::POST, "/faults", fault(json!({"status": 502}))).await;
    assert_eq!(new_team(&sim, &token, "lost").await, 502);
    sim.get(&token, "/orgs/acme/teams/lost").await.expect(200);
    sim.control(Method::POST, "/faults", fault(json!({"drop": true}))).await;
    let (auth, body) = (format!("Bearer {token}"), json!({"name": "dropped"}));
    let asked = [("authorization", auth.as_str())];
    let error = sim.raw(Method::POST, "/orgs/acme/teams", &asked, Some(body)).await;
    assert!(error.is_err(), "{error:?}");
    sim.get(&token, "/orgs/acme/teams/dropped").await.expect(200);
}
