//! How GitHub spells the names in the file, and whom it does not know.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use peribolos_github::{AccountType, Client, Login, client::MemberRole};
use peribolos_org::{ConfigFile, Login as OrgLogin, RepoName, Spelling, Team, TeamName};

use super::StepError;
use super::annotate;

/// So many people who are new to the organization are looked up. GitHub sends at most 500 invitations a day.
const MAX_STRANGERS: usize = 500;
/// Calls at once, as GitHub's secondary limits allow.
const CONCURRENCY: usize = 8;

/// Asks for the organization, its people, teams and repositories, and for each stranger the file names.
pub(super) async fn spelling(
    client: &Client,
    path: &str,
    login: &Login,
    file: &ConfigFile,
) -> Result<Spelling, StepError> {
    let org = client.get_organization(login).await?.login;
    let members = client.list_members(&org, MemberRole::All).await?;
    let invitations = client.list_invitations(&org).await?;
    let invited = invitations.iter().filter_map(|invitation| invitation.login.as_ref());
    let mut logins: BTreeSet<OrgLogin> =
        members.iter().map(|user| &user.login).chain(invited).map(spelt).collect();
    let strangers: BTreeSet<&OrgLogin> = named(file).filter(|login| !logins.contains(login)).collect();
    if strangers.len() > MAX_STRANGERS {
        return Err(annotate::too_many_strangers(path, file, strangers.len(), MAX_STRANGERS));
    }
    let found: Vec<(&OrgLogin, Option<Login>)> =
        stream::iter(strangers.into_iter().map(|login| find(client, login)))
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
    let mut missing = BTreeSet::new();
    for (login, user) in found {
        match user {
            Some(user) => logins.insert(spelt(&user)),
            None => missing.insert(login.clone()),
        };
    }
    let teams = client.list_teams(&org).await?.into_iter().map(|team| TeamName::new(team.name)).collect();
    let repos: BTreeMap<String, RepoName> = client
        .list_org_repos(&org)
        .await?
        .into_iter()
        .map(|repo| RepoName::new(repo.name))
        .map(|name| (name.key(), name))
        .collect();
    Ok(Spelling { org: spelt(&org), logins, missing, repos, teams })
}

/// Somebody by login; organizations and bots can't be members.
async fn find<'l>(client: &Client, login: &'l OrgLogin) -> Result<(&'l OrgLogin, Option<Login>), StepError> {
    let Ok(asked) = login.as_str().parse::<Login>() else { return Ok((login, None)) };
    let user = client.get_user(&asked).await?.filter(|user| user.kind == AccountType::User);
    Ok((login, user.map(|user| user.login)))
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

fn spelt(login: &Login) -> OrgLogin {
    OrgLogin::new(login.as_str())
}
