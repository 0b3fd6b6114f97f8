//! The config file of each installation.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use kube::ResourceExt;

use super::{HealError, Pace, file, pace::Rest};
use crate::controller::context::Context;

/// What was seen of each installation's file, by the installation's uid.
type Memory = HashMap<String, file::Seen>;

pub(super) async fn repeat(ctx: &Context, pace: &Pace) {
    let mut memory = Memory::new();
    let mut rest = Rest::new("files", pace.files);
    loop {
        let end = pass(ctx, &mut memory).await;
        rest.after(end).await;
    }
}

/// How many installations are looked at side by side.
const SIDE_BY_SIDE: usize = 16;

/// Looks at all of them: one that fails does not keep the others from being looked at.
async fn pass(ctx: &Context, memory: &mut Memory) -> Result<(), HealError> {
    let mut before = std::mem::take(memory);
    let looks = ctx.kept_installations().filter_map(|installation| {
        let uid = installation.uid()?;
        let mut seen = before.remove(&uid).unwrap_or_default();
        Some(async move {
            if let Err(error) = file::look(ctx, &installation, &mut seen).await {
                tracing::debug!(name = installation.name_any(), %error, "its file could not be looked at");
            }
            (uid, seen)
        })
    });
    *memory = stream::iter(looks.collect::<Vec<_>>()).buffer_unordered(SIDE_BY_SIDE).collect().await;
    Ok(())
}
