//! An API server that is away for longer than a Lease.

use std::sync::OnceLock;

use serde_json::json;

use crate::{
    candidate::{Candidate, holder},
    support::{ControlPlane, eventually},
    world::{ACME, World},
};

#[tokio::test]
async fn nobody_ends_while_the_api_server_is_away() {
    static PLANE: OnceLock<ControlPlane> = OnceLock::new();
    let plane = PLANE.get_or_init(ControlPlane::start);
    let world = World::without_controller(plane, &[]).await;
    let first = Candidate::start(&world, "first").await;
    let second = Candidate::start(&world, "second").await;
    world.is_ready(ACME).await;
    let (before, pids) = (holder(&world).await, (first.pid(), second.pid()));
    plane.stop_api_server();
    let leader = if before.starts_with("first") { &first } else { &second };
    leader.says("the process restarts itself").await;
    plane.start_api_server();
    plane.ready(&world.client).await;
    eventually("another process leads", async || {
        let now = holder(&world).await;
        if now.is_empty() || now == before { Err(now) } else { Ok(()) }
    })
    .await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    world.applied("r-1").await;
    world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!((first.pid(), second.pid()), pids, "no process has ended");
    first.is_ready().await;
    second.is_ready().await;
}
