//! `step dump`: one pull request or one issue, whatever happened before.

use peribolos_vocab::report::StepExit;
use serde_json::{Value, json};

use crate::bench::{Bench, ORG};
use crate::organizations::{BARE, TEAMS};

const BRANCH: &str = "peribolos/onboarding";

fn visible(fixture: &str, visibility: &str) -> String {
    fixture.replace(".github: {visibility: private", &format!(".github: {{visibility: {visibility}"))
}

async fn pulls(bench: &Bench) -> Vec<Value> {
    bench.github.org(ORG).await["pulls"].as_array().cloned().unwrap_or_default()
}

async fn issues(bench: &Bench) -> Vec<Value> {
    bench.github.org(ORG).await["issues"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn it_is_found_again_rather_than_opened_twice() {
    let bench = Bench::start(TEAMS).await;
    let first = bench.dump(&[]).await.output();
    assert_eq!(first.exit, StepExit::Ok, "{first:?}");
    let head = bench.branch(BRANCH).await.unwrap();
    let second = bench.dump(&[]).await.output();
    assert_eq!(second, first);
    assert_eq!(pulls(&bench).await.len(), 1);
    assert_eq!(bench.branch(BRANCH).await.unwrap(), head, "nothing differs, nothing is pushed");
}

/// GitHub answers 404 for seconds for a repository that was just created, as the controller creates one before a dump.
#[tokio::test]
async fn a_repository_that_was_just_created_is_waited_for() {
    let fixture = BARE.replace(".github:", "site:").replace("    members:", "    eventual: 2\n    members:");
    let bench = Bench::start(&fixture).await;
    let token = std::fs::read_to_string(bench.token().await).unwrap();
    let new = json!({"name": ".github", "private": true, "auto_init": true});
    bench.github.call_by(token.trim(), "POST", &format!("/orgs/{ORG}/repos"), Some(new)).await;
    let dumped = bench.dump(&["--time-scale=10"]).await.output();
    assert_eq!(dumped.exit, StepExit::Ok, "{dumped:?}");
    assert_eq!(pulls(&bench).await.len(), 1);
}

#[tokio::test]
async fn an_organization_that_changed_is_a_further_commit_in_the_same_pull_request() {
    let bench = Bench::start(TEAMS).await;
    let first = bench.dump(&[]).await.output();
    let proposed = bench.branch(BRANCH).await.unwrap();
    let token = std::fs::read_to_string(bench.token().await).unwrap();
    let change = json!({"description": "Another one"});
    bench.github.call_by(token.trim(), "PATCH", &format!("/orgs/{ORG}"), Some(change)).await;
    let second = bench.dump(&[]).await.output();
    assert_eq!((&second.check, &second.pull_request_url), (&first.check, &first.pull_request_url));
    assert_eq!(bench.parents(&bench.branch(BRANCH).await.unwrap()).await, [proposed]);
    assert_eq!(pulls(&bench).await.len(), 1);
}

#[tokio::test]
async fn what_somebody_edited_in_the_pull_request_is_left_as_it_is() {
    let bench = Bench::start(TEAMS).await;
    let first = bench.dump(&[]).await.output();
    // The message of our commit is no proof that it is ours.
    let edit = json!({"branch": BRANCH, "files": {"peribolos.yaml": "orgs: {}\n"}, "sender": "alice",
        "message": "Describe the organization as it is in peribolos.yaml"});
    bench.github.call("POST", &format!("/_sim/orgs/{ORG}/repos/.github/push"), Some(edit)).await;
    let edited = bench.branch(BRANCH).await.unwrap();
    let second = bench.dump(&[]).await.output();
    assert_eq!(bench.branch(BRANCH).await.unwrap(), edited);
    assert_eq!((second.exit, &second.pull_request_url), (StepExit::Ok, &first.pull_request_url));
    assert!(second.check.summary.contains("left as it is"), "{second:?}");
    assert_eq!(pulls(&bench).await.len(), 1);
}

#[tokio::test]
async fn a_branch_that_is_left_over_begins_again_from_the_base() {
    let bench = Bench::start(TEAMS).await;
    let first = bench.dump(&[]).await.output();
    bench
        .github
        .call("POST", &format!("/_sim/orgs/{ORG}/repos/.github/pulls/1/close"), Some(json!({})))
        .await;
    let base = bench.github.push(ORG, json!({"note": "1\n"})).await;
    let second = bench.dump(&[]).await.output();
    assert_eq!(second.exit, StepExit::Ok, "{second:?}");
    assert_ne!(second.pull_request_url, first.pull_request_url);
    assert_eq!(bench.parents(&bench.branch(BRANCH).await.unwrap()).await, [base]);
}

#[tokio::test]
async fn an_attempt_that_died_half_way_is_finished() {
    let bench = Bench::start(BARE).await;
    let died_at = [
        ("PUT", "contents/README.md"),
        ("POST", "git/blobs"),
        ("POST", "git/trees"),
        ("POST", "git/commits"),
        ("POST", "git/refs"),
        ("POST", "pulls"),
    ];
    for (method, end) in died_at {
        let fault = json!({"method": method, "path": format!("/repos/{ORG}/.github/{end}"), "status": 500, "count": 1});
        bench.github.call("POST", "/_sim/faults", Some(fault)).await;
        let output = bench.dump(&[]).await.output();
        assert_eq!(output.exit, StepExit::GitHubUnavailable, "{end}: {output:?}");
        bench.github.call("DELETE", "/_sim/faults", None).await;
    }
    let output = bench.dump(&[]).await.output();
    assert_eq!(output.exit, StepExit::Ok, "{output:?}");
    assert_eq!(pulls(&bench).await.len(), 1);
    assert!(bench.file("README.md").await.unwrap().contains("peribolos.yaml"));
    assert_eq!(bench.file("peribolos.yaml").await, None, "it is proposed, not pushed");
}

#[tokio::test]
async fn a_file_that_is_there_is_left_alone() {
    let bench = Bench::start(TEAMS).await;
    bench.github.push(ORG, json!({"peribolos.yaml": "orgs: {}\n"})).await;
    let output = bench.dump(&[]).await.output();
    assert_eq!((output.exit, output.pull_request_url.as_deref()), (StepExit::Ok, None), "{output:?}");
    assert!(output.check.title.contains("there already"), "{output:?}");
    assert_eq!(bench.changes().await, [] as [Value; 0]);
}

#[rstest::rstest]
#[case("public")]
#[case("internal")]
#[tokio::test]
async fn a_repository_that_is_not_private_gets_an_issue_once_and_no_names(#[case] visibility: &str) {
    let bench = Bench::start(&visible(TEAMS, visibility)).await;
    let first = bench.dump(&[]).await.output();
    assert_eq!(first.exit, StepExit::Ok, "{first:?}");
    let second = bench.dump(&[]).await.output();
    assert_eq!(second, first);
    assert_eq!((issues(&bench).await.len(), pulls(&bench).await.len()), (1, 0));
    assert_eq!(bench.branch(BRANCH).await, None);
    assert!(first.check.title.contains(visibility), "{first:?}");
    let said = serde_json::to_string(&issues(&bench).await).unwrap();
    for secret in ["Security", "Legal", "vault", "carol"] {
        assert!(!said.contains(secret), "{secret} is in {said}");
    }
}

#[tokio::test]
async fn a_public_repository_gets_the_file_if_that_is_allowed() {
    let bench = Bench::start(&visible(TEAMS, "public")).await;
    assert_eq!(bench.dump(&["--allow-public"]).await.output().exit, StepExit::Ok);
    assert_eq!((issues(&bench).await.len(), pulls(&bench).await.len()), (0, 1));
}

#[tokio::test]
async fn a_repository_or_branch_that_is_not_there_is_a_sentence() {
    let bench = Bench::start(TEAMS).await;
    let output = bench.dump(&["--branch", "trunk"]).await.output();
    assert_eq!(output.exit, StepExit::ConfigMissing, "{output:?}");
    assert!(output.check.summary.contains("no branch trunk in acme/.github"), "{output:?}");
}

#[tokio::test]
async fn people_get_the_file_on_their_terminal() {
    let bench = Bench::start(TEAMS).await;
    let token = std::fs::read_to_string(bench.token().await).unwrap();
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_peribolos-operator"))
        .args(["dump", ORG, "--github-api-url", bench.github.url()])
        .env("GITHUB_TOKEN", token.trim())
        .output()
        .unwrap();
    let printed = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let first = printed.lines().next().unwrap_or_default();
    assert_eq!(first, format!("# {}", peribolos_org::reference::EDITOR_LINE));
    for part in ["  acme:\n", "Security", "vault"] {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
    assert!(peribolos_org::parse(&printed, "printed", Some(ORG)).is_ok(), "{printed}");
}
