//! An installation is deleted, whatever its runs are doing: they end, their checks are completed, and then it goes.

use kube::{
    ResourceExt,
    api::{DeleteParams, Patch, PatchParams},
};
use peribolos_api::PeribolosRun;
use serde_json::{Value, json};

use crate::{
    support::eventually,
    world::{ACME, World},
};

/// The Secret of the installation's token.
const SECRET: &str = "acme-1234567-token";

/// An Apply whose pod is running, with its check on GitHub.
async fn running(world: &World, name: &str) -> PeribolosRun {
    world.create(name, "Apply", json!({})).await;
    world.task_run(&format!("{name}-1")).await;
    let run = world.reaches(name, "Running", "Running").await;
    world.check_is(&run, "in_progress").await;
    run
}

async fn delete(world: &World) {
    world.installations().delete(ACME, &DeleteParams::default()).await.unwrap();
}

/// Waits until the controller has Tekton cancel a TaskRun.
async fn is_cancelled(world: &World, task_run: &str) {
    eventually(&format!("{task_run} is cancelled"), async || {
        let there = world.task_runs().get(task_run).await.unwrap();
        match there.spec.status.as_deref() {
            Some("TaskRunCancelled") => Ok(()),
            other => Err(format!("{other:?}\n{}", world.said())),
        }
    })
    .await;
}

/// Waits until the installation is gone.
async fn is_gone(world: &World) {
    eventually("the installation is gone", async || {
        match world.installations().get_opt(ACME).await.unwrap() {
            None => Ok(()),
            Some(there) => {
                let conditions = there.status.unwrap_or_default().conditions;
                Err(format!("{:?} {conditions:?}\n{}", there.metadata.finalizers, world.said()))
            }
        }
    })
    .await;
    assert!(secret(world).await.is_none(), "its Secret goes before it");
}

async fn secret(world: &World) -> Option<k8s_openapi::api::core::v1::Secret> {
    let api: kube::Api<k8s_openapi::api::core::v1::Secret> =
        kube::Api::namespaced(world.client.clone(), &world.namespace);
    api.get_opt(SECRET).await.unwrap()
}

/// A run that went with its installation: the garbage collector, which is not there in these tests, takes it.
async fn went(world: &World, name: &str) -> PeribolosRun {
    let run = world.run(name).await;
    assert!(run.labels().contains_key("peribolos.dev/ended"), "{:?}", run.metadata);
    assert_eq!(run.finalizers(), [] as [String; 0]);
    let status = run.status.clone().unwrap();
    let end = (status.phase.map(peribolos_api::run::Phase::as_str), status.reason);
    assert_eq!(end, (Some("Cancelled"), Some("InstallationDeleted".to_owned())), "{:?}", status.message);
    run
}

async fn fault(world: &World, fault: Value) {
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
}

#[tokio::test]
async fn its_runs_end_and_their_checks_are_completed() {
    let world = World::start(&[]).await;
    let there = world.installations().get(ACME).await.unwrap();
    assert_eq!(there.finalizers(), ["peribolos.dev/runs"]);
    let run = running(&world, "r").await;
    world
        .create_with("s", json!({"mode": "Apply", "trigger": {"at": "2126-01-01T00:00:01Z"}}), json!({}))
        .await;
    let waiting = world.reaches("s", "Queued", "WaitingForRun").await;
    world.check_is(&waiting, "queued").await;
    delete(&world).await;
    is_cancelled(&world, "r-1").await;
    assert_eq!(world.conclusion(&waiting).await, "cancelled");
    assert_eq!(world.conclusion(&run).await, "cancelled", "before its pod has ended");
    went(&world, "s").await;
    eventually("its conditions tell what it waits for", async || {
        let object = world.installations().get(ACME).await.unwrap();
        let conditions = object.status.unwrap_or_default().conditions;
        let tells = |kind: &str, status: &str| {
            conditions.iter().any(|condition| {
                let is = (&*condition.type_, &*condition.status, &*condition.reason);
                is == (kind, status, "InstallationDeleted") && condition.message.contains("runs to end: r;")
            })
        };
        if tells("Ready", "False") && tells("Reconciling", "True") { Ok(()) } else { Err(conditions) }
    })
    .await;
    // What a run is made of now is in vain.
    world.create("late", "Apply", json!({})).await;
    world.reaches("late", "Cancelled", "InstallationDeleted").await;
    world.tekton_ends("r-1", "TaskRunCancelled", &[]).await;
    is_gone(&world).await;
    for name in ["r", "late"] {
        went(&world, name).await;
    }
    assert_eq!(world.task_run_names().await, ["r-1"]);
    assert_eq!((world.checks(&run).await, world.checks(&waiting).await), (1, 1));
}

#[tokio::test]
async fn its_last_checks_are_completed_with_a_token_that_no_secret_gets() {
    let world = World::start(&[]).await;
    let run = running(&world, "r").await;
    let mints = world.github.requests("POST", "/access_tokens").await;
    fault(
        &world,
        json!({"method": "PATCH", "path": "/repos/acme/.github/check-runs/*", "status": 502, "count": 1}),
    )
    .await;
    let api: kube::Api<k8s_openapi::api::core::v1::Secret> =
        kube::Api::namespaced(world.client.clone(), &world.namespace);
    delete(&world).await;
    is_cancelled(&world, "r-1").await;
    // As where an object is deleted with its dependents first.
    api.delete(SECRET, &DeleteParams::default()).await.unwrap();
    assert_eq!(world.conclusion(&run).await, "cancelled");
    assert!(secret(&world).await.is_none(), "it is written no more");
    world.tekton_ends("r-1", "TaskRunCancelled", &[]).await;
    is_gone(&world).await;
    assert_eq!(world.github.requests("POST", "/access_tokens").await, mints + 1);
}

#[rstest::rstest]
#[case::no_token("POST", "/app/installations/*/access_tokens", 403)]
#[case::uninstalled("POST", "/app/installations/*/access_tokens", 404)]
#[case::the_key_is_refused("POST", "/app/installations/*/access_tokens", 401)]
#[case::no_check("PATCH", "/repos/acme/.github/check-runs/*", 403)]
#[case::no_repository("PATCH", "/repos/acme/.github/check-runs/*", 404)]
#[case::the_token_is_refused("PATCH", "/repos/acme/.github/check-runs/*", 401)]
#[tokio::test]
async fn it_does_not_wait_for_what_github_refuses(
    #[case] method: &str,
    #[case] path: &str,
    #[case] status: u16,
) {
    let world = World::start(&[]).await;
    running(&world, "r").await;
    world.github.call("DELETE", "/_sim/requests", None).await;
    fault(&world, json!({"method": method, "path": path, "status": status})).await;
    delete(&world).await;
    is_cancelled(&world, "r-1").await;
    world.tekton_ends("r-1", "TaskRunCancelled", &[]).await;
    is_gone(&world).await;
    went(&world, "r").await;
    let log = world.github.call("GET", "/_sim/requests", None).await;
    let all = log.as_array().or_else(|| log["requests"].as_array()).cloned().unwrap_or_default();
    let refused =
        all.iter().filter(|request| request["status"] == status && request["method"] == method).count();
    // Once; and once more where the watch has the run's label only later. In half a minute it would be five times.
    assert!((1..=2).contains(&refused), "{refused} times: {all:?}");
}

/// Ten times as fast as in earnest: it waits three seconds for GitHub, and six for a pod.
const FAST: &str = "--time-scale=10";

#[tokio::test]
async fn it_does_not_wait_long_for_a_github_that_hangs() {
    let world = World::start(&[FAST]).await;
    let run = running(&world, "r").await;
    fault(
        &world,
        json!({"method": "PATCH", "path": "/repos/acme/.github/check-runs/*", "delayMs": 3_600_000}),
    )
    .await;
    delete(&world).await;
    is_cancelled(&world, "r-1").await;
    world.tekton_ends("r-1", "TaskRunCancelled", &[]).await;
    is_gone(&world).await;
    went(&world, "r").await;
    assert_eq!(world.check(&run).await.unwrap()["status"], "in_progress");
}

#[tokio::test]
async fn it_does_not_wait_long_for_a_pod_that_does_not_end() {
    let world = World::start(&[FAST]).await;
    let run = running(&world, "r").await;
    delete(&world).await;
    // Nobody cancels it.
    is_gone(&world).await;
    went(&world, "r").await;
    assert_eq!(world.conclusion(&run).await, "cancelled");
}

#[rstest::rstest]
#[case::before_the_controller_has_seen_it(false)]
#[case::while_it_waits_for_the_pod(true)]
#[tokio::test]
async fn a_deletion_is_taken_up_by_the_next_controller(#[case] is_begun: bool) {
    let mut world = World::start(&[]).await;
    let run = running(&world, "r").await;
    if is_begun {
        let hang =
            json!({"method": "PATCH", "path": "/repos/acme/.github/check-runs/*", "delayMs": 3_600_000});
        fault(&world, hang).await;
        delete(&world).await;
        is_cancelled(&world, "r-1").await;
        world.kill();
        world.github.call("DELETE", "/_sim/faults", None).await;
    } else {
        world.kill();
        delete(&world).await;
    }
    world.restart("second").await;
    is_cancelled(&world, "r-1").await;
    assert_eq!(world.conclusion(&run).await, "cancelled");
    world.tekton_ends("r-1", "TaskRunCancelled", &[]).await;
    is_gone(&world).await;
    went(&world, "r").await;
    assert_eq!(world.checks(&run).await, 1);
}

#[tokio::test]
async fn a_run_may_be_deleted_before_it() {
    let world = World::start(&[]).await;
    let run = running(&world, "r").await;
    let once =
        json!({"method": "PATCH", "path": "/repos/acme/.github/check-runs/*", "status": 502, "count": 1});
    fault(&world, once).await;
    world.delete("r").await;
    delete(&world).await;
    is_cancelled(&world, "r-1").await;
    assert_eq!(world.conclusion(&run).await, "cancelled");
    world.tekton_ends("r-1", "TaskRunCancelled", &[]).await;
    is_gone(&world).await;
    assert!(world.runs().get_opt("r").await.unwrap().is_none());
}

#[tokio::test]
async fn one_without_a_run_goes_at_once_whoever_else_keeps_it() {
    let world = World::start(&[]).await;
    let theirs = json!({"metadata": {"finalizers": ["peribolos.dev/runs", "example.org/theirs"]}});
    world.installations().patch(ACME, &PatchParams::default(), &Patch::Merge(theirs)).await.unwrap();
    delete(&world).await;
    eventually("only the other finalizer is left", async || {
        let finalizers = world.installations().get(ACME).await.unwrap().metadata.finalizers;
        if finalizers == Some(vec!["example.org/theirs".to_owned()]) { Ok(()) } else { Err(finalizers) }
    })
    .await;
    assert!(secret(&world).await.is_none());
    let none = json!({"metadata": {"finalizers": null}});
    world.installations().patch(ACME, &PatchParams::default(), &Patch::Merge(none)).await.unwrap();
    is_gone(&world).await;
}

#[tokio::test]
async fn a_run_that_an_earlier_version_has_finished_does_not_keep_it() {
    let world = World::start(&[]).await;
    world.create("old", "Apply", json!({})).await;
    world.task_run("old-1").await;
    // As an earlier version left it: its end, and neither conditions nor a finalizer.
    let status = json!({"phase": "Succeeded", "reason": "Applied", "conditions": []});
    let finished = Patch::Merge(json!({"status": status}));
    world.runs().patch_status("old", &PatchParams::default(), &finished).await.unwrap();
    let kept = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    world.runs().patch("old", &PatchParams::default(), &kept).await.unwrap();
    delete(&world).await;
    is_gone(&world).await;
    assert!(world.run("old").await.labels().contains_key("peribolos.dev/ended"));
}
