//! Check runs.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Running, acme, each};

async fn head(sim: &Running, token: &str) -> String {
    let head = sim.get(token, "/repos/acme/.github/git/ref/heads/main").await.expect(200);
    head["object"]["sha"].as_str().expect("a sha").to_owned()
}

async fn create(sim: &Running, token: &str, body: Value) -> Value {
    sim.ask(token, Method::POST, "/repos/acme/.github/check-runs", Some(body)).await.expect(201)
}

#[tokio::test]
async fn a_check_run_goes_from_queued_to_its_conclusion() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let sha = head(&sim, &token).await;
    let run = create(&sim, &token, json!({"name": "peribolos", "head_sha": sha, "external_id": "uid"})).await;
    assert_eq!((&run["status"], &run["conclusion"]), (&json!("queued"), &Value::Null));
    let path = format!("/repos/acme/.github/check-runs/{}", run["id"]);
    let update = async |body| sim.ask(&token, Method::PATCH, &path, Some(body)).await;
    update(json!({"status": "in_progress"})).await.expect(200);
    update(json!({"status": "completed"})).await.expect(422);
    let note = json!({"path": "peribolos.yaml", "start_line": 3, "end_line": 3, "annotation_level": "failure", "message": "no"});
    let output = json!({"title": "Applied", "summary": "3 planned", "annotations": [note]});
    let done = update(json!({"conclusion": "success", "output": output})).await.expect(200);
    assert_eq!((&done["status"], &done["output"]["annotations_count"]), (&json!("completed"), &json!(1)));
    let notes = sim.get(&token, &format!("{path}/annotations")).await.expect(200);
    assert_eq!(each(&notes, "message"), ["no"]);
    let huge = json!({"title": "x", "summary": "x".repeat(65_536)});
    update(json!({"output": huge})).await.expect(422);
}

#[tokio::test]
async fn a_commit_lists_the_newest_of_each_name_or_all() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let sha = head(&sim, &token).await;
    let first = create(&sim, &token, json!({"name": "peribolos", "head_sha": sha})).await;
    let second = create(&sim, &token, json!({"name": "peribolos", "head_sha": sha})).await;
    create(&sim, &token, json!({"name": "other", "head_sha": sha})).await;
    let path = format!("/repos/acme/.github/commits/{sha}/check-runs");
    let list = async |query: &str| sim.get(&token, &format!("{path}?{query}")).await.expect(200);
    assert_eq!(list("").await["total_count"], 2);
    let newest = list("check_name=peribolos").await;
    assert_eq!((&newest["total_count"], &newest["check_runs"][0]["id"]), (&json!(1), &second["id"]));
    let all = list("check_name=peribolos&filter=all&app_id=12345").await;
    assert_eq!(all["check_runs"][1]["id"], first["id"]);
    assert_eq!(list("filter=all&app_id=1").await["total_count"], 0);
    assert_eq!(first["check_suite"]["id"], second["check_suite"]["id"]);
    let absent = json!({"name": "x", "head_sha": "1".repeat(40)});
    sim.ask(&token, Method::POST, "/repos/acme/.github/check-runs", Some(absent)).await.expect(422);
}

#[tokio::test]
async fn a_person_asks_for_a_check_again() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let sha = head(&sim, &token).await;
    let run = create(&sim, &token, json!({"name": "peribolos", "head_sha": sha})).await;
    let path = format!("/orgs/acme/repos/.github/check-runs/{}/rerequest", run["id"]);
    sim.control(Method::POST, &path, json!({"sender": "carol"})).await;
    assert_eq!(sim.delivery("check_run").await.json()["action"], "created");
    let told = sim.delivery("check_run").await.json();
    assert_eq!((&told["action"], &told["sender"]["login"]), (&json!("rerequested"), &json!("carol")));
    assert_eq!(told["check_run"]["app"]["id"], 12345);
}

#[tokio::test]
async fn a_branch_shows_its_commits_with_the_file_and_the_checks_on_them() {
    let sim = acme().await;
    let token = sim.token(json!({})).await;
    let first = head(&sim, &token).await;
    let output = json!({"title": "Applied", "summary": "all", "text": "<!-- for programs -->"});
    let old =
        json!({"name": "peribolos", "head_sha": first, "external_id": "uid-1", "conclusion": "failure"});
    create(&sim, &token, old).await;
    let done = json!({"name": "peribolos", "head_sha": first, "external_id": "uid-2", "conclusion": "success",
        "completed_at": "2026-01-02T03:04:05Z", "output": output});
    create(&sim, &token, done).await;
    create(&sim, &token, json!({"name": "peribolos / preview", "head_sha": first})).await;
    let push = json!({"branch": "main", "files": {"other.txt": "x"}, "message": "more", "sender": "alice"});
    let second = sim.control(Method::POST, "/orgs/acme/repos/.github/push", push).await["sha"].clone();
    create(&sim, &token, json!({"name": "peribolos", "head_sha": second})).await;

    let runs = |kind: &str, app: u64| {
        format!(
            "{{ repository(owner: \"acme\", name: \".github\") {{ ref(qualifiedName: \"refs/heads/main\") {{ target {{ ... on Commit {{
            history(first: 2) {{ nodes {{ oid file(path: \"README.md\") {{ type oid }}
            checkSuites(first: 5, filterBy: {{appId: {app}}}) {{ nodes {{
            checkRuns(first: 5, filterBy: {{checkName: \"peribolos\", checkType: {kind}}}) {{
            nodes {{ externalId status conclusion completedAt title text }} }} }} }} }} }} }} }} }} }} }}"
        )
    };
    let nodes = async |kind: &str, app: u64| {
        let (mut data, errors) = sim.query(&token, &runs(kind, app)).await;
        assert_eq!(errors, Value::Null);
        data["repository"]["ref"]["target"]["history"]["nodes"].take()
    };
    let app = crate::support::APP;
    let all = nodes("ALL", app).await;
    assert_eq!((&all[0]["oid"], &all[1]["oid"]), (&second, &json!(first)));
    let file = sim.get(&token, "/repos/acme/.github/contents/README.md").await.expect(200);
    assert_eq!(all[1]["file"], json!({"type": "blob", "oid": file["sha"]}));
    let of = |commit: &Value| commit["checkSuites"]["nodes"][0]["checkRuns"]["nodes"].clone();
    assert_eq!(each(&of(&all[1]), "externalId"), ["uid-1", "uid-2"]);
    let newest = json!({"externalId": "uid-2", "status": "COMPLETED", "conclusion": "SUCCESS",
        "completedAt": "2026-01-02T03:04:05Z", "title": "Applied", "text": "<!-- for programs -->"});
    assert_eq!(of(&nodes("LATEST", app).await[1]), json!([newest]));
    assert_eq!(of(&all[0])[0]["status"], "QUEUED");
    assert_eq!(nodes("ALL", 1).await[1]["checkSuites"]["nodes"], json!([]));
    let (data, _) = sim
        .query(
            &token,
            "{ repository(owner: \"acme\", name: \".github\") { ref(qualifiedName: \"gone\") { name } } }",
        )
        .await;
    assert_eq!(data["repository"]["ref"], Value::Null);
    let blind = sim.token(json!({"permissions": {"contents": "read", "metadata": "read"}})).await;
    let (data, errors) = sim.query(&blind, &runs("ALL", app)).await;
    let node = &data["repository"]["ref"]["target"]["history"]["nodes"][0];
    assert_eq!((&node["checkSuites"], &errors[0]["type"]), (&Value::Null, &json!("FORBIDDEN")));
}
