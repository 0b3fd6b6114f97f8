//! The whole of it: seed, plan, apply by upstream, compare, plan again.

use anyhow::{Context, Result, ensure};
use peribolos_org::dump;
use peribolos_org::plan::Scope;

use crate::organization::Organization;
use crate::{observed, ours, upstream};

/// Whatever upstream takes away: all of it.
const EVERYTHING: u32 = 10_000;

/// Applies what our dump of an organization says about it: upstream must not write anything, not even in vain.
///
/// # Errors
/// What was written, with the dump.
pub async fn dump_changes_nothing(organization: &Organization) -> Result<()> {
    let snapshot = ours::snapshot(organization).await?;
    let dumped = dump(&snapshot).to_yaml();
    let file = ours::read(organization, &dumped)?;
    let settled = ours::settled(organization, &snapshot, &file).await?.yaml;
    let before = observed::mark(organization).await?;
    let ended = upstream::apply(organization, &settled, &Scope::usual(), EVERYTHING).await?;
    let writes = observed::writes(organization, before).await.context(settled.clone())?;
    let written: Vec<String> = writes.iter().map(ToString::to_string).collect();
    ensure!(written.is_empty(), "a dump was applied and wrote:\n{}\n\n{settled}", written.join("\n"));
    ensure!(ended.success, "a dump was applied and failed:\n{settled}\n{}", ended.log);
    Ok(())
}
