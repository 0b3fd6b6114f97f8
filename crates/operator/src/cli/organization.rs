//! Reads an organization and plans, for people who wait for it.

use std::sync::Arc;

use anyhow::Context;
use peribolos_github::Login;
use peribolos_github::snapshot::{self, Patience, ReadOptions};
use peribolos_org::plan::Scope;
use peribolos_org::{ConfigFile, Snapshot};

use super::access::Access;
use super::progress::Shown;
use crate::planning::{Planned, Planning, PlanningError};

/// Reads it, and shows the progress. Warns if the token does not see everything.
pub(super) async fn read(access: &Access, org: &Login) -> anyhow::Result<Snapshot> {
    let shown = Arc::new(Shown::start(org));
    let options = ReadOptions { progress: Some(Arc::clone(&shown) as _), ..ReadOptions::default() };
    let read = snapshot::read(&access.client, org, &options).await;
    shown.end(read.is_ok());
    let snapshot = read.map_err(|error| access.explained(org, error)).with_context(|| unreadable(org))?;
    warn_of_what_is_hidden(&snapshot);
    Ok(snapshot)
}

/// How a file is planned for, with what is managed.
pub(super) fn planning<'a>(
    access: &'a Access,
    org: &'a Login,
    file: &'a ConfigFile,
    scope: &'a Scope,
    patience: Patience,
) -> Planning<'a> {
    let options = ReadOptions { patience, ..ReadOptions::for_file(file, scope) };
    Planning { client: &access.client, org, file, scope, options }
}

/// Reads and plans, and shows the progress.
pub(super) async fn plan(access: &Access, planning: &Planning<'_>) -> Result<Planned, anyhow::Error> {
    let org = planning.org;
    let shown = Arc::new(Shown::start(org));
    let planned = planning.plan(Some(Arc::clone(&shown) as _)).await;
    shown.end(planned.is_ok());
    let mut planned = planned
        .map_err(|error| match error {
            PlanningError::GitHub(error) => access.explained(org, error),
            error @ PlanningError::TooManyNewPeople { .. } => error.into(),
        })
        .with_context(|| unreadable(org))?;
    warn_of_what_is_hidden(&planned.snapshot);
    if let Some(person) = &access.person {
        planned.plan.note_maker(person);
    }
    Ok(planned)
}

fn unreadable(org: &Login) -> String {
    format!("the organization {org} can't be read")
}

fn warn_of_what_is_hidden(snapshot: &Snapshot) {
    if !snapshot.settings.keys().any(|setting| setting.key() == "billing_email") {
        tracing::warn!(
            "the token is not an owner's: secret teams, private repositories and settings may be missing"
        );
    }
}
