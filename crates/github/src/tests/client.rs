//! The client: what each call sends, and how answers without a value are told from failures.

use serde_json::json;
use wiremock::matchers::{
    body_json, body_partial_json, header, method, path, query_param, query_param_is_missing,
};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::{self, json as answer};
use crate::client::{
    Annotation, AnnotationLevel, CheckConclusion, CheckOutput, CheckRunId, CheckRunUpdate, CheckStatus,
    IssueFilter, IssueState, MAX_FILE_BYTES, MembershipState, NewCheckRun, OrgRole, PullFilter, PutFile,
    Reaction, TreeEntry,
};
use crate::{AppId, Error, FileAnswer, FullName, Login, Sha};

const SHA: &str = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";

fn acme() -> Login {
    "acme".parse().unwrap()
}

fn repo() -> FullName {
    "acme/.github".parse().unwrap()
}

fn sha() -> Sha {
    SHA.parse().unwrap()
}

fn refused(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"message": "no"}))
}

#[rstest::rstest]
#[case(json!({"role": "admin", "state": "active"}), OrgRole::Admin, MembershipState::Active)]
#[case(json!({"role": "member", "state": "pending"}), OrgRole::Member, MembershipState::Pending)]
#[case(json!({"role": "invented", "state": "active"}), OrgRole::Other, MembershipState::Active)]
#[tokio::test]
async fn a_membership(
    #[case] body: serde_json::Value,
    #[case] role: OrgRole,
    #[case] state: MembershipState,
) {
    let server = MockServer::start().await;
    Mock::given(path("/orgs/acme/memberships/ada")).respond_with(answer(body)).mount(&server).await;
    let client = support::client(&server);
    let membership = client.membership(&acme(), &"ada".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((membership.role, membership.state), (role, state));
    assert_eq!(client.membership(&acme(), &"eve".parse().unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_is_asked_for_conditionally() {
    let server = MockServer::start().await;
    let file = || path("/repos/acme/.github/contents/dir/peribolos.yaml");
    Mock::given(file())
        .and(header("if-none-match", "\"e1\""))
        .respond_with(ResponseTemplate::new(304))
        .mount(&server)
        .await;
    Mock::given(file())
        .and(query_param("ref", "feature/x"))
        .and(header("accept", "application/vnd.github.object+json"))
        .respond_with(
            answer(json!({"type": "file", "sha": SHA, "size": 12, "content": ""}))
                .insert_header("etag", "\"e1\""),
        )
        .mount(&server)
        .await;
    Mock::given(path("/repos/acme/.github/contents/dir"))
        .respond_with(answer(json!({"type": "dir", "sha": SHA, "entries": []})))
        .mount(&server)
        .await;
    Mock::given(path("/repos/acme/.github/contents/listed"))
        .respond_with(answer(json!([{"type": "file", "sha": SHA}])))
        .mount(&server)
        .await;
    let (client, repo) = (support::client(&server), repo());
    let found = client.file(&repo, "dir/peribolos.yaml", "feature/x", None).await.unwrap();
    assert_eq!(found, FileAnswer::Found { blob: sha(), size: 12, etag: Some("\"e1\"".into()) });
    let again = client.file(&repo, "dir/peribolos.yaml", "feature/x", Some("\"e1\"")).await.unwrap();
    assert_eq!(again, FileAnswer::NotModified);
    assert_eq!(client.file(&repo, "dir", "main", None).await.unwrap(), FileAnswer::Missing);
    assert_eq!(client.file(&repo, "listed", "main", None).await.unwrap(), FileAnswer::Missing);
    assert_eq!(client.file(&repo, "other", "main", None).await.unwrap(), FileAnswer::Missing);
    let escape = client.file(&repo, "../site/secret", "main", None).await;
    assert!(matches!(escape, Err(Error::Path(_))), "{escape:?}");
}

#[tokio::test]
async fn a_raw_file_is_bounded() {
    let server = MockServer::start().await;
    let raw = |name: &str| {
        Mock::given(path(format!("/repos/acme/.github/contents/{name}")))
            .and(query_param("ref", SHA))
            .and(header("accept", "application/vnd.github.raw+json"))
    };
    let whole =
        |size| ResponseTemplate::new(200).set_body_raw(vec![b'x'; size], "application/vnd.github.raw+json");
    raw("fits").respond_with(whole(MAX_FILE_BYTES)).mount(&server).await;
    raw("large").respond_with(whole(MAX_FILE_BYTES + 1)).mount(&server).await;
    raw("dir").respond_with(answer(json!([]))).mount(&server).await;
    let (client, repo, sha) = (support::client(&server), repo(), sha());
    assert_eq!(client.raw_file(&repo, "fits", &sha).await.unwrap().unwrap().len(), MAX_FILE_BYTES);
    let large = client.raw_file(&repo, "large", &sha).await;
    assert!(matches!(large, Err(Error::TooLarge { .. })), "{:?}", large.map(|_| ()));
    assert_eq!(client.raw_file(&repo, "dir", &sha).await.unwrap(), None);
    assert_eq!(client.raw_file(&repo, "gone", &sha).await.unwrap(), None);
}

#[tokio::test]
async fn a_branch_may_be_missing_or_unborn() {
    let server = MockServer::start().await;
    let git_ref = |branch: &str| Mock::given(path(format!("/repos/acme/.github/git/ref/heads/{branch}")));
    let body = json!({"ref": "refs/heads/main", "object": {"type": "commit", "sha": SHA}});
    git_ref("main").respond_with(answer(body)).mount(&server).await;
    git_ref("unborn").respond_with(refused(409)).mount(&server).await;
    git_ref("broken").respond_with(refused(500)).mount(&server).await;
    let (client, repo) = (support::client(&server), repo());
    assert_eq!(client.branch_head(&repo, "main").await.unwrap(), Some(sha()));
    assert_eq!(client.branch_head(&repo, "unborn").await.unwrap(), None);
    assert_eq!(client.branch_head(&repo, "gone").await.unwrap(), None);
    assert!(client.branch_head(&repo, "broken").await.is_err());
}

fn annotations(count: u32) -> CheckRunUpdate {
    let annotation = |line| Annotation {
        path: "peribolos.yaml".into(),
        start_line: line,
        end_line: line,
        start_column: None,
        end_column: None,
        annotation_level: AnnotationLevel::Failure,
        message: format!("line {line}"),
        title: "t".into(),
    };
    let annotations = (1..=count).map(annotation).collect();
    let output = CheckOutput { title: "t".into(), summary: "s".into(), text: None, annotations };
    CheckRunUpdate {
        status: Some(CheckStatus::Completed),
        conclusion: Some(CheckConclusion::TimedOut),
        output: Some(output),
        ..CheckRunUpdate::default()
    }
}

#[rstest::rstest]
#[case(0, &[0])]
#[case(50, &[50])]
#[case(51, &[50, 1])]
#[case(120, &[50, 50, 20])]
#[tokio::test]
async fn annotations_go_out_fifty_at_a_time(#[case] count: u32, #[case] batches: &[usize]) {
    let server = MockServer::start().await;
    let made = json!({"id": 5, "name": "peribolos", "head_sha": SHA, "external_id": "uid", "status": "completed",
                      "conclusion": "timed_out", "html_url": null});
    Mock::given(path("/repos/acme/.github/check-runs/5"))
        .respond_with(answer(made.clone()))
        .mount(&server)
        .await;
    Mock::given(method("POST")).respond_with(answer(made)).mount(&server).await;
    let client = support::client(&server);
    let new = NewCheckRun {
        name: "peribolos".into(),
        head_sha: sha(),
        external_id: "uid".into(),
        state: annotations(count),
    };
    let run = client.create_check_run(&repo(), &new).await.unwrap();
    assert_eq!((run.id, run.conclusion), (CheckRunId(5), Some(CheckConclusion::TimedOut)));
    client.update_check_run(&repo(), run.id, &annotations(count)).await.unwrap();
    let sent = server.received_requests().await.unwrap();
    let bodies: Vec<serde_json::Value> = sent.iter().map(|request| request.body_json().unwrap()).collect();
    let sizes: Vec<usize> =
        bodies.iter().map(|body| body["output"]["annotations"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!(sizes, batches.repeat(2));
    assert_eq!((&bodies[0]["external_id"], &bodies[0]["conclusion"]), (&json!("uid"), &json!("timed_out")));
    let first = bodies[batches.len()].clone();
    assert_eq!((&first["status"], &first["conclusion"]), (&json!("completed"), &json!("timed_out")));
}

#[tokio::test]
async fn check_runs_are_found_on_all_pages() {
    let server = MockServer::start().await;
    let page = |id: u64| {
        json!({"total_count": 2, "check_runs": [
            {"id": id, "name": "peribolos", "head_sha": SHA, "external_id": "u", "status": "waiting"}]})
    };
    let asked = || {
        Mock::given(path(format!("/repos/acme/.github/commits/{SHA}/check-runs")))
            .and(query_param("filter", "all"))
            .and(query_param("app_id", "42"))
            .and(query_param("check_name", "peribolos / preview"))
    };
    let next = r#"<x?filter=all&app_id=42&check_name=peribolos+%2F+preview&page=2>; rel="next""#;
    asked()
        .and(query_param_is_missing("page"))
        .respond_with(answer(page(1)).insert_header("link", next))
        .mount(&server)
        .await;
    asked().and(query_param("page", "2")).respond_with(answer(page(2))).mount(&server).await;
    let runs = support::client(&server)
        .find_check_runs(&repo(), &sha(), AppId(42), "peribolos / preview")
        .await
        .unwrap();
    assert_eq!(runs.iter().map(|run| run.id.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(runs[0].status, CheckStatus::Other);
}

#[tokio::test]
async fn issues_leave_out_pull_requests() {
    let server = MockServer::start().await;
    let issue = |number: u64| json!({"number": number, "title": "t", "body": null, "state": "open", "html_url": "u", "user": null});
    let mut pull = issue(2);
    pull["pull_request"] = json!({"url": "x"});
    Mock::given(path("/repos/acme/.github/issues"))
        .and(query_param("state", "open"))
        .and(query_param("creator", "app[bot]"))
        .respond_with(answer(json!([issue(1), pull])))
        .mount(&server)
        .await;
    let filter = IssueFilter { state: Some(IssueState::Open), creator: Some("app[bot]") };
    let issues = support::client(&server).list_issues(&repo(), &filter).await.unwrap();
    assert_eq!(issues.iter().map(|issue| issue.number).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_reaction_is_a_sign() {
    let server = MockServer::start().await;
    Mock::given(path("/repos/acme/.github/issues/comments/9/reactions"))
        .and(body_json(json!({"content": "-1"})))
        .respond_with(answer(json!({"id": 1})))
        .expect(1)
        .mount(&server)
        .await;
    support::client(&server).create_reaction(&repo(), 9, Reaction::ThumbsDown).await.unwrap();
}

#[tokio::test]
async fn pulls_are_filtered_by_github() {
    let server = MockServer::start().await;
    let side = json!({"ref": "x", "sha": SHA, "repo": null});
    let pull = json!({"number": 3, "state": "closed", "draft": false, "title": "t", "html_url": "u", "user": null,
                      "head": side, "base": side, "merged_at": "2026-11-23T12:00:00Z", "merge_commit_sha": null});
    Mock::given(path("/repos/acme/.github/pulls"))
        .and(query_param("head", "acme:peribolos/onboarding"))
        .and(query_param("state", "all"))
        .and(query_param_is_missing("base"))
        .respond_with(answer(json!([pull])))
        .mount(&server)
        .await;
    let filter = PullFilter { head: Some("acme:peribolos/onboarding"), ..PullFilter::default() };
    let pulls = support::client(&server).list_pulls(&repo(), &filter).await.unwrap();
    assert!(pulls[0].is_merged());
}

#[tokio::test]
async fn a_commit_is_built_from_its_parts() {
    let server = MockServer::start().await;
    let at = |verb: &str, tail: &str, body: serde_json::Value| {
        Mock::given(method(verb))
            .and(path(format!("/repos/acme/.github/{tail}")))
            .and(body_partial_json(body))
    };
    let made = || answer(json!({"sha": SHA})).insert_header("x", "y");
    at("POST", "git/blobs", json!({"content": "aGk=", "encoding": "base64"}))
        .respond_with(made())
        .mount(&server)
        .await;
    let entry = json!({"path": "f", "mode": "100644", "type": "blob", "sha": SHA});
    let gone = json!({"path": "g", "mode": "100644", "type": "blob", "sha": null});
    at("POST", "git/trees", json!({"base_tree": SHA, "tree": [entry, gone]}))
        .respond_with(made())
        .mount(&server)
        .await;
    let commit = json!({"message": "m", "tree": SHA, "parents": [SHA]});
    at("POST", "git/commits", commit).respond_with(made()).mount(&server).await;
    let new_ref = json!({"ref": "refs/heads/peribolos/onboarding", "sha": SHA});
    at("POST", "git/refs", new_ref).respond_with(made()).mount(&server).await;
    at("PATCH", "git/refs/heads/peribolos/onboarding", json!({"sha": SHA, "force": true}))
        .respond_with(made())
        .mount(&server)
        .await;
    let (client, repo, branch) = (support::client(&server), repo(), "heads/peribolos/onboarding");
    let blob = client.create_blob(&repo, b"hi").await.unwrap();
    let entries =
        [TreeEntry { path: "f".into(), blob: Some(blob) }, TreeEntry { path: "g".into(), blob: None }];
    let tree = client.create_tree(&repo, Some(&sha()), &entries).await.unwrap();
    let commit = client.create_commit(&repo, "m", &tree, &[sha()]).await.unwrap();
    client.create_ref(&repo, branch, &commit).await.unwrap();
    client.update_ref(&repo, branch, &commit, true).await.unwrap();
}

#[tokio::test]
async fn the_first_commit_of_an_empty_repository() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path("/repos/acme/.github/contents/README.md"))
        .and(body_json(json!({"message": "m", "content": "aGk="})))
        .respond_with(
            ResponseTemplate::new(201).set_body_json(json!({"commit": {"sha": SHA}, "content": {}})),
        )
        .mount(&server)
        .await;
    let file = PutFile { path: "README.md", content: b"hi", message: "m", branch: None, replaces: None };
    assert_eq!(support::client(&server).put_file(&repo(), &file).await.unwrap(), sha());
}

#[test]
fn debug_prints_no_token() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let app = support::app_with(&crate::GitHubConfig::new(AppId(1), "http://localhost".parse().unwrap()));
    assert_eq!(format!("{app:?} {:?}", app.with_token(support::token())), "App(..) Client(..)");
}

#[rstest::rstest]
#[case::pushed(answer(json!([moved("b", "eve"), moved("a", "ada"), moved("a", "bob")])), Some("ada"))]
#[case::not_lately(answer(json!([moved("b", "eve")])), None)]
#[case::account_gone(answer(json!([{"after": "a".repeat(40), "actor": null}, moved("a", "bob")])), None)]
#[case::out_of_reach(refused(404), None)]
#[case::not_readable(refused(403), None)]
#[case::without_a_commit(refused(409), None)]
#[case::taken_down(refused(451), None)]
#[tokio::test]
async fn who_pushed_a_head(#[case] activity: ResponseTemplate, #[case] expected: Option<&str>) {
    let server = MockServer::start().await;
    Mock::given(path("/repos/acme/.github/activity"))
        .and(query_param("ref", "refs/heads/a topic"))
        .respond_with(activity)
        .mount(&server)
        .await;
    let head = "a".repeat(40).parse().unwrap();
    let pusher = support::client(&server).pushed_by(&repo(), "a topic", &head).await.unwrap();
    assert_eq!(pusher.map(|pusher| pusher.login.to_string()).as_deref(), expected);
}

fn moved(to: &str, by: &str) -> serde_json::Value {
    json!({"after": to.repeat(40), "actor": {"login": by, "id": by.len(), "type": "User"}})
}
