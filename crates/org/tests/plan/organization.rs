//! Settings of the organization.

use peribolos_org::plan::Kind;

use crate::support::{acme, everything, file, operations, org_key, plan_of, shown, usual, warnings};

#[test]
fn what_gives_comes_before_what_takes() {
    let yaml = file("").replace(
        "    admins:",
        "    description: New\n    company: Acme\n    default_repository_permission: read\n    \
         members_can_create_repositories: false\n    has_organization_projects: false\n    admins:",
    );
    let mut snapshot = acme();
    assert_eq!(
        operations(&yaml, &snapshot),
        [
            "3 edit org, description \"Rockets\" -> \"New\", company \"\" -> \"Acme\", \
             default_repository_permission \"none\" -> \"read\"",
            "14 edit org, members_can_create_repositories \"true\" -> \"false\", \
             has_organization_projects \"true\" -> \"false\"",
        ]
    );
    snapshot.settings.insert(org_key("default_repository_permission"), "write".to_owned());
    assert!(operations(&yaml, &snapshot)[1].contains("default_repository_permission \"write\" -> \"read\""));
}

#[test]
fn what_is_not_known_is_left_as_it_is() {
    let mut snapshot = acme();
    snapshot.settings.remove(&org_key("billing_email"));
    let yaml = file("    billing_email: new@acme.example\n    description: Rockets\n");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(
        warnings(&plan),
        ["5: GitHub does not show `billing_email` of the organization (it is left as it is)"]
    );
}

#[test]
fn nothing_is_planned_of_what_is_not_managed() {
    let mut scope = everything();
    scope.manage.remove(&Kind::Org);
    assert_eq!(shown(&plan_of(&file("    description: New\n"), &acme(), &scope)), [""; 0]);
}

#[test]
fn settings_that_decide_the_same_are_warned_of() {
    let yaml = file(
        "    members_can_create_repositories: false\n    members_can_create_private_repositories: true\n",
    );
    let mut snapshot = acme();
    snapshot.settings.insert(org_key("members_can_create_private_repositories"), "true".to_owned());
    let plan = plan_of(&yaml, &snapshot, &usual());
    // Sending it would change the finer one, too.
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(
        warnings(&plan),
        [
            "6: GitHub lets `members_can_create_private_repositories` decide, and not `members_can_create_repositories` \
          (give one of them only)"
        ]
    );
}
