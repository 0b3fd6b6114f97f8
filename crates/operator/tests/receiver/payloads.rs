//! Payloads in GitHub's form, with the fields that are read; `examples` has GitHub's own.

use serde_json::{Value, json};

use crate::harness::APP_ID;

pub const SHA: &str = "1111111111111111111111111111111111111111";
const ZERO: &str = "0000000000000000000000000000000000000000";

/// What every event of acme's `.github` repository has, with more.
fn of_acme(more: Value) -> Value {
    let mut payload = json!({
        "installation": {"id": 1},
        "repository": {"full_name": "acme/.github", "default_branch": "main", "owner": {"login": "acme", "type": "Organization"}},
        "organization": {"login": "acme"},
        "sender": {"login": "alice", "type": "User"},
    });
    merge(&mut payload, more);
    payload
}

/// Puts fields into a payload.
pub fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            from.into_iter().for_each(|(key, value)| merge(into.entry(key).or_insert(Value::Null), value));
        }
        (into, from) => *into = from,
    }
}

/// The same payload with other fields.
pub fn with(mut payload: Value, more: Value) -> Value {
    merge(&mut payload, more);
    payload
}

pub fn installation(action: &str, id: i64) -> Value {
    json!({
        "action": action,
        "installation": {"id": id, "app_id": APP_ID, "account": {"login": "acme", "type": "Organization"}},
        "sender": {"login": "alice", "type": "User"},
    })
}

pub fn push() -> Value {
    of_acme(json!({
        "ref": "refs/heads/main", "before": ZERO.replace('0', "2"), "after": SHA,
        "created": false, "deleted": false, "forced": false,
        "commits": [{"added": [], "modified": ["peribolos.yaml"], "removed": []}],
    }))
}

pub fn pull_request(action: &str) -> Value {
    let side = |branch: &str| json!({"ref": branch, "sha": SHA, "repo": {"full_name": "acme/.github"}});
    of_acme(json!({
        "action": action, "number": 7,
        "pull_request": {"draft": false, "merged": false, "base": side("main"), "head": side("change")},
    }))
}

pub fn comment(body: &str) -> Value {
    of_acme(json!({
        "action": "created",
        "issue": {"number": 7, "pull_request": {"url": "x"}},
        "comment": {"id": 5, "body": body, "author_association": "MEMBER", "performed_via_github_app": null},
    }))
}

pub fn merge_group(git_ref: &str) -> Value {
    of_acme(json!({
        "action": "checks_requested",
        "merge_group": {"head_sha": SHA, "head_ref": git_ref, "base_ref": "refs/heads/main", "base_sha": SHA},
    }))
}

pub fn check_run(external_id: &str) -> Value {
    of_acme(json!({
        "action": "rerequested",
        "check_run": {"id": 3, "name": "peribolos", "head_sha": SHA, "app": {"id": APP_ID}, "external_id": external_id,
                      "pull_requests": []},
    }))
}

pub fn check_suite() -> Value {
    of_acme(json!({
        "action": "rerequested",
        "check_suite": {"head_sha": SHA, "app": {"id": APP_ID}, "pull_requests": []},
    }))
}

/// An event of another kind about the installation.
pub fn change(action: &str) -> Value {
    of_acme(json!({"action": action, "account": {"login": "acme", "type": "Organization"}}))
}
