//! What each Secret's token may do.

use std::collections::BTreeMap;

use peribolos_api::Reason;
use peribolos_core::{
    installation_status::{Finding, read_only},
    names::RunToken,
};
use peribolos_github::TokenScope;

use super::{TokenError, TokenOwner};
use crate::services::github::REQUESTED;

/// The scope of a token: all permissions of the installation, or those for which an additional token is made.
///
/// # Errors
/// If it is for the config repository alone and that was not found yet.
pub(super) fn scope(owner: &TokenOwner<'_>, kind: Option<RunToken>) -> Result<TokenScope, TokenError> {
    let levels = |pairs: &[(&str, &str)]| -> Option<BTreeMap<String, String>> {
        Some(pairs.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect())
    };
    // By its id: a token for the name would be for another repository once that has the name.
    let config_repository = || {
        let missing = "the repository that holds the organization's file was not found yet";
        let id = owner.config_repository.ok_or(missing);
        let id =
            id.map_err(|message| TokenError::NotEntitled(Finding::new(Reason::ConfigMissing, message)))?;
        Ok::<_, TokenError>(Some(vec![id.unsigned_abs()]))
    };
    Ok(match kind {
        None => TokenScope::default(),
        Some(RunToken::Read) => {
            TokenScope { permissions: Some(read_only(&REQUESTED, owner.granted)), ..TokenScope::default() }
        }
        Some(RunToken::File) => TokenScope {
            repository_ids: config_repository()?,
            permissions: levels(&[("contents", "read")]),
            ..TokenScope::default()
        },
        Some(RunToken::Dump) => TokenScope {
            repository_ids: config_repository()?,
            permissions: levels(&[("contents", "write"), ("issues", "write"), ("pull_requests", "write")]),
            ..TokenScope::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::github::REQUIRED;

    #[test]
    fn each_runs_token_is_as_small_as_its_purpose() {
        let owner = TokenOwner::sample(&REQUIRED);
        assert_eq!(scope(&owner, None).unwrap(), TokenScope::default());
        let read = scope(&owner, Some(RunToken::Read)).unwrap();
        assert_eq!((read.repositories, read.repository_ids), (None, None));
        assert!(read.permissions.unwrap().values().all(|level| level == "read"));
        for (kind, permissions) in [(RunToken::File, 1), (RunToken::Dump, 3)] {
            let scope = scope(&owner, Some(kind)).unwrap();
            assert_eq!(scope.repository_ids, Some(vec![5]));
            assert_eq!(scope.permissions.unwrap().len(), permissions);
        }
    }

    #[test]
    fn no_token_is_for_a_repository_that_is_not_known() {
        let owner = TokenOwner { config_repository: None, ..TokenOwner::sample(&REQUIRED) };
        for kind in [RunToken::File, RunToken::Dump] {
            assert!(matches!(scope(&owner, Some(kind)), Err(TokenError::NotEntitled(_))));
        }
    }
}
