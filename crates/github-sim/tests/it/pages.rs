//! Pages, ETags and limits.

use github_sim::SecondaryLimits;
use http::Method;
use serde_json::json;

use crate::support::{acme, each, start};

#[tokio::test]
async fn links_lead_through_all_pages() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let mut logins = Vec::new();
    let mut next = Some("/orgs/acme/members?per_page=2".to_owned());
    while let Some(url) = next {
        let reply = sim.get(&token, &url).await;
        next = reply.link("next");
        logins.extend(each(&reply.json(), "login").into_iter().map(str::to_owned));
    }
    assert_eq!(logins, ["alice", "bob", "carol", "mallory", "oscar"]);
    let last = sim.get(&token, "/orgs/acme/members?per_page=2&page=3").await;
    assert!(last.link("prev").is_some_and(|l| l.ends_with("page=2")), "{last:?}");
}

#[tokio::test]
async fn pages_hold_thirty_and_at_most_a_hundred() {
    let sim = start(|config| config.secondary_limits = SecondaryLimits::OFF).await;
    let token = sim.token(json!({})).await;
    for n in 0..120 {
        let body = json!({"name": format!("Team {n}")});
        sim.ask(&token, Method::POST, "/orgs/acme/teams", Some(body)).await.expect(201);
    }
    let size = async |path: &str| sim.get(&token, path).await.expect(200).as_array().expect("a list").len();
    assert_eq!(size("/orgs/acme/teams").await, 30);
    assert_eq!(size("/orgs/acme/teams?per_page=1000").await, 100);
    assert_eq!(size("/orgs/acme/teams?per_page=100&page=2").await, 23);
    assert_eq!(size("/orgs/acme/teams?page=99").await, 0);
}

#[tokio::test]
async fn an_etag_saves_body_and_budget_until_something_changes() {
    let sim = acme().await;
    let token = sim.token(json!({"permissions": {"contents": "read"}})).await;
    let auth = format!("Bearer {token}");
    let path = "/repos/acme/.github/contents/README.md";
    let first = sim.get(&token, path).await;
    let tag = first.header("etag").to_owned();
    let asked = [("authorization", auth.as_str()), ("if-none-match", tag.as_str())];
    let again = sim.raw(Method::GET, path, &asked, None).await.expect("an answer");
    assert_eq!(again.status, 304);
    assert!(again.body.is_empty());
    assert_eq!(again.header("x-ratelimit-remaining"), first.header("x-ratelimit-remaining"));
    let other = sim.token(json!({"permissions": {"contents": "read"}})).await;
    let auth_of_other = format!("Bearer {other}");
    let asked_by_other = [("authorization", auth_of_other.as_str()), ("if-none-match", tag.as_str())];
    let full = sim.raw(Method::GET, path, &asked_by_other, None).await.expect("an answer");
    assert_eq!(full.status, 200, "an ETag is of one token");
    assert!(full.header("vary").contains("Authorization"), "{full:?}");
    let push =
        json!({"branch": "main", "files": {"README.md": "new\n"}, "message": "new", "sender": "alice"});
    sim.control(Method::POST, "/orgs/acme/repos/.github/push", push).await;
    let changed = sim.raw(Method::GET, path, &asked, None).await.expect("an answer");
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn the_budget_ends_and_comes_back_with_the_hour() {
    let sim = start(|config| config.rate_limit = 3).await;
    let token = sim.token(json!({})).await;
    for left in ["2", "1", "0"] {
        let reply = sim.get(&token, "/orgs/acme/teams").await;
        assert_eq!(reply.header("x-ratelimit-remaining"), left);
        reply.expect(200);
    }
    let refused = sim.get(&token, "/orgs/acme/teams").await;
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    assert!(refused.header("x-ratelimit-reset").parse::<i64>().is_ok_and(|t| t > crate::support::now()));
    refused.expect(403);
    sim.get(&token, "/rate_limit").await.expect(200);
    sim.control(Method::POST, "/clock", json!({"advance": "61m"})).await;
    let token = sim.token(json!({})).await;
    sim.get(&token, "/orgs/acme/teams").await.expect(200);
}
