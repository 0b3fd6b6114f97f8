//! What this project makes of an organization and a file.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use peribolos_github::AccountType;
use peribolos_operator::step::snapshot;
use peribolos_org::{ConfigFile, Login, Settled, Snapshot, Spelling, parse, settle};

use crate::organization::Organization;

/// The organization as GitHub has it now. The one place where it is read.
///
/// # Errors
/// When a call fails.
pub async fn snapshot(organization: &Organization) -> Result<Snapshot> {
    Ok(snapshot::read(organization.client(), organization.login()).await?)
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

/// The file for upstream.
///
/// # Errors
/// When a call fails.
pub async fn settled(organization: &Organization, snapshot: &Snapshot, file: &ConfigFile) -> Result<Settled> {
    Ok(settle(file, &spelling(organization, snapshot, file).await?))
}

/// How GitHub spells the names of a file, with the people whom the organization does not have looked up.
async fn spelling(organization: &Organization, snapshot: &Snapshot, file: &ConfigFile) -> Result<Spelling> {
    let mut spelling = Spelling::of_snapshot(snapshot, BTreeSet::new());
    for login in file.logins() {
        if spelling.logins.contains(login) {
            continue;
        }
        let user = organization.client().get_user(&login.as_str().parse()?).await?;
        match user.filter(|user| user.kind == AccountType::User) {
            Some(user) => spelling.logins.insert(Login::new(user.login.as_str())),
            None => spelling.missing.insert(login.clone()),
        };
    }
    Ok(spelling)
}
