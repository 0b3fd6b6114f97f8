//! What the plan step of an Apply is told of the commits that it brings.

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::world::{ACME, World};

const FILE: &str = "orgs: {acme: {admins: [alice, bob]}}";

/// The head was applied, as far as the installation knows.
async fn applied(world: &World, sha: &str) {
    let patch = Patch::Merge(json!({"status": {"lastAppliedSha": sha}}));
    world.installations().patch_status(ACME, &PatchParams::default(), &patch).await.unwrap();
}

/// The commits that an Apply of the head is told of, and how many runs that showed removals.
async fn told(world: &World, run: &str) -> (Vec<String>, usize) {
    world.create(run, "Apply", json!({})).await;
    let task_run = world.task_run(&format!("{run}-1")).await;
    let params = serde_json::to_value(&task_run.spec.params).unwrap();
    let params = params.as_array().unwrap();
    let plan = params.iter().find(|param| param["name"] == "planArgs").unwrap();
    let args: Vec<&str> = plan["value"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let commits = args.iter().filter_map(|arg| arg.strip_prefix("--commit=")).map(str::to_owned).collect();
    (commits, args.iter().filter(|arg| arg.starts_with("--shown=")).count())
}

/// A pull request with this file, merged at once.
async fn merge(world: &World, file: &str) {
    let pulls = "/_sim/orgs/acme/repos/.github/pulls";
    let open = json!({"title": "x", "branch": "b", "files": {"org.yaml": file}, "sender": "alice"});
    let number = world.github.call("POST", pulls, Some(open)).await["number"].clone();
    world.github.call("POST", &format!("{pulls}/{number}/merge"), Some(json!({"sender": "alice"}))).await;
}

#[tokio::test]
async fn a_commit_of_the_file_without_a_pull_request_is_told_with_the_one_before() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    let other = world.github.push("acme", json!({"README.md": "two"})).await;
    let second = world.github.push("acme", json!({"org.yaml": format!("{FILE} # two")})).await;
    applied(&world, &first).await;
    assert_eq!(told(&world, "r").await, (vec![format!("direct:{other}..{second}")], 0));
}

#[tokio::test]
async fn commits_of_other_files_bring_what_is_between_the_applied_one_and_the_head() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    let head = world.github.push("acme", json!({"README.md": "three"})).await;
    applied(&world, &first).await;
    assert_eq!(told(&world, "r").await, (vec![format!("direct:{first}..{head}")], 0));
}

#[tokio::test]
async fn a_merged_pull_request_is_no_commit_without_one() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    applied(&world, &first).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    assert_eq!(told(&world, "r").await, (vec![], 0));
}

#[tokio::test]
async fn what_was_applied_already_brings_nothing() {
    let world = World::start(&[]).await;
    let head = world.github.push("acme", json!({"org.yaml": FILE})).await;
    applied(&world, &head).await;
    assert_eq!(told(&world, "r").await, (vec![], 0));
}

#[tokio::test]
async fn a_pull_request_among_direct_commits_keeps_its_place() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    applied(&world, &first).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    let last = world.github.push("acme", json!({"org.yaml": FILE})).await;
    let (commits, _) = told(&world, "r").await;
    assert!(commits.len() > 1 && commits[0].starts_with(&format!("merged:{first}..")), "{commits:?}");
    let newest = commits.last().unwrap();
    assert!(newest.starts_with("direct:") && newest.ends_with(&last), "{commits:?}");
}

#[tokio::test]
async fn before_the_first_apply_all_that_changed_the_file_is_told() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    let second = world.github.push("acme", json!({"org.yaml": format!("{FILE} # two")})).await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    let (commits, _) = told(&world, "r").await;
    assert_eq!(commits.len(), 2, "{commits:?}");
    assert!(commits[0].ends_with(&format!("..{first}")), "{commits:?}");
    assert_eq!(commits[1], format!("direct:{first}..{second}"));
}

#[tokio::test]
async fn what_github_does_not_know_yet_of_a_merge_came_by_a_pull_request_all_the_same() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    applied(&world, &first).await;
    let late = json!({"method": "GET", "path": "/repos/acme/.github/commits/*/pulls", "status": 200, "body": [], "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(late)).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    assert_eq!(told(&world, "r").await, (vec![], 0));
}

#[tokio::test]
async fn a_pull_request_merged_into_another_branch_is_one() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    applied(&world, &first).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    let push = json!({"branch": "prod", "files": {"README.md": "prod"}, "message": "x", "sender": "alice", "force": false});
    let pushed = world.github.call("POST", "/_sim/orgs/acme/repos/.github/push", Some(push)).await;
    assert!(pushed["sha"].is_string(), "{pushed}");
    let patch = Patch::Merge(json!({"spec": {"config": {"branch": "prod"}}}));
    world.installations().patch(ACME, &PatchParams::default(), &patch).await.unwrap();
    assert_eq!(told(&world, "r").await, (vec![], 0));
}

#[tokio::test]
async fn many_commits_of_other_files_hide_none_of_the_file() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    applied(&world, &first).await;
    let mut before = first;
    for number in 0..101 {
        before = world.github.push("acme", json!({"README.md": number.to_string()})).await;
    }
    let head = world.github.push("acme", json!({"org.yaml": format!("{FILE} # two")})).await;
    assert_eq!(told(&world, "r").await, (vec![format!("direct:{before}..{head}")], 0));
}
