//! People with access of their own to repositories.

use peribolos_org::plan::Waiting;
use peribolos_org::{Login, Own, Permission, RepoInvitation, RepoName, Snapshot};

use crate::support::{
    acme, collaborator, everything, file, of, operations, org_key, people, plan_of, reaching, redundant,
    repo_invitation, shown, team, usual, warnings,
};
use Permission::{Admin, Maintain, Read, Write};

/// acme where `site` has these collaborators.
fn at_site(people: &[(&str, Permission)]) -> Snapshot {
    let mut snapshot = acme();
    snapshot.repos[0].collaborators =
        Some(people.iter().map(|(login, permission)| collaborator(login, *permission)).collect());
    snapshot
}

fn site(people: &str) -> String {
    file(&format!("    repos: {{site: {{collaborators: {{{people}}}}}}}\n"))
}

#[test]
fn more_is_given_before_less_is_left() {
    let snapshot = at_site(&[("carol", Read), ("eve", Admin), ("mallory", Write)]);
    assert_eq!(
        operations(&site("carol: write, eve: triage, zoe: read"), &snapshot),
        [
            "7 carol in site: read -> write",
            "7 zoe in site: - -> read",
            "10 eve in site: admin -> triage",
            "10 mallory in site: write -> -",
        ]
    );
    // Without the key everybody goes, and a repository that is not listed keeps its own.
    assert_eq!(
        operations(&file("    repos: {site: {}}\n"), &at_site(&[("eve", Read)])),
        ["10 eve in site: read -> -"]
    );
    assert_eq!(operations(&file(""), &at_site(&[("eve", Read)])), [""; 0]);
    assert_eq!(shown(&plan_of(&site(""), &at_site(&[("eve", Read)]), &usual())), [""; 0]);
}

#[test]
fn invitations_are_waited_for_changed_cancelled_and_sent_anew() {
    let mut snapshot = at_site(&[]);
    snapshot.repos[0].invitations = vec![
        repo_invitation(1, "dan", Read),
        repo_invitation(2, "eve", Read),
        repo_invitation(3, "fay", Write),
        repo_invitation(4, "gil", Write),
        RepoInvitation { expired: true, ..repo_invitation(5, "hal", Read) },
        RepoInvitation { expired: true, ..repo_invitation(6, "ian", Read) },
    ];
    let plan = plan_of(&site("dan: read, eve: write, fay: read, hal: read"), &snapshot, &everything());
    assert_eq!(
        shown(&plan),
        [
            "7 invitation 2 of eve to site: read -> write",
            "7 cancel expired invitation 5 of hal to site: read",
            "7 hal in site: - -> read",
            "10 invitation 3 of fay to site: write -> read",
            "10 cancel invitation 4 of gil to site: write",
        ]
    );
    assert_eq!(plan.operations[2].needs, [1]);
    let repo = Some(RepoName::new("site"));
    assert_eq!(plan.waiting, [Waiting { login: Login::new("dan"), team: None, repo }]);
}

#[test]
fn what_comes_from_elsewhere_is_neither_given_nor_taken() {
    let mut snapshot = at_site(&[("carol", Read), ("alice", Read)]);
    snapshot.teams = vec![reaching(of(team("Core"), &["carol"]), &[("site", Write)])];
    let teams = "    teams: {Core: {members: [carol], repos: {site: write}}}\n";
    // An old dump has effective access: that of the team, and of an owner.
    for person in snapshot.repos[0].collaborators.iter_mut().flatten() {
        person.permission = if person.login == Login::new("alice") { Admin } else { Write };
    }
    let old = plan_of(&(site("carol: write, alice: admin") + teams), &snapshot, &everything());
    assert_eq!(shown(&old), [""; 0]);
    assert_eq!(warnings(&old), [""; 0]);
    let none = plan_of(&(site("carol: read, alice: read, bob: write") + teams), &snapshot, &everything());
    assert_eq!(shown(&none), [""; 0]);
    assert_eq!(
        redundant(&none),
        ["5: `bob` has at least that access to `site` from elsewhere (the line is not needed)"]
    );
    // Where the team goes, or reaches less, what it gave is given before.
    let plan = plan_of(&(site("carol: write, alice: admin") + "    teams: {}\n"), &snapshot, &everything());
    assert_eq!(
        shown(&plan),
        ["7 carol in site: read -> write since a source goes", "11 delete team Core (core)",]
    );
}

#[test]
fn the_default_permission_counts_and_so_does_losing_it() {
    let mut snapshot = at_site(&[("carol", Read)]);
    snapshot.settings.insert(org_key("default_repository_permission"), "write".to_owned());
    snapshot.repos[0].collaborators.iter_mut().flatten().for_each(|person| person.permission = Write);
    assert_eq!(operations(&site("carol: write"), &snapshot), [""; 0]);
    let yaml =
        site("carol: write").replace("    admins:", "    default_repository_permission: read\n    admins:");
    assert_eq!(
        operations(&yaml, &snapshot),
        [
            "7 carol in site: read -> write since a source goes",
            "14 edit org, default_repository_permission \"write\" -> \"read\"",
        ]
    );
}

#[test]
fn who_leaves_the_organization_and_stays_as_a_collaborator_is_invited_afterwards() {
    let yaml = people("alice, bob", "carol", "    repos: {site: {collaborators: {oscar: write}}}\n");
    let plan = plan_of(&yaml, &at_site(&[("oscar", Write)]), &everything());
    assert_eq!(shown(&plan), ["12 remove member oscar", "13 oscar in site: - -> write after leaving"]);
    assert_eq!(plan.operations[1].needs, [0]);
    // Where nothing was, nothing is replaced.
    let plan = plan_of(&yaml, &at_site(&[]), &everything());
    assert_eq!(shown(&plan)[1], "13 oscar in site: - -> write");
}

#[test]
fn what_is_not_known_apart_is_not_taken() {
    let mut snapshot = at_site(&[("eve", Maintain), ("mallory", Read)]);
    snapshot.repos[0].collaborators.iter_mut().flatten().for_each(|person| person.own = Own::Unknown);
    let plan = plan_of(&site("eve: triage"), &snapshot, &everything());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(
        warnings(&plan),
        [
            "5: GitHub does not show what was given to `eve` in `site` itself (their access is left as it is)",
            "5: GitHub does not show what was given to `mallory` in `site` itself (their access is left as it is)",
        ]
    );
    assert_eq!(
        operations(&site("eve: maintain, mallory: triage"), &snapshot),
        ["7 mallory in site: - -> triage"]
    );
    snapshot.repos[0].collaborators = None;
    let plan = plan_of(&site("eve: triage"), &snapshot, &everything());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(
        warnings(&plan),
        ["5: The collaborators of `site` could not be read (they are left as they are)"]
    );
}

#[test]
fn a_custom_role_stays_where_the_file_has_its_base() {
    let mut snapshot = at_site(&[("eve", Read)]);
    snapshot.repos[0].collaborators.iter_mut().flatten().for_each(|person| {
        person.custom_role = Some("auditor".to_owned());
    });
    let plan = plan_of(&site("eve: read"), &snapshot, &everything());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(
        warnings(&plan),
        ["5: `eve` has the custom role `auditor` in `site`, which is based on `read` and is left as it is"]
    );
    assert_eq!(operations(&site("eve: triage"), &snapshot), ["7 eve in site: read (auditor) -> triage"]);
}
