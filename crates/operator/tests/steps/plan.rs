//! `step plan`: what it says, what it writes, and how it ends.

use peribolos_vocab::AnnotationLevel;
use peribolos_vocab::report::StepExit;
use serde_json::json;

use crate::bench::{Bench, ORG};

const FILE: &str = "\
orgs:
  ACME:
    admins: [ALICE, bob]
    members:
      - carol
      - zelda
      - dave
      - erin
    teams:
      Engineering:
        maintainers: [carol]
        members: [zelda]
        repos: {SITE: read}
";

/// Guards have tests of their own.
const UNGUARDED: &str = "--maximum-removal-percent=100";

const FIXTURE: &str = "\
orgs:
  acme:
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member, dave: member, erin: member}
    teams:
      - {name: Engineering, members: {alice: maintainer, carol: maintainer}, repos: {site: pull}}
    repos:
      .github: {visibility: private, files: {README.md: \"x\\n\"}}
      site: {visibility: public, files: {README.md: \"x\\n\"}}
    installation: {id: 1234567}
";

#[tokio::test]
async fn a_valid_file_is_settled_as_github_spells_it() {
    let bench = Bench::start(FIXTURE).await;
    let sha = bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
    let results = format!("--results-dir={}", bench.path("").display());
    let ended = bench.plan(&sha, &bench.token().await, &[&results, UNGUARDED]);
    let output = ended.output();
    assert_eq!(output.exit, StepExit::Ok, "{ended:?}");
    assert_eq!(output.sha.as_deref(), Some(sha.as_str()));
    assert!(output.blob.is_some());
    let normalized = std::fs::read_to_string(bench.path("normalized.yaml")).unwrap();
    assert!(
        normalized.contains("acme:") && normalized.contains("alice") && normalized.contains("site"),
        "{normalized}"
    );
    assert!(
        !normalized.contains("ACME") && !normalized.contains("ALICE") && !normalized.contains("SITE"),
        "{normalized}"
    );
    assert!(!normalized.contains("zelda"), "{normalized}");
    let unknown = output.check.annotations.iter().find(|found| found.title == "unknown-login").unwrap();
    assert_eq!((unknown.start_line, unknown.start_column), (6, Some(9)));
    assert_eq!(unknown.annotation_level, AnnotationLevel::Warning);
    assert_eq!(std::fs::read_to_string(bench.path("summary")).unwrap(), output.check.title);
    assert_eq!(bench.changes().await, [] as [serde_json::Value; 0]);
}

/// What passes by itself is tried again: a suspension, another name.
#[rstest::rstest]
#[case::suspended("suspend", json!(null))]
#[case::renamed("rename", json!({"to": "acme-inc"}))]
#[tokio::test]
async fn what_another_attempt_knows_better_is_no_verdict(
    #[case] event: &str,
    #[case] body: serde_json::Value,
) {
    let bench = Bench::start(FIXTURE).await;
    let sha = bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
    let token = bench.token().await;
    bench.github.call("POST", &format!("/_sim/orgs/{ORG}/{event}"), (!body.is_null()).then_some(body)).await;
    let ended = bench.plan(&sha, &token, &[]);
    assert_eq!(ended.output().exit, StepExit::GitHubUnavailable, "{ended:?}");
}

#[tokio::test]
async fn a_mistake_is_shown_where_it_is() {
    let bench = Bench::start(FIXTURE).await;
    let sha =
        bench.github.push(ORG, json!({"peribolos.yaml": FILE.replace("maintainers", "maintaners")})).await;
    let ended = bench.plan(&sha, &bench.token().await, &[]);
    let output = ended.output();
    assert_eq!(output.exit, StepExit::ConfigInvalid, "{ended:?}");
    let found = &output.check.annotations[0];
    assert_eq!((found.path.as_str(), found.start_line, found.start_column), ("peribolos.yaml", 11, Some(9)));
    assert_eq!(found.annotation_level, AnnotationLevel::Failure);
    assert!(found.message.contains("maintainers"), "{found:?}");
    let summary = "Nothing was changed. Correct the error in the file, and push again:\n\n- line 11: ";
    assert!(output.check.summary.starts_with(summary), "{output:?}");
    assert!(!bench.path("normalized.yaml").exists());
}

#[rstest::rstest]
#[case::another_organization("orgs:\n  globex:\n    admins: [alice, bob]\n", StepExit::ConfigInvalid)]
#[case::two_organizations(
    "orgs:\n  acme:\n    admins: [alice]\n  globex:\n    admins: [alice]\n",
    StepExit::ConfigInvalid
)]
#[case::empty("", StepExit::ConfigInvalid)]
#[case::memberless("orgs:\n  acme:\n    name: Acme\n", StepExit::ConfigInvalid)]
#[case::nobody_who_exists("orgs:\n  acme:\n    admins: [nobody-1, nobody-2]\n", StepExit::ConfigInvalid)]
#[case::too_large(&"# padding\n".repeat(600_000), StepExit::ConfigInvalid)]
#[tokio::test]
async fn what_must_not_be_applied_is_refused(#[case] file: &str, #[case] exit: StepExit) {
    let bench = Bench::start(FIXTURE).await;
    let sha = bench.github.push(ORG, json!({"peribolos.yaml": file})).await;
    let output = bench.plan(&sha, &bench.token().await, &[]).output();
    assert_eq!(output.exit, exit, "{output:?}");
    assert_eq!(output.check.annotations[0].annotation_level, AnnotationLevel::Failure, "{output:?}");
    assert!(!bench.path("normalized.yaml").exists());
}

#[tokio::test]
async fn a_file_that_is_gone_is_missing_and_never_an_empty_organization() {
    let bench = Bench::start(FIXTURE).await;
    let with = bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
    let without = bench.github.push(ORG, json!({"peribolos.yaml": null})).await;
    let token = bench.token().await;
    let output = bench.plan(&without, &token, &[]).output();
    assert_eq!(output.exit, StepExit::ConfigMissing, "{output:?}");
    assert!(output.check.summary.contains("no peribolos.yaml in acme/.github"), "{output:?}");
    let output = bench.plan(&with, &token, &["--pull-request=", UNGUARDED]).output();
    assert_eq!(output.exit, StepExit::Ok, "the older commit still has it: {output:?}");
}

#[tokio::test]
async fn a_preview_looks_at_the_merge() {
    let bench = Bench::start(FIXTURE).await;
    bench.github.push(ORG, json!({"peribolos.yaml": FILE, "note": "1\n"})).await;
    let pulls = format!("/_sim/orgs/{ORG}/repos/.github/pulls");
    let broken = FILE.replace("teams:", "taems:");
    let open =
        |branch: &str, files| json!({"title": "x", "branch": branch, "files": files, "sender": "alice"});
    bench.github.call("POST", &pulls, Some(open("broken", json!({"peribolos.yaml": broken})))).await;
    bench.github.call("POST", &pulls, Some(open("other", json!({"other": "2\n"})))).await;
    bench.github.call("POST", &pulls, Some(open("clash", json!({"note": "2\n"})))).await;
    let token = bench.token().await;
    let head = async |branch: &str| bench.branch(branch).await.unwrap();

    let output = bench.plan(&head("broken").await, &token, &["--pull-request", "1"]).output();
    assert_eq!(output.exit, StepExit::ConfigInvalid, "{output:?}");
    assert!(output.check.annotations[0].message.contains("teams"), "{output:?}");
    let output = bench.plan(&head("other").await, &token, &["--pull-request", "2"]).output();
    assert_eq!(output.exit, StepExit::Ok, "the file is the base's: {output:?}");
    let files_only = bench.file_token().await;
    let output =
        bench.plan(&head("broken").await, &files_only, &["--pull-request", "1", "--file-only"]).output();
    assert_eq!(output.exit, StepExit::ConfigInvalid, "a stranger's is read as it is: {output:?}");

    let output = bench.plan(&head("other").await, &token, &["--pull-request", "1"]).output();
    assert_eq!(output.exit, StepExit::Failed, "{output:?}");
    assert!(output.check.summary.contains("has moved on"), "{output:?}");

    bench.github.push(ORG, json!({"note": "3\n"})).await;
    let output = bench.plan(&head("clash").await, &token, &["--pull-request", "3"]).output();
    assert_eq!(output.exit, StepExit::ConfigInvalid, "{output:?}");
    assert!(output.check.summary.contains("conflicts with its base"), "{output:?}");
}

#[tokio::test]
async fn a_token_for_the_file_alone_is_enough_to_check_it() {
    let bench = Bench::start(FIXTURE).await;
    let sha = bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
    let output = bench.plan(&sha, &bench.file_token().await, &["--file-only"]).output();
    assert_eq!(output.exit, StepExit::Ok, "{output:?}");
    assert!(!bench.path("normalized.yaml").exists());
}

#[tokio::test]
async fn github_s_troubles_have_their_own_ends() {
    let bench = Bench::start(FIXTURE).await;
    let sha = bench.github.push(ORG, json!({"peribolos.yaml": FILE})).await;
    let token = bench.token().await;
    let faults = [
        (json!({"status": 502}), StepExit::GitHubUnavailable, false),
        (json!({"status": 403, "headers": {"retry-after": "600"}}), StepExit::RateLimited, true),
        (
            json!({"status": 403, "body": {"message": "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."}}),
            StepExit::AccessBlocked,
            false,
        ),
        (
            json!({"status": 403, "body": {"message": "Resource not accessible by integration"}}),
            StepExit::PermissionsMissing,
            false,
        ),
    ];
    for (fault, exit, known) in faults {
        let mut fault = fault;
        fault["path"] = json!("/orgs/acme");
        bench.github.call("POST", "/_sim/faults", Some(fault)).await;
        let output = bench.plan(&sha, &token, &["--time-scale=100"]).output();
        bench.github.call("DELETE", "/_sim/faults", None).await;
        assert_eq!((output.exit, output.until.is_some()), (exit, known), "{output:?}");
    }
    std::fs::write(&token, "ghs_wrong").unwrap();
    let ended = bench.plan(&sha, &token, &[]);
    assert_eq!(ended.output().exit, StepExit::GitHubUnavailable, "another attempt gets another token");
    assert!(!format!("{ended:?}").contains("ghs_wrong"));
    std::fs::write(&token, "\n").unwrap();
    assert_eq!(bench.plan(&sha, &token, &[]).output().exit, StepExit::Failed);
}
