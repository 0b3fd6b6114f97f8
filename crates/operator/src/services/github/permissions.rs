//! The permissions of the App, as its manifest asks for them.

use std::sync::LazyLock;

use peribolos_github::Permissions;
use serde::Deserialize;

/// The permissions that are optional: without them the App works, but reads less.
const OPTIONAL: [&str; 4] =
    ["merge_queues", "organization_custom_org_roles", "organization_custom_roles", "organization_plan"];

/// The permissions that the App's manifest asks for.
pub static REQUESTED: LazyLock<Permissions> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Manifest {
        default_permissions: Permissions,
    }
    let text = include_str!("../../../../../docs/app-manifest.json");
    #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
    let manifest: Manifest = serde_json::from_str(text).expect("docs/app-manifest.json is an App's manifest");
    manifest.default_permissions
});

/// Those of them that the App requires.
pub static REQUIRED: LazyLock<Permissions> = LazyLock::new(|| {
    let mut required = REQUESTED.clone();
    required.retain(|name, _| !OPTIONAL.contains(&name.as_str()));
    required
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_asks_for_what_the_design_says() {
        assert_eq!(REQUIRED.len(), 8);
        assert_eq!(REQUIRED.iter().filter(|(_, level)| *level == "write").count(), 7);
        assert_eq!(REQUIRED["metadata"], "read");
        assert!(OPTIONAL.iter().all(|name| REQUESTED[*name] == "read"));
        assert_eq!(REQUESTED.len(), REQUIRED.len() + OPTIONAL.len());
    }
}
