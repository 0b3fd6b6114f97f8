//! Somebody changes the organization by hand; that is found, and corrected.

use futures::future::LocalBoxFuture;
use serde_json::json;

use super::{Missed, Story, Teller, file, of_an_installed_app};

pub const STORY: Story = of_an_installed_app("drift", tells);

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        let first = teller.pushes("alice", "main", "describe", &file("One", "carol")).await;
        teller.check_is(&first, "peribolos", "success").await?;
        teller.rest().await?;
        let by_hand = json!({"description": "By hand"});
        teller.world.github.call_by("ghp_alice", "PATCH", "/orgs/acme", Some(by_hand)).await;
        teller.creates_run("look", "DryRun").await?;
        teller.has_condition("Drifted", "True", "").await?;
        teller.github_has("the issue about drift", |org| issue_is(org, "open")).await?;
        teller.rest().await?;
        teller.creates_run("correct", "Apply").await?;
        teller.run_named_is("correct", "Succeeded").await?;
        teller.rest().await?;
        teller.creates_run("look-again", "DryRun").await?;
        teller.has_condition("Drifted", "False", "").await?;
        teller.github_has("the end of the issue about drift", |org| issue_is(org, "closed")).await
    })
}

fn issue_is(org: &serde_json::Value, state: &str) -> Option<()> {
    let issues = org["issues"].as_array()?;
    issues.iter().any(|issue| issue["state"] == state).then_some(())
}
