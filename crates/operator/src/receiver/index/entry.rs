//! What is kept of an object.

use kube::core::DeserializeGuard;
use peribolos_api::GitHubInstallation;

/// An installation by its id; `None`: it can't be read.
pub(super) fn installation(
    object: DeserializeGuard<GitHubInstallation>,
) -> Option<(i64, GitHubInstallation)> {
    match object.0 {
        Ok(mut object) => {
            object.metadata.managed_fields = None;
            Some((object.spec.installation_id, object))
        }
        Err(invalid) => {
            tracing::warn!(name = invalid.metadata.name, error = %invalid, "a GitHubInstallation can't be read");
            None
        }
    }
}
