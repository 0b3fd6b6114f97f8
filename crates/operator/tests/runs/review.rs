//! What an Apply gets to know of what was shown of the commits that it brings.

use kube::api::{Patch, PatchParams};
use peribolos_vocab::report::{Changes, StepExit, StepName, StepReport};
use serde_json::json;

use crate::world::{ACME, World, args, conditions};

const FILE: &str = "orgs: {acme: {admins: [alice, bob]}}";

/// That commit was reviewed, as far as the installation knows.
async fn reviewed(world: &World, sha: &str) {
    let patch = Patch::Merge(json!({"status": {"lastReviewedSha": sha}}));
    world.installations().patch_status(ACME, &PatchParams::default(), &patch).await.unwrap();
}

/// Whether an Apply of the head needs no preview, and the removals that previews showed.
async fn gathered(world: &World, run: &str) -> (bool, Vec<String>) {
    world.create(run, "Apply", json!({})).await;
    let args = args(&world.task_run(&format!("{run}-1")).await);
    let shown = args.iter().filter_map(|arg| arg.strip_prefix("--shown="));
    let digests = shown.filter_map(|arg| Some(arg.split_once(':')?.1.to_owned())).collect();
    (args.contains(&"--without-pull-requests".to_owned()), digests)
}

/// A pull request with this file, merged at once.
async fn merge(world: &World, file: &str) {
    let pulls = "/_sim/orgs/acme/repos/.github/pulls";
    let open = json!({"title": "x", "branch": "b", "files": {"org.yaml": file}, "sender": "alice"});
    let pull = world.github.call("POST", pulls, Some(open)).await;
    let number = pull["number"].clone();
    // Its preview, as if GitHub had taken the check.
    let name = format!("preview-{number}");
    world.create(&name, "DryRun", json!({"pullRequest": number})).await;
    world.task_run(&format!("{name}-1")).await;
    let sha = world.run(&name).await.status.unwrap().sha;
    let ended =
        [("Admitted", "True", "Admitted"), ("Started", "True", "Running"), ("Succeeded", "True", "Planned")];
    let status = json!({"phase": "Succeeded", "reason": "Planned", "conditions": conditions(&ended), "sha": sha, "changes": {"planned": 1},
        "removals": [format!("removal-{number}")], "shownAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:00Z"});
    world
        .runs()
        .patch_status(&name, &PatchParams::default(), &Patch::Merge(json!({"status": status})))
        .await
        .unwrap();
    world.github.call("POST", &format!("{pulls}/{number}/merge"), Some(json!({"sender": "alice"}))).await;
}

/// What the preview of the only pull request showed.
fn only_preview() -> Vec<String> {
    vec!["removal-1".to_owned()]
}

#[tokio::test]
async fn commits_that_came_without_a_pull_request_need_no_preview() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    world.github.push("acme", json!({"org.yaml": format!("{FILE} # two")})).await;
    reviewed(&world, &first).await;
    assert_eq!(gathered(&world, "r").await, (true, vec![]));
}

#[tokio::test]
async fn commits_of_other_files_alone_are_no_reason_to_need_none() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    reviewed(&world, &first).await;
    assert_eq!(gathered(&world, "r").await, (false, vec![]));
}

#[tokio::test]
async fn a_merged_pull_request_has_shown_what_its_preview_did() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    reviewed(&world, &first).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    assert_eq!(gathered(&world, "r").await, (false, only_preview()));
}

#[tokio::test]
async fn one_pull_request_among_direct_commits_is_enough_to_need_previews() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    reviewed(&world, &first).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    world.github.push("acme", json!({"org.yaml": FILE})).await;
    assert_eq!(gathered(&world, "r").await, (false, only_preview()));
}

#[tokio::test]
async fn what_was_reviewed_already_needs_to_have_been_shown() {
    let world = World::start(&[]).await;
    let head = world.github.push("acme", json!({"org.yaml": FILE})).await;
    reviewed(&world, &head).await;
    assert_eq!(gathered(&world, "r").await, (false, vec![]));
}

#[tokio::test]
async fn a_branch_that_was_rewound_needs_previews() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    let other = json!({"branch": "other", "files": {"org.yaml": format!("{FILE} # other")}, "message": "x", "sender": "alice", "force": false});
    let other = world.github.call("POST", "/_sim/orgs/acme/repos/.github/push", Some(other)).await;
    world.github.push("acme", json!({"org.yaml": format!("{FILE} # two")})).await;
    assert!(!first.is_empty());
    reviewed(&world, other["sha"].as_str().unwrap()).await;
    assert_eq!(gathered(&world, "r").await, (false, vec![]));
}

#[tokio::test]
async fn before_anything_was_reviewed_the_heads_own_pull_request_counts() {
    let world = World::start(&[]).await;
    world.github.push("acme", json!({"org.yaml": FILE})).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    assert_eq!(gathered(&world, "r").await, (false, only_preview()));
}

#[tokio::test]
async fn before_anything_was_reviewed_a_direct_commit_needs_previews() {
    let world = World::start(&[]).await;
    world.github.push("acme", json!({"org.yaml": FILE})).await;
    assert_eq!(gathered(&world, "r").await, (false, vec![]));
}

#[tokio::test]
async fn while_github_does_not_know_of_a_merge_no_commit_is_direct() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    reviewed(&world, &first).await;
    let late = json!({"method": "GET", "path": "/repos/acme/.github/commits/*/pulls", "status": 200, "body": [], "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(late)).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    assert_eq!(gathered(&world, "r").await, (false, only_preview()));
}

#[tokio::test]
async fn a_pull_request_that_was_reviewed_a_moment_ago_is_not_in_question_again() {
    let world = World::start(&[]).await;
    world.github.push("acme", json!({"org.yaml": FILE})).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    let second = world.github.push("acme", json!({"README.md": "two"})).await;
    reviewed(&world, &second).await;
    world.github.push("acme", json!({"org.yaml": FILE})).await;
    assert_eq!(gathered(&world, "r").await, (true, vec![]));
}

#[tokio::test]
async fn many_commits_of_other_files_hide_none_of_the_file() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    reviewed(&world, &first).await;
    for number in 0..101 {
        world.github.push("acme", json!({"README.md": number.to_string()})).await;
    }
    world.github.push("acme", json!({"org.yaml": format!("{FILE} # two")})).await;
    assert_eq!(gathered(&world, "r").await, (true, vec![]));
}

/// A preview of a pull request whose step has shown these removals, and that is over.
async fn previewed(world: &World, name: &str, number: &serde_json::Value, removals: &[&str]) {
    preview_is_over(world, name, json!({"pullRequest": number}), removals).await;
}

async fn preview_is_over(world: &World, name: &str, source: serde_json::Value, removals: &[&str]) {
    world.create(name, "DryRun", source).await;
    world.task_run(&format!("{name}-1")).await;
    let report = StepReport {
        changes: Some(Changes { planned: 1, applied: None, failed: 0, remaining: 1 }),
        removals: removals.iter().map(|removal| (*removal).to_owned()).collect(),
        ..StepReport::new(StepName::Plan, StepExit::Ok)
    };
    world.step_ends(&format!("{name}-1"), &report).await;
    world.is_over(name).await;
}

/// What an older preview showed of the same commit is of another base or another time.
#[tokio::test]
async fn what_the_newest_preview_does_not_show_was_not_shown() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    reviewed(&world, &first).await;
    let pulls = "/_sim/orgs/acme/repos/.github/pulls";
    let file = "orgs: {acme: {admins: [alice, bob, carol]}}";
    let open = json!({"title": "x", "branch": "b", "files": {"org.yaml": file}, "sender": "alice"});
    let number = world.github.call("POST", pulls, Some(open)).await["number"].clone();
    previewed(&world, "older", &number, &["removal-1"]).await;
    previewed(&world, "newest", &number, &[]).await;
    world.github.call("POST", &format!("{pulls}/{number}/merge"), Some(json!({"sender": "alice"}))).await;
    assert_eq!(gathered(&world, "r").await, (false, vec![]));
}

/// The receiver writes the name that the repository has at that moment into a run.
#[tokio::test]
async fn what_was_shown_before_the_repository_was_renamed_was_shown() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    reviewed(&world, &first).await;
    let file = "orgs: {acme: {admins: [alice, bob, carol]}}";
    let open = json!({"title": "x", "branch": "b", "files": {"org.yaml": file}, "sender": "alice"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(open)).await;
    let number = &pull["number"];
    let source = json!({"repository": "acme/.github", "ref": "refs/heads/main", "pullRequest": number});
    preview_is_over(&world, "p", source, &["removal-1"]).await;
    world.change("PATCH", "/repos/acme/.github", Some(json!({"name": "conf"}))).await;
    let merge = format!("/_sim/orgs/acme/repos/conf/pulls/{number}/merge");
    world.github.call("POST", &merge, Some(json!({"sender": "alice"}))).await;
    assert_eq!(gathered(&world, "r").await, (false, only_preview()));
}

/// A merge that takes an older file changes it by no commit of its own, so it is in no list of commits that touch the file. A direct
/// commit after it does not make it one that came without a pull request.
#[tokio::test]
async fn a_direct_commit_hides_no_merge_that_takes_an_older_file() {
    let world = World::start(&[]).await;
    let older = world.github.push("acme", json!({"org.yaml": FILE})).await;
    let with_carol = "orgs: {acme: {admins: [alice, bob], members: [carol]}}";
    let newer = world.github.push("acme", json!({"org.yaml": with_carol})).await;
    world.is_ready(ACME).await;
    reviewed(&world, &newer).await;
    // A branch that has merged the newer file with `-s ours`.
    let commit = |sha: &str| format!("/repos/acme/.github/git/commits/{sha}");
    let tree = world.change("GET", &commit(&older), None).await["tree"]["sha"].clone();
    let ours = json!({"message": "Merge", "tree": tree, "parents": [older, newer]});
    let ours = world.change("POST", "/repos/acme/.github/git/commits", Some(ours)).await["sha"].clone();
    let branch = json!({"ref": "refs/heads/ours", "sha": ours});
    world.change("POST", "/repos/acme/.github/git/refs", Some(branch)).await;
    let pulls = "/_sim/orgs/acme/repos/.github/pulls";
    let pull = json!({"title": "x", "branch": "ours", "sender": "carol"});
    let pull = world.github.call("POST", pulls, Some(pull)).await;
    let merge = format!("{pulls}/{}/merge", pull["number"]);
    world.github.call("POST", &merge, Some(json!({"sender": "alice"}))).await;
    let file = world.change("GET", "/repos/acme/.github/contents/org.yaml", None).await;
    assert_eq!(file["size"], FILE.len(), "the merge has taken the older file: {file}");
    assert_eq!(gathered(&world, "merge").await, (false, vec![]), "the merge alone");
    world.cancel("merge").await;
    world.tekton_ends("merge-1", "TaskRunCancelled", &[]).await;
    world.reaches("merge", "Cancelled", "Cancelled").await;
    world.slot_is_free().await;
    world.push("carol", ".github", json!({"org.yaml": format!("{FILE} # tidy")})).await;
    assert_eq!(gathered(&world, "r").await, (false, vec![]), "nobody has seen that carol goes");
}

/// Whoever may comment on pull requests that are closed makes any number of them newer than the merge in question.
#[tokio::test]
async fn a_merge_that_github_does_not_show_yet_is_found_among_many_closed_pull_requests() {
    let world = World::start(&[]).await;
    let first = world.github.push("acme", json!({"org.yaml": FILE})).await;
    let late = json!({"method": "GET", "path": "/repos/acme/.github/commits/*/pulls", "status": 200, "body": [], "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(late)).await;
    merge(&world, "orgs: {acme: {admins: [alice, bob, carol]}}").await;
    let pulls = "/_sim/orgs/acme/repos/.github/pulls";
    for number in 0..31 {
        let files = json!({(format!("{number}.md")): "x"});
        let open = json!({"title": "x", "branch": format!("b-{number}"), "files": files, "sender": "carol"});
        let number = world.github.call("POST", pulls, Some(open)).await["number"].clone();
        world.github.call("POST", &format!("{pulls}/{number}/close"), Some(json!({"sender": "carol"}))).await;
    }
    reviewed(&world, &first).await;
    assert_eq!(gathered(&world, "r").await, (false, only_preview()));
}
