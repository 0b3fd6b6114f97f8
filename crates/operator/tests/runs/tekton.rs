//! Tekton: a cluster without its API, and what all pods have in common.

use k8s_openapi::{
    api::events::v1::Event, apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api,
    api::{DeleteParams, ListParams},
};
use serde_json::json;

use crate::{
    support::{eventually, resources},
    world::{ACME, World},
};

#[tokio::test]
async fn without_tekton_runs_wait_their_installation_says_why_and_they_go_on_by_themselves() {
    let world = World::alone(&["--time-scale=30"]).await;
    let definitions: Api<CustomResourceDefinition> = Api::all(world.client.clone());
    definitions.delete("taskruns.tekton.dev", &DeleteParams::default()).await.unwrap();
    world.create("r", "Apply", json!({})).await;
    world.reaches("r", "Pending", "TektonMissing").await;
    let stalled = async || {
        let status = world.installation_status().await;
        let stalled =
            status["conditions"].as_array().unwrap().iter().find(|c| c["type"] == "Stalled").cloned();
        stalled.map(|stalled| stalled["reason"].as_str().unwrap().to_owned())
    };
    eventually("its installation says what is missing", async || match stalled().await.as_deref() {
        Some("TektonMissing") => Ok(()),
        other => Err(format!("{other:?}\n{}", world.said())),
    })
    .await;
    eventually("an Event says so", async || {
        let events: Api<Event> = Api::namespaced(world.client.clone(), &world.namespace);
        let events = events.list(&ListParams::default()).await.unwrap();
        let said = |event: &Event| {
            let regarding = event.regarding.as_ref().and_then(|regarding| regarding.name.as_deref());
            event.reason.as_deref() == Some("TektonMissing") && regarding == Some(ACME)
        };
        events.iter().any(said).then_some(()).ok_or(())
    })
    .await;
    world.slot_is_free().await;
    resources::install(&world.client, [resources::task_runs()]).await;
    world.reaches("r", "Running", "Running").await;
    eventually("nothing is missing any more", async || match stalled().await {
        None => Ok(()),
        other => Err(other),
    })
    .await;
}

#[tokio::test]
async fn the_pods_are_as_the_platform_team_says() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pod-template.yaml");
    std::fs::write(&file, "nodeSelector: {disk: ssd}\nimagePullSecrets: [{name: registry}]\n").unwrap();
    let flags = ["--task-service-account", "runs", "--task-pod-template", file.to_str().unwrap()];
    let world = World::start(&flags).await;
    world.create("a", "Apply", json!({})).await;
    let spec = serde_json::to_value(world.task_run("a-1").await.spec).unwrap();
    assert_eq!(spec["serviceAccountName"], "runs");
    let template = json!({
        "automountServiceAccountToken": false, "nodeSelector": {"disk": "ssd"}, "imagePullSecrets": [{"name": "registry"}],
    });
    assert_eq!(spec["podTemplate"], template);
}
