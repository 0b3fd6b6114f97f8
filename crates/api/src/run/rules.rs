//! The CEL rules of the spec, each tried with what it should refuse, without a cluster.

use rstest::rstest;
use serde_json::{Value, json};

use crate::PeribolosRun;

fn run(spec: Value) -> PeribolosRun {
    serde_json::from_value(json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun",
        "metadata": {"name": "acme-1-0123456789", "namespace": "test"}, "spec": spec,
    }))
    .unwrap()
}

fn minimal() -> Value {
    json!({"installationRef": {"name": "acme-1"}, "mode": "Apply"})
}

#[test]
fn the_shortest_spec_is_valid() {
    assert!(run(minimal()).validate_cel().is_ok());
}

#[rstest]
#[case(json!({"repository": "github"}), "owner/name")]
#[case(json!({"ref": "main"}), "full ref")]
#[case(json!({"sha": "abc"}), "whole commit id")]
#[case(json!({"sha": "A".repeat(40)}), "whole commit id")]
fn refuses_a_source_with_a_sentence(#[case] source: Value, #[case] sentence: &str) {
    let mut spec = minimal();
    spec["source"] = source;
    let error = format!("{:?}", run(spec).validate_cel().expect_err("the rule should refuse this"));
    assert!(error.contains(sentence), "{error}");
}

#[rstest]
#[case(json!({"mode": "Apply", "source": {"pullRequest": 7}}), "only for a DryRun")]
#[case(json!({"mode": "Dump", "source": {"pullRequest": 7}}), "only for a DryRun")]
#[case(json!({"trigger": {"sender": "alice"}}), "leave it out")]
#[case(json!({"trigger": {"at": "yesterday"}}), "RFC 3339")]
#[case(json!({"trigger": {"at": "2026-13-01T00:00:00Z"}}), "RFC 3339")]
#[case(json!({"trigger": {"at": "2026-01-01 00:00:00"}}), "RFC 3339")]
fn refuses_what_no_run_can_be(#[case] change: Value, #[case] sentence: &str) {
    let mut spec = minimal();
    for (field, value) in change.as_object().unwrap() {
        spec[field] = value.clone();
    }
    let error = format!("{:?}", run(spec).validate_cel().expect_err("the rule should refuse this"));
    assert!(error.contains(sentence), "{error}");
}

#[rstest]
#[case(json!({"mode": "DryRun", "source": {"pullRequest": 7}}))]
#[case(json!({"trigger": {"at": "2026-01-01T00:00:00Z"}}))]
#[case::of_the_receiver(json!({"trigger": {"at": "2026-01-01T00:00:00.123456789Z", "comment": {"id": 5, "issue": 7}}}))]
#[case(json!({"trigger": {"at": "2026-01-01T00:00:00+02:00"}}))]
fn takes_what_a_run_can_be(#[case] change: Value) {
    let mut spec = minimal();
    for (field, value) in change.as_object().unwrap() {
        spec[field] = value.clone();
    }
    assert!(run(spec).validate_cel().is_ok());
}

#[rstest]
#[case("mode", json!("DryRun"))]
#[case("installationRef", json!({"name": "other"}))]
#[case("source", json!({"sha": "0".repeat(40)}))]
#[case("source", json!({"pullRequest": 7}))]
#[case("trigger", json!({"sender": "mallory", "deliveryId": "d"}))]
fn the_spec_is_immutable(#[case] field: &str, #[case] value: Value) {
    let mut changed = minimal();
    changed[field] = value;
    assert!(run(changed).validate_cel_update(&run(minimal())).is_err());
}

#[test]
fn cancel_goes_one_way_only() {
    let mut cancelled = minimal();
    cancelled["cancel"] = json!(true);
    assert!(run(cancelled.clone()).validate_cel_update(&run(minimal())).is_ok());
    let error = format!("{:?}", run(minimal()).validate_cel_update(&run(cancelled)).unwrap_err());
    assert!(error.contains("can't be taken back"), "{error}");
}
