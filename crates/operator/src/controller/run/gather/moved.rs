//! The current location of a config repository that was renamed or moved, or whose organization was renamed.
//!
//! No redirect is followed: it may lead to another host, and the token is for this one.

use peribolos_core::run::facts::NewName;
use peribolos_github::Login;

use super::RunContext;
use crate::controller::run::error::Error;

/// Fetches the current name of the repository with that id.
pub(super) async fn look(at: RunContext<'_>, number: Option<u64>) -> Result<NewName, Error> {
    let organization: Login = at.login().parse()?;
    let repositories = match at.github().await?.list_org_repos(&organization).await {
        Err(error) if error.is_not_found() => return Ok(NewName::Organization(organization.to_string())),
        other => other?,
    };
    let now = repositories.iter().find(|found| Some(found.id) == number);
    Ok(now.map_or(NewName::Unseen, |found| NewName::Renamed(found.full_name.to_string())))
}
