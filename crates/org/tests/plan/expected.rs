//! The organization after a plan.

use peribolos_org::plan::{Expected, Plan, TeamRole};
use peribolos_org::{OrgRole, Own, Permission, Snapshot, TeamName};

use crate::support::{
    access, acme, below, everything, file, invited, logins, of, people, plan_of, reaching, team,
};

fn expected(yaml: &str, snapshot: &Snapshot) -> Snapshot {
    plan_of(yaml, snapshot, &everything()).expected(snapshot)
}

#[test]
fn the_invited_have_not_accepted() {
    let yaml = people("alice, bob, zoe", "carol", "    teams: {Core: {members: [zoe, carol], repos: {}}}\n");
    let after = expected(&yaml, &acme());
    assert_eq!((after.admins, after.members), (logins(&["alice", "bob"]), logins(&["carol"])));
    assert_eq!(after.invitations, [invited(0, "zoe", OrgRole::Admin)]);
    assert_eq!(after.teams[0].invitations, logins(&["zoe"]));
    assert_eq!(after.teams[0].members, logins(&["carol"]));
}

#[test]
fn teams_reach_what_the_teams_above_reach_and_have_their_own_members() {
    let yaml = file(
        "    teams:\n      Core:\n        members: [carol]\n        repos: {site: write}\n        \
         teams: {Docs: {members: [oscar], repos: {}}}\n",
    );
    let after = expected(&yaml, &acme());
    assert_eq!(after.teams[0].members, logins(&["carol"]));
    assert_eq!(after.teams[0].repos, [access("site", Permission::Write, Own::Is(Permission::Write))]);
    assert_eq!(after.teams[1].repos, [access("site", Permission::Write, Own::None)]);
}

#[test]
fn who_leaves_is_nowhere_any_more() {
    let mut snapshot = acme();
    snapshot.concealed = logins(&["carol", "oscar"]);
    snapshot.teams = vec![of(team("Core"), &["oscar"]), below("core", of(team("Docs"), &["oscar"]))];
    let yaml = people("alice, bob", "carol", "    teams: {Core: {teams: {Docs: {}}}}\n");
    let after = expected(&yaml, &snapshot);
    assert!(after.teams.iter().all(|team| team.members.is_empty()));
    assert_eq!(after.concealed, logins(&["carol"]));
}

#[test]
fn a_plan_is_the_same_after_it_was_written_and_read() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), team("Old")];
    let yaml = people(
        "alice, bob, zoe",
        "carol",
        "    description: New\n    teams: {Core: {description: New, members: [carol], repos: {site: read}}}\n    \
         repos:\n      site: {has_wiki: false, collaborators: {eve: read}}\n      fresh: {visibility: public}\n",
    );
    let plan = plan_of(&yaml, &snapshot, &everything());
    let text = serde_json::to_string(&plan).unwrap_or_default();
    assert_eq!(serde_json::from_str::<Plan>(&text).ok(), Some(plan));
}

#[test]
fn a_team_is_as_the_changes_so_far_left_it() {
    let mut snapshot = acme();
    let core = reaching(of(team("Core"), &["carol"]), &[("site", Permission::Read)]);
    snapshot.teams = vec![core, below("core", team("Docs"))];
    let yaml = file("    teams: {Docs: {}, New: {previously: [Core], members: [oscar]}}\n");
    let plan = plan_of(&yaml, &snapshot, &everything());
    let mut now = Expected::of(&snapshot);
    let before = now.team(&TeamName::new("Core")).unwrap();
    assert_eq!((before.children.len(), before.repos.len(), before.id), (1, 1, snapshot.teams[0].id));
    for operation in &plan.operations {
        now.make(&operation.change);
    }
    assert_eq!(now.team(&TeamName::new("Core")), None);
    let after = now.team(&TeamName::new("New")).unwrap();
    assert_eq!((after.slug.as_str(), after.id), ("new", before.id));
    assert_eq!(after.members, [(peribolos_org::Login::new("oscar"), TeamRole::Member)]);
    assert_eq!((after.children.len(), after.repos.len()), (0, 0));
    assert_eq!(now.team(&TeamName::new("Docs")).unwrap().parent, None);
}
