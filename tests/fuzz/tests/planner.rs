//! Whatever the organization and the file: a dump changes nothing, and what was applied is not planned again.
#![allow(clippy::expect_used, clippy::panic, reason = "a target ends by panicking")]

use peribolos_org::{
    Snapshot, dump, parse,
    plan::{Kind, Lookups, Plan, Scope, plan},
    testing::{Case, case_from_bytes},
};

fn everything() -> Scope {
    let mut scope = Scope::usual();
    scope.manage.insert(Kind::Collaborators);
    scope
}

fn plan_for(case: &Case, snapshot: &Snapshot) -> Plan {
    let parsed =
        parse(&case.yaml, "peribolos.yaml", Some("acme")).expect("cases have files that can be read");
    plan(&parsed.file, snapshot, &Lookups::default(), &everything())
}

#[test]
fn any_organization_and_file() {
    bolero::check!(name = "planner").with_max_len(4_096).for_each(|bytes: &[u8]| {
        let Some(case) = case_from_bytes(bytes) else { return };
        let nothing = plan(&dump(&case.snapshot).file, &case.snapshot, &Lookups::default(), &everything());
        assert_eq!(nothing.operations, [], "a dump changes something");

        let first = plan_for(&case, &case.snapshot);
        if first.refusals.is_empty() {
            let second = plan_for(&case, &first.expected(&case.snapshot));
            assert_eq!(second.operations, [], "planned again after {:#?}", first.operations);
        }
    });
}
