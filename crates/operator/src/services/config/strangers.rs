//! Who controls a repository without being an owner of its organization.

use peribolos_github::{Client, FullName, Login, client::MemberRole};

use super::ConfigError;

/// Who can administer the repository and is no owner of the organization.
///
/// # Errors
/// If GitHub can't be asked.
pub(crate) async fn strangers(github: &Client, repository: &FullName) -> Result<Vec<String>, ConfigError> {
    let (administrators, owners) = tokio::try_join!(
        github.administrators(repository),
        github.list_members(&repository.owner, MemberRole::Admin)
    )?;
    let is_owner = |login: &Login| owners.iter().any(|owner| owner.login == *login);
    Ok(administrators.iter().filter(|login| !is_owner(login)).map(ToString::to_string).collect())
}
