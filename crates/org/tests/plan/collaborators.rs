//! Direct collaborators, of newer versions of upstream only.

use peribolos_org::Permission::{Admin, Read, Write};
use peribolos_org::plan::{Stage, Waiting};
use peribolos_org::{Login, RepoName, Snapshot};

use crate::support::{acme, everything, file, operations, plan_of, refusals, shown};

fn site(
    people: &[(&str, peribolos_org::Permission)],
    invited: &[(&str, peribolos_org::Permission)],
) -> Snapshot {
    let mut snapshot = acme();
    let list = |people: &[(&str, peribolos_org::Permission)]| {
        people.iter().map(|(login, may)| (Login::new(*login), *may)).collect()
    };
    snapshot.repos[0].collaborators = Some(list(people));
    snapshot.repos[0].invitations = list(invited);
    snapshot
}

fn wish(collaborators: &str) -> String {
    file(&format!("    repos:\n      site: {{collaborators: {{{collaborators}}}}}\n"))
}

#[test]
fn access_is_given_changed_and_taken() {
    let snapshot = site(&[("eve", Read), ("mallory", Admin)], &[]);
    let plan = plan_of(&wish("EVE: write, oscar: read, zoe: read"), &snapshot, &everything());
    let expected = [
        "set access of eve to site: Some(Read) -> Write",
        "set access of oscar to site: None -> Read",
        "set access of zoe to site: None -> Read",
        "remove access of mallory to site: Admin",
    ];
    assert_eq!(shown(&plan), expected);
    // Members have access at once, others are invited.
    let after = plan.expected(&snapshot);
    let people = |people: &[(Login, peribolos_org::Permission)]| {
        people.iter().map(|(login, may)| (login.to_string(), *may)).collect::<Vec<_>>()
    };
    let collaborators = after.repos[0].collaborators.as_deref().map(people);
    assert_eq!(collaborators, Some(vec![("eve".to_owned(), Write), ("oscar".to_owned(), Read)]));
    assert_eq!(people(&after.repos[0].invitations), [("zoe".to_owned(), Read)]);
}

#[test]
fn a_repository_without_the_key_loses_all() {
    let snapshot = site(&[("eve", Read)], &[("zoe", Write)]);
    let plan = plan_of(&file("    repos:\n      site: {}\n"), &snapshot, &everything());
    let expected = ["remove access of eve to site: Read", "remove invitation of zoe to site: Write"];
    assert_eq!(shown(&plan), expected);
    // One that the file does not describe is left alone, and so are all where they are not managed.
    assert_eq!(shown(&plan_of(&file(""), &snapshot, &everything())), [""; 0]);
    assert_eq!(operations(&file("    repos:\n      site: {}\n"), &snapshot), [""; 0]);
}

#[test]
fn an_invitation_is_waited_for_or_changed() {
    let snapshot = site(&[], &[("zoe", Write)]);
    let plan = plan_of(&wish("zoe: write"), &snapshot, &everything());
    assert_eq!(shown(&plan), [""; 0]);
    let waiting = Waiting { login: Login::new("zoe"), team: None, repo: Some(RepoName::new("site")) };
    assert_eq!(plan.waiting, [waiting]);
    let plan = plan_of(&wish("zoe: admin"), &snapshot, &everything());
    assert_eq!(shown(&plan), ["set invitation of zoe to site: Some(Write) -> Admin"]);
    assert_eq!(plan.expected(&snapshot).repos[0].invitations, [(Login::new("zoe"), Admin)]);
}

#[test]
fn who_leaves_the_organization_has_lost_it_by_then() {
    let snapshot = site(&[("oscar", Read)], &[]);
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol]\n    repos:\n      site: {}\n";
    assert_eq!(shown(&plan_of(yaml, &snapshot, &everything())), ["remove oscar, Member"]);
}

#[test]
fn a_new_repository_has_none_and_a_renamed_one_keeps_them() {
    let snapshot = site(&[("eve", Read)], &[]);
    let yaml = file(
        "    repos:\n      fresh: {collaborators: {oscar: read}}\n      \
         web: {previously: [site], collaborators: {eve: read}}\n",
    );
    let expected = [
        "create repo fresh None",
        "edit repo site, Name \"site\" -> \"web\"",
        "set access of oscar to fresh: None -> Read",
    ];
    assert_eq!(shown(&plan_of(&yaml, &snapshot, &everything())), expected);
    let mut scope = everything();
    scope.manage.remove(&Stage::Repos);
    let expected = ["6: `fresh` does not exist", "7: `web` does not exist"];
    assert_eq!(refusals(&plan_of(&yaml, &snapshot, &scope)), expected);
}

#[test]
fn none_is_as_not_listed() {
    let snapshot = site(&[("eve", Read)], &[]);
    let plan = plan_of(&wish("eve: none, oscar: none"), &snapshot, &everything());
    assert_eq!(shown(&plan), ["remove access of eve to site: Read"]);
}

#[test]
fn what_was_not_read_is_not_planned() {
    let mut snapshot = acme();
    snapshot.repos[0].collaborators = None;
    let plan = plan_of(&wish("eve: read"), &snapshot, &everything());
    assert_eq!(refusals(&plan), ["6: The collaborators of `site` could not be read"]);
}
