//! Pull requests and what is said on them.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Running, acme, each};

async fn open(sim: &Running, branch: &str, files: Value) -> Value {
    let body = json!({"title": branch, "branch": branch, "files": files, "sender": "carol"});
    sim.control(Method::POST, "/orgs/acme/repos/.github/pulls", body).await
}

#[tokio::test]
async fn a_pull_request_has_a_test_merge_until_it_conflicts() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let pull = open(&sim, "topic", json!({"peribolos.yaml": "orgs: {}\n"})).await;
    let told = sim.delivery("pull_request").await.json();
    assert_eq!(
        (&told["action"], &told["pull_request"]["user"]["login"]),
        (&json!("opened"), &json!("carol"))
    );
    sim.control(Method::POST, "/orgs/acme/repos/.github/push", json!({"files": {"other": "main\n"}})).await;
    let at = "/repos/acme/.github/contents";
    for file in ["other", "peribolos.yaml"] {
        sim.get(&token, &format!("{at}/{file}?ref=refs/pull/1/merge")).await.expect(200);
    }
    sim.get(&token, &format!("{at}/other?ref=refs/pull/1/head")).await.expect(404);
    let files = sim.get(&token, "/repos/acme/.github/pulls/1/files").await.expect(200);
    assert_eq!(each(&files, "filename"), ["peribolos.yaml"]);
    let clash = json!({"files": {"peribolos.yaml": "clash\n"}});
    sim.control(Method::POST, "/orgs/acme/repos/.github/push", clash).await;
    sim.get(&token, &format!("{at}/other?ref=refs/pull/1/merge")).await.expect(404);
    let shown = sim.get(&token, "/repos/acme/.github/pulls/1").await.expect(200);
    assert_eq!(shown["mergeable"], false);
    assert_eq!(shown["head"]["sha"], pull["head"]["sha"]);
}

#[tokio::test]
async fn merging_pushes_and_the_commit_knows_its_pull_request() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    open(&sim, "topic", json!({"peribolos.yaml": "orgs: {}\n"})).await;
    let merged =
        sim.control(Method::POST, "/orgs/acme/repos/.github/pulls/1/merge", json!({"sender": "alice"})).await;
    let sha = merged["sha"].as_str().expect("a sha");
    sim.delivery("pull_request").await;
    let closed = sim.delivery("pull_request").await.json();
    assert_eq!(closed["action"], "closed");
    assert_eq!(closed["pull_request"]["merged"], true);
    let push = sim.delivery("push").await.json();
    assert_eq!((&push["ref"], &push["after"]), (&json!("refs/heads/main"), &json!(sha)));
    let pulls = sim.get(&token, &format!("/repos/acme/.github/commits/{sha}/pulls")).await.expect(200);
    assert_eq!(pulls[0]["number"], 1);
    let lone = sim.control(Method::POST, "/orgs/acme/repos/.github/push", json!({"files": {"x": "y"}})).await;
    let path = format!("/repos/acme/.github/commits/{}/pulls", lone["sha"].as_str().expect("a sha"));
    assert_eq!(sim.get(&token, &path).await.expect(200), json!([]));
}

#[tokio::test]
async fn a_push_to_the_branch_synchronizes() {
    let sim = acme().await;
    let first = open(&sim, "topic", json!({"a": "1"})).await;
    sim.control(
        Method::POST,
        "/orgs/acme/repos/.github/push",
        json!({"branch": "topic", "files": {"a": "2"}}),
    )
    .await;
    sim.delivery("pull_request").await;
    let told = sim.delivery("pull_request").await.json();
    assert_eq!((&told["action"], &told["before"]), (&json!("synchronize"), &first["head"]["sha"]));
}

#[tokio::test]
async fn a_second_pull_request_of_a_branch_is_refused_and_the_first_is_found() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    open(&sim, "topic", json!({"a": "1"})).await;
    let again = json!({"title": "again", "head": "topic", "base": "main"});
    sim.ask(&token, Method::POST, "/repos/acme/.github/pulls", Some(again)).await.expect(422);
    let found =
        sim.get(&token, "/repos/acme/.github/pulls?state=open&head=acme:topic&base=main").await.expect(200);
    assert_eq!(found[0]["number"], 1);
}

#[tokio::test]
async fn comments_say_who_wrote_them_and_take_reactions() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    open(&sim, "topic", json!({"a": "1"})).await;
    let said = json!({"body": "/peribolos plan", "sender": "carol"});
    let comment = sim.control(Method::POST, "/orgs/acme/repos/.github/issues/1/comments", said).await;
    let told = sim.delivery("issue_comment").await.json();
    assert_eq!(told["comment"]["body"], "/peribolos plan");
    assert_eq!(told["comment"]["author_association"], "MEMBER");
    assert!(told["issue"]["pull_request"]["url"].is_string(), "{told}");
    let path = format!("/repos/acme/.github/issues/comments/{}/reactions", comment["id"]);
    let eyes = Some(json!({"content": "eyes"}));
    sim.ask(&token, Method::POST, &path, eyes.clone()).await.expect(201);
    sim.ask(&token, Method::POST, &path, eyes).await.expect(200);
    sim.ask(&token, Method::POST, &path, Some(json!({"content": "wink"}))).await.expect(422);
    let path = "/repos/acme/.github/issues/1/comments";
    sim.ask(&token, Method::POST, path, Some(json!({"body": "done"}))).await.expect(201);
    let own = sim.delivery("issue_comment").await.json();
    assert_eq!(own["comment"]["user"]["type"], "Bot");
    assert_eq!(own["comment"]["performed_via_github_app"]["id"], 12345);
    let all = sim.get(&token, path).await.expect(200);
    assert_eq!(each(&all, "body"), ["/peribolos plan", "done"]);
    assert_eq!(all[0]["reactions"]["eyes"], 1);
}
