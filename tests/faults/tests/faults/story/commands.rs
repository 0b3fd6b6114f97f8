//! A removal that nobody was shown is stopped; an owner asks for it, after others have tried.

use futures::future::LocalBoxFuture;
use serde_json::Value;

use super::{Missed, Story, Teller, file, of_an_installed_app};

pub const STORY: Story = of_an_installed_app("commands", tells);

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        let first = teller.pushes("alice", "main", "describe", &file("One", "carol")).await;
        teller.check_is(&first, "peribolos", "success").await?;
        teller.rest().await?;
        // A stranger's pull request gets no preview, so that nobody is shown what it takes away.
        let (number, head) = teller.opens("eve", "remove", &file("One", "")).await;
        teller.check_is(&head, "peribolos / preview", "action_required").await?;
        teller.rest().await?;
        let merge = teller.merges(number).await;
        teller.check_is(&merge, "peribolos", "failure").await?;
        teller.rest().await?;

        teller.comments("carol", number, "/peribolos apply").await;
        teller.github_has("the answer to carol", is_answered).await?;
        teller.rest().await?;
        teller.comments("alice", number, "/peribolos apply").await;
        teller.check_is(&merge, "peribolos", "success").await?;
        teller.github_has("carol's removal", |org| org["members"]["carol"].is_null().then_some(())).await
    })
}

fn is_answered(org: &Value) -> Option<()> {
    let comments = org["pulls"][0]["comments"].as_array()?;
    let refuses = |comment: &Value| comment["body"].as_str().is_some_and(|body| body.contains("Only owners"));
    comments.iter().any(refuses).then_some(())
}
