//! Removals that wait for what was to replace what they take away.

use peribolos_org::plan::{Change, Expected, OrgSetting, Outcome, Plan, Withheld, withheld};
use peribolos_org::{OrgRole, Permission, Snapshot};

use crate::support::{
    acme, below, change, collaborator, everything, file, invited, logins, of, people, plan_of, reaching,
    repo_invitation, team,
};
use Permission::{Read, Write};

/// Applies a plan where the changes of which this holds fail: those withheld, each with what it waits for.
fn withhold(plan: &Plan, before: &Snapshot, fails: impl Fn(&Change) -> bool) -> Vec<String> {
    let mut now = Expected::of(before);
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut held = Vec::new();
    for (index, operation) in plan.operations.iter().enumerate() {
        let missing = operation.needs.iter().find(|needed| !outcomes[**needed].is_base());
        let outcome = if let Some(because) = missing {
            Outcome::Skipped { because: *because }
        } else if let Some(withheld) = withheld(plan, index, &outcomes, &now) {
            let because = match &withheld {
                Withheld::Grant { operation } => change(&plan.operations[*operation].change),
                Withheld::Invitation { waiting } => format!("{}'s invitation", plan.waiting[*waiting].login),
                other => format!("{other:?}"),
            };
            held.push(format!("{} waits for {because}", change(&operation.change)));
            Outcome::Withheld(withheld)
        } else if fails(&operation.change) {
            Outcome::NotTried
        } else {
            now.make(&operation.change);
            Outcome::Done
        };
        outcomes.push(outcome);
    }
    held
}

/// What the plan says of itself that it waits for somebody to accept an invitation.
fn awaiting(plan: &Plan) -> Vec<String> {
    let awaiting = plan.operations.iter().filter(|operation| operation.awaits_acceptance);
    awaiting.map(|operation| change(&operation.change)).collect()
}

fn all(_: &Change) -> bool {
    true
}

fn none(_: &Change) -> bool {
    false
}

/// carol is in Old, which reaches `site`; so is oscar.
fn old() -> Snapshot {
    let mut snapshot = acme();
    let old = reaching(of(team("Old"), &["carol", "oscar"]), &[("site", Write)]);
    snapshot.teams = vec![old, reaching(team("New"), &[("site", Write)])];
    snapshot
}

#[test]
fn who_moves_to_another_team_stays_in_the_old_one_where_the_new_place_failed() {
    let yaml = file(
        "    teams:\n      New: {members: [carol, oscar], repos: {site: write}}\n      Old: {repos: {site: write}}\n",
    );
    let plan = plan_of(&yaml, &old(), &everything());
    let carols =
        |change: &Change| matches!(change, Change::SetTeamMember { login, .. } if login.as_str() == "carol");
    // Never because of another person: oscar leaves.
    assert_eq!(
        withhold(&plan, &old(), carols),
        ["carol in team Old: member -> - waits for carol in team New: - -> member"]
    );
    assert_eq!(withhold(&plan, &old(), none), [""; 0]);
    // Where the two have nothing in common nothing is kept.
    let mut apart = old();
    apart.teams[1].repos.clear();
    let yaml = file(
        "    teams:\n      New: {members: [carol]}\n      Old: {members: [oscar], repos: {site: write}}\n",
    );
    assert_eq!(withhold(&plan_of(&yaml, &apart, &everything()), &apart, carols), [""; 0]);
}

#[test]
fn no_team_is_deleted_where_another_could_not_be_made_or_given_its_repositories() {
    let yaml = file("    teams: {Fresh: {privacy: closed, members: [carol], repos: {site: write}}}\n");
    let mut before = old();
    before.teams.pop();
    let plan = plan_of(&yaml, &before, &everything());
    let made = |change: &Change| matches!(change, Change::CreateTeam { .. });
    assert_eq!(withhold(&plan, &before, made), ["delete team Old (old) waits for create team Fresh closed"]);
    let given = |change: &Change| matches!(change, Change::SetTeamRepo { .. });
    assert_eq!(
        withhold(&plan, &before, given),
        ["delete team Old (old) waits for team Fresh in site: - -> write"]
    );
    let placed = |change: &Change| matches!(change, Change::SetTeamMember { .. });
    assert_eq!(
        withhold(&plan, &before, placed),
        ["delete team Old (old) waits for carol in team Fresh: - -> member"]
    );
}

#[test]
fn no_team_loses_a_repository_that_another_could_not_be_given() {
    let mut before = old();
    before.teams[1].repos.clear();
    let yaml = file("    teams: {New: {repos: {site: read}}, Old: {members: [carol, oscar], repos: {}}}\n");
    let plan = plan_of(&yaml, &before, &everything());
    assert_eq!(
        withhold(&plan, &before, |change| matches!(change, Change::SetTeamRepo { .. })),
        ["team Old in site: write -> - waits for team New in site: - -> read"]
    );
}

#[test]
fn a_collaborator_stays_until_the_team_is_in_force() {
    let mut before = acme();
    before.teams = vec![reaching(team("Core"), &[("site", Read)])];
    before.repos[0].collaborators = Some(vec![collaborator("zoe", Read)]);
    let yaml = people(
        "alice, bob",
        "carol, oscar, zoe",
        "    repos: {site: {collaborators: {}}}\n    teams: {Core: {members: [zoe], repos: {site: read}}}\n",
    );
    // In this run the invitation fails or is open, in the next one it is waited for.
    let plan = plan_of(&yaml, &before, &everything());
    let held = "zoe in site: read -> - waits for";
    assert_eq!(withhold(&plan, &before, all), [format!("{held} zoe in team Core: - -> member")]);
    assert_eq!(awaiting(&plan), ["zoe in site: read -> -"]);
    before.invitations = vec![invited(1, "zoe", OrgRole::Member)];
    before.teams[0].invitations = logins(&["zoe"]);
    let plan = plan_of(&yaml, &before, &everything());
    assert_eq!(withhold(&plan, &before, none), [format!("{held} zoe's invitation")]);
    assert_eq!(awaiting(&plan), ["zoe in site: read -> -"]);
    // So is an invitation to the repository, which gives nothing yet: it can go.
    before.repos[0].collaborators = Some(vec![]);
    before.repos[0].invitations = vec![repo_invitation(2, "zoe", Read)];
    let plan = plan_of(&yaml, &before, &everything());
    assert_eq!(withhold(&plan, &before, none), [""; 0]);
    assert_eq!(awaiting(&plan), [""; 0]);
    // Nobody else's access waits for her.
    before.repos[0].collaborators = Some(vec![collaborator("eve", Read)]);
    assert_eq!(awaiting(&plan_of(&yaml, &before, &everything())), [""; 0]);
}

/// An owner may do everything, and a member what all members may: until the invitation is accepted that is nothing.
#[test]
fn an_outside_collaborator_stays_one_until_the_invitation_to_the_organization_is_accepted() {
    let held = "zoe in site: write -> - waits for";
    for (owners, members, default, waits) in [
        ("alice, bob, zoe", "carol, oscar", "none", true),
        ("alice, bob", "carol, oscar, zoe", "read", true),
        ("alice, bob", "carol, oscar, zoe", "none", false),
        ("alice, bob", "carol, oscar, zoe", "not shown", true),
    ] {
        let mut before = acme();
        before.settings.insert(OrgSetting::DEFAULT_REPOSITORY_PERMISSION, default.to_owned());
        if default == "not shown" {
            before.settings.remove(&OrgSetting::DEFAULT_REPOSITORY_PERMISSION);
        }
        before.repos[0].collaborators = Some(vec![collaborator("zoe", Write)]);
        let yaml = people(owners, members, "    repos: {site: {collaborators: {}}}\n");
        let plan = plan_of(&yaml, &before, &everything());
        let is_invitation = |change: &Change| matches!(change, Change::InviteMember { .. });
        assert_eq!(withhold(&plan, &before, is_invitation).len(), usize::from(waits), "{default} {owners}");
        assert_eq!(awaiting(&plan).len(), usize::from(waits), "{default} {owners}");
        let role = if owners.contains("zoe") { OrgRole::Admin } else { OrgRole::Member };
        before.invitations = vec![invited(1, "zoe", role)];
        let plan = plan_of(&yaml, &before, &everything());
        let waiting = if waits { vec![format!("{held} zoe's invitation")] } else { vec![] };
        assert_eq!(withhold(&plan, &before, none), waiting, "{default} {owners}");
        assert_eq!(awaiting(&plan).len(), usize::from(waits), "{default} {owners}");
    }
}

/// An invitation to a repository gives nothing yet, so it waits for nobody, but it is kept where what replaces it failed.
#[test]
fn an_invitation_to_a_repository_stays_where_the_one_to_the_organization_failed() {
    let mut before = acme();
    before.repos[0].collaborators = Some(vec![]);
    before.repos[0].invitations = vec![repo_invitation(2, "zoe", Write)];
    let yaml = people("alice, bob, zoe", "carol, oscar", "    repos: {site: {collaborators: {}}}\n");
    let plan = plan_of(&yaml, &before, &everything());
    let is_invitation = |change: &Change| matches!(change, Change::InviteMember { .. });
    assert_eq!(withhold(&plan, &before, is_invitation).len(), 1);
    assert_eq!(withhold(&plan, &before, none), [""; 0]);
    assert_eq!(awaiting(&plan), [""; 0]);
}

/// Others are in the team: it is not kept for somebody who is only invited to it.
#[test]
fn a_team_goes_although_somebody_who_is_invited_to_it_could_not_be_invited_anew() {
    let mut before = acme();
    before.teams = vec![reaching(of(team("Core"), &["carol"]), &[("site", Write)])];
    before.teams[0].invitations = logins(&["zoe"]);
    before.invitations = vec![invited(1, "zoe", OrgRole::Member)];
    let yaml = people("alice, bob, zoe", "carol, oscar", "    teams: {}\n");
    let plan = plan_of(&yaml, &before, &everything());
    let anew =
        |change: &Change| change.invitee().is_some() || matches!(change, Change::CancelInvitation { .. });
    let held = withhold(&plan, &before, anew);
    assert!(!held.iter().any(|held| held.contains("Core")), "{held:?}");
    assert!(plan.operations.iter().any(|it| matches!(it.change, Change::DeleteTeam { .. })));
}

/// The place in a team goes with the old invitation, or is taken back: what replaces it has failed.
#[test]
fn who_is_invited_stays_in_a_team_where_what_replaces_it_failed() {
    let mut before = acme();
    before.teams =
        vec![reaching(team("Core"), &[("site", Write)]), reaching(team("New"), &[("site", Write)])];
    before.teams[0].invitations = logins(&["zoe"]);
    before.invitations = vec![invited(1, "zoe", OrgRole::Member)];
    let yaml = people(
        "alice, bob",
        "carol, oscar, zoe",
        "    teams: {Core: {members: [], repos: {site: write}}, New: {members: [zoe], repos: {site: write}}}\n",
    );
    let plan = plan_of(&yaml, &before, &everything());
    let place = |change: &Change| matches!(change, Change::SetTeamMember { .. });
    assert_eq!(withhold(&plan, &before, place).len(), 1);
    assert_eq!(withhold(&plan, &before, none), [""; 0]);
    assert_eq!(awaiting(&plan), [""; 0], "both places are open invitations");
}

#[test]
fn a_team_does_not_move_away_from_what_somebody_in_it_would_lose() {
    let mut before = acme();
    before.teams = vec![
        reaching(team("Core"), &[("site", Read)]),
        below("core", of(team("Docs"), &["carol"])),
        reaching(team("New"), &[("site", Read)]),
    ];
    let yaml = file(
        "    teams:\n      Core: {repos: {site: read}}\n      Docs: {members: [carol]}\n      \
         New: {members: [carol], repos: {site: read}}\n",
    );
    let plan = plan_of(&yaml, &before, &everything());
    assert_eq!(
        withhold(&plan, &before, |change| matches!(change, Change::SetTeamMember { .. })),
        ["edit team Docs, parent \"Core\" -> \"\" waits for carol in team New: - -> member"]
    );
}

#[test]
fn a_team_does_not_move_below_one_that_was_to_get_there_first() {
    let mut before = acme();
    let core = reaching(team("Core"), &[("site", Read)]);
    before.teams = vec![core, below("core", team("Docs")), team("New")];
    let yaml = file("    teams: {Core: {repos: {site: read}, teams: {New: {teams: {Docs: {}}}}}}\n");
    let plan = plan_of(&yaml, &before, &everything());
    let news = |change: &Change| matches!(change, Change::EditTeam { name, .. } if name.as_str() == "New");
    assert_eq!(
        withhold(&plan, &before, news),
        ["edit team Docs, parent \"Core\" -> \"New\" waits for edit team New, parent \"\" -> \"Core\""]
    );
}

#[test]
fn an_owner_stays_one_where_the_teams_could_not_be_given() {
    let mut before = acme();
    before.admins = logins(&["alice", "bob", "dora"]);
    before.teams = vec![reaching(team("Core"), &[("site", Read)])];
    let yaml = people(
        "alice, bob",
        "carol, oscar, dora",
        "    teams: {Core: {members: [dora], repos: {site: read}}}\n",
    );
    let plan = plan_of(&yaml, &before, &everything());
    let placed = |change: &Change| matches!(change, Change::SetTeamMember { from: None, .. });
    assert_eq!(
        withhold(&plan, &before, placed),
        ["dora: owner -> member waits for dora in team Core: - -> member"]
    );
}

#[test]
fn a_place_is_kept_where_the_default_permission_that_replaces_it_was_not_raised() {
    let mut before = old();
    before.teams.pop();
    let yaml = file("    teams: {Old: {members: [oscar], repos: {site: write}}}\n");
    let yaml = yaml.replace("    admins:", "    default_repository_permission: read\n    admins:");
    let plan = plan_of(&yaml, &before, &everything());
    let raised = |change: &Change| matches!(change, Change::EditOrg { .. });
    assert_eq!(
        withhold(&plan, &before, raised),
        [
            "carol in team Old: member -> - waits for edit org, default_repository_permission \"none\" -> \"read\""
        ]
    );
}
