//! The organization after a plan.

use peribolos_org::plan::Plan;
use peribolos_org::{InvitationState, OrgRole, Permission, Snapshot};

use crate::support::{access, acme, below, everything, file, invited, logins, plan_of, team};

fn expected(yaml: &str, snapshot: &Snapshot) -> Snapshot {
    plan_of(yaml, snapshot, &everything()).expected(snapshot)
}

#[test]
fn the_invited_have_not_accepted() {
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob, zoe]\n    members: [carol]\n    teams:\n      \
                Core: {members: [zoe, carol], repos: {}}\n";
    let after = expected(yaml, &acme());
    assert_eq!((after.admins, after.members), (logins(&["alice", "bob"]), logins(&["carol"])));
    assert_eq!(after.invitations, [invited("zoe", OrgRole::Admin, InvitationState::Pending)]);
    assert_eq!(after.teams[0].invitations, logins(&["zoe"]));
    assert_eq!(after.teams[0].members, logins(&["carol"]));
}

#[test]
fn lists_of_teams_have_what_they_inherit() {
    let yaml = file(
        "    teams:\n      Core:\n        members: [carol]\n        repos: {site: write}\n        \
         teams: {Docs: {members: [oscar], repos: {}}}\n",
    );
    let after = expected(&yaml, &acme());
    let core = &after.teams[0];
    assert_eq!(core.members, logins(&["carol", "oscar"]));
    assert_eq!(core.inherited_members, logins(&["oscar"]));
    assert_eq!(after.teams[1].repos, [access("site", Permission::Write, true)]);
}

#[test]
fn who_leaves_is_nowhere_any_more() {
    let mut snapshot = acme();
    snapshot.concealed = logins(&["oscar", "carol"]);
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    snapshot.teams[1].members = logins(&["oscar"]);
    snapshot.teams[0].members = logins(&["oscar"]);
    snapshot.teams[0].inherited_members = logins(&["oscar"]);
    let yaml = "orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol]\n    teams:\n      \
                Core: {members: [], repos: {}, teams: {Docs: {members: [], repos: {}}}}\n";
    let after = expected(yaml, &snapshot);
    assert!(after.teams.iter().all(|team| team.members.is_empty() && team.inherited_members.is_empty()));
    assert_eq!(after.concealed, logins(&["carol"]));
}

#[test]
fn a_plan_is_the_same_after_it_was_written_and_read() {
    let mut snapshot = acme();
    snapshot.teams = vec![team("Core"), team("Old")];
    let yaml = "orgs:\n  acme:\n    description: New\n    admins: [alice, bob, zoe]\n    members: [carol]\n    \
                teams:\n      Core: {description: New, members: [carol], repos: {site: read}}\n    repos:\n      \
                site: {has_wiki: false, collaborators: {eve: read}}\n      fresh: {visibility: public}\n";
    let plan = plan_of(yaml, &snapshot, &everything());
    let text = serde_json::to_string(&plan).unwrap_or_default();
    assert_eq!(serde_json::from_str::<Plan>(&text).ok(), Some(plan));
}
