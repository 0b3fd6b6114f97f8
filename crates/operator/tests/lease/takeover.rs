//! The other controller takes over, whatever becomes of the leader.

use std::sync::OnceLock;

use rustix::process::Signal;
use serde_json::json;

use crate::{
    candidate::Candidate,
    support::ControlPlane,
    world::{ACME, World},
};

/// The API server of these tests records who writes what.
fn plane() -> &'static ControlPlane {
    static PLANE: OnceLock<ControlPlane> = OnceLock::new();
    PLANE.get_or_init(ControlPlane::start_audited)
}

/// Two controllers, of which the first leads, and `acme`'s installation Ready.
async fn two() -> (World, Candidate, Candidate) {
    let world = World::without_controller(plane(), &[]).await;
    let first = Candidate::start(&world, "first").await;
    first.leads(&world).await;
    let second = Candidate::start(&world, "second").await;
    second.says("another controller leads").await;
    world.is_ready(ACME).await;
    (world, first, second)
}

/// A run is started and carried out.
async fn carries_out(world: &World, name: &str) {
    world.create(name, "Apply", json!({})).await;
    world.task_run(&format!("{name}-1")).await;
    world.applied(&format!("{name}-1")).await;
    let run = world.reaches(name, "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
    assert_eq!(world.checks(&run).await, 1);
}

#[tokio::test]
async fn only_the_leader_writes() {
    let (world, first, second) = two().await;
    carries_out(&world, "r").await;
    assert!(!world.plane.written("first", &world.namespace).is_empty());
    assert_eq!(world.plane.written("second", &world.namespace), Vec::<String>::new());
    second.is_ready().await;
    drop((first, second));
}

#[tokio::test]
async fn one_that_was_killed_is_replaced_when_its_lease_has_expired() {
    let (world, first, second) = two().await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    first.signal(Signal::KILL);
    world.applied("r-1").await;
    second.leads(&world).await;
    second.says("\"handover\":\"Expired\"").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
    assert_eq!(world.checks(&run).await, 1);
    carries_out(&world, "s").await;
    drop(first);
}

#[tokio::test]
async fn one_that_stops_releases_the_lease() {
    let (world, first, second) = two().await;
    carries_out(&world, "r").await;
    first.signal(Signal::TERM);
    first.ends().await;
    first.says("released the Lease").await;
    second.leads(&world).await;
    second.says("\"handover\":\"Free\"").await;
    carries_out(&world, "s").await;
}

#[tokio::test]
async fn one_that_was_paused_for_long_writes_nothing_and_follows() {
    let (world, first, second) = two().await;
    let pid = first.pid();
    // It is paused in the middle of a start: what comes next is to make a TaskRun.
    let slow = json!({"method": "GET", "path": "/repos/acme/.github/commits", "delayMs": 2_000, "count": 1});
    world.github.call("POST", "/_sim/faults", Some(slow)).await;
    world.create("r", "Apply", json!({})).await;
    world.reaches("r", "Running", "Starting").await;
    first.signal(Signal::STOP);
    second.leads(&world).await;
    world.task_run("r-1").await;
    let before = world.plane.written("first", &world.namespace);
    first.signal(Signal::CONT);
    first.says("the process restarts itself").await;
    first.is_ready().await;
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
    assert_eq!((world.checks(&run).await, world.task_run_names().await.len()), (1, 1));
    carries_out(&world, "s").await;
    assert_eq!(world.plane.written("first", &world.namespace), before);
    assert_eq!(first.pid(), pid, "it is the same process, which no kubelet has restarted");
    // It follows, and can take over again.
    second.signal(Signal::TERM);
    second.ends().await;
    first.leads(&world).await;
    carries_out(&world, "t").await;
}
