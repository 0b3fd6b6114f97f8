//! What this project makes of an organization and a file.

use anyhow::{Result, bail};
use peribolos_github::lookups;
use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_org::plan::{self, Lookups, Outcome, Plan, Scope};
use peribolos_org::{ConfigFile, Snapshot, parse};

use crate::organization::Organization;

/// The organization as GitHub has it now. The one place where it is read.
///
/// # Errors
/// When a call fails.
pub async fn snapshot(organization: &Organization) -> Result<Snapshot> {
    Ok(snapshot::read(organization.client(), organization.login(), &ReadOptions::default()).await?)
}

/// A file as it is read.
///
/// # Errors
/// When the parser refuses it: such a file is never planned, so it has no place here.
pub fn read(organization: &Organization, source: &str) -> Result<ConfigFile> {
    match parse(source, "peribolos.yaml", Some(organization.login().as_str())) {
        Ok(parsed) => Ok(parsed.file),
        Err(findings) => {
            let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
            bail!("the file is refused:\n{}\n{source}", findings.join("\n"))
        }
    }
}

async fn looked_up(
    organization: &Organization,
    snapshot: &Snapshot,
    file: &ConfigFile,
    scope: &Scope,
) -> Result<Lookups> {
    let questions = plan::questions(file, snapshot, scope);
    Ok(lookups::answer(organization.client(), organization.login(), &questions).await?)
}

/// Plans a file on an organization as a snapshot has it.
///
/// # Errors
/// When a call fails.
pub async fn plan(
    organization: &Organization,
    snapshot: &Snapshot,
    file: &ConfigFile,
    scope: &Scope,
) -> Result<Plan> {
    let lookups = looked_up(organization, snapshot, file, scope).await?;
    Ok(plan::plan(file, snapshot, &lookups, scope))
}
