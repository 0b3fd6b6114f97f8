//! The operator's own pods.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    Cluster, Kind, SYSTEM,
    wait::{SOON, until},
};

/// The labels of the controllers' pods.
const CONTROLLER: &str = "app.kubernetes.io/component=controller";
/// The Lease of the controller that leads.
const LEASE: &str = "peribolos-controller";

/// Ends the pod of the controller that leads at once, as a crash does, and does not wait for the next. Gives its name.
///
/// # Errors
/// When none leads, or Kubernetes does not answer.
pub async fn kill_controller(cluster: &Cluster) -> Result<String> {
    let leader = leader(cluster).await?;
    let pods = cluster.list_in(SYSTEM, Kind::Pod, CONTROLLER).await?;
    let leads = |pod: &&Value| {
        let container = &pod["status"]["containerStatuses"][0]["state"];
        pod["metadata"]["name"] == leader.as_str()
            && pod["metadata"]["deletionTimestamp"].is_null()
            && !container["running"].is_null()
    };
    ensure!(pods.iter().any(|pod| leads(&pod)), "no controller leads");
    cluster.delete(SYSTEM, Kind::Pod, &leader, true).await?;
    Ok(leader)
}

/// Ends the pod of the controller that leads, and waits for another one that does.
///
/// # Errors
/// When none does within a minute.
pub async fn restart_controller(cluster: &Cluster) -> Result<()> {
    let old = kill_controller(cluster).await?;
    until(SOON, "another controller leads", async || Ok((leader(cluster).await? != old).then_some(()))).await
}

/// The name of the pod that leads.
async fn leader(cluster: &Cluster) -> Result<String> {
    let lease = cluster.get(Kind::Lease, LEASE).await?.context("there is no Lease")?;
    let holder = lease["spec"]["holderIdentity"].as_str().unwrap_or_default();
    let (pod, _) = holder.rsplit_once('_').context("no controller leads")?;
    Ok(pod.to_owned())
}
