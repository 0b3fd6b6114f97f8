//! Runs that are cancelled, by people and by GitHub's events, which may come late.

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::{support::eventually, world::World};

/// Opens a pull request and gives its number.
async fn open(world: &World, branch: &str) -> i64 {
    let pull = json!({"title": "Change", "branch": branch, "sender": "alice", "draft": false,
        "files": {"org.yaml": "orgs: {acme: {admins: [alice, bob], members: [carol], description: new}}"}});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(pull)).await;
    pull["number"].as_i64().unwrap()
}

async fn close(world: &World, number: i64) {
    let path = format!("/_sim/orgs/acme/repos/.github/pulls/{number}/close");
    world.github.call("POST", &path, None).await;
}

/// As the receiver does when it hears that the pull request was closed.
fn told() -> Value {
    json!({"metadata": {"annotations": {"peribolos.dev/closed": "a-delivery"}}, "spec": {"cancel": true}})
}

#[tokio::test]
async fn a_late_closed_does_not_cancel_the_preview_of_an_open_pull_request() {
    let world = World::start(&[]).await;
    let number = open(&world, "reopened").await;
    let spec = json!({"mode": "DryRun", "source": {"pullRequest": number}, "cancel": true});
    world.create_with("p", spec, told()["metadata"].clone()).await;
    world.task_run("p-1").await;
    world.reaches("p", "Running", "Running").await;
    assert!(!world.run("p").await.spec.cancel);
    // The same while its pod is at work; then it is closed indeed.
    let patch = Patch::Merge(told());
    world.runs().patch("p", &PatchParams::default(), &patch).await.unwrap();
    let run = eventually("the cancel is taken back", async || {
        let run = world.run("p").await;
        if run.spec.cancel { Err(run.metadata.annotations) } else { Ok(run) }
    })
    .await;
    assert_eq!(run.metadata.annotations.unwrap_or_default().get("peribolos.dev/closed"), None);
    close(&world, number).await;
    world.runs().patch("p", &PatchParams::default(), &patch).await.unwrap();
    world.is_stopped("p-1").await;
    world.tekton_ends("p-1", "TaskRunCancelled", &[("plan", 1)]).await;
    world.reaches("p", "Cancelled", "Cancelled").await;
}

#[tokio::test]
async fn what_a_person_cancels_is_cancelled_whatever_the_pull_request_is() {
    let world = World::start(&[]).await;
    let number = open(&world, "open").await;
    let spec = json!({"mode": "DryRun", "source": {"pullRequest": number}, "cancel": true});
    world.create_with("p", spec, json!({})).await;
    world.reaches("p", "Cancelled", "Cancelled").await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}
