//! What this project makes of an organization and a file.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use peribolos_github::AccountType;
use peribolos_operator::step::snapshot;
use peribolos_org::plan::{Plan, Scope};
use peribolos_org::{ConfigFile, Login, Settled, Snapshot, Spelling, parse, settle};

use crate::organization::Organization;

/// The organization as GitHub has it now. The one place where it is read.
///
/// # Errors
/// When a call fails.
pub async fn snapshot(organization: &Organization) -> Result<Snapshot> {
    let mut snapshot = snapshot::read(organization.client(), organization.login()).await?;
    let state = organization.state().await?;
    for team in &mut snapshot.teams {
        let own =
            state["teams"].as_array().into_iter().flatten().find(|own| own["slug"] == team.slug.as_str());
        let own = own.map(|own| &own["members"]);
        let inherited =
            team.members.iter().filter(|login| own.is_none_or(|own| own[login.as_str()].is_null()));
        team.inherited_members = inherited.cloned().collect();
    }
    Ok(snapshot)
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
