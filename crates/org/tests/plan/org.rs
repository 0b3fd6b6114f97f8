//! The organization's settings.

use peribolos_org::plan::{Scope, Stage};

use crate::support::{acme, file, operations, plan_of, shown};

#[test]
fn what_differs_is_one_write_and_what_is_not_given_is_left_alone() {
    let yaml =
        file("    description: Better rockets\n    name: Acme\n    has_organization_projects: false\n");
    let expected = [
        "edit org, Description \"Rockets\" -> \"Better rockets\", HasOrganizationProjects \"true\" -> \"false\"",
    ];
    assert_eq!(operations(&yaml, &acme()), expected);
    let plan = plan_of(&yaml, &acme(), &Scope::usual());
    assert_eq!(plan.operations[0].line, Some(5));
}

#[test]
fn an_empty_text_clears() {
    let yaml = file("    description: \"\"\n");
    assert_eq!(operations(&yaml, &acme()), ["edit org, Description \"Rockets\" -> \"\""]);
}

#[test]
fn nothing_is_written_of_a_stage_that_is_not_managed() {
    let yaml = file("    description: Better rockets\n");
    let mut scope = Scope::usual();
    scope.manage.remove(&Stage::Org);
    assert_eq!(shown(&plan_of(&yaml, &acme(), &scope)), [""; 0]);
}

#[test]
fn what_the_token_may_not_see_reads_as_false_or_empty_and_is_sent_each_time() {
    let mut snapshot = acme();
    snapshot.billing_email = None;
    snapshot.members_can_create_repositories = None;
    let yaml = file("    billing_email: b@acme.example\n    members_can_create_repositories: false\n");
    assert_eq!(operations(&yaml, &snapshot), ["(edit org, BillingEmail \"?\" -> \"b@acme.example\")"]);
}
