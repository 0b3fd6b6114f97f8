//! What this project makes of an organization and a file.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_org::plan::{Plan, Scope};
use peribolos_org::{ConfigFile, Login, Settled, Snapshot, Spelling, parse, settle};

use crate::organization::Organization;

/// The organization as GitHub has it now. The one place where it is read.
///
/// Invitations are read also where Invitees are ignored: without them a plan can't tell that inviting somebody again
/// changes nothing.
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

/// A file, settled and planned.
#[derive(Debug)]
pub struct Ours {
    /// What upstream gets.
    pub settled: Settled,
    /// What it is said to do.
    pub plan: Plan,
}

/// Settles and plans a file on an organization as a snapshot has it.
///
/// # Errors
/// When a call fails.
pub async fn plan(
    organization: &Organization,
    snapshot: &Snapshot,
    file: &ConfigFile,
    scope: &Scope,
) -> Result<Ours> {
    let settled = settle(file, &spelling(organization, snapshot, file).await?);
    let plan = peribolos_org::plan::plan(&settled.file, &settled.left_out, snapshot, scope);
    Ok(Ours { settled, plan })
}

/// How GitHub spells the names of a file, with the people whom the organization does not have looked up.
async fn spelling(organization: &Organization, snapshot: &Snapshot, file: &ConfigFile) -> Result<Spelling> {
    let mut spelling = Spelling::of_snapshot(snapshot, BTreeSet::new());
    let strangers: Vec<Login> =
        file.logins().into_iter().filter(|login| !spelling.logins.contains(*login)).cloned().collect();
    let asked = strangers.iter().map(|login| login.as_str().parse()).collect::<Result<Vec<_>, _>>()?;
    for (login, found) in strangers.into_iter().zip(organization.client().find_people(&asked).await?) {
        match found {
            Some(found) => spelling.logins.insert(Login::new(found.as_str())),
            None => spelling.missing.insert(login),
        };
    }
    Ok(spelling)
}
