//! The promise to owners: merge the file that was dumped, and upstream peribolos finds nothing to do.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::bench::{Bench, ORG};
use crate::organizations as o;

#[rstest::rstest]
#[case::acme(o::ACME)]
#[case::teams(o::TEAMS)]
#[case::names(o::NAMES)]
#[case::repositories(o::REPOSITORIES)]
#[case::invitations(o::INVITATIONS)]
#[case::bare(o::BARE)]
#[tokio::test]
async fn a_dump_applied_changes_nothing(#[case] fixture: &str) {
    let bench = Bench::start(fixture).await;
    let ended = bench.dump(&[]).await;
    let output = ended.output();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(output.pull_request_url.is_some(), "{output:?}");
    let merged = bench
        .github
        .call("POST", &format!("/_sim/orgs/{ORG}/repos/.github/pulls/1/merge"), Some(json!({})))
        .await;
    let file = bench.file("peribolos.yaml").await.unwrap_or_else(|| panic!("merged nothing: {merged}"));
    let dumped = bench.path("dumped.yaml");
    std::fs::write(&dumped, &file).unwrap();
    let before = bench.changes().await.len();

    // As it is …
    let token = bench.token().await;
    peribolos(&bench, &dumped, &token);
    assert_eq!(bench.changes().await[before..], [] as [Value; 0], "{file}");

    // … with names as GitHub writes them, as the Task of upstream gets it …
    let ended = bench.plan(&bench.head().await, &token, &[]);
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    peribolos(&bench, &bench.path("normalized.yaml"), &token);
    let normalized = std::fs::read_to_string(bench.path("normalized.yaml")).unwrap();
    assert_eq!(bench.changes().await[before..], [] as [Value; 0], "{normalized}");

    // … and by our own hands.
    let ended = bench.apply(&bench.head().await, &token, &[]);
    assert_eq!(ended.output().changes.map(|changes| changes.planned), Some(0), "{}", ended.stdout);
    assert_eq!(bench.changes().await[before..], [] as [Value; 0], "{file}");
}

/// A change that upstream does see, so that finding nothing above says something.
#[tokio::test]
async fn a_change_is_written() {
    let bench = Bench::start(o::TEAMS).await;
    bench.dump(&[]).await.output();
    bench
        .github
        .call("POST", &format!("/_sim/orgs/{ORG}/repos/.github/pulls/1/merge"), Some(json!({})))
        .await;
    let file = bench.file("peribolos.yaml").await.unwrap();
    assert!(file.contains("name: Acme\n"), "{file}");
    let changed = bench.path("changed.yaml");
    std::fs::write(&changed, file.replace("name: Acme\n", "name: Other\n")).unwrap();
    peribolos(&bench, &changed, &bench.token().await);
    assert_eq!(bench.github.org(ORG).await["settings"]["name"], "Other");
}

fn peribolos(bench: &Bench, file: &Path, token: &Path) {
    apply(bench, file, token, "1");
}

/// Applies a file by upstream peribolos, as the Task does.
pub fn apply(bench: &Bench, file: &Path, token: &Path, removal_delta: &str) {
    let url = bench.github.url();
    let ended = Command::new(program())
        .arg("--config-path")
        .arg(file)
        .arg("--github-token-path")
        .arg(token)
        .args([format!("--github-endpoint={url}"), format!("--github-graphql-endpoint={url}/graphql")])
        .args(["--confirm", "--require-self=false", "--min-admins=2"])
        .arg(format!("--maximum-removal-delta={removal_delta}"))
        .args([
            "--fix-org",
            "--fix-org-members",
            "--fix-teams",
            "--fix-team-members",
            "--fix-team-repos",
            "--fix-repos",
        ])
        .args(["--github-hourly-tokens=0", "--github-allowed-burst=0"])
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{log}\n{}", std::fs::read_to_string(file).unwrap());
    assert!(log.contains("Finished syncing configuration"), "{log}");
}

/// `PERIBOLOS_BIN`, else the one that the dev cluster is built with.
fn program() -> PathBuf {
    let program = std::env::var_os("PERIBOLOS_BIN").map_or_else(
        || {
            let cluster = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cluster/cluster");
            let answer = Command::new(cluster).args(["path", "peribolos"]).output().unwrap();
            PathBuf::from(String::from_utf8(answer.stdout).unwrap().trim())
        },
        PathBuf::from,
    );
    assert!(
        program.is_file(),
        "upstream peribolos is not there: run `make test`, which builds it, or name it by PERIBOLOS_BIN"
    );
    program
}
