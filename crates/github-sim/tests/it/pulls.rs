//! Pull requests and what is said on them.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Running, acme, each};

async fn open(sim: &Running, branch: &str, files: Value) -> Value {
    let body = json!({"title": branch, "branch": branch, "files": files, "sender": "carol"});
    sim.control(Method::POST, "/orgs/acme/repos/.github/pulls", body).await
}

async fn push(sim: &Running, body: Value) -> String {
    let pushed = sim.control(Method::POST, "/orgs/acme/repos/.github/push", body).await;
    pushed["sha"].as_str().expect("a sha").to_owned()
}

/// The parents of a pull request's test merge.
async fn tested(sim: &Running, token: &str, number: u64) -> [String; 2] {
    let merge = sim.get(token, &format!("/repos/acme/.github/git/ref/pull/{number}/merge")).await.expect(200);
    let sha = merge["object"]["sha"].as_str().expect("a sha");
    let commit = sim.get(token, &format!("/repos/acme/.github/commits/{sha}")).await.expect(200);
    let parents = each(&commit["parents"], "sha");
    [parents[0].to_owned(), parents[1].to_owned()]
}

#[tokio::test]
async fn a_test_merge_stays_as_it_is_when_the_base_moves_and_mergeable_is_about_the_new_base() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let old = push(&sim, json!({"files": {"other": "main\n"}})).await;
    let pull = open(&sim, "topic", json!({"peribolos.yaml": "orgs: {}\n"})).await;
    let head = pull["head"]["sha"].as_str().expect("a sha").to_owned();
    let told = sim.delivery("pull_request").await.json();
    assert_eq!(
        (&told["action"], &told["pull_request"]["user"]["login"]),
        (&json!("opened"), &json!("carol"))
    );
    assert_eq!(tested(&sim, &token, 1).await, [old.clone(), head.clone()]);
    let at = "/repos/acme/.github/contents";
    sim.get(&token, &format!("{at}/other?ref=refs/pull/1/head")).await.expect(200);
    let files = sim.get(&token, "/repos/acme/.github/pulls/1/files").await.expect(200);
    assert_eq!(each(&files, "filename"), ["peribolos.yaml"]);
    let path = "/repos/acme/.github/pulls/1";
    assert_eq!(sim.get(&token, path).await.expect(200)["mergeable"], json!(null), "nobody has asked yet");
    assert_eq!(sim.get(&token, path).await.expect(200)["mergeable"], true);

    push(&sim, json!({"files": {"peribolos.yaml": "clash\n"}})).await;
    assert_eq!(tested(&sim, &token, 1).await, [old.clone(), head.clone()], "it is of the old base");
    assert_eq!(sim.get(&token, path).await.expect(200)["mergeable"], json!(null));
    let shown = sim.get(&token, path).await.expect(200);
    assert_eq!(shown["mergeable"], false, "that is about the new one");
    assert_eq!(shown["head"]["sha"], pull["head"]["sha"]);

    let new = push(&sim, json!({"files": {"peribolos.yaml": null}})).await;
    assert_eq!(tested(&sim, &token, 1).await, [old.clone(), head.clone()]);
    sim.control(Method::POST, "/clock", json!({"advance": "11h"})).await;
    assert_eq!(tested(&sim, &sim.token(json!({})).await, 1).await, [old, head.clone()]);
    sim.control(Method::POST, "/clock", json!({"advance": "2h"})).await;
    assert_eq!(tested(&sim, &sim.token(json!({})).await, 1).await, [new, head]);
}

#[tokio::test]
async fn another_base_branch_and_a_new_commit_make_a_test_merge_anew() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    push(&sim, json!({"files": {"one": "1\n"}})).await;
    open(&sim, "topic", json!({"two": "2\n"})).await;
    let release = push(&sim, json!({"branch": "release", "files": {"three": "3\n"}})).await;
    let main = push(&sim, json!({"files": {"one": "main\n"}})).await;
    let base = Some(json!({"base": "release"}));
    let edited = sim.ask(&token, Method::PATCH, "/repos/acme/.github/pulls/1", base).await.expect(200);
    let head = edited["head"]["sha"].as_str().expect("a sha").to_owned();
    assert_eq!(tested(&sim, &token, 1).await, [release.clone(), head.clone()]);
    let title = Some(json!({"title": "another"}));
    push(&sim, json!({"branch": "release", "files": {"three": "4\n"}})).await;
    sim.ask(&token, Method::PATCH, "/repos/acme/.github/pulls/1", title).await.expect(200);
    assert_eq!(tested(&sim, &token, 1).await, [release, head], "a title is no reason");
    let base = Some(json!({"base": "main"}));
    sim.ask(&token, Method::PATCH, "/repos/acme/.github/pulls/1", base).await.expect(200);
    let head = push(&sim, json!({"branch": "topic", "files": {"two": "3\n"}})).await;
    assert_eq!(tested(&sim, &token, 1).await, [main.clone(), head]);
    push(&sim, json!({"files": {"one": "newer\n"}})).await;
    let updated = sim.control(Method::POST, "/orgs/acme/repos/.github/pulls/1/update", json!({})).await;
    let updated = updated["sha"].as_str().expect("a sha");
    assert_eq!(tested(&sim, &token, 1).await[1], updated);
    let compared =
        sim.get(&token, &format!("/repos/acme/.github/compare/main...{updated}")).await.expect(200);
    let tip = sim.get(&token, "/repos/acme/.github/git/ref/heads/main").await.expect(200);
    assert_eq!(compared["merge_base_commit"]["sha"], tip["object"]["sha"]);
    assert_eq!((&compared["ahead_by"], &compared["behind_by"]), (&json!(3), &json!(0)));
    let last = compared["commits"].as_array().expect("a list").last().expect("a commit");
    assert_eq!((last["sha"].as_str(), each(&last["parents"], "sha").len()), (Some(updated), 2));
}

#[tokio::test]
async fn a_renamed_file_is_one_change_and_takes_the_other_side_s_lines_with_it() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let text = "one\ntwo\nthree\nfour\n";
    push(&sim, json!({"files": {"old.yaml": text}})).await;
    open(&sim, "topic", json!({"old.yaml": null, "new.yaml": text})).await;
    let files = sim.get(&token, "/repos/acme/.github/pulls/1/files").await.expect(200);
    assert_eq!(
        (each(&files, "status"), each(&files, "previous_filename")),
        (vec!["renamed"], vec!["old.yaml"])
    );
    push(&sim, json!({"files": {"old.yaml": text.replace("one", "ONE")}})).await;
    sim.control(Method::POST, "/orgs/acme/repos/.github/pulls/1/merge", json!({"sender": "alice"})).await;
    let auth = format!("Bearer {token}");
    let raw = [("authorization", auth.as_str()), ("accept", "application/vnd.github.raw+json")];
    let file =
        sim.raw(Method::GET, "/repos/acme/.github/contents/new.yaml", &raw, None).await.expect("an answer");
    assert_eq!(file.body, text.replace("one", "ONE"));
    sim.get(&token, "/repos/acme/.github/contents/old.yaml").await.expect(404);
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
