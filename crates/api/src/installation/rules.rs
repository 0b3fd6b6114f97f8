//! The CEL rules of the spec, each tried with what it should refuse, without a cluster.

use rstest::rstest;
use serde_json::{Value, json};

use crate::GitHubInstallation;

fn installation(patch: &Value) -> GitHubInstallation {
    let mut object = json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
        "metadata": {"name": "acme-1", "namespace": "test"},
        "spec": {"installationId": 1},
    });
    merge(&mut object, patch);
    serde_json::from_value(object).unwrap()
}

fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (Value::Object(into), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, patch) => *into = patch.clone(),
    }
}

fn complaint(patch: &Value) -> Option<String> {
    installation(patch).validate_cel().err().map(|errors| format!("{errors:?}"))
}

#[test]
fn the_shortest_spec_is_valid() {
    assert_eq!(complaint(&json!({})), None);
}

#[rstest]
#[case(json!({"metadata": {"name": "a".repeat(51)}}), "at most 50 characters")]
#[case(json!({"spec": {"config": {"repository": "acme/.github"}}}), "without its owner")]
#[case(json!({"spec": {"config": {"repository": ".."}}}), "without its owner")]
#[case(json!({"spec": {"config": {"path": "/peribolos.yaml"}}}), "relative to the root")]
#[case(json!({"spec": {"config": {"path": "a/../b"}}}), "relative to the root")]
#[case(json!({"spec": {"config": {"branch": "refs/heads/main"}}}), "short name")]
#[case(json!({"spec": {"token": {"secretName": "Nope"}}}), "valid name of a Secret")]
#[case(json!({"spec": {"token": {"refreshInterval": "56m"}}}), "from 1m to 55m")]
#[case(json!({"spec": {"token": {"refreshInterval": "59s"}}}), "from 1m to 55m")]
#[case(json!({"spec": {"token": {"expiryMargin": "0s"}}}), "from 1m to 55m")]
#[case(json!({"spec": {"token": {"refreshInterval": "40m", "expiryMargin": "21m"}}}), "at most 60m")]
#[case(json!({"spec": {"run": {"timeout": "25h"}}}), "from 1m to 24h")]
#[case(json!({"spec": {"run": {"driftCheck": "30s"}}}), "at least 1m")]
#[case(json!({"spec": {"run": {"taskRef": "My Task"}}}), "name of a Task")]
#[case(json!({"spec": {"run": {"serviceAccountName": "X"}}}), "name of a ServiceAccount")]
#[case(json!({"spec": {"run": {"manage": ["Org", "TeamRepos"]}}}), "need Teams")]
#[case(json!({"spec": {"guards": {"requiredAdmins": ["a b"]}}}), "GitHub logins")]
fn refuses_with_a_sentence(#[case] patch: Value, #[case] sentence: &str) {
    let error = complaint(&patch).expect("the rule should refuse this");
    assert!(error.contains(sentence), "{error}");
}

#[rstest]
#[case(json!({"spec": {"token": {"refreshInterval": "45m", "expiryMargin": "15m"}}}))]
#[case(json!({"spec": {"token": {"refreshInterval": "1m", "expiryMargin": "1m"}}}))]
#[case(json!({"spec": {"run": {"driftCheck": "0s"}}}))]
#[case(json!({"spec": {"run": {"manage": []}}}))]
#[case(json!({"spec": {"config": {"path": "org/peribolos.yaml", "branch": "release/1.x"}}}))]
fn accepts_the_edges(#[case] patch: Value) {
    assert_eq!(complaint(&patch), None);
}

#[test]
fn the_installation_id_is_immutable() {
    let old = installation(&json!({}));
    let new = installation(&json!({"spec": {"installationId": 2}}));
    let error = format!("{:?}", new.validate_cel_update(&old).unwrap_err());
    assert!(error.contains("installationId can't be changed"), "{error}");
}
