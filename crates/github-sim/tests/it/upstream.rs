//! Upstream peribolos itself, `--confirm`, against the simulator. Its binary is named by `PERIBOLOS_BIN`.

use std::{path::Path, process::Output};

use http::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::{Running, acme};

/// acme as the fixture has it, and a little more.
const WISH: &str = "
orgs:
  acme:
    name: Acme
    description: Everything for the road runner
    email: hello@acme.example
    billing_email: billing@acme.example
    location: Arizona
    default_repository_permission: read
    members_can_create_repositories: true
    admins: [alice, bob, mallory]
    members: [carol, oscar, frank]
    teams:
      Core:
        description: Keepers of the site
        privacy: closed
        maintainers: [alice]
        members: [carol, oscar]
        repos: {site: admin}
        teams:
          Docs: {privacy: closed, members: [oscar], repos: {site: admin, handbook: maintain}}
      Fresh Team: {description: New people, privacy: closed, maintainers: [bob], members: [carol], repos: {handbook: write}}
    repos:
      handbook: {description: New words, has_wiki: false, allow_merge_commit: false, private: true}
      brandnew: {description: A new one, private: true}
";

async fn peribolos(binary: &str, sim: &Running, config: &Path, token: &Path) -> Output {
    let mut command = Command::new(binary);
    command.arg("--config-path").arg(config).arg("--github-token-path").arg(token);
    command.args(["--github-endpoint", &sim.url(""), "--github-graphql-endpoint", &sim.url("/graphql")]);
    command.args(["--confirm", "--require-self=false", "--min-admins=2", "--github-hourly-tokens=0"]);
    command.args(["--fix-org", "--fix-org-members", "--fix-teams", "--fix-team-members", "--fix-team-repos"]);
    command.args(["--fix-repos", "--maximum-removal-delta=1"]);
    command.output().await.expect("peribolos starts")
}

/// The writes since the log was last emptied, which this does.
async fn writes(sim: &Running) -> Vec<String> {
    let log = sim.control(Method::GET, "/requests", json!({})).await;
    sim.control(Method::DELETE, "/requests", json!({})).await;
    let of =
        |r: &Value| format!("{} {}", r["method"].as_str().unwrap_or(""), r["path"].as_str().unwrap_or(""));
    let mut all: Vec<String> =
        log.as_array().expect("a list").iter().map(of).filter(|r| !r.starts_with("GET")).collect();
    all.sort();
    all
}

#[tokio::test]
async fn upstream_applies_a_file_once_and_then_has_nothing_to_do() {
    let Ok(binary) = std::env::var("PERIBOLOS_BIN") else {
        println!("SKIPPED: set PERIBOLOS_BIN to the binary of upstream peribolos to run this test");
        return;
    };
    let sim = acme().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (config, token) = (folder.path().join("org.yaml"), folder.path().join("token"));
    std::fs::write(&config, WISH).expect("a file");
    std::fs::write(&token, sim.token(json!({})).await).expect("a file");
    writes(&sim).await;

    let first = peribolos(&binary, &sim, &config, &token).await;
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let expected = [
        "DELETE /orgs/acme/memberships/dave",
        "DELETE /orgs/acme/teams/incident-response",
        "PATCH /repos/acme/handbook",
        "POST /orgs/acme/repos",
        "POST /orgs/acme/teams",
        "PUT /orgs/acme/memberships/frank",
        "PUT /orgs/acme/teams/fresh-team/memberships/bob",
        "PUT /orgs/acme/teams/fresh-team/memberships/carol",
        "PUT /orgs/acme/teams/fresh-team/repos/acme/handbook",
    ];
    assert_eq!(writes(&sim).await, expected);

    let second = peribolos(&binary, &sim, &config, &token).await;
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    assert_eq!(writes(&sim).await, Vec::<String>::new());
    assert_eq!(sim.control(Method::GET, "/unknown", json!({})).await, json!([]));
}
