//! What was written: the writes in the simulator's log of requests.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::organization::Organization;
use crate::write::{Write, path_of};

/// How many requests of an organization were there at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

/// The present end of the log.
///
/// # Errors
/// When the simulator does not answer.
pub async fn mark(organization: &Organization) -> Result<Mark> {
    Ok(Mark(organization.requests().await?.len()))
}

/// The writes since a mark, in order, all of them accepted.
///
/// # Errors
/// When the simulator does not answer, or one was refused: nothing here asks for what GitHub refuses.
pub async fn accepted(organization: &Organization, since: Mark) -> Result<Vec<Write>> {
    let org = organization.login().as_str();
    let mut writes = Vec::new();
    for request in organization.requests().await?.split_off(since.0) {
        let (method, path) = (text(&request["method"]), text(&request["path"]));
        if method == "GET" || path == "/graphql" {
            continue;
        }
        let answered = request["status"].as_u64().is_some_and(|status| status < 300);
        ensure!(answered, "refused with {}: {method} {path}", request["status"]);
        let fields = request["body"].as_object().into_iter().flatten();
        let body = fields.map(|(field, value)| (field.clone(), text(value))).collect();
        writes.push(Write { method, path: path_of(org, &path), body });
    }
    Ok(writes)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
