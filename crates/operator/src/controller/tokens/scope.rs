//! What each Secret's token may do.

use std::{collections::BTreeMap, sync::LazyLock};

use peribolos_core::{installation_status::read_only, names::RunToken};
use peribolos_github::{Permissions, TokenScope};
use serde::Deserialize;

use super::Holder;

/// The permissions that the App works without, though it then knows less.
const OPTIONAL: [&str; 3] =
    ["organization_custom_org_roles", "organization_custom_roles", "organization_plan"];

/// The permissions that the App's manifest asks for.
pub static ASKED: LazyLock<Permissions> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Manifest {
        default_permissions: Permissions,
    }
    let text = include_str!("../../../../../docs/app-manifest.json");
    #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
    let manifest: Manifest = serde_json::from_str(text).expect("docs/app-manifest.json is an App's manifest");
    manifest.default_permissions
});

/// Those of them that the App can't work without.
pub static REQUIRED: LazyLock<Permissions> = LazyLock::new(|| {
    let mut required = ASKED.clone();
    required.retain(|name, _| !OPTIONAL.contains(&name.as_str()));
    required
});

/// What a token may do: everything the installation may, or what a run's additional one is for.
pub(super) fn scope(holder: &Holder<'_>, kind: Option<RunToken>) -> TokenScope {
    let levels = |pairs: &[(&str, &str)]| -> Option<BTreeMap<String, String>> {
        Some(pairs.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect())
    };
    let config_repository = || Some(vec![holder.config_repository.to_owned()]);
    match kind {
        None => TokenScope::default(),
        Some(RunToken::Read) => {
            TokenScope { repositories: None, permissions: Some(read_only(&ASKED, holder.granted)) }
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

    #[test]
    fn the_manifest_asks_for_what_the_design_says() {
        assert_eq!(REQUIRED.len(), 8);
        assert_eq!(REQUIRED.iter().filter(|(_, level)| *level == "write").count(), 7);
        assert_eq!(REQUIRED["metadata"], "read");
        assert!(OPTIONAL.iter().all(|name| ASKED[*name] == "read"));
        assert_eq!(ASKED.len(), REQUIRED.len() + OPTIONAL.len());
    }

    #[test]
    fn each_runs_token_is_as_small_as_its_purpose() {
        let holder = Holder::sample(&REQUIRED);
        assert_eq!(scope(&holder, None), TokenScope::default());
        let read = scope(&holder, Some(RunToken::Read));
        assert_eq!(read.repositories, None);
        assert!(read.permissions.unwrap().values().all(|level| level == "read"));
        for (kind, permissions) in [(RunToken::File, 1), (RunToken::Dump, 3)] {
            let scope = scope(&holder, Some(kind));
            assert_eq!(scope.repositories, Some(vec![".github".to_owned()]));
            assert_eq!(scope.permissions.unwrap().len(), permissions);
        }
    }
}
