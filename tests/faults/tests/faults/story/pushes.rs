//! Owners push: one after the other, several during one run, a file with a mistake.

use futures::future::LocalBoxFuture;

use super::{Missed, Story, Teller, file, of_an_installed_app};

pub const STORY: Story = of_an_installed_app("pushes", tells);

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        let first = teller.pushes("alice", "main", "push 1", &file("One", "carol")).await;
        teller.check_is(&first, "peribolos", "success").await?;

        teller.rest().await?;
        teller.world.tekton.hold();
        let second = teller.pushes("alice", "main", "push 2", &file("Two", "carol")).await;
        teller.pod_runs(&second).await?;
        let third = teller.pushes("alice", "main", "push 3", &file("Three", "carol")).await;
        teller.run_is(&third, "Queued").await?;
        let fourth = teller.pushes("bob", "main", "push 4", &file("Four", "carol")).await;
        teller.check_is(&third, "peribolos", "skipped").await?;
        teller.run_is(&fourth, "Queued").await?;
        teller.world.tekton.release();
        teller.check_is(&fourth, "peribolos", "success").await?;
        teller.rest().await?;

        let wrong = teller.pushes("alice", "main", "push 5, wrong", "{orgs: {acme: {admins: nobody}}}").await;
        teller.check_is(&wrong, "peribolos", "failure").await?;
        teller.rest().await?;
        let right = teller.pushes("alice", "main", "push 6, right", &file("Six", "carol")).await;
        teller.check_is(&right, "peribolos", "success").await
    })
}
