//! An owner installs the App, gets a pull request with the file, and merges it.

use futures::future::LocalBoxFuture;

use crate::world::Scale;

use super::{Missed, Story, Teller};

const FIXTURE: &str = "
users: [eve]
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member}
    teams: [{name: Core, privacy: closed, members: {carol: maintainer}, repos: {site: push}}]
    repos:
      .github: {visibility: private, files: {README.md: hello}}
      site: {visibility: private, files: {README.md: hello}}
";

pub const STORY: Story = Story {
    name: "onboarding",
    fixture: FIXTURE,
    token_lifetime: "1h",
    scale: Scale::USUAL,
    // A controller that has yet to ask which installations there are finds the new one by that, too.
    begins: |teller| Box::pin(teller.has_found_installations()),
    tells,
};

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        teller.installs().await;
        let head = teller
            .github_has("the onboarding pull request", |org| {
                org["pulls"][0]["head_sha"].as_str().map(str::to_owned)
            })
            .await?;
        teller.names(&head, "head of the onboarding pull request");
        teller.check_is(&head, "peribolos / preview", "success").await?;
        teller.rest().await?;
        let merge = teller.merges(1).await;
        teller.check_is(&merge, "peribolos", "success").await
    })
}
