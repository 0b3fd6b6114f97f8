//! Whatever the organization and the file: a dump changes nothing, and what was applied is not planned without end.
#![allow(clippy::expect_used, clippy::panic, reason = "a target ends by panicking")]

use std::collections::BTreeSet;

use peribolos_org::{
    Snapshot, Spelling, dump, parse,
    plan::{Plan, Scope, Stage, plan},
    settle,
    testing::{Case, case_from_bytes},
};

fn everything() -> Scope {
    let mut scope = Scope::usual();
    scope.manage.insert(Stage::Collaborators);
    scope
}

fn plan_for(case: &Case, snapshot: &Snapshot) -> Plan {
    let parsed =
        parse(&case.yaml, "peribolos.yaml", Some("acme")).expect("cases have files that can be read");
    let settled = settle(&parsed.file, &Spelling::of_snapshot(snapshot, BTreeSet::new()));
    plan(&settled.file, &[], snapshot, &everything())
}

#[test]
fn any_organization_and_file() {
    bolero::check!(name = "planner").with_max_len(4_096).for_each(|bytes: &[u8]| {
        let Some(case) = case_from_bytes(bytes) else { return };
        let nothing = plan(&dump(&case.snapshot).file, &[], &case.snapshot, &everything());
        assert_eq!(nothing.operations, [], "a dump changes something");

        let mut now = case.snapshot.clone();
        for round in 1..=3 {
            let next = plan_for(&case, &now);
            if !next.refusals.is_empty() {
                return;
            }
            if next.operations.iter().all(|operation| !operation.lasting) {
                return;
            }
            assert!(round < 3, "not done after two runs: {:#?}", next.operations);
            now = next.expected(&now);
        }
    });
}
