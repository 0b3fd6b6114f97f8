//! What a team may do in which repository.

use peribolos_org::Permission::{Admin, Maintain, Read, Write};
use peribolos_org::Snapshot;
use peribolos_org::plan::{Scope, Stage};

use crate::support::{access, acme, below, file, operations, plan_of, refusals, shown, team, usual};

fn nested(
    core: &[(&str, peribolos_org::Permission)],
    docs: &[(&str, peribolos_org::Permission, bool)],
) -> Snapshot {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    snapshot.teams[0].repos = core.iter().map(|(name, may)| access(name, *may, false)).collect();
    snapshot.teams[1].repos = docs.iter().map(|(name, may, from)| access(name, *may, *from)).collect();
    snapshot
}

fn yaml(core: &str, docs: &str) -> String {
    file(&format!(
        "    teams:\n      Core:\n        members: []\n        repos: {{{core}}}\n        \
         teams: {{Docs: {{members: [], repos: {{{docs}}}}}}}\n"
    ))
}

#[test]
fn permissions_are_set_and_what_is_not_listed_goes() {
    let snapshot =
        nested(&[("site", Read), ("handbook", Admin)], &[("site", Read, true), ("handbook", Admin, true)]);
    let yaml = yaml("Site: write", "site: write");
    assert_eq!(operations(&yaml, &snapshot), ["Core: handbook Admin -> -", "Core: site Some(Read) -> Write"]);
}

#[test]
fn what_the_team_above_gives_can_not_be_taken_from_the_one_below() {
    let snapshot = nested(&[("site", Read)], &[("site", Read, true)]);
    let yaml = yaml("site: read", "");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), ["(Docs: site Read -> -)"]);
    assert_eq!(plan.expected(&snapshot), snapshot);
}

#[test]
fn what_is_new_above_is_seen_below_in_the_same_run() {
    let snapshot = nested(&[], &[]);
    let plan =
        plan_of(&yaml("site: write, handbook: read", "site: read, handbook: read"), &snapshot, &usual());
    let expected = [
        "Core: handbook None -> Read",
        "Core: site None -> Write",
        // The file gives less than what is inherited.
        "(Docs: site Some(Write) -> Read)",
    ];
    assert_eq!(shown(&plan), expected);
}

#[test]
fn what_goes_above_is_missed_below_in_the_same_run() {
    let snapshot = nested(&[("site", Write)], &[("site", Write, true)]);
    let plan = plan_of(&yaml("", "site: write"), &snapshot, &usual());
    assert_eq!(shown(&plan), ["Core: site Write -> -", "Docs: site None -> Write"]);
}

#[test]
fn what_is_the_teams_own_lasts_as_far_as_it_goes_beyond_what_is_above() {
    let snapshot = nested(&[("site", Read)], &[("site", Maintain, false)]);
    let yaml = yaml("site: read", "");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(shown(&plan), ["Docs: site Maintain -> -"]);
    assert_eq!(operations(&yaml, &plan.expected(&snapshot)), ["(Docs: site Read -> -)"]);
}

#[test]
fn a_custom_role_stays_until_another_word_is_written() {
    let mut snapshot = nested(&[("site", Write)], &[("site", Write, true)]);
    snapshot.teams[0].repos[0].custom_role = Some("releaser".to_owned());
    assert_eq!(operations(&yaml("site: write", "site: write"), &snapshot), [""; 0]);
    let plan = plan_of(&yaml("site: maintain", "site: maintain"), &snapshot, &usual());
    assert_eq!(plan.expected(&snapshot).teams[0].repos[0].custom_role, None);
}

#[test]
fn a_repository_must_be_there_by_then() {
    let snapshot = nested(&[], &[]);
    let yaml = yaml("nowhere: read, fresh: read, web: read", "nowhere: read, fresh: read, web: read")
        + "    repos:\n      fresh: {}\n      web: {previously: [site]}\n";
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(refusals(&plan), ["8: `nowhere` does not exist", "9: `nowhere` does not exist"]);
    assert_eq!(shown(&plan).len(), 4, "{:?}", shown(&plan));
    let mut scope = Scope::usual();
    scope.manage.remove(&Stage::Repos);
    let plan = plan_of(&yaml, &snapshot, &scope);
    let hint = "add Repos to `spec.run.manage` of the installation, make the repository, or remove the line";
    assert!(plan.refusals.iter().any(|refusal| refusal.hint == hint), "{:?}", plan.refusals);
    assert_eq!(refusals(&plan).len(), 6);
}

/// Upstream compares every letter: it would give and take the same access, in any order.
#[test]
fn a_repository_that_is_not_renamed_keeps_its_spelling() {
    let snapshot = nested(&[("site", Write)], &[]);
    let yaml = yaml("SITE: write", "SITE: write") + "    repos:\n      SITE: {previously: [site]}\n";
    assert_eq!(refusals(&plan_of(&yaml, &snapshot, &usual())), [""; 0]);
    let mut scope = Scope::usual();
    scope.manage.remove(&Stage::Repos);
    let misspelt = "`SITE` is spelled otherwise on GitHub";
    assert_eq!(
        refusals(&plan_of(&yaml, &snapshot, &scope)),
        [format!("8: {misspelt}"), format!("9: {misspelt}")]
    );
}
