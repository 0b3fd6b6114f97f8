//! What the operator takes for granted about Tekton.

use anyhow::{Result, ensure};
use peribolos_e2e::{
    OBJECTS, World,
    cluster::Kind,
    wait::{SOON, until},
};
use serde_json::json;

/// So an attempt is closed: whoever asks for a TaskRun of that name later gets none, and this one has no pod.
#[tokio::test]
async fn a_taskrun_that_is_cancelled_from_its_first_moment_gets_no_pod() -> Result<()> {
    let world = World::connect().await?;
    let name = "closed-from-its-first-moment";
    let task_run = json!({
        "metadata": {"name": name},
        "spec": {"taskRef": {"name": "peribolos-apply", "kind": "Task"}, "status": "TaskRunCancelled", "statusMessage": "given up"},
    });
    // A run of this test that failed leaves it.
    world.cluster.delete(OBJECTS, Kind::TaskRun, name, false).await?;
    world.cluster.create(Kind::TaskRun, task_run).await?;
    let ended = until(SOON, "Tekton ends the TaskRun", async || {
        let task_run = world.cluster.get(Kind::TaskRun, name).await?;
        Ok(task_run.filter(|task_run| !task_run["status"]["completionTime"].is_null()))
    })
    .await?;
    let condition = &ended["status"]["conditions"][0];
    ensure!(condition["reason"] == "TaskRunCancelled", "it ended otherwise: {condition:#}");
    ensure!(ended["status"]["podName"].as_str().unwrap_or_default().is_empty(), "it has a pod: {ended:#}");
    let pods = world.cluster.list(Kind::Pod, &format!("tekton.dev/taskRun={name}")).await?;
    ensure!(pods.is_empty(), "there is a pod: {pods:#?}");
    world.cluster.delete(OBJECTS, Kind::TaskRun, name, false).await
}
