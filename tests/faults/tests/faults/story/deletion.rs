//! Somebody deletes the installation in the cluster while a run is at work.

use futures::future::LocalBoxFuture;
use kube::api::{DeleteParams, ListParams};

use super::{Missed, Story, Teller, file, of_an_installed_app};

pub const STORY: Story = of_an_installed_app("deletion", tells);

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        teller.world.tekton.hold();
        let running = teller.pushes("alice", "main", "push 1", &file("One", "carol")).await;
        teller.pod_runs(&running).await?;
        teller.check_status_is(&running, "peribolos", "in_progress").await?;
        let waiting = teller.pushes("alice", "main", "push 2", &file("Two", "carol")).await;
        teller.check_status_is(&waiting, "peribolos", "queued").await?;
        teller.installations().delete("acme-1234567", &DeleteParams::default()).await.ok();
        all_are_deleted(teller).await
    })
}

/// Waits until neither the installation nor a run of it is left.
pub async fn all_are_deleted(teller: &Teller<'_>) -> Result<(), Missed> {
    teller
        .sees("the end of the installation and its runs", async || {
            let mut left = Vec::new();
            for api in [teller.installations(), teller.runs()] {
                let objects = api.list(&ListParams::default()).await.map_err(|error| error.to_string())?;
                left.extend(objects.into_iter().filter_map(|object| object.metadata.name));
            }
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
        })
        .await
}
