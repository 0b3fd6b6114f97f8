//! Files, refs and git objects.

use http::Method;
use serde_json::json;

use crate::support::{acme, each};

#[tokio::test]
async fn a_file_is_json_or_raw_at_any_ref() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let path = "/repos/acme/site/contents/docs/index.md";
    let file = sim.get(&token, path).await.expect(200);
    assert_eq!(file["content"], "IyBEb2NzCg==\n");
    let head = sim.get(&token, "/repos/acme/site/git/ref/heads/main").await.expect(200);
    let sha = head["object"]["sha"].as_str().expect("a sha");
    sim.control(Method::POST, "/orgs/acme/repos/site/push", json!({"files": {"docs/index.md": "new"}})).await;
    let auth = format!("Bearer {token}");
    let asked = [("authorization", auth.as_str()), ("accept", "application/vnd.github.raw+json")];
    let old = sim.raw(Method::GET, &format!("{path}?ref={sha}"), &asked, None).await.expect("an answer");
    assert_eq!(old.body, "# Docs\n");
    let new = sim.raw(Method::GET, path, &asked, None).await.expect("an answer");
    assert_eq!(new.body, "new");
    let listed = sim.get(&token, "/repos/acme/site/contents").await.expect(200);
    assert_eq!(each(&listed, "type"), ["file", "dir"]);
    sim.get(&token, "/repos/acme/site/contents/absent").await.expect(404);
    sim.get(&token, "/repos/acme/site/contents/README.md?ref=absent").await.expect(404);
}

#[tokio::test]
async fn an_empty_repository_gets_its_first_commit_by_contents_only() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let repo = json!({"name": "empty", "private": true});
    sim.ask(&token, Method::POST, "/orgs/acme/repos", Some(repo)).await.expect(201);
    let blob = json!({"content": "x", "encoding": "utf-8"});
    let refused = sim.ask(&token, Method::POST, "/repos/acme/empty/git/blobs", Some(blob)).await;
    assert_eq!(refused.expect(409)["message"], "Git Repository is empty.");
    let path = "/repos/acme/empty/contents/README.md";
    sim.get(&token, path).await.expect(404);
    let file = json!({"message": "first", "content": "aGVsbG8K"});
    let made = sim.ask(&token, Method::PUT, path, Some(file)).await.expect(201);
    // `printf 'hello\n' | git hash-object --stdin`
    assert_eq!(made["content"]["sha"], "ce013625030ba8dba906f756967f9e9ca394464a");
    let blind = json!({"message": "second", "content": "eA=="});
    sim.ask(&token, Method::PUT, path, Some(blind)).await.expect(422);
    let stale = json!({"message": "second", "content": "eA==", "sha": "0".repeat(40)});
    sim.ask(&token, Method::PUT, path, Some(stale)).await.expect(409);
    let good = json!({"message": "second", "content": "eA==", "sha": made["content"]["sha"]});
    sim.ask(&token, Method::PUT, path, Some(good)).await.expect(200);
    let log = sim.get(&token, "/repos/acme/empty/commits").await.expect(200);
    assert_eq!(log.as_array().expect("a list").len(), 2);
}

#[tokio::test]
async fn a_branch_is_built_from_objects_and_moves_forward_only() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let repo = "/repos/acme/.github";
    let head = sim.get(&token, &format!("{repo}/git/ref/heads/main")).await.expect(200);
    let base = head["object"]["sha"].clone();
    let post = async |path: &str, body| {
        sim.ask(&token, Method::POST, &format!("{repo}/git/{path}"), Some(body)).await
    };
    let commit =
        sim.get(&token, &format!("{repo}/git/commits/{}", base.as_str().expect("text"))).await.expect(200);
    let blob = post("blobs", json!({"content": "b3Jncwo=", "encoding": "base64"})).await.expect(201);
    let entry = json!({"path": "a/b.yaml", "mode": "100644", "type": "blob", "sha": blob["sha"]});
    let tree = post("trees", json!({"base_tree": commit["tree"]["sha"], "tree": [entry]})).await.expect(201);
    let body = json!({"message": "add", "tree": tree["sha"], "parents": [base]});
    let made = post("commits", body).await.expect(201);
    let new = json!({"ref": "refs/heads/topic/one", "sha": made["sha"]});
    post("refs", new.clone()).await.expect(201);
    assert_eq!(post("refs", new).await.expect(422)["message"], "Reference already exists");
    let raw = sim.get(&token, &format!("{repo}/contents/a/b.yaml?ref=topic/one")).await.expect(200);
    assert_eq!(raw["content"], "b3Jncwo=\n");
    let path = format!("{repo}/git/refs/heads/topic/one");
    let back = json!({"sha": base});
    let refused = sim.ask(&token, Method::PATCH, &path, Some(back)).await.expect(422);
    assert_eq!(refused["message"], "Update is not a fast forward");
    sim.ask(&token, Method::PATCH, &path, Some(json!({"sha": base, "force": true}))).await.expect(200);
    sim.ask(&token, Method::DELETE, &path, None).await.expect(204);
    sim.get(&token, &format!("{repo}/git/ref/heads/topic/one")).await.expect(404);
}

#[tokio::test]
async fn a_comparison_counts_and_names_files() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let push = json!({"branch": "topic", "files": {"new.txt": "x\n"}, "message": "new"});
    sim.control(Method::POST, "/orgs/acme/repos/site/push", push).await;
    let compared = sim.get(&token, "/repos/acme/site/compare/main...topic").await.expect(200);
    assert_eq!(compared["status"], "ahead");
    assert_eq!(compared["ahead_by"], 1);
    assert_eq!(each(&compared["files"], "filename"), ["new.txt"]);
    let back = sim.get(&token, "/repos/acme/site/compare/topic...main").await.expect(200);
    assert_eq!((&back["status"], &back["behind_by"]), (&json!("behind"), &json!(1)));
}
