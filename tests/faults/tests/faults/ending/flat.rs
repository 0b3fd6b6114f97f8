//! JSON as lines: a path and a value each.

use serde_json::Value;

/// Keys whose values differ each time and mean nothing. A `comment` is the number of one.
const PASSING: [&str; 10] = [
    "id",
    "comment",
    "node_id",
    "created_at",
    "updated_at",
    "closed_at",
    "merged_at",
    "started_at",
    "completed_at",
    "pushed_at",
];

/// Each value that is neither null nor empty, with its path below `path`.
pub fn flatten(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                if !PASSING.contains(&key.as_str()) && key != "url" && !key.ends_with("_url") {
                    flatten(&format!("{path}.{key}"), value, lines);
                }
            }
        }
        Value::Array(all) => {
            for (index, value) in all.iter().enumerate() {
                flatten(&format!("{path}[{index}]"), value, lines);
            }
        }
        Value::String(text) => lines.push(format!("{path}: {text}")),
        other => lines.push(format!("{path}: {other}")),
    }
}
