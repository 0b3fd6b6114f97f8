//! Whether an apply did what was planned, and nothing beyond.

use peribolos_org::plan::{Beyond, Verification, verify};
use peribolos_org::{InvitationState, Login, OrgRole, Permission, RepoName, Snapshot, TeamName};

use crate::support::{access, acme, below, everything, file, invited, logins, plan_of, shown, team};

/// One of everything that can be lost.
fn full() -> Snapshot {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited("dave", OrgRole::Member, InvitationState::Pending)];
    snapshot.teams = vec![team("Core"), below("core", team("Docs"))];
    snapshot.teams[0].members = logins(&["carol", "oscar"]);
    snapshot.teams[0].inherited_members = logins(&["oscar"]);
    snapshot.teams[0].repos = vec![access("site", Permission::Read, false)];
    snapshot.teams[1].members = logins(&["oscar"]);
    snapshot.teams[1].repos = vec![access("site", Permission::Read, true)];
    snapshot.repos[0].collaborators = Some(vec![(Login::new("eve"), Permission::Write)]);
    snapshot
}

/// What `full` is, with a description that has to be written and one that is in vain.
fn wish() -> String {
    "orgs:\n  acme:\n    description: Better\n    admins: [alice, bob]\n    members: [carol, oscar, dave]\n    \
     teams:\n      Core:\n        members: [carol]\n        repos: {site: read}\n        \
     teams: {Docs: {members: [oscar], repos: {}}}\n    repos:\n      site: {collaborators: {eve: write}}\n"
        .to_owned()
}

fn verified(after: &Snapshot) -> Verification {
    let (before, scope) = (full(), everything());
    let planned = plan_of(&wish(), &before, &scope);
    let expected = [
        "edit org, Description \"Rockets\" -> \"Better\"",
        "(Core: oscar member -> -)",
        "(Docs: site Read -> -)",
    ];
    assert_eq!(shown(&planned), expected);
    verify(&before, &planned, after, &plan_of(&wish(), after, &scope))
}

#[test]
fn what_does_not_last_is_not_unfinished() {
    let mut after = full();
    after.description = "Better".into();
    assert_eq!(verified(&after), Verification { applied: 3, remaining: vec![], beyond: vec![] });
}

#[test]
fn what_was_not_done_remains() {
    let verified = verified(&full());
    assert_eq!((verified.applied, verified.beyond), (2, vec![]));
    let remaining: Vec<_> = verified.remaining.iter().map(|operation| operation.lasting).collect();
    assert_eq!(remaining, [true]);
}

#[test]
fn an_edit_that_was_half_done_remains() {
    let before = acme();
    let yaml = file("    description: Better\n    location: Arizona\n");
    let planned = plan_of(&yaml, &before, &everything());
    let mut after = before.clone();
    after.description = "Better".into();
    let done = verify(&before, &planned, &after, &plan_of(&yaml, &after, &everything()));
    assert_eq!((done.applied, done.remaining.len()), (0, 1));
    // Another change of the same thing is none that remains.
    after.location = "Arizona".to_owned();
    after.name = "Emca".to_owned();
    let other = plan_of(&file("    name: Acme\n"), &after, &everything());
    let done = verify(&before, &planned, &after, &other);
    assert_eq!((done.applied, done.remaining.len()), (1, 1));
}

fn beyond(change: impl FnOnce(&mut Snapshot)) -> Vec<Beyond> {
    let mut after = full();
    after.description = "Better".into();
    change(&mut after);
    verified(&after).beyond
}

#[test]
fn every_loss_beyond_the_plan_is_named() {
    let login = |name: &str| Login::new(name);
    let core = || TeamName::new("Core");
    assert_eq!(
        beyond(|after| {
            after.members.retain(|login| login.as_str() != "carol");
            after.teams[0].members.clear();
        }),
        // What she had in teams goes without saying.
        [Beyond::Member { login: login("carol") }]
    );
    assert_eq!(
        beyond(|after| {
            after.admins = logins(&["alice"]);
            after.members.push(login("bob"));
        }),
        [Beyond::Owner { login: login("bob") }]
    );
    assert_eq!(beyond(|after| after.invitations.clear()), [Beyond::Invitation { login: login("dave") }]);
    assert_eq!(
        beyond(|after| {
            after.invitations.clear();
            after.members.push(login("dave"));
        }),
        [],
        "accepted is not lost"
    );
    assert_eq!(beyond(|after| drop(after.teams.pop())), [Beyond::Team { name: TeamName::new("Docs") }]);
    assert_eq!(
        beyond(|after| after.teams[0].members = logins(&["oscar"])),
        [Beyond::TeamMember { team: core(), login: login("carol") }]
    );
    assert_eq!(
        beyond(|after| after.teams.iter_mut().for_each(|team| team.repos.clear())),
        [Beyond::TeamRepo { team: core(), repo: RepoName::new("site") }]
    );
    assert_eq!(
        beyond(|after| after.repos[0].collaborators = Some(vec![])),
        [Beyond::Collaborator { repo: RepoName::new("site"), login: login("eve") }]
    );
    assert_eq!(beyond(|after| after.repos[0].collaborators = None), [], "not read is not lost");
}

#[test]
fn what_was_planned_to_go_is_no_loss_and_what_was_renamed_is_found() {
    let before = full();
    let yaml = file(
        "    teams:\n      CORE:\n        previously: [Core]\n        members: [carol]\n        repos: {web: read}\n    \
         repos:\n      web: {previously: [site], collaborators: {eve: write}}\n",
    );
    let planned = plan_of(&yaml, &before, &everything());
    assert_eq!(planned.refusals, []);
    let after = planned.expected(&before);
    assert_eq!(after.teams[0].name.as_str(), "CORE");
    let remaining = plan_of(&yaml, &after, &everything());
    let done = verify(&before, &planned, &after, &remaining);
    assert_eq!(done, Verification { applied: planned.operations.len(), remaining: vec![], beyond: vec![] });
    // Nor is it lost where the rename failed.
    assert_eq!(verify(&before, &planned, &before, &planned).beyond, []);
    let mut lost = after.clone();
    lost.teams[0].repos.clear();
    lost.repos[0].collaborators = Some(vec![]);
    let beyond = verify(&before, &planned, &lost, &remaining).beyond;
    let expected = [
        Beyond::TeamRepo { team: TeamName::new("CORE"), repo: RepoName::new("site") },
        Beyond::Collaborator { repo: RepoName::new("site"), login: Login::new("eve") },
    ];
    assert_eq!(beyond, expected);
}

#[test]
fn a_deleted_team_is_not_found_again_in_one_that_took_its_name() {
    let mut before = acme();
    before.teams = vec![team("Core"), team("docs")];
    before.teams[1].members = logins(&["carol"]);
    let yaml = file("    teams:\n      Docs: {previously: [Core], members: [], repos: {}}\n");
    let mut scope = everything();
    scope.manage.remove(&peribolos_org::plan::Stage::TeamMembers);
    scope.manage.remove(&peribolos_org::plan::Stage::TeamRepos);
    let planned = plan_of(&yaml, &before, &scope);
    assert_eq!(planned.refusals, []);
    let after = planned.expected(&before);
    assert_eq!(verify(&before, &planned, &after, &plan_of(&yaml, &after, &scope)).beyond, []);
}
