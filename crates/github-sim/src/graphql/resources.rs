//! GitHub's limit on what one query may touch: the answer then has only a part of the data, and an error that says so
//! (changelog of September 1, 2025). GitHub publishes no figure; here it is a number of nodes.

use serde_json::{Value, json};

use super::error::QueryError;

/// Keeps the first `most` nodes of an answer; the others become null, and an error is added that names the first list
/// that is not whole.
pub(super) fn limit(answer: &mut Value, most: u64) {
    let mut walk = Walk { left: most, path: Vec::new(), cut: None };
    if let Some(data) = answer.get_mut("data") {
        walk.value(data);
    }
    let Some(path) = walk.cut else { return };
    let error = QueryError::ResourceLimits;
    let told = json!({"type": error.kind(), "path": path, "message": error.to_string()});
    match answer.get_mut("errors").and_then(Value::as_array_mut) {
        Some(errors) => errors.push(told),
        None => answer["errors"] = json!([told]),
    }
}

struct Walk {
    left: u64,
    /// Where the walk is.
    path: Vec<Value>,
    /// The first list that lost something.
    cut: Option<Vec<Value>>,
}

impl Walk {
    fn value(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    self.path.push(json!(name));
                    self.value(field);
                    self.path.pop();
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate().filter(|(_, item)| item.is_object()) {
                    if self.left == 0 {
                        *item = Value::Null;
                        self.cut.get_or_insert_with(|| self.path.clone());
                        continue;
                    }
                    self.left -= 1;
                    self.path.push(json!(index));
                    self.value(item);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::limit;

    #[test]
    fn nodes_beyond_the_limit_are_null_and_the_first_cut_list_is_named() {
        let team = |slug: &str| json!({"slug": slug, "members": {"nodes": [{"login": "a"}, {"login": "b"}]}});
        let mut answer = json!({"data": {"organization": {"teams": {"nodes": [team("one"), team("two")]}}}});
        limit(&mut answer, 2);
        let nodes = &answer["data"]["organization"]["teams"]["nodes"];
        assert_eq!(nodes[0]["members"]["nodes"], json!([{"login": "a"}, null]));
        assert_eq!(nodes[1], json!(null));
        let error = json!([{
            "type": "RESOURCE_LIMITS_EXCEEDED",
            "path": ["organization", "teams", "nodes", 0, "members", "nodes"],
            "message": "Resource limits for this query exceeded.",
        }]);
        assert_eq!(answer["errors"], error);
    }

    #[test]
    fn what_is_within_the_limit_stays_as_it_is() {
        let mut answer = json!({"data": {"nodes": [{"id": "a"}, null, {"id": "b"}]}});
        let before = answer.clone();
        limit(&mut answer, 2);
        assert_eq!(answer, before);
    }
}
