//! An owner takes the App off while a run is at work.

use futures::future::LocalBoxFuture;

use super::{Missed, Story, Teller, file, of_an_installed_app};

pub const STORY: Story = of_an_installed_app("uninstall", tells);

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        let first = teller.pushes("alice", "main", "push 1", &file("One", "carol")).await;
        teller.check_is(&first, "peribolos", "success").await?;
        teller.rest().await?;
        teller.world.tekton.hold();
        let running = teller.pushes("alice", "main", "push 2", &file("Two", "carol")).await;
        teller.pod_runs(&running).await?;
        teller.check_status_is(&running, "peribolos", "in_progress").await?;
        teller.applies("Two").await?;
        teller.app("uninstall").await;
        teller
            .sees("the end of the installation and its runs", async || {
                let left = teller.uids().await.map_err(|Missed(what)| what)?;
                if left.is_empty() { Ok(()) } else { Err(format!("{} objects are left", left.len())) }
            })
            .await
    })
}
