//! How requests find what they ask for: redirects, numbers in place of names, an Enterprise Server's paths.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Running, acme, each, jwt, start};

async fn rename(sim: &Running, token: &str, from: &str, to: &str) {
    let path = format!("/repos/acme/{from}");
    sim.ask(token, Method::PATCH, &path, Some(json!({"name": to}))).await.expect(200);
}

#[tokio::test]
async fn a_renamed_repository_redirects_until_another_takes_its_name() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let id = sim.get(&token, "/repos/acme/handbook").await.expect(200)["id"].clone();
    rename(&sim, &token, "handbook", "manual").await;

    let moved = sim.get(&token, "/repos/acme/handbook?x=1").await;
    assert_eq!(moved.status, 301);
    assert_eq!(moved.header("location"), sim.url(&format!("/repositories/{id}?x=1")));
    assert_eq!(sim.get(&token, moved.header("location")).await.expect(200)["name"], "manual");
    let moved = sim.ask(&token, Method::PUT, "/repos/acme/handbook/collaborators/eve", None).await;
    assert_eq!(moved.status, 307);
    assert_eq!(moved.header("location"), sim.url(&format!("/repositories/{id}/collaborators/eve")));
    sim.ask(&token, Method::PUT, moved.header("location"), None).await.expect(201);
    let moved = sim.ask(&token, Method::PUT, "/orgs/acme/teams/core/repos/acme/handbook", None).await;
    assert_eq!(moved.header("location"), sim.url("/orgs/acme/teams/core/repos/acme/manual"));
    assert_eq!(moved.status, 307);
    let query = json!({"query": "{ repository(owner: \"acme\", name: \"handbook\") { name } }"});
    let answer = sim.ask(&token, Method::POST, "/graphql", Some(query)).await.expect(200);
    assert_eq!(answer["data"]["repository"]["name"], "manual");

    let new = json!({"name": "handbook", "private": true});
    let new = sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(new)).await.expect(201);
    assert_eq!(sim.get(&token, "/repos/acme/handbook").await.expect(200)["id"], new["id"]);
    rename(&sim, &token, "handbook", "guide").await;
    let moved = sim.get(&token, "/repos/acme/handbook").await;
    assert_eq!(moved.header("location"), sim.url(&format!("/repositories/{}", new["id"])));
    sim.ask(&token, Method::DELETE, "/repos/acme/guide", None).await.expect(204);
    // The redirect to the older one ended for good when its name was taken.
    sim.get(&token, "/repos/acme/handbook").await.expect(404);
}

#[tokio::test]
async fn a_name_that_a_rename_takes_redirects_no_more() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    rename(&sim, &token, "handbook", "manual").await;
    rename(&sim, &token, "vault", "handbook").await;
    rename(&sim, &token, "handbook", "safe").await;
    let safe = sim.get(&token, "/repos/acme/safe").await.expect(200)["id"].clone();
    let moved = sim.get(&token, "/repos/acme/handbook").await;
    assert_eq!(moved.header("location"), sim.url(&format!("/repositories/{safe}")));
}

#[tokio::test]
async fn a_number_finds_a_repository_as_a_name_does() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let id = sim.get(&token, "/repos/acme/site").await.expect(200)["id"].clone();
    assert_eq!(sim.get(&token, &format!("/repositories/{id}")).await.expect(200)["full_name"], "acme/site");
    sim.get(&token, &format!("/repositories/{id}/collaborators")).await.expect(200);
    sim.get(&token, "/repositories/999999").await.expect(404);
}

#[tokio::test]
async fn graphql_follows_an_organization_that_was_renamed_to_its_repositories() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/orgs/acme/rename", json!({"to": "acme-inc"})).await;
    for (follow, found) in [(true, json!({"nameWithOwner": "acme-inc/site"})), (false, Value::Null)] {
        let query = format!(
            "{{ repository(owner: \"acme\", name: \"site\", followRenames: {follow}) {{ nameWithOwner }} }}"
        );
        let answer =
            sim.ask(&token, Method::POST, "/graphql", Some(json!({"query": query}))).await.expect(200);
        assert_eq!(answer["data"]["repository"], found);
    }
}

async fn enterprise(version: &str) -> Running {
    start(|config| {
        config.ghes = Some(version.parse().expect("a version"));
        config.secondary_limits = "points=0".parse().expect("limits");
    })
    .await
}

async fn token(sim: &Running) -> String {
    let path = "/api/v3/app/installations/1234567/access_tokens";
    let minted = sim.ask(&jwt(), Method::POST, path, None).await.expect(201);
    minted["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn an_enterprise_server_answers_below_its_prefix() {
    for version in ["3.17", "3.19"] {
        let sim = enterprise(version).await;
        let token = token(&sim).await;
        let org = sim.get(&token, "/api/v3/orgs/acme").await;
        assert_eq!(org.header("x-github-enterprise-version"), format!("{version}.0"));
        assert_eq!(org.expect(200)["url"], sim.url("/api/v3/orgs/acme"));
        sim.get(&token, "/orgs/acme").await.expect(404);
        let page = sim.get(&token, "/api/v3/orgs/acme/members?per_page=1").await;
        assert_eq!(
            page.link("next").as_deref(),
            Some(&*sim.url("/api/v3/orgs/acme/members?per_page=1&page=2"))
        );
        let query =
            || Some(json!({"query": "{ organization(login: \"acme\") { login } rateLimit { cost } }"}));
        let answer = sim.ask(&token, Method::POST, "/api/graphql", query()).await.expect(200);
        assert_eq!(answer["data"], json!({"organization": {"login": "acme"}, "rateLimit": null}));
        sim.ask(&token, Method::POST, "/graphql", query()).await.expect(404);
        rename_below(&sim, &token).await;
    }
}

async fn rename_below(sim: &Running, token: &str) {
    let path = "/api/v3/repos/acme/handbook";
    let renamed = sim.ask(token, Method::PATCH, path, Some(json!({"name": "manual"}))).await.expect(200);
    let moved = sim.get(token, path).await;
    assert_eq!(moved.header("location"), sim.url(&format!("/api/v3/repositories/{}", renamed["id"])));
}

#[tokio::test]
async fn an_enterprise_server_has_no_limits() {
    let sim = enterprise("3.18").await;
    let token = token(&sim).await;
    let limits = sim.get(&token, "/api/v3/rate_limit").await;
    assert_eq!(limits.header("x-ratelimit-limit"), "");
    assert_eq!(limits.expect(404)["message"], "Rate limiting is not enabled.");
    assert_eq!(sim.get(&token, "/api/v3/orgs/acme").await.header("x-ratelimit-limit"), "");
}

#[tokio::test]
async fn nobody_is_invited_on_an_enterprise_server() {
    let sim = enterprise("3.17").await;
    let token = token(&sim).await;
    for path in ["invitations", "failed_invitations", "teams/core/invitations"] {
        sim.get(&token, &format!("/api/v3/orgs/acme/{path}")).await.expect(404);
    }
    sim.ask(&token, Method::DELETE, "/api/v3/orgs/acme/invitations/1", None).await.expect(404);
    assert_eq!(sim.control(Method::GET, "/unknown", Value::Null).await, json!([]));
    let put = async |path: &str| {
        sim.ask(&token, Method::PUT, &format!("/api/v3/orgs/acme/{path}"), Some(json!({}))).await.expect(200)
    };
    assert_eq!(put("memberships/frank").await["state"], "active");
    assert_eq!(put("teams/docs/memberships/grace").await["state"], "active");
    // An invitation from before is no more.
    assert_eq!(put("memberships/dave").await["state"], "active");
    let state = sim.control(Method::GET, "/orgs/acme", Value::Null).await;
    assert_eq!(state["invitations"], json!([]));
    let members = sim.get(&token, "/api/v3/orgs/acme/members").await.expect(200);
    let members = each(&members, "login");
    assert!(members.contains(&"frank") && members.contains(&"grace"), "{members:?}");
}
