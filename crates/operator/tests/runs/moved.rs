//! The config repository, or its organization, has another name by now.

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use serde_json::json;

use crate::{
    support::eventually,
    world::{ACME, World},
};

/// Renames the config repository, as an owner does.
async fn rename_repository(world: &World, to: &str) {
    let secrets: Api<Secret> = Api::namespaced(world.client.clone(), &world.namespace);
    let secret = secrets.get(&format!("{ACME}-token")).await.unwrap();
    let token = String::from_utf8(secret.data.unwrap()["token"].0.clone()).unwrap();
    world.github.call_by(&token, "PATCH", "/repos/acme/.github", Some(json!({"name": to}))).await;
}

#[tokio::test]
async fn a_renamed_repository_is_told_and_not_followed() {
    let world = World::start(&[]).await;
    let head = world.github.push("acme", json!({"README.md": "two"})).await;
    rename_repository(&world, "conf").await;
    world.create("r", "Apply", json!({"sha": head})).await;
    let run = world.reaches("r", "Failed", "ConfigMissing").await;
    let message = run.status.unwrap().message.unwrap();
    assert!(message.contains("acme/.github was renamed to acme/conf"), "{message}");
    world.slot_is_free().await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_run_whose_repository_is_renamed_meanwhile_comes_to_its_end() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    world.reaches("r", "Running", "Running").await;
    rename_repository(&world, "conf").await;
    world.applied("r-1").await;
    world.reaches("r", "Succeeded", "Applied").await;
    world.slot_is_free().await;
    // Its check can't be completed under the old name, and is given up.
    eventually("the finalizer's end", async || {
        let finalizers = world.run("r").await.metadata.finalizers.unwrap_or_default();
        if finalizers.is_empty() { Ok(()) } else { Err(finalizers) }
    })
    .await;
}

#[tokio::test]
async fn a_renamed_organization_is_looked_at_again_and_its_runs_go_on() {
    let mut world = World::start(&[]).await;
    world.github.call("POST", "/_sim/orgs/acme/rename", Some(json!({"to": "acme-inc"}))).await;
    world.create("r", "Apply", json!({})).await;
    eventually("the new name", async || {
        let login = world.installation_status().await["account"]["login"].clone();
        if login == "acme-inc" { Ok(()) } else { Err(login) }
    })
    .await;
    // Its token's Secret has another content then, and nothing is minted twice a minute, but by another process.
    world.kill();
    world.restart("second").await;
    let task_run = world.task_run("r-1").await;
    let params = serde_json::to_string(&task_run.spec.params).unwrap();
    assert!(params.contains("acme-inc/.github"), "{params}");
}
