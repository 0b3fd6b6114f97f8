//! Before a Dump, a missing config repository is created as a private one, if the installation's spec allows it.

use peribolos_github::{Login, client::NewRepository};

use super::RunContext;
use crate::controller::run::error::Error;

/// Ensures that the repository exists. `Err`: it does not, with the reason as a sentence.
pub(super) async fn ensure(at: RunContext<'_>) -> Result<Result<(), String>, Error> {
    let (github, repository) = (at.github().await?, &at.repository()?);
    match github.get_repo(repository).await {
        Ok(_) => return Ok(Ok(())),
        Err(error) if !error.is_not_found() => return Err(error.into()),
        Err(_) => {}
    }
    if !at.installation.spec.onboarding.create_repository {
        return Ok(Err(format!("{repository} does not exist, and onboarding.createRepository is false")));
    }
    let organization: Login = at.login().parse()?;
    let new = NewRepository {
        name: repository.name.clone(),
        private: true,
        description: "Members, teams and repositories of this organization, as code".to_owned(),
        auto_init: true,
    };
    match github.create_org_repo(&organization, &new).await {
        Ok(_) => Ok(Ok(())),
        // With "selected repositories" an existing one outside the selection is not seen, but its name is taken.
        Err(error) if error.is_unprocessable() => Ok(Err(format!(
            "{repository} exists, but the App was not given access to it: add it to the installation"
        ))),
        Err(error) => Err(error.into()),
    }
}
