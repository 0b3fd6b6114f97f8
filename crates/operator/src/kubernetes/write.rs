//! The parameters of writes: the field manager, a patch whose tests are the preconditions of the decision, and the remaining
//! finalizers.

use kube::{
    ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
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

/// The finalizers of an object except this one.
pub fn without_finalizer(object: &impl ResourceExt, finalizer: &str) -> Vec<String> {
    object.finalizers().iter().filter(|there| *there != finalizer).cloned().collect()
}

/// A patch of these operations: all of them, or none where a test fails.
///
/// # Errors
/// Where they are no list of operations.
pub fn json_patch(operations: Value) -> Result<Patch<()>, CallError> {
    Ok(Patch::Json(serde_json::from_value(operations).map_err(kube::Error::SerdeError)?))
}
