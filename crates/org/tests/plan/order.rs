//! The order of applying: each place has a plan that goes wrong where it comes earlier or later.
//!
//! "Goes wrong" is that GitHub refuses something, or that somebody loses on the way what they have before and after.

use peribolos_org::plan::{Expected, Place, Plan};
use peribolos_org::{OrgRole, Permission, Privacy, Snapshot};

use crate::effect::Effect;
use crate::github::refused;
use crate::support::{
    acme, below, change, collaborator, everything, file, invited, logins, of, org_key, people, plan_of,
    reaching, repo, shown, team, with,
};
use Permission::{Read, Write};

/// What goes wrong when these operations are made in this order.
fn wrong(before: &Snapshot, plan: &Plan, order: &[usize]) -> Vec<String> {
    let (had, has) = (Effect::of(before), Effect::of(&plan.expected(before)));
    let mut now = Expected::of(before);
    let mut wrong = Vec::new();
    for index in order {
        let made = &plan.operations[*index].change;
        wrong.extend(refused(&now.snapshot(), made).map(|why| format!("{}: {why}", change(made))));
        now.make(made);
        let lacks = Effect::of(&now.snapshot()).lacks(&had, &has);
        wrong.extend(lacks.into_iter().map(|lack| format!("{}: {lack}", change(made))));
    }
    wrong
}

/// The plan is right in its order, and wrong with what is in this place moved to the start, or to the end.
fn assert_placed(place: Place, before: &Snapshot, yaml: &str, to_the_end: bool) {
    let plan = plan_of(yaml, before, &everything());
    assert_eq!(plan.refusals, []);
    let all: Vec<usize> = (0..plan.operations.len()).collect();
    assert_eq!(wrong(before, &plan, &all), [""; 0], "{:#?}", shown(&plan));
    let (mut moved, rest): (Vec<usize>, Vec<usize>) =
        all.into_iter().partition(|index| plan.operations[*index].place == place);
    assert!(!moved.is_empty(), "{place:?} is not in {:#?}", shown(&plan));
    let order: Vec<usize> = if to_the_end {
        rest.into_iter().chain(moved).collect()
    } else {
        moved.extend(rest);
        moved
    };
    assert_ne!(wrong(before, &plan, &order), [""; 0], "{place:?} could be elsewhere in {:#?}", shown(&plan));
}

fn late(place: Place, before: &Snapshot, yaml: &str) {
    assert_placed(place, before, yaml, true);
}

fn early(place: Place, before: &Snapshot, yaml: &str) {
    assert_placed(place, before, yaml, false);
}

fn teams(teams: &str) -> String {
    file(&format!("    teams: {{{teams}}}\n"))
}

#[test]
fn place_1_repositories_are_unarchived_before_anything_of_them_changes() {
    let mut before = acme();
    before.repos.push(with(repo("old"), "archived", "true"));
    let yaml = file(
        "    repos: {old: {archived: false, has_wiki: false}}\n    teams: {Core: {repos: {old: read}}}\n",
    );
    late(Place::Unarchive, &before, &yaml);
}

#[test]
fn place_2_repositories_are_there_under_their_names_before_teams_get_them() {
    let yaml = file(
        "    repos: {fresh: {}, web: {previously: [site]}}\n    teams: {Core: {repos: {fresh: read, web: read}}}\n",
    );
    late(Place::Repositories, &acme(), &yaml);
}

#[test]
fn place_3_a_higher_default_permission_comes_before_access_goes() {
    let mut before = acme();
    before.teams = vec![reaching(of(team("Core"), &["carol"]), &[("site", Read)])];
    let yaml = teams("").replace("    admins:", "    default_repository_permission: read\n    admins:");
    late(Place::OrganizationGives, &before, &yaml);
}

#[test]
fn place_4_teams_are_there_before_people_and_others_get_into_them() {
    let mut before = acme();
    let mut secret = team("Secret");
    secret.privacy = Privacy::Secret;
    before.teams = vec![secret, team("Docs")];
    let yaml = teams("New: {members: [carol], repos: {site: read}}, Secret: {teams: {Docs: {}}}");
    late(Place::TeamsMade, &before, &yaml);
}

#[test]
fn place_5_people_are_members_or_invited_before_they_get_into_teams() {
    late(
        Place::People,
        &acme(),
        &people("alice, bob", "carol, oscar, zoe", "    teams: {New: {members: [zoe]}}\n"),
    );
    // A new owner comes before the old one goes.
    let mut before = acme();
    before.admins = logins(&["alice"]);
    late(Place::People, &before, &people("carol", "alice, oscar", ""));
}

#[test]
fn place_6_people_get_their_places_before_they_lose_others() {
    let mut before = acme();
    before.teams = vec![
        reaching(team("New"), &[("site", Read)]),
        reaching(of(team("Old"), &["carol"]), &[("site", Read)]),
    ];
    late(
        Place::TeamPlaces,
        &before,
        &teams("New: {members: [carol], repos: {site: read}}, Old: {repos: {site: read}}"),
    );
}

#[test]
fn place_7_access_is_given_before_other_access_goes_and_before_teams_move() {
    let mut before = acme();
    before.teams =
        vec![reaching(team("Core"), &[("site", Read)]), below("core", of(team("Docs"), &["carol"]))];
    late(
        Place::AccessGiven,
        &before,
        &teams("Core: {repos: {site: read}}, Docs: {members: [carol], repos: {site: read}}"),
    );
    // It needs the place in the team, and a demoted owner needs both.
    let mut before = acme();
    before.admins = logins(&["alice", "bob", "dora"]);
    let yaml = people(
        "alice, bob",
        "carol, oscar, dora",
        "    teams: {Core: {members: [dora], repos: {site: read}}}\n",
    );
    late(Place::AccessGiven, &before, &yaml);
}

#[test]
fn place_8_teams_move_before_the_teams_above_lose_access_or_go() {
    let mut before = acme();
    before.teams = vec![
        reaching(team("Old"), &[("site", Read)]),
        below("old", of(team("Core"), &["carol"])),
        reaching(team("New"), &[("site", Read)]),
    ];
    let yaml = teams("New: {repos: {site: read}, teams: {Core: {members: [carol]}}}");
    late(Place::TeamsMoved, &before, &yaml);
    // And after what they need of their own was given.
    let yaml = teams(
        "Old: {repos: {site: read}}, New: {repos: {site: read}}, Core: {members: [carol], repos: {site: read}}",
    );
    early(Place::TeamsMoved, &before, &yaml);
}

#[test]
fn place_9_owners_become_members_after_others_became_owners_and_they_have_their_access() {
    let mut before = acme();
    before.admins = logins(&["alice"]);
    let yaml =
        people("carol", "alice, oscar", "    teams: {Core: {members: [alice], repos: {site: read}}}\n");
    early(Place::Demotions, &before, &yaml);
}

#[test]
fn place_10_access_is_taken_after_everything_is_given() {
    let mut before = acme();
    before.teams = vec![
        reaching(team("New"), &[("site", Write)]),
        reaching(of(team("Old"), &["carol"]), &[("site", Write)]),
    ];
    early(
        Place::AccessTaken,
        &before,
        &teams("New: {members: [carol], repos: {site: write}}, Old: {repos: {site: read}}"),
    );
}

#[test]
fn place_11_teams_are_deleted_after_others_left_them_and_have_what_they_gave() {
    let mut before = acme();
    before.teams = vec![reaching(of(team("Old"), &["carol"]), &[("site", Read)]), below("old", team("Docs"))];
    early(Place::TeamsDeleted, &before, &teams("Docs: {}, New: {members: [carol], repos: {site: read}}"));
}

#[test]
fn place_12_members_leave_after_others_became_owners() {
    let mut before = acme();
    before.admins = logins(&["alice"]);
    early(Place::MembersRemoved, &before, &people("carol", "oscar", ""));
}

#[test]
fn place_13_who_stays_as_a_collaborator_is_invited_after_leaving() {
    let mut before = acme();
    before.repos[0].collaborators = Some(vec![collaborator("oscar", Write)]);
    let yaml = people("alice, bob", "carol", "    repos: {site: {collaborators: {oscar: write}}}\n");
    let plan = plan_of(&yaml, &before, &everything());
    let places: Vec<Place> = plan.operations.iter().map(|operation| operation.place).collect();
    assert_eq!(places, [Place::MembersRemoved, Place::Afterwards]);
    // Before, it would give nothing that is not there, and all of it goes with the membership.
    let invitations = |order: &[usize]| {
        let mut now = Expected::of(&before);
        for index in order {
            now.make(&plan.operations[*index].change);
        }
        now.snapshot().repos.iter().map(|repo| repo.invitations.len()).sum::<usize>()
    };
    assert_eq!((invitations(&[0, 1]), invitations(&[1, 0])), (1, 0));
}

#[test]
fn place_14_archiving_and_lower_settings_come_last() {
    let yaml = file(
        "    repos: {site: {archived: true, has_wiki: false}}\n    teams: {Core: {members: [carol], repos: {site: read}}}\n",
    );
    early(Place::SettingsTaken, &acme(), &yaml);
    let mut before = acme();
    before.settings.insert(org_key("default_repository_permission"), "read".to_owned());
    let yaml = teams("Core: {members: [carol], repos: {site: read}}")
        .replace("    admins:", "    default_repository_permission: none\n    admins:");
    early(Place::SettingsTaken, &before, &yaml);
}

#[test]
fn the_invited_are_no_owners_yet() {
    let mut before = acme();
    before.invitations = vec![invited(1, "zoe", OrgRole::Admin)];
    let plan = plan_of(&people("alice, zoe", "carol, oscar, bob", ""), &before, &everything());
    assert_eq!(shown(&plan), ["9 bob: owner -> member"]);
    assert_eq!(plan.waiting.len(), 1);
}
