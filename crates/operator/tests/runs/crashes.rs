//! The controller is killed at many moments; each time the same comes of it, and nothing is done twice.

use std::time::Duration;

use serde_json::json;

use crate::world::World;

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
        world.tekton_ends(&format!("{name}-1"), "Succeeded", &[("plan", 0), ("apply", 0)]).await;
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
        let org = world.github.org("acme").await;
        let checks = org["checks"].as_array().unwrap();
        let ours = checks
            .iter()
            .filter(|check| check["external_id"].as_str() == run.metadata.uid.as_deref())
            .count();
        assert_eq!(ours, 1, "a crash makes no second check");
    }
}
