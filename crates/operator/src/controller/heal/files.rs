//! The config file of each installation.

use std::{collections::HashMap, sync::Arc};

use kube::ResourceExt;
use peribolos_api::GitHubInstallation;

use super::{HealError, Pace, file, pace};
use crate::controller::context::Context;

/// What was seen of each installation's file, by the installation's uid.
type Memory = HashMap<String, file::Seen>;

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let mut memory = Memory::new();
    loop {
        let end = pass(ctx, &mut memory).await;
        pace::rest("files", pace.files, end).await;
    }
}

/// Looks at all of them: one that fails does not keep the others from being looked at.
async fn pass(ctx: &Context, memory: &mut Memory) -> Result<(), HealError> {
    let installations: Vec<Arc<GitHubInstallation>> = ctx.installations.state();
    memory.retain(|uid, _| installations.iter().any(|object| object.uid().as_ref() == Some(uid)));
    for installation in installations {
        let Some(uid) = installation.uid() else { continue };
        if let Err(error) = file::look(ctx, &installation, memory.entry(uid).or_default()).await {
            tracing::debug!(name = installation.name_any(), %error, "its file could not be looked at");
        }
    }
    Ok(())
}
