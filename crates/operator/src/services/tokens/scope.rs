//! What each Secret's token may do.

use std::collections::BTreeMap;

use peribolos_core::{installation_status::read_only, names::RunToken};
use peribolos_github::TokenScope;

use super::TokenOwner;
use crate::services::github::REQUESTED;

/// The scope of a token: all permissions of the installation, or those for which an additional token is made.
pub(super) fn scope(owner: &TokenOwner<'_>, kind: Option<RunToken>) -> TokenScope {
    let levels = |pairs: &[(&str, &str)]| -> Option<BTreeMap<String, String>> {
        Some(pairs.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect())
    };
    let config_repository = || Some(vec![owner.config_repository.to_owned()]);
    match kind {
        None => TokenScope::default(),
        Some(RunToken::Read) => {
            TokenScope { repositories: None, permissions: Some(read_only(&REQUESTED, owner.granted)) }
        }
        Some(RunToken::File) => {
            TokenScope { repositories: config_repository(), permissions: levels(&[("contents", "read")]) }
        }
        Some(RunToken::Dump) => TokenScope {
            repositories: config_repository(),
            permissions: levels(&[("contents", "write"), ("issues", "write"), ("pull_requests", "write")]),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::github::REQUIRED;

    #[test]
    fn each_runs_token_is_as_small_as_its_purpose() {
        let owner = TokenOwner::sample(&REQUIRED);
        assert_eq!(scope(&owner, None), TokenScope::default());
        let read = scope(&owner, Some(RunToken::Read));
        assert_eq!(read.repositories, None);
        assert!(read.permissions.unwrap().values().all(|level| level == "read"));
        for (kind, permissions) in [(RunToken::File, 1), (RunToken::Dump, 3)] {
            let scope = scope(&owner, Some(kind));
            assert_eq!(scope.repositories, Some(vec![".github".to_owned()]));
            assert_eq!(scope.permissions.unwrap().len(), permissions);
        }
    }
}
