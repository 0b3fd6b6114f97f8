//! How GitHub spells the names in the file.

use std::collections::BTreeSet;

use peribolos_github::{Client, Login, client::MemberRole};
use peribolos_org::{Login as OrgLogin, RepoName, Spelling, TeamName};

use super::StepError;

/// Asks for the organization, its people, teams and repositories: a few calls, whatever the file holds.
pub(super) async fn spelling(client: &Client, login: &Login) -> Result<Spelling, StepError> {
    let org = client.get_organization(login).await?.login;
    let members = client.list_members(&org, MemberRole::All).await?;
    let invitations = client.list_invitations(&org).await?;
    let invited = invitations.iter().filter_map(|invitation| invitation.login.as_ref());
    let logins = members.iter().map(|user| &user.login).chain(invited).map(spelt).collect();
    let teams = client.list_teams(&org).await?.into_iter().map(|team| TeamName::new(team.name)).collect();
    let repos = client.list_org_repos(&org).await?.into_iter().map(|repo| RepoName::new(repo.name));
    let repos = repos.map(|name| (name.key(), name)).collect();
    Ok(Spelling { org: spelt(&org), logins, missing: BTreeSet::new(), repos, teams })
}

fn spelt(login: &Login) -> OrgLogin {
    OrgLogin::new(login.as_str())
}
