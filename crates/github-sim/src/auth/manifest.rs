//! The App's manifest: the one place where its permissions and events are written.

use serde::Deserialize;

use crate::state::Permissions;

const MANIFEST: &str = include_str!("../../../../docs/app-manifest.json");

/// The parts of the manifest that matter here.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) default_permissions: Permissions,
    pub(crate) default_events: Vec<String>,
}

impl Manifest {
    /// The manifest this was built with; a test holds that it parses.
    pub(crate) fn embedded() -> Self {
        serde_json::from_str(MANIFEST).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    #[test]
    fn the_embedded_manifest_parses() {
        let manifest = Manifest::embedded();
        assert_eq!(manifest.default_permissions.len(), 12);
        assert!(manifest.default_events.contains(&"push".to_owned()));
    }
}
