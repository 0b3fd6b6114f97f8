//! The config repository, or its organization, has another name by now, or another repository has its name.

use serde_json::json;

use crate::{support::eventually, world::World};

/// Renames the config repository, as an owner does.
async fn rename_repository(world: &World, to: &str) {
    world.change("PATCH", "/repos/acme/.github", Some(json!({"name": to}))).await;
}

async fn params(world: &World, task_run: &str) -> String {
    serde_json::to_string(&world.task_run(task_run).await.spec.params).unwrap()
}

#[tokio::test]
async fn a_renamed_repository_is_followed() {
    let world = World::start(&[]).await;
    world.apply_once().await;
    let config = world.installation_status().await["config"].clone();
    assert_eq!(config["repository"], ".github", "{config}");
    let head = world.push("alice", ".github", json!({"README.md": "two"})).await;
    rename_repository(&world, "conf").await;
    world.create("r", "Apply", json!({"sha": head})).await;
    let params = params(&world, "r-1").await;
    assert!(params.contains("acme/conf"), "{params}");
    let followed = world.installation_status().await["config"].clone();
    assert_eq!(followed["repository"], "conf", "{followed}");
    assert_eq!(followed["repositoryId"], config["repositoryId"]);
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
}

#[tokio::test]
async fn a_run_whose_repository_is_renamed_meanwhile_has_its_check_completed_there() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    let run = world.reaches("r", "Running", "Running").await;
    world.check_is(&run, "in_progress").await;
    rename_repository(&world, "conf").await;
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    world.slot_is_free().await;
    assert_eq!(world.conclusion(&run).await, "success");
}

/// A member makes a repository of the name that became free, and puts another file there.
#[tokio::test]
async fn another_repository_under_the_old_name_is_never_used() {
    let world = World::start(&[]).await;
    world.apply_once().await;
    rename_repository(&world, "conf").await;
    let new = json!({"name": ".github", "private": true, "auto_init": true});
    world.change("POST", "/orgs/acme/repos", Some(new)).await;
    let evil = world.push("carol", ".github", json!({"org.yaml": "orgs: {}"})).await;
    let source = json!({"repository": "acme/.github", "sha": evil});
    world.create("evil", "Apply", source.clone()).await;
    let run = world.reaches("evil", "Skipped", "OtherRepository").await;
    assert_eq!(world.checks(&run).await, 0);
    // Without the right one there is none.
    world.change("DELETE", "/repos/acme/conf", None).await;
    world.create("again", "Apply", source).await;
    let run = world.reaches("again", "Failed", "ConfigMissing").await;
    let message = run.status.unwrap().message.unwrap();
    assert!(message.contains("another repository of that name is not used"), "{message}");
    assert_eq!(world.task_run_names().await, ["before-1"]);
    eventually("the installation says so", async || {
        let status = world.installation_status().await;
        let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
        let ready =
            conditions.iter().find(|condition| condition["type"] == "Ready").cloned().unwrap_or_default();
        if ready["status"] == "False" && ready["reason"] == "ConfigMissing" { Ok(()) } else { Err(ready) }
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
    let params = params(&world, "r-1").await;
    assert!(params.contains("acme-inc/.github"), "{params}");
}
