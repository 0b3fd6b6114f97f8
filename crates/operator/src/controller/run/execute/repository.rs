//! Before a Dump, a missing config repository is created as a private one.

use peribolos_api::Reason;
use peribolos_core::{
    config::{ConfigFound, inaccessible},
    run::answer::Answer,
};
use peribolos_github::{FullName, Login, client::NewRepository};

use super::RunContext;
use crate::{controller::run::error::Error, services::config::repository};

/// Creates the repository of this name, unless it exists by now.
pub(super) async fn create(at: RunContext<'_>, name: &str) -> Result<Answer, Error> {
    let organization: Login = at.login().parse()?;
    let (github, full_name) = (at.github().await?, FullName::new(organization.clone(), name)?);
    match github.get_repo(&full_name).await {
        // Who created it meanwhile is not known: the next lookup decides about it.
        Ok(_) => return Ok(Answer::Config(at.lookup(&github).find(&[]).await?)),
        Err(error) if !error.is_not_found() => return Err(error.into()),
        Err(_) => {}
    }
    let new = NewRepository {
        name: name.to_owned(),
        private: true,
        description: "Members, teams and repositories of this organization, as code".to_owned(),
        auto_init: true,
    };
    match github.create_org_repo(&organization, &new).await {
        Ok(created) => Ok(Answer::Created(repository(created))),
        // With "selected repositories" an existing one outside the selection is not seen, but its name is taken.
        Err(error) if error.is_unprocessable() => {
            let message = inaccessible(at.login(), name);
            Ok(Answer::Config(ConfigFound::unusable(Reason::ConfigMissing, message)))
        }
        Err(error) => Err(error.into()),
    }
}
