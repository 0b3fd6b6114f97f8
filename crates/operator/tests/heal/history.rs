//! Ended runs beyond the history are deleted, and TaskRuns some time after their end.

use kube::{
    Api, Resource,
    api::{Patch, PatchParams, PostParams},
};
use peribolos_api::PeribolosRun;
use peribolos_operator::kubernetes::tekton::TaskRun;
use serde_json::{Value, json};

use crate::{
    support::eventually,
    world::{NAME, World},
};

/// Makes a run with these labels, beside those that each one has.
async fn run(world: &World, name: &str, labels: Value, finalizers: &[&str]) {
    let mut all = json!({"peribolos.dev/installation": NAME, "peribolos.dev/mode": "apply"});
    all.as_object_mut().unwrap().extend(labels.as_object().unwrap().clone());
    let run: PeribolosRun = serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
        "metadata": {"name": name, "labels": all, "finalizers": finalizers},
        "spec": {"installationRef": {"name": NAME}, "mode": "Apply"},
    }))
    .unwrap();
    world.runs().create(&PostParams::default(), &run).await.unwrap();
}

async fn names(world: &World) -> Vec<String> {
    let runs = world.all_runs().await.into_iter();
    let applies = runs.filter(|run| run.spec.mode == peribolos_api::run::Mode::Apply);
    let mut names: Vec<_> = applies.filter_map(|run| run.metadata.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn old_runs_are_deleted_and_the_newest_kept() {
    let world = World::installed(NAME).await;
    let patch = Patch::Merge(json!({"spec": {"run": {"history": {"apply": 2}}}}));
    world.installations().patch(NAME, &PatchParams::default(), &patch).await.unwrap();
    let ended = || json!({"peribolos.dev/ended": "true"});
    for name in ["h1", "h2", "h3", "h4"] {
        run(&world, name, ended(), &[]).await;
    }
    run(&world, "record", json!({"peribolos.dev/ended": "true", "peribolos.dev/removals": "true"}), &[])
        .await;
    run(&world, "alive", json!({}), &[]).await;
    eventually("two ended ones are left, the record, and what is alive", async || {
        let names = names(&world).await;
        if names == ["alive", "h3", "h4", "record"] { Ok(()) } else { Err(names) }
    })
    .await;
}

#[tokio::test]
async fn a_run_of_which_something_is_left_to_be_done_is_not_taken_for_ended() {
    let world = World::installed(NAME).await;
    run(&world, "kept", json!({"peribolos.dev/ended": "true"}), &["peribolos.dev/check"]).await;
    eventually("the label is taken off", async || {
        let labels = world.runs().get("kept").await.unwrap().metadata.labels.unwrap_or_default();
        if labels.contains_key("peribolos.dev/ended") { Err(labels) } else { Ok(()) }
    })
    .await;
}

#[tokio::test]
async fn a_run_that_an_earlier_version_has_finished_is_labelled() {
    let world = World::installed(NAME).await;
    run(&world, "old", json!({}), &[]).await;
    let patch = Patch::Merge(
        json!({"status": {"phase": "Failed", "reason": "GuardTripped", "removals": ["digest"]}}),
    );
    world.runs().patch_status("old", &PatchParams::default(), &patch).await.unwrap();
    eventually("it has both labels", async || {
        let labels = world.runs().get("old").await.unwrap().metadata.labels.unwrap_or_default();
        let has = |label: &str| labels.contains_key(label);
        if has("peribolos.dev/ended") && has("peribolos.dev/removals") { Ok(()) } else { Err(labels.clone()) }
    })
    .await;
}

#[tokio::test]
async fn task_runs_of_ended_runs_are_deleted_after_their_end() {
    let world = World::installed(NAME).await;
    run(&world, "owner", json!({}), &[]).await;
    let owner = world.runs().get("owner").await.unwrap().controller_owner_ref(&()).unwrap();
    let task_runs: Api<TaskRun> = Api::namespaced(world.client.clone(), &world.namespace);
    let make = async |name: &str, metadata: Value, completed: Value| {
        let mut object = json!({"metadata": {"name": name}, "spec": {}});
        object["metadata"].as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
        task_runs.create(&PostParams::default(), &serde_json::from_value(object).unwrap()).await.unwrap();
        let status = Patch::Merge(json!({"status": {"completionTime": completed}}));
        task_runs.patch_status(name, &PatchParams::default(), &status).await.unwrap();
    };
    let (ended, past) = (json!({"peribolos.dev/ended": "true"}), json!("2026-01-01T00:00:00Z"));
    make("not-labelled", json!({"ownerReferences": [owner]}), past.clone()).await;
    make("not-completed", json!({"ownerReferences": [owner], "labels": ended}), Value::Null).await;
    make(
        "completed-later",
        json!({"ownerReferences": [owner], "labels": ended}),
        json!("2126-01-01T00:00:00Z"),
    )
    .await;
    make("somebody-elses", json!({"labels": ended}), past.clone()).await;
    make("over", json!({"ownerReferences": [owner], "labels": ended}), past).await;
    eventually("the others are left", async || {
        let left = task_runs.list(&kube::api::ListParams::default()).await.unwrap().items;
        let names: Vec<_> = left.into_iter().filter_map(|found| found.metadata.name).collect();
        let expected = ["completed-later", "not-completed", "not-labelled", "somebody-elses"];
        if names == expected { Ok(()) } else { Err(names) }
    })
    .await;
}
