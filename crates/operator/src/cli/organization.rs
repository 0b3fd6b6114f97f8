//! Reads an organization, for people who wait for it.

use std::sync::Arc;

use anyhow::Context;
use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_github::{Client, Login};
use peribolos_org::Snapshot;

use super::progress::Shown;

/// Reads it, and shows how far that is. Says so where the token does not see all.
pub(super) async fn read(client: &Client, org: &Login, options: ReadOptions) -> anyhow::Result<Snapshot> {
    let shown = Arc::new(Shown::start(org));
    let options = ReadOptions { progress: Some(Arc::clone(&shown) as _), ..options };
    let read = snapshot::read(client, org, &options).await;
    shown.end(read.is_ok());
    let snapshot = read.with_context(|| format!("the organization {org} can't be read"))?;
    if snapshot.billing_email.is_none() {
        tracing::warn!(
            "the token is not an owner's: secret teams, private repositories and settings may be missing"
        );
    }
    Ok(snapshot)
}
