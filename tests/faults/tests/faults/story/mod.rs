//! The stories: what people do, and what they wait to see. Each begins with a world of its own.

mod commands;
mod deletion;
mod drift;
mod onboarding;
mod pull_requests;
mod pushes;
mod suspension;
mod teller;
mod tokens;
mod uninstall;

use futures::future::LocalBoxFuture;

pub use teller::{Missed, Teller};

use crate::world::Scale;

/// One story.
pub struct Story {
    pub name: &'static str,
    /// GitHub as it is at the beginning.
    pub fixture: &'static str,
    /// How long tokens live.
    pub token_lifetime: &'static str,
    /// How fast time goes.
    pub scale: Scale,
    /// Waits until the operator has found what is there; before that no fault happens.
    pub begins: for<'a> fn(&'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>>,
    /// What happens.
    pub tells: for<'a> fn(&'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>>,
}

/// All of them.
pub static STORIES: [Story; 9] = [
    onboarding::STORY,
    pull_requests::STORY,
    pushes::STORY,
    commands::STORY,
    drift::STORY,
    tokens::STORY,
    suspension::STORY,
    deletion::STORY,
    uninstall::STORY,
];

/// An organization with the App and a file that says what is there.
const INSTALLED: &str = "
users: [eve]
user_tokens: {ghp_alice: alice}
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: billing@acme.example}
    members: {alice: admin, bob: admin, carol: member}
    repos:
      .github: {visibility: private, files: {peribolos.yaml: '{orgs: {acme: {name: Acme, billing_email: billing@acme.example, admins: [alice, bob], members: [carol]}}}'}}
    installation: {id: 1234567}
";

/// The file with this description of the organization and these members.
fn file(description: &str, members: &str) -> String {
    format!(
        "{{orgs: {{acme: {{name: Acme, billing_email: billing@acme.example, description: {description}, admins: [alice, bob], \
         members: [{members}]}}}}}}"
    )
}

/// Waits until the installation of [`INSTALLED`] is Ready and nothing is left to be done.
fn installed<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        teller.is_ready().await?;
        let first =
            teller.world.github.call_by("ghp_alice", "GET", "/repos/acme/.github/commits/main", None).await;
        teller.names(first["sha"].as_str().unwrap(), "first commit");
        // What the healer finds when it looks at the file for the first time, it finds now and not within the story. While the
        // Dump has the slot, it does not conclude anything.
        teller.rest().await?;
        teller.starts_anew().await
    })
}

/// A story of [`INSTALLED`].
const fn of_an_installed_app(
    name: &'static str,
    tells: for<'a> fn(&'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>>,
) -> Story {
    Story { name, fixture: INSTALLED, token_lifetime: "1h", scale: Scale::USUAL, begins: installed, tells }
}
