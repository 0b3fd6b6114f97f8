//! How GitHub spells the names in the file, and whom it does not know.

use std::collections::BTreeSet;

use peribolos_github::{Client, Login};
use peribolos_org::{ConfigFile, Login as OrgLogin, Snapshot, Spelling, Team};

use super::StepError;
use super::annotate;

/// So many people who are new to the organization are looked up. GitHub sends at most 500 invitations a day.
const MAX_STRANGERS: usize = 500;

/// The spelling of everything in the snapshot, and of each stranger the file names, who is asked for.
pub(super) async fn spelling(
    client: &Client,
    path: &str,
    file: &ConfigFile,
    snapshot: &Snapshot,
) -> Result<Spelling, StepError> {
    let mut spelling = Spelling::of_snapshot(snapshot, BTreeSet::new());
    let strangers: BTreeSet<&OrgLogin> =
        named(file).filter(|login| !spelling.logins.contains(login)).collect();
    if strangers.len() > MAX_STRANGERS {
        return Err(annotate::too_many_strangers(path, file, strangers.len(), MAX_STRANGERS));
    }
    // What is no login at all is nobody's.
    let (asked, impossible): (Vec<_>, Vec<_>) = strangers
        .into_iter()
        .map(|login| (login, login.as_str().parse::<Login>()))
        .partition(|(_, parsed)| parsed.is_ok());
    spelling.missing.extend(impossible.into_iter().map(|(login, _)| login.clone()));
    let logins: Vec<Login> = asked.iter().filter_map(|(_, parsed)| parsed.as_ref().ok().cloned()).collect();
    let found = client.find_people(&logins).await?;
    for ((login, _), found) in asked.into_iter().zip(found) {
        match found {
            Some(found) => spelling.logins.insert(OrgLogin::new(found.as_str())),
            None => spelling.missing.insert(login.clone()),
        };
    }
    Ok(spelling)
}

/// Everybody the file names.
fn named(file: &ConfigFile) -> impl Iterator<Item = &OrgLogin> {
    let mut logins: Vec<&OrgLogin> =
        file.admins.iter().chain(&file.members).map(|login| &login.value).collect();
    in_teams(&file.teams, &mut logins);
    let collaborators = file.repos.iter().flat_map(|repo| repo.collaborators.iter().flatten());
    logins.extend(collaborators.map(|collaborator| &collaborator.login.value));
    logins.into_iter()
}

fn in_teams<'f>(teams: &'f [Team], logins: &mut Vec<&'f OrgLogin>) {
    for team in teams {
        logins.extend(team.maintainers.iter().chain(&team.members).map(|login| &login.value));
        in_teams(&team.teams, logins);
    }
}
