//! Limits beyond the hour's: points, content, requests at once, invitations a day, what a query may touch.

use std::{sync::Arc, time::Duration};

use http::Method;
use serde_json::{Value, json};

use crate::support::{Reply, Running, acme, jwt, start};

async fn limited(limits: &str) -> Running {
    start(|config| config.secondary_limits = limits.parse().expect("limits")).await
}

async fn pass(sim: &Running, time: &str) {
    sim.control(Method::POST, "/clock", json!({"advance": time})).await;
}

async fn new_team(sim: &Running, token: &str, name: &str) -> Reply {
    sim.ask(token, Method::POST, "/orgs/acme/teams", Some(json!({"name": name}))).await
}

async fn invite(sim: &Running, token: &str, login: &str) -> Reply {
    sim.ask(token, Method::PUT, &format!("/orgs/acme/memberships/{login}"), Some(json!({}))).await
}

fn says_secondary(reply: &Reply) -> bool {
    String::from_utf8_lossy(&reply.body).contains("You have exceeded a secondary rate limit")
}

#[tokio::test]
async fn who_passes_the_points_of_a_minute_is_told_in_githubs_forms() {
    let sim = limited("points=5").await;
    let token = sim.token(json!({})).await;
    for _ in 0..5 {
        sim.get(&token, "/orgs/acme").await.expect(200);
    }
    let first = sim.get(&token, "/orgs/acme").await;
    assert_eq!(first.status, 403);
    assert!(first.header("retry-after").parse::<u64>().is_ok_and(|s| (1..=60).contains(&s)), "{first:?}");
    assert!(says_secondary(&first));
    assert_eq!(first.header("x-ratelimit-remaining"), "4995", "it is not the hour's limit");
    let second = sim.get(&token, "/orgs/acme").await;
    assert_eq!((second.status.as_u16(), second.header("retry-after")), (403, ""));
    assert!(says_secondary(&second));
    let third = sim.get(&token, "/orgs/acme").await;
    assert_eq!((third.status.as_u16(), third.header("content-type")), (429, "text/html; charset=utf-8"));
    assert!(says_secondary(&third));
    pass(&sim, "61s").await;
    sim.get(&token, "/orgs/acme").await.expect(200);
}

#[tokio::test]
async fn a_write_counts_five_points() {
    let sim = limited("points=11").await;
    let token = sim.token(json!({})).await;
    for description in ["one", "two"] {
        let body = Some(json!({"description": description}));
        sim.ask(&token, Method::PATCH, "/orgs/acme", body).await.expect(200);
    }
    sim.get(&token, "/orgs/acme").await.expect(200);
    assert!(says_secondary(&sim.get(&token, "/orgs/acme").await));
}

#[tokio::test]
async fn the_app_and_each_installation_have_points_of_their_own() {
    let sim = limited("points=5").await;
    let token = sim.token(json!({})).await;
    assert!(says_secondary(&sim.mint(json!({})).await));
    assert!(says_secondary(&sim.get(&jwt(), "/app").await));
    sim.get(&token, "/orgs/acme").await.expect(200);
}

#[tokio::test]
async fn graphql_has_points_and_errors_of_its_own() {
    let sim = limited("graphql-points=2").await;
    let token = sim.token(json!({})).await;
    let query = json!({"query": "{ organization(login: \"acme\") { login } }"});
    let ask = || sim.ask(&token, Method::POST, "/graphql", Some(query.clone()));
    for _ in 0..2 {
        assert_eq!(ask().await.expect(200)["data"]["organization"]["login"], "acme");
    }
    let refused = ask().await;
    assert!(says_secondary(&refused));
    assert_eq!(refused.expect(200)["errors"][0]["type"], "RATE_LIMITED");
    ask().await.expect(403);
    assert_eq!(ask().await.expect(200)["errors"][0]["type"], "RATE_LIMIT");
    assert_eq!(ask().await.status, 429);
    sim.get(&token, "/orgs/acme").await.expect(200);
}

#[tokio::test]
async fn content_is_limited_a_minute_and_an_hour() {
    let sim = limited("content-minute=2,content-hour=3").await;
    let token = sim.token(json!({})).await;
    new_team(&sim, &token, "one").await.expect(201);
    invite(&sim, &token, "eve").await.expect(200);
    let refused = new_team(&sim, &token, "two").await.expect(403);
    assert!(refused["message"].as_str().is_some_and(|m| m.contains("content creation")), "{refused}");
    assert!(says_secondary(&invite(&sim, &token, "frank").await));
    let path = "/orgs/acme/teams/docs/memberships/frank";
    assert!(says_secondary(&sim.ask(&token, Method::PUT, path, None).await));
    let path = "/repos/acme/site/collaborators/frank";
    assert!(says_secondary(&sim.ask(&token, Method::PUT, path, None).await));
    // These tell nobody anything new.
    invite(&sim, &token, "carol").await.expect(200);
    sim.ask(&token, Method::PUT, "/repos/acme/site/collaborators/eve", None).await.expect(204);
    sim.ask(&token, Method::DELETE, "/orgs/acme/teams/one", None).await.expect(204);
    pass(&sim, "61s").await;
    new_team(&sim, &token, "three").await.expect(201);
    pass(&sim, "61s").await;
    assert!(says_secondary(&new_team(&sim, &token, "four").await));
    pass(&sim, "58m").await;
    let token = sim.token(json!({})).await;
    new_team(&sim, &token, "five").await.expect(201);
}

#[tokio::test]
async fn only_so_many_requests_are_answered_at_once() {
    let sim = Arc::new(limited("concurrent=2").await);
    let token = sim.token(json!({})).await;
    let slow = json!({"path": "/orgs/acme/teams", "delayMs": 600_000});
    sim.control(Method::POST, "/faults", slow).await;
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let (sim, token) = (Arc::clone(&sim), token.clone());
            tokio::spawn(async move { sim.get(&token, "/orgs/acme/teams").await })
        })
        .collect();
    until(async || says_secondary(&sim.get(&token, "/orgs/acme").await)).await;
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    until(async || sim.get(&token, "/orgs/acme").await.status == 200).await;
}

async fn until(ready: impl AsyncFn() -> bool) {
    let asking = async {
        while !ready().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.expect("a state that comes");
}

#[tokio::test]
async fn limits_change_while_it_runs_and_may_be_off() {
    let sim = limited("points=0").await;
    sim.get(&jwt(), "/app").await.expect(403);
    sim.control(Method::POST, "/limits", json!({"secondary": "off"})).await;
    sim.get(&jwt(), "/app").await.expect(200);
}

#[tokio::test]
async fn time_may_run_faster_for_limits() {
    let sim = start(|config| {
        config.secondary_limits = "points=5".parse().expect("limits");
        config.time_scale = 60.0;
    })
    .await;
    let token = sim.token(json!({})).await;
    let reply = sim.get(&token, "/orgs/acme").await;
    let reset: i64 = reply.header("x-ratelimit-reset").parse().expect("a time");
    assert!(reset <= crate::support::now() + 61, "an hour is a minute: {reply:?}");
    assert_eq!(sim.mint(json!({})).await.header("retry-after"), "1");
    pass(&sim, "1s").await;
    sim.mint(json!({})).await.expect(201);
}

#[tokio::test]
async fn an_organization_invites_only_so_many_people_a_day() {
    let sim = acme().await;
    let mut state = sim.control(Method::GET, "/orgs/acme", json!({})).await;
    state["invitations_per_day"] = json!(1);
    let state = sim.control(Method::PUT, "/orgs/acme", state).await;
    assert_eq!(state["invitations_per_day"], 1);
    let token = sim.token(json!({})).await;
    invite(&sim, &token, "eve").await.expect(200);
    let refused = invite(&sim, &token, "frank").await.expect(422);
    assert_eq!(refused["errors"][0]["message"], "Over invitation rate limit");
    let path = "/orgs/acme/teams/docs/memberships/grace";
    sim.ask(&token, Method::PUT, path, None).await.expect(422);
    // An open invitation that changes is no new one, and a refused one leaves nothing.
    let owner = Some(json!({"role": "admin"}));
    sim.ask(&token, Method::PUT, "/orgs/acme/memberships/eve", owner).await.expect(200);
    sim.get(&token, "/orgs/acme/memberships/frank").await.expect(404);
    sim.get(&token, path).await.expect(404);
    pass(&sim, "24h").await;
    let token = sim.token(json!({})).await;
    invite(&sim, &token, "frank").await.expect(200);
}

#[tokio::test]
async fn a_query_that_touches_too_much_has_a_part_of_its_answer() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/limits", json!({"graphqlNodes": 1})).await;
    let ask = async |first: u32| -> Value {
        let query = format!(
            "{{ organization(login: \"acme\") {{ membersWithRole(first: {first}) {{ totalCount nodes {{ login }} }} }} }}"
        );
        sim.ask(&token, Method::POST, "/graphql", Some(json!({"query": query}))).await.expect(200)
    };
    let two = ask(2).await;
    assert_eq!(two["errors"][0]["type"], "RESOURCE_LIMITS_EXCEEDED");
    let members = &two["data"]["organization"]["membersWithRole"];
    assert_eq!(members["nodes"], json!([{"login": "alice"}, null]));
    assert_eq!(members["totalCount"], 5);
    let one = ask(1).await;
    assert_eq!(one["errors"], Value::Null);
    assert_eq!(one["data"]["organization"]["membersWithRole"]["nodes"], json!([{"login": "alice"}]));
    sim.control(Method::POST, "/limits", json!({"graphqlNodes": 0})).await;
    assert_eq!(ask(5).await["errors"], Value::Null);
}
