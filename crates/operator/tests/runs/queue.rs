//! Whose turn it is, and what is applied: only the head, one at a time, the newest.

use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;

use crate::{support::eventually, world::World};

#[tokio::test]
async fn the_newest_push_wins_while_one_runs() {
    let world = World::start(&[]).await;
    world.create("a", "Apply", json!({})).await;
    world.task_run("a-1").await;
    world
        .create_with("b", json!({"mode": "Apply", "trigger": {"at": "2026-01-01T00:00:01Z"}}), json!({}))
        .await;
    world.reaches("b", "Queued", "WaitingForRun").await;
    world
        .create_with("c", json!({"mode": "Apply", "trigger": {"at": "2026-01-01T00:00:02Z"}}), json!({}))
        .await;
    let older = world.reaches("b", "Superseded", "Superseded").await;
    assert_eq!(world.conclusion(&older).await, "skipped");
    assert_eq!(world.task_run_names().await, ["a-1"]);
    world.tekton_ends("a-1", "Succeeded", &[("plan", 0), ("apply", 0)]).await;
    world.task_run("c-1").await;
}

#[tokio::test]
async fn an_old_commit_is_never_applied_and_the_head_is() {
    let world = World::start(&[]).await;
    let old = world.github.push("acme", json!({"README.md": "one"})).await;
    let head = world.github.push("acme", json!({"README.md": "two"})).await;
    world.create("late", "Apply", json!({"sha": old})).await;
    world.reaches("late", "Superseded", "Superseded").await;
    let healed = eventually("a run for the head", async || {
        let runs = world.runs().list(&ListParams::default()).await.unwrap();
        runs.into_iter().find(|run| run.spec.source.sha == head).ok_or("none")
    })
    .await;
    let name = healed.metadata.name.unwrap();
    let task_run = world.task_run(&format!("{name}-1")).await;
    assert!(serde_json::to_string(&task_run.spec.params).unwrap().contains(&head));
    assert!(!world.task_run_names().await.contains(&"late-1".to_owned()));
}

#[tokio::test]
async fn a_rerequested_check_of_an_old_commit_ends_without_a_check() {
    let world = World::start(&[]).await;
    let old = world.github.push("acme", json!({"README.md": "one"})).await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    let annotated = json!({"annotations": {"peribolos.dev/rerequest": "true"}});
    world.create_with("again", json!({"mode": "Apply", "source": {"sha": old}}), annotated).await;
    let run = world.reaches("again", "Skipped", "NotHead").await;
    assert_eq!(world.check(&run).await, None);
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_cap_holds_over_all_installations_and_nobody_is_forgotten() {
    let world = World::start(&["--max-concurrent-runs=1"]).await;
    world.create("a", "Apply", json!({})).await;
    world.task_run("a-1").await;
    let other = json!({"mode": "Apply", "installationRef": {"name": "globex-7654321"}});
    world.create_with("g", other, json!({})).await;
    world.reaches("g", "Queued", "WaitingForCapacity").await;
    world.tekton_ends("a-1", "Succeeded", &[("plan", 0), ("apply", 0)]).await;
    let task_run = world.task_run("g-1").await;
    let workspaces = serde_json::to_string(&task_run.spec.workspaces).unwrap();
    assert!(workspaces.contains("globex-7654321-token") && !workspaces.contains("acme"), "{workspaces}");
}

#[tokio::test]
async fn owner_references_lead_from_the_task_run_to_the_installation() {
    let world = World::start(&[]).await;
    world.create("owned", "Apply", json!({})).await;
    let task_run = world.task_run("owned-1").await;
    let run = world.run("owned").await;
    let owner = |references: Option<Vec<k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference>>| {
        references.and_then(|all| {
            all.into_iter().find(|reference| reference.controller == Some(true)).map(|owner| owner.uid)
        })
    };
    assert_eq!(owner(task_run.metadata.owner_references), run.metadata.uid);
    let installation = world.installations().get("acme-1234567").await.unwrap();
    assert_eq!(owner(run.metadata.owner_references), installation.metadata.uid);
}

#[tokio::test]
async fn a_rate_limit_is_obeyed_whatever_events_come() {
    let world = World::start(&[]).await;
    let fault = json!({"method": "GET", "path": "/repos/acme/.github", "status": 429,
        "headers": {"retry-after": "300"}, "body": {"message": "slow down"}, "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
    world.create("limited", "Apply", json!({})).await;
    world.reaches("limited", "Pending", "RateLimited").await;
    for number in 0..10 {
        let patch = Patch::Merge(json!({"metadata": {"annotations": {"test": number.to_string()}}}));
        world.runs().patch("limited", &PatchParams::default(), &patch).await.unwrap();
    }
    // Another organization's run comes and goes meanwhile: what the events above bring has come by then.
    let other = json!({"mode": "Apply", "installationRef": {"name": "globex-7654321"}});
    world.create_with("free", other, json!({})).await;
    world.task_run("free-1").await;
    let asked = world.github.requests("GET", "/repos/acme/.github").await;
    assert!((1..=2).contains(&asked), "GitHub was asked {asked} times");
}
