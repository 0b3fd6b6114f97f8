//! The config repository answers from elsewhere: it was renamed or moved, or its organization was renamed.
//!
//! No redirect is followed: it may lead to another host, and the token is for this one.

use jiff::Timestamp;
use kube::ResourceExt;
use peribolos_core::{event::Action, run::moved};
use peribolos_github::Login;

use super::{case::Case, error::Error};
use crate::kubernetes::client::call;

/// Looks where the repository is that `error` says was moved, and gives the sentence with which the run ends.
///
/// # Errors
/// When it is the organization that has another name by now: then the installation is looked at again, and the run goes
/// on afterwards. Or when looking failed.
pub(super) async fn explain(case: &Case<'_>, error: peribolos_github::Error) -> Result<String, Error> {
    let repository = case.repository()?;
    let organization: Login = case.login().unwrap_or_default().parse()?;
    let repositories = match case.github().await?.list_org_repos(&organization).await {
        Err(error) if error.is_not_found() => {
            let name = case.installation.name_any();
            let delivery = format!("run-{}-{}", case.name(), Timestamp::now());
            call(case.ctx.healer().perform(vec![Action::Recheck { name }], &delivery)).await?;
            return Err(Error::OrganizationRenamed(organization.to_string()));
        }
        other => other?,
    };
    let now = repositories.iter().find(|found| Some(found.id) == error.moved_to());
    let now = now.map(|found| found.full_name.to_string());
    Ok(moved::sentence(&repository.to_string(), now.as_deref()))
}
