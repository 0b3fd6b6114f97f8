//! Repositories and their collaborators.

use http::Method;
use serde_json::json;

use crate::support::{acme, each};

#[tokio::test]
async fn merge_settings_need_contents_write() {
    let sim = acme().await;
    let full = sim.token(json!({})).await;
    let less = sim.token(json!({"permissions": {"administration": "write", "contents": "read"}})).await;
    let shown = sim.get(&full, "/repos/acme/handbook").await.expect(200);
    assert_eq!(shown["allow_merge_commit"], false);
    let shown = sim.get(&less, "/repos/acme/handbook").await.expect(200);
    assert!(shown.get("allow_merge_commit").is_none(), "{shown}");
    let patch = json!({"allow_merge_commit": true});
    sim.ask(&less, Method::PATCH, "/repos/acme/handbook", Some(patch)).await.expect(403);
    sim.ask(&less, Method::PATCH, "/repos/acme/handbook", Some(json!({"has_wiki": true}))).await.expect(200);
}

#[tokio::test]
async fn a_renamed_repository_redirects() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let patch = Some(json!({"name": "manual"}));
    sim.ask(&token, Method::PATCH, "/repos/acme/handbook", patch).await.expect(200);
    let moved = sim.get(&token, "/repos/acme/handbook/contents/README.md?ref=main").await;
    assert_eq!(moved.status, 301);
    let there = sim.get(&token, moved.header("location")).await.expect(200);
    assert_eq!(there["path"], "README.md");
    let moved = sim.ask(&token, Method::PATCH, "/repos/acme/handbook", Some(json!({}))).await;
    assert_eq!(moved.status, 307);
}

#[tokio::test]
async fn a_renamed_organization_takes_its_repositories_along() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    sim.control(Method::POST, "/orgs/acme/rename", json!({"to": "acme-inc"})).await;
    sim.get(&token, "/orgs/acme").await.expect(404);
    assert_eq!(sim.get(&token, "/repos/acme/site").await.status, 301);
    sim.get(&token, "/repos/acme-inc/vault").await.expect(200);
    let told = sim.delivery("installation_target").await.json();
    assert_eq!(told["changes"]["login"]["from"], "acme");
    assert_eq!(told["account"]["login"], "acme-inc");
}

#[tokio::test]
async fn an_empty_repository_gets_no_other_default_branch() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let new = json!({"name": "fresh", "default_branch": "trunk"});
    let made = sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(new)).await.expect(201);
    assert_eq!(made["default_branch"], "main");
    let patch = Some(json!({"default_branch": "trunk"}));
    let refused = sim.ask(&token, Method::PATCH, "/repos/acme/fresh", patch).await.expect(422);
    assert!(refused["errors"][0]["message"].as_str().unwrap_or("").contains("empty repository"), "{refused}");
}

#[tokio::test]
async fn an_archived_repository_is_read_only() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let patch = async |body| sim.ask(&token, Method::PATCH, "/repos/acme/site", Some(body)).await;
    patch(json!({"archived": true})).await.expect(200);
    patch(json!({"description": "x"})).await.expect(403);
    let issue = Some(json!({"title": "x"}));
    sim.ask(&token, Method::POST, "/repos/acme/site/issues", issue).await.expect(403);
    patch(json!({"archived": false})).await.expect(200);
    patch(json!({"default_branch": "absent"})).await.expect(422);
    let none = json!({"allow_merge_commit": false, "allow_squash_merge": false, "allow_rebase_merge": false});
    patch(none).await.expect(422);
}

#[tokio::test]
async fn collaborators_from_outside_are_invited() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let at = "/repos/acme/vault/collaborators";
    let put = async |login: &str, role: &str| {
        let body = Some(json!({"permission": role}));
        sim.ask(&token, Method::PUT, &format!("{at}/{login}"), body).await
    };
    let asked = put("heidi", "maintain").await.expect(201);
    assert_eq!((&asked["invitee"]["login"], &asked["permissions"]), (&json!("heidi"), &json!("maintain")));
    put("carol", "push").await.expect(204);
    put("nobody", "push").await.expect(404);
    let direct = sim.get(&token, &format!("{at}?affiliation=direct")).await.expect(200);
    assert_eq!(each(&direct, "login"), ["carol"]);
    let open = sim.get(&token, "/repos/acme/vault/invitations").await.expect(200);
    assert_eq!(open[0]["id"], asked["id"]);
    let level = sim.get(&token, &format!("{at}/carol/permission")).await.expect(200);
    assert_eq!((&level["permission"], &level["role_name"]), (&json!("write"), &json!("write")));
}
