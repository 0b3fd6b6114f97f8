//! The operator's own pods.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    Cluster, Kind, SYSTEM,
    wait::{SOON, until},
};

/// The labels of the controller's pod.
pub const CONTROLLER: &str = "app.kubernetes.io/component=controller";

/// Ends the controller's pod at once, as a crash does, and does not wait for the next.
///
/// # Errors
/// When none runs, or Kubernetes does not answer.
pub async fn kill_controller(cluster: &Cluster) -> Result<String> {
    let pods = cluster.list_in(SYSTEM, Kind::Pod, CONTROLLER).await?;
    let alive = |pod: &&Value| {
        let container = &pod["status"]["containerStatuses"][0]["state"];
        pod["metadata"]["deletionTimestamp"].is_null() && !container["running"].is_null()
    };
    let pod = pods.iter().find(alive);
    let name = pod.and_then(|pod| pod["metadata"]["name"].as_str()).context("no controller runs")?;
    cluster.delete(SYSTEM, Kind::Pod, name, true).await?;
    Ok(name.to_owned())
}

/// Ends the controller's pod, and waits for another that is ready.
///
/// # Errors
/// When there is none within a minute.
pub async fn restart_controller(cluster: &Cluster) -> Result<()> {
    let old = kill_controller(cluster).await?;
    until(SOON, "another controller is ready", async || {
        let pods = cluster.list_in(SYSTEM, Kind::Pod, CONTROLLER).await?;
        Ok(pods.iter().any(|pod| pod["metadata"]["name"] != old.as_str() && is_ready(pod)).then_some(()))
    })
    .await
}

fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|c| c["type"] == "Ready" && c["status"] == "True")
}
