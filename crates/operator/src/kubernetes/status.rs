//! Changes of an installation's status, carried out only if nothing that the decision was based on has changed.

use kube::{Api, ResourceExt};
use peribolos_api::GitHubInstallation;
use serde_json::{Map, Value, json};

use super::{
    client::{CallError, call},
    write::{json_patch, patch_by},
};

/// The fields of a status, as the API server has them.
pub fn fields(installation: &GitHubInstallation) -> Map<String, Value> {
    match serde_json::to_value(&installation.status) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Writes these fields, if they have not changed; null removes one.
pub fn set(installation: &GitHubInstallation, desired: &Map<String, Value>) -> Vec<Value> {
    let there = fields(installation);
    let mut operations = Vec::new();
    for (field, value) in desired {
        let path = format!("/status/{field}");
        let before = there.get(field).cloned().unwrap_or_default();
        operations.push(json!({"op": "test", "path": path, "value": before}));
        match value {
            Value::Null if before.is_null() => {}
            Value::Null => operations.push(json!({"op": "remove", "path": path})),
            value => operations.push(json!({"op": "add", "path": path, "value": value})),
        }
    }
    operations
}

/// Tests the number that is part of the names of runs which the operator makes by itself, and raises it.
pub fn raise_sequence(installation: &GitHubInstallation) -> [Value; 2] {
    let sequence = installation.status.as_ref().and_then(|status| status.heal_sequence);
    [
        json!({"op": "test", "path": "/status/healSequence", "value": sequence}),
        json!({"op": "add", "path": "/status/healSequence", "value": sequence.unwrap_or(0) + 1}),
    ]
}

/// Carries out these operations on exactly this object, and returns it as it is then. None: a test failed, or it was deleted.
///
/// # Errors
/// When the request to the API server fails.
pub async fn patch(
    api: &Api<GitHubInstallation>,
    manager: &str,
    installation: &GitHubInstallation,
    operations: impl IntoIterator<Item = Value>,
) -> Result<Option<GitHubInstallation>, CallError> {
    let same = json!({"op": "test", "path": "/metadata/uid", "value": installation.metadata.uid});
    let patch = json_patch(Value::Array([same].into_iter().chain(operations).collect()))?;
    match call(api.patch_status(&installation.name_any(), &patch_by(manager), &patch)).await {
        Ok(written) => Ok(Some(written)),
        Err(error) if error.is_refused() || error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
