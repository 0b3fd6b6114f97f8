//! The App is suspended by an owner, then the installation by the platform team; both end.

use futures::future::LocalBoxFuture;
use serde_json::json;

use crate::world::Scale;

use super::{INSTALLED, Missed, Story, Teller, file, installed};

pub const STORY: Story =
    // A token may be replaced after a tenth of its life.
    Story {
        name: "suspension",
        fixture: INSTALLED,
        token_lifetime: "1m",
        scale: Scale::USUAL,
        begins: installed,
        tells,
    };

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        teller.app("suspend").await;
        teller.has_condition("Ready", "False", "InstallationSuspended").await?;
        teller.app("unsuspend").await;
        teller.is_ready().await?;
        let first = teller.pushes("alice", "main", "push 1", &file("One", "carol")).await;
        teller.check_is(&first, "peribolos", "success").await?;
        teller.rest().await?;

        teller.changes_spec(json!({"suspend": true})).await?;
        let second = teller.pushes("alice", "main", "push 2", &file("Two", "carol")).await;
        teller.run_is(&second, "Pending").await?;
        teller.check_status_is(&second, "peribolos", "queued").await?;
        teller.changes_spec(json!({"suspend": false})).await?;
        teller.check_is(&second, "peribolos", "success").await
    })
}
