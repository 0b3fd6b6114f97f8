//! Repositories that have another name now: no request follows them, and the error names it.

use peribolos_org::plan::{Change, Expected, Question};
use peribolos_org::{Permission, RepoName};
use rstest::rstest;
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{acme, addresses, ann, core, repo, snapshot, status, support};
use crate::lookups;
use crate::snapshot::Patience;
use crate::{Error, Login};

/// `acme/site` was renamed to `acme/website`.
async fn renamed() -> MockServer {
    let server = MockServer::start().await;
    let data = json!({"data": {"repository": {"nameWithOwner": "acme/website"}}});
    Mock::given(path("/graphql")).respond_with(status(200, &data)).mount(&server).await;
    let moved =
        ResponseTemplate::new(307).insert_header("location", "https://api.github.com/repositories/7/x");
    Mock::given(wiremock::matchers::path_regex("site")).respond_with(moved).mount(&server).await;
    server
}

#[rstest]
#[case::collaborator(Change::RemoveCollaborator { repo: repo(), login: ann(), from: Permission::Read })]
#[case::topics(Change::SetTopics { name: repo(), from: None, to: String::new() })]
#[case::team(Change::RemoveTeamRepo { team: core(), repo: repo(), from: Permission::Read })]
#[tokio::test]
async fn a_write_is_not_led_elsewhere(#[case] change: Change) {
    let server = renamed().await;
    let error = support::client(&server).make(&acme(), &change, &mut addresses()).await.unwrap_err();
    assert_eq!(error.to_string(), "acme/site is called acme/website now");
    assert!(matches!(error, Error::Moved { .. }) && error.is_moved());
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 2, "the change, and a question about the name: {requests:#?}");
}

#[tokio::test]
async fn a_read_is_not_led_elsewhere() {
    let server = renamed().await;
    let client = support::client(&server);
    let create = Change::CreateRepo { name: repo(), settings: vec![] };
    let error =
        client.standing(&acme(), &create, &Expected::of(&snapshot()), &mut addresses()).await.unwrap_err();
    assert!(matches!(&error, Error::Moved { now, .. } if now == "acme/website"), "{error:?}");
    let remove = Change::RemoveTeamRepo { team: core(), repo: repo(), from: Permission::Write };
    let expected = Expected::of(&snapshot());
    let error = client.standing(&acme(), &remove, &expected, &mut addresses()).await.unwrap_err();
    assert!(matches!(error, Error::Moved { .. }), "{error:?}");
}

/// GraphQL follows renames silently.
#[tokio::test]
async fn collaborators_of_another_name_are_not_taken_for_these() {
    let server = MockServer::start().await;
    let none = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "edges": []});
    let data = json!({"data": {"repository": {"nameWithOwner": "other/site", "databaseId": 7, "collaborators": none}}});
    Mock::given(path("/graphql")).respond_with(status(200, &data)).mount(&server).await;
    let remove = Change::RemoveCollaborator { repo: repo(), login: ann(), from: Permission::Read };
    let expected = Expected::of(&snapshot());
    let client = support::client(&server);
    let error = client.standing(&acme(), &remove, &expected, &mut addresses()).await.unwrap_err();
    assert_eq!(error.to_string(), "acme/site is called other/site now");
}

#[tokio::test]
async fn questions_are_answered_in_batches() {
    let server = MockServer::start().await;
    let answer = |request: &wiremock::Request| {
        let body: serde_json::Value = request.body_json().unwrap();
        let people = body["query"].as_str().unwrap().contains("user(");
        let missing = json!({"type": "NOT_FOUND", "path": ["x"], "message": "Could not resolve"});
        let data = if people {
            json!({"u0": {"login": "Ann"}, "u1": null})
        } else {
            let name = |now: &str| json!({"nameWithOwner": now});
            json!({"r0": null, "r1": name("Acme/website"), "r2": name("acme/Docs")})
        };
        status(200, &json!({"data": data, "errors": [missing]}))
    };
    Mock::given(path("/graphql")).respond_with(answer).mount(&server).await;
    let head = json!({"object": {"sha": "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c"}});
    let main = path("/repos/acme/docs/git/ref/heads/main");
    Mock::given(main).respond_with(status(200, &head)).mount(&server).await;
    let trunk = path("/repos/acme/docs/git/ref/heads/trunk");
    Mock::given(trunk).respond_with(status(404, &json!({"message": "Not Found"}))).mount(&server).await;
    let empty = path("/repos/acme/empty/git/ref/heads/main");
    let nothing = json!({"message": "Git Repository is empty."});
    Mock::given(empty).respond_with(status(409, &nothing)).mount(&server).await;
    let branch =
        |repo: &str, branch: &str| Question::Branch { repo: RepoName::new(repo), branch: branch.into() };
    let questions = [
        Question::Login(Login::new("ann")),
        Question::Login(Login::new("mila")),
        Question::NewRepo(RepoName::new("new")),
        Question::NewRepo(RepoName::new("Site")),
        Question::NewRepo(RepoName::new("docs")),
        branch("docs", "main"),
        branch("docs", "trunk"),
        branch("empty", "main"),
    ];
    let client = support::client(&server);
    let answers = lookups::answer(&client, &acme(), &questions, Patience::default()).await.unwrap();
    assert_eq!(answers.unknown_logins, [Login::new("mila")].into());
    assert_eq!(answers.canonical.iter().map(Login::as_str).collect::<Vec<_>>(), ["Ann"]);
    assert_eq!(answers.renamed, [("site".to_owned(), "Acme/website".to_owned())].into());
    let missing =
        [("docs", "trunk"), ("empty", "main")].map(|(repo, branch)| (repo.to_owned(), branch.to_owned()));
    assert_eq!(answers.missing_branches, missing.into());
    assert_eq!(server.received_requests().await.unwrap().len(), 5);
}

#[tokio::test]
async fn nothing_asked_nothing_sent() {
    let server = MockServer::start().await;
    let client = support::client(&server);
    lookups::answer(&client, &acme(), &[], Patience::default()).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}
