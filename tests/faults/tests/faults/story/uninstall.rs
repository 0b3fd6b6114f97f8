//! An owner takes the App off while a run is at work.

use futures::future::LocalBoxFuture;

use super::{Missed, Story, Teller, deletion::all_are_deleted, file, of_an_installed_app};

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
        teller.app("uninstall").await;
        all_are_deleted(teller).await
    })
}
