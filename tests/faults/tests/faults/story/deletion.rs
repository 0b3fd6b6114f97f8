//! Somebody deletes the installation in the cluster while a run is at work.

use futures::future::LocalBoxFuture;
use kube::api::DeleteParams;

use crate::world::Scale;

use super::{Missed, Story, Teller, file, of_an_installed_app, teller::INSTALLATION};

/// What can't be shown on GitHub within half a minute is left.
pub const STORY: Story = Story { scale: Scale::SLOW, ..of_an_installed_app("deletion", tells) };

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        teller.world.tekton.hold();
        let running = teller.pushes("alice", "main", "push 1", &file("One", "carol")).await;
        teller.pod_runs(&running).await?;
        teller.check_status_is(&running, "peribolos", "in_progress").await?;
        teller.applies("One").await?;
        let waiting = teller.pushes("alice", "main", "push 2", &file("Two", "carol")).await;
        teller.check_status_is(&waiting, "peribolos", "queued").await?;
        deleted(teller).await?;
        // GitHub says that the App is installed, so whoever looks makes the object again; at a start somebody looks.
        teller.world.tekton.release();
        teller.world.controller.restart().await;
        teller.is_ready().await?;
        teller.rest().await?;
        // Now that there is a token, the file is looked at, too: the first look records it, the second one has it compared.
        for _ in 0..2 {
            teller.starts_anew().await?;
        }
        Ok(())
    })
}

/// Deletes the installation and waits until neither it nor a run of it is left.
async fn deleted(teller: &Teller<'_>) -> Result<(), Missed> {
    let first = teller.uids().await?;
    teller
        .sees("the installation's deletion", async || {
            let answer = teller.installations().delete(INSTALLATION, &DeleteParams::default()).await;
            answer.map(drop).map_err(|error| error.to_string())
        })
        .await?;
    teller
        .sees("the end of the installation and its runs", async || {
            let left = teller.uids().await.map_err(|Missed(what)| what)?;
            let left: Vec<&String> = left.intersection(&first).collect();
            if left.is_empty() {
                Ok(())
            } else {
                Err(format!("{} of {} objects are left", left.len(), first.len()))
            }
        })
        .await
}
