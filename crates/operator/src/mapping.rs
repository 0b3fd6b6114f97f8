//! A YAML file that holds the fields of a mapping.

use serde_json::{Map, Value};

/// The fields in a text; nothing is an empty mapping.
///
/// # Errors
/// What is wrong with it. `otherwise` says what to write where it holds something else than a mapping.
pub fn fields(text: &str, otherwise: &str) -> Result<Map<String, Value>, String> {
    match serde_saphyr::from_str::<Option<Value>>(text).map_err(|error| error.to_string())? {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err(otherwise.to_owned()),
    }
}
