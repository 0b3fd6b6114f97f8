//! The controller is killed at many moments; each time the same comes of it, and nothing is done twice.

use std::time::Duration;

use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::{
    support::eventually,
    world::{ACME, World, conditions},
};

#[tokio::test]
async fn killed_at_any_moment_a_run_starts_once_and_ends_once() {
    let mut world = World::start(&[]).await;
    for moment in 0..10_u64 {
        let name = format!("k{moment}");
        world.create(&name, "Apply", json!({})).await;
        // Not a wait for anything: these are the moments at which the process dies.
        tokio::time::sleep(Duration::from_millis(moment * moment * 12)).await;
        world.kill();
        world.restart(&format!("{name}-a")).await;
        world.task_run(&format!("{name}-1")).await;
        let before = world.run(&name).await;
        world.applied(&format!("{name}-1")).await;
        tokio::time::sleep(Duration::from_millis(moment * moment * 12)).await;
        world.kill();
        world.restart(&format!("{name}-b")).await;
        let run = world.reaches(&name, "Succeeded", "Applied").await;
        assert_eq!(world.conclusion(&run).await, "success");
        assert_eq!(before.metadata.uid, run.metadata.uid);
        world.slot_is_free().await;
        let task_runs = world.task_run_names().await;
        assert_eq!(
            task_runs.iter().filter(|task_run| task_run.starts_with(&format!("{name}-"))).count(),
            1,
            "{task_runs:?}"
        );
        assert_eq!(world.checks(&run).await, 1, "a crash makes no second check");
    }
}

/// A start hangs in a request to GitHub, and the controller dies there.
#[rstest::rstest]
#[case::written_down_but_not_made("GET", "/repos/acme/.github/commits", false)]
#[case::made_but_its_check_is_not("POST", "/repos/acme/.github/check-runs", true)]
#[tokio::test]
async fn killed_within_a_start_it_is_taken_up(
    #[case] method: &str,
    #[case] path: &str,
    #[case] is_made: bool,
) {
    let mut world = World::start(&[]).await;
    let hang = json!({"method": method, "path": path, "delayMs": 3_600_000});
    world.github.call("POST", "/_sim/faults", Some(hang)).await;
    world.create("r", "Apply", json!({})).await;
    if is_made {
        world.task_run("r-1").await;
    } else {
        world.reaches("r", "Running", "Starting").await;
    }
    let before = world.task_run_names().await;
    assert_eq!(before, if is_made { vec!["r-1"] } else { vec![] });
    world.kill();
    world.github.call("DELETE", "/_sim/faults", None).await;
    world.restart("second").await;
    world.reaches("r", "Running", "Running").await;
    assert_eq!(world.task_run_names().await, ["r-1"]);
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
    assert_eq!(world.checks(&run).await, 1);
    world.slot_is_free().await;
}

#[tokio::test]
async fn a_slot_that_was_taken_and_not_used_is_used() {
    let mut world = World::start(&[]).await;
    world.kill();
    // What a crash leaves between taking the slot and writing down the attempt.
    world.create("r", "Apply", json!({})).await;
    let uid = world.run("r").await.metadata.uid;
    let taken = Patch::Merge(json!({"status": {"activeRun": {"name": "r", "uid": uid, "attempt": 1}}}));
    world.installations().patch_status(ACME, &PatchParams::default(), &taken).await.unwrap();
    world.restart("second").await;
    world.task_run("r-1").await;
    world
        .create_with("s", json!({"mode": "Apply", "trigger": {"at": "2126-01-01T00:00:01Z"}}), json!({}))
        .await;
    world.reaches("s", "Queued", "WaitingForRun").await;
    world.applied("r-1").await;
    eventually("the slot goes to the next", async || {
        let active = world.installation_status().await["activeRun"]["name"].clone();
        if active == "s" { Ok(()) } else { Err(active.to_string()) }
    })
    .await;
    world.task_run("s-1").await;
}

#[tokio::test]
async fn a_start_that_was_written_down_without_the_slot_waits_for_it() {
    let mut world = World::start(&[]).await;
    world.create("working", "Apply", json!({})).await;
    let working = world.reaches("working", "Running", "Running").await;
    world.kill();
    // The slot is taken beside the writing: of the two, a crash may leave only this.
    world
        .create_with("r", json!({"mode": "Apply", "trigger": {"at": "2126-01-01T00:00:01Z"}}), json!({}))
        .await;
    let sha = working.status.unwrap().sha;
    let written = json!({"phase": "Running", "reason": "Starting", "attempts": 1, "taskRunName": "r-1", "sha": sha,
            "conditions": conditions(&[("Admitted", "True", "Admitted"), ("Started", "Unknown", "Starting")])});
    let patch = Patch::Merge(json!({"status": written}));
    world.runs().patch_status("r", &PatchParams::default(), &patch).await.unwrap();
    world.restart("second").await;
    let waiting = world.reaches("r", "Queued", "WaitingForRun").await.status.unwrap();
    assert_eq!((waiting.attempts, waiting.task_run_name), (Some(1), None));
    assert_eq!(world.installation_status().await["activeRun"]["name"], "working");
    assert_eq!(world.task_run_names().await, ["r-1", "working-1"]);
    world.is_closed("r-1").await;
    world.applied("working-1").await;
    world.task_run("r-2").await;
}

#[tokio::test]
async fn a_start_that_was_broken_off_waits_while_runs_are_suspended() {
    let mut world = World::start(&[]).await;
    let hang = json!({"method": "GET", "path": "/repos/acme/.github/commits", "delayMs": 3_600_000});
    world.github.call("POST", "/_sim/faults", Some(hang)).await;
    world.create("r", "Apply", json!({})).await;
    world.reaches("r", "Running", "Starting").await;
    world.kill();
    world.github.call("DELETE", "/_sim/faults", None).await;
    let suspend = |suspend: bool| Patch::Merge(json!({"spec": {"suspend": suspend}}));
    world.installations().patch(ACME, &PatchParams::default(), &suspend(true)).await.unwrap();
    world.restart("second").await;
    world.reaches("r", "Pending", "Suspended").await;
    assert_eq!(world.task_run_names().await, ["r-1"]);
    // The dead process may have asked for it, and its request may land now.
    world.is_closed("r-1").await;
    world.slot_is_free().await;
    world.installations().patch(ACME, &PatchParams::default(), &suspend(false)).await.unwrap();
    world.task_run("r-2").await;
}

#[tokio::test]
async fn a_run_that_is_deleted_while_it_starts_keeps_no_slot() {
    let world = World::start(&[]).await;
    let hang = json!({"method": "GET", "path": "/repos/acme/.github/commits", "delayMs": 4_000});
    world.github.call("POST", "/_sim/faults", Some(hang)).await;
    world.create("r", "Apply", json!({})).await;
    world.reaches("r", "Running", "Starting").await;
    world.delete("r").await;
    world.slot_is_free().await;
}

#[tokio::test]
async fn a_slot_of_a_run_that_has_ended_blocks_nobody() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    world.applied("r-1").await;
    world.is_over("r").await;
    // As a write that was decided on long ago, without a look at what it takes from, may leave it.
    let uid = world.run("r").await.metadata.uid;
    let late = Patch::Merge(json!({"status": {"activeRun": {"name": "r", "uid": uid, "attempt": 1}}}));
    world.installations().patch_status(ACME, &PatchParams::default(), &late).await.unwrap();
    world.create("s", "Apply", json!({})).await;
    world.task_run("s-1").await;
}

#[tokio::test]
async fn the_slot_is_not_given_to_who_asks_for_it_too_late() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    let taken = world.installation_status().await;
    world.applied("r-1").await;
    world.slot_is_free().await;
    let freed = world.installation_status().await;
    let sequence = |status: &serde_json::Value| status["healSequence"].as_i64().unwrap_or_default();
    assert_eq!(sequence(&freed), sequence(&taken) + 1, "whatever tests the number finds it changed");
}
