//! An owner suspends the App while a run is at work, and lets it go on later.

use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::{
    support::eventually,
    world::{ACME, World},
};

/// Suspends or unsuspends the App, which the webhook tells.
async fn owner(world: &World, does: &str, ready: &str) {
    world.github.call("POST", &format!("/_sim/orgs/acme/{does}"), None).await;
    let recheck = json!({"metadata": {"annotations": {"peribolos.dev/recheck": does}}});
    world.installations().patch(ACME, &PatchParams::default(), &Patch::Merge(recheck)).await.unwrap();
    eventually(&format!("Ready is {ready}"), async || {
        let conditions = world.installation_status().await["conditions"].clone();
        let is = conditions.as_array().is_some_and(|all| {
            all.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == ready)
        });
        if is { Ok(()) } else { Err(conditions) }
    })
    .await;
}

#[tokio::test]
async fn the_check_of_a_run_that_ended_meanwhile_is_completed_afterwards() {
    let world = World::with_short_tokens().await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    world.reaches("r", "Running", "Running").await;
    // Its pod is at work, so it needs no Secret any more.
    let step =
        json!({"name": "plan", "container": "step-plan", "running": {"startedAt": "2026-01-01T00:00:00Z"}});
    world.tekton_says("r-1", json!({"steps": [step]})).await;
    owner(&world, "suspend", "False").await;
    world.applied("r-1").await;
    world.reaches("r", "Succeeded", "Applied").await;
    owner(&world, "unsuspend", "True").await;
    let run = world.run("r").await;
    assert_eq!(world.conclusion(&run).await, "success");
    world.slot_is_free().await;
}
