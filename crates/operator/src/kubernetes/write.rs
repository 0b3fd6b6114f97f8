//! What every write is sent with: whose fields they are, and a patch whose tests say what it was decided on.

use kube::api::{Patch, PatchParams, PostParams};
use serde_json::Value;

use super::client::CallError;

/// A create or replace whose fields are `manager`'s.
pub fn post_by(manager: &str) -> PostParams {
    PostParams { field_manager: Some(manager.to_owned()), ..PostParams::default() }
}

/// A patch whose fields are `manager`'s.
pub fn patch_by(manager: &str) -> PatchParams {
    PatchParams { field_manager: Some(manager.to_owned()), ..PatchParams::default() }
}

/// A patch of these operations: all of them, or none where a test fails.
///
/// # Errors
/// Where they are no list of operations.
pub fn json_patch(operations: Value) -> Result<Patch<()>, CallError> {
    Ok(Patch::Json(serde_json::from_value(operations).map_err(kube::Error::SerdeError)?))
}
