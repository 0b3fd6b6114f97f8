//! Commands by comment: who gave them is looked up at GitHub, whatever the run says.

use kube::api::{Patch, PatchParams};
use peribolos_vocab::report::{StepExit, StepName, StepReport};
use serde_json::{Value, json};

use crate::{support::eventually, world::World};

/// Comments on a new pull request and gives its number and the comment's id.
async fn comment(world: &World, sender: &str, mode: &str) -> (i64, i64) {
    let pull = json!({"title": "Change", "branch": format!("{sender}-{mode}"), "sender": "alice", "draft": false,
        "files": {"org.yaml": "orgs: {acme: {admins: [alice, bob], members: [carol], description: new}}"}});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(pull)).await;
    let number = pull["number"].as_i64().unwrap();
    let path = format!("/_sim/orgs/acme/repos/.github/issues/{number}/comments");
    let comment = json!({"body": if mode == "Apply" { "/peribolos apply" } else { "/peribolos plan" }, "sender": sender});
    let comment = world.github.call("POST", &path, Some(comment)).await;
    (number, comment["id"].as_i64().unwrap())
}

async fn ask(world: &World, name: &str, mode: &str, source: Value, comment: (i64, i64)) {
    let (issue, id) = comment;
    // The run claims that an owner sent it; that is a note and nothing more.
    let trigger = json!({"event": "issue_comment", "sender": "alice", "deliveryId": name,
        "comment": {"id": id, "issue": issue}});
    world.create_with(name, json!({"mode": mode, "source": source, "trigger": trigger}), json!({})).await;
}

#[tokio::test]
async fn owners_apply_members_preview_and_strangers_do_neither() {
    let world = World::start(&[]).await;
    for (sender, mode, allowed) in [
        ("alice", "Apply", true),
        ("carol", "Apply", false),
        ("eve", "Apply", false),
        ("carol", "DryRun", true),
        ("eve", "DryRun", false),
    ] {
        let name = format!("{sender}-{}", mode.to_lowercase());
        let (number, id) = comment(&world, sender, mode).await;
        let source = if mode == "DryRun" { json!({"pullRequest": number}) } else { json!({}) };
        ask(&world, &name, mode, source, (number, id)).await;
        if allowed {
            world.task_run(&format!("{name}-1")).await;
            let step = if mode == "Apply" { StepName::Apply } else { StepName::Plan };
            world.step_ends(&format!("{name}-1"), &StepReport::new(step, StepExit::Ok)).await;
            world.reaches(&name, "Succeeded", if mode == "Apply" { "Applied" } else { "Planned" }).await;
        } else {
            let run = world.reaches(&name, "Skipped", "NotAllowed").await;
            assert_eq!(world.check(&run).await, None, "{name}: a refused command writes no check");
        }
        let uid = world.run(&name).await.metadata.uid.unwrap();
        eventually(&format!("one answer to {name}"), async || {
            let body = serde_json::to_string(&world.github.org("acme").await).unwrap();
            let answers = body.matches(&format!("peribolos-answer {uid}")).count();
            if answers == 1 { Ok(()) } else { Err(body) }
        })
        .await;
    }
}

/// Whether the plan step of a run's first attempt is told what another run has shown.
async fn is_told(world: &World, run: &str, of: &str) -> bool {
    let task_run = world.task_run(&format!("{run}-1")).await;
    let uid = world.run(of).await.metadata.uid.unwrap();
    serde_json::to_string(&task_run.spec.params).unwrap().contains(&format!("--shown={uid}:"))
}

/// An Apply that a guard stops, and whose check says so: it has no pod here whose report could be read.
async fn stopped(world: &World, run: &str) {
    world.create(run, "Apply", json!({})).await;
    world.task_run(&format!("{run}-1")).await;
    world.reaches(run, "Running", "Running").await;
    let removals = Patch::Merge(json!({"status": {"removals": ["a-digest"]}}));
    world.runs().patch_status(run, &PatchParams::default(), &removals).await.unwrap();
    world.tekton_ends(&format!("{run}-1"), "Failed", &[("apply", 12)]).await;
    let stopped = world.reaches(run, "Failed", "GuardTripped").await;
    let status = stopped.status.unwrap();
    assert_eq!(status.shown_at, None, "no report could be read");
    let patch = Patch::Merge(json!({"status": {"shownAt": status.finished_at}}));
    world.runs().patch_status(run, &PatchParams::default(), &patch).await.unwrap();
}

#[tokio::test]
async fn what_no_check_could_say_is_approved_of_by_nobody() {
    let world = World::start(&[]).await;
    stopped(&world, "stopped").await;
    let patch = Patch::Merge(json!({"status": {"shownAt": null}}));
    world.runs().patch_status("stopped", &PatchParams::default(), &patch).await.unwrap();
    let id = comment(&world, "alice", "Apply").await;
    ask(&world, "asked", "Apply", json!({}), id).await;
    assert!(!is_told(&world, "asked", "stopped").await);
}

#[tokio::test]
async fn an_owners_comment_lifts_the_guard_for_one_run() {
    let world = World::start(&[]).await;
    stopped(&world, "stopped").await;
    let id = comment(&world, "alice", "Apply").await;
    ask(&world, "first", "Apply", json!({}), id).await;
    assert!(is_told(&world, "first", "stopped").await);
    world.applied("first-1").await;
    world.reaches("first", "Succeeded", "Applied").await;
    ask(&world, "replayed", "Apply", json!({}), id).await;
    assert!(!is_told(&world, "replayed", "stopped").await);
}

#[tokio::test]
async fn an_apply_of_the_same_file_inherits_what_an_owner_approved_of() {
    let world = World::start(&[]).await;
    stopped(&world, "stopped").await;
    let id = comment(&world, "alice", "Apply").await;
    ask(&world, "first", "Apply", json!({}), id).await;
    assert!(is_told(&world, "first", "stopped").await);
    world.applied("first-1").await;
    world.reaches("first", "Succeeded", "Applied").await;
    for again in ["again", "and-again"] {
        world.create(again, "Apply", json!({})).await;
        assert!(is_told(&world, again, "stopped").await, "{again}");
        world.applied(&format!("{again}-1")).await;
        world.reaches(again, "Succeeded", "Applied").await;
    }
    world
        .github
        .push("acme", json!({"org.yaml": "orgs: {acme: {admins: [alice, bob], description: later}}"}))
        .await;
    world.create("another-file", "Apply", json!({})).await;
    assert!(!is_told(&world, "another-file", "stopped").await);
}

#[tokio::test]
async fn an_owners_comment_lifts_no_guard_for_another_file() {
    let world = World::start(&[]).await;
    stopped(&world, "stopped").await;
    let id = comment(&world, "alice", "Apply").await;
    world
        .github
        .push("acme", json!({"org.yaml": "orgs: {acme: {admins: [alice, bob], description: later}}"}))
        .await;
    ask(&world, "late", "Apply", json!({}), id).await;
    assert!(!is_told(&world, "late", "stopped").await);
}

#[tokio::test]
async fn a_command_that_cant_be_acknowledged_counts_all_the_same() {
    let world = World::start(&[]).await;
    let id = comment(&world, "alice", "Apply").await;
    // As in an archived repository.
    let fault = json!({"method": "POST", "path": "/repos/acme/.github/issues/comments/*/reactions", "status": 403, "count": 1000,
        "body": {"message": "Repository was archived so is read-only."}});
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
    ask(&world, "applied", "Apply", json!({}), id).await;
    world.task_run("applied-1").await;
    let id = comment(&world, "eve", "Apply").await;
    ask(&world, "refused", "Apply", json!({}), id).await;
    world.reaches("refused", "Skipped", "NotAllowed").await;
}

#[rstest::rstest]
#[case::nothing_is_granted("Resource not accessible by integration", "Failed", "PermissionsMissing")]
#[case::not_from_here(
    "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and \
     your IP address is not permitted to access this resource.",
    "Failed",
    "AccessBlocked"
)]
#[case::it_will_be_again("This installation has been suspended", "Pending", "InstallationSuspended")]
#[tokio::test]
async fn a_sender_who_cant_be_looked_up(#[case] message: &str, #[case] phase: &str, #[case] reason: &str) {
    let world = World::start(&[]).await;
    let id = comment(&world, "alice", "Apply").await;
    let fault = json!({"method": "GET", "path": "/orgs/acme/memberships/*", "status": 403, "count": 1000,
        "body": {"message": message}});
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
    ask(&world, "asked", "Apply", json!({}), id).await;
    world.reaches("asked", phase, reason).await;
}

#[tokio::test]
async fn a_comment_that_says_something_else_starts_nothing() {
    let world = World::start(&[]).await;
    let id = comment(&world, "alice", "DryRun").await;
    ask(&world, "twisted", "Apply", json!({}), id).await;
    world.reaches("twisted", "Skipped", "NotAllowed").await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_comment_that_is_gone_starts_nothing() {
    let world = World::start(&[]).await;
    ask(&world, "ghost", "Apply", json!({}), (1, 999_999)).await;
    world.reaches("ghost", "Skipped", "NotAllowed").await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_preview_that_fails_because_its_pull_request_was_merged_is_no_failure() {
    let world = World::start(&[]).await;
    let (number, id) = comment(&world, "carol", "DryRun").await;
    ask(&world, "merged", "DryRun", json!({"pullRequest": number}), (number, id)).await;
    world.task_run("merged-1").await;
    let merge = format!("/_sim/orgs/acme/repos/.github/pulls/{number}/merge");
    world.github.call("POST", &merge, Some(json!({"sender": "alice"}))).await;
    world.tekton_ends("merged-1", "Failed", &[("plan", 1)]).await;
    let run = world.reaches("merged", "Superseded", "Superseded").await;
    assert_eq!(world.conclusion(&run).await, "cancelled");
}
