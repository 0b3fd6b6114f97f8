//! Which teams exist, their names, places and settings.

use peribolos_org::plan::{Ignore, Kind, Scope};
use peribolos_org::{ManagedBy, Permission, Privacy, Slug, Snapshot, SnapshotTeam};

use crate::support::{
    acme, below, everything, file, of, operations, plan_of, reaching, refusals, shown, team, usual, warnings,
};

fn having(teams: Vec<SnapshotTeam>) -> Snapshot {
    Snapshot { teams, ..acme() }
}

fn teams(yaml: &str) -> String {
    file(&format!("    teams: {{{yaml}}}\n"))
}

fn ignoring(what: Ignore) -> Scope {
    Scope { ignore: [what].into(), ..usual() }
}

#[test]
fn teams_are_made_above_first_and_deleted_lowest_first() {
    let snapshot = having(vec![team("A"), below("a", team("B")), below("b", team("C"))]);
    let yaml = teams(
        "X: {teams: {W: {teams: {V: {description: Deep}}}}, description: New}, S: {privacy: secret}, Z: {}",
    );
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "4 create team S secret",
            "4 create team X \"New\" closed",
            "4 create team W closed below X",
            "4 create team V \"Deep\" closed below W",
            "4 create team Z secret",
            "11 delete team C (c)",
            "11 delete team B (b)",
            "11 delete team A (a)",
        ]
    );
    assert_eq!(plan.operations[2].needs, [1]);
    assert_eq!(plan.operations[6].needs, [5]);
}

#[test]
fn a_team_is_renamed_described_and_shown_in_one_request() {
    let mut old = team("Old");
    old.privacy = Privacy::Secret;
    old.description = "Words".to_owned();
    let snapshot = having(vec![of(old, &["carol"])]);
    let yaml = teams("New: {previously: [Old], description: \"\", privacy: closed, members: [oscar]}");
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "4 edit team Old, name \"Old\" -> \"New\", description \"Words\" -> \"\", privacy \"secret\" -> \"closed\"",
            "6 oscar in team New: - -> member",
            "10 carol in team New: member -> -",
        ]
    );
    assert!(plan.operations[1..].iter().all(|operation| operation.needs == [0]));
}

#[test]
fn a_nested_team_stays_in_its_place_when_something_else_changes() {
    let snapshot = having(vec![team("Core"), below("core", team("Docs"))]);
    let yaml = teams("Core: {teams: {Docs: {description: New}}}");
    assert_eq!(operations(&yaml, &snapshot), ["4 edit team Docs, description \"\" -> \"New\""]);
}

#[test]
fn teams_swap_places_without_a_circle() {
    let snapshot = having(vec![team("A"), below("a", team("B")), below("b", team("C"))]);
    let plan = plan_of(&teams("C: {teams: {B: {teams: {A: {}}}}}"), &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "8 edit team C, parent \"B\" -> \"\"",
            "8 edit team B, parent \"A\" -> \"C\"",
            "8 edit team A, parent \"\" -> \"B\"",
        ]
    );
}

#[test]
fn teams_that_stay_leave_before_the_team_above_goes() {
    let snapshot = having(vec![team("Old"), below("old", team("Core")), team("New")]);
    let plan = plan_of(&teams("New: {teams: {Core: {}}}"), &snapshot, &usual());
    assert_eq!(shown(&plan), ["8 edit team Core, parent \"Old\" -> \"New\"", "11 delete team Old (old)"]);
    // Where the move is refused the team above must stay, or GitHub deletes both.
    assert_eq!(plan.operations[1].needs, [0]);
}

#[test]
fn a_secret_team_is_shown_before_it_is_nested_and_hidden_after_nothing_is_below_it() {
    let mut docs = team("Docs");
    docs.privacy = Privacy::Secret;
    let snapshot = having(vec![team("Core"), docs, below("core", team("Web"))]);
    let plan = plan_of(&teams("Core: {privacy: secret}, Docs: {teams: {Web: {}}}"), &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "4 edit team Docs, privacy \"secret\" -> \"closed\"",
            "8 edit team Web, parent \"Core\" -> \"Docs\"",
            "8 edit team Core, privacy \"closed\" -> \"secret\"",
        ]
    );
    assert_eq!(plan.operations[1].needs, [0]);
    assert_eq!(plan.operations[2].needs, [1]);
}

/// A team with an address that is not made of its name.
fn at(slug: &str, team: SnapshotTeam) -> SnapshotTeam {
    SnapshotTeam { slug: Slug::new(slug), ..team }
}

#[test]
fn an_address_is_freed_just_before_it_is_needed() {
    let mut old = of(at("ops-tools", team("Operations")), &["carol"]);
    old.repos = reaching(team("x"), &[("site", Permission::Read)]).repos;
    let snapshot = having(vec![old, below("ops-tools", team("Docs")), below("ops-tools", team("Gone"))]);
    let plan = plan_of(&teams("ops-tools: {privacy: closed}, Docs: {}"), &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "4 edit team Docs, parent \"Operations\" -> \"\"",
            "4 delete team Gone (gone)",
            "4 delete team Operations (ops-tools)",
            "4 create team ops-tools closed",
        ]
    );
    assert_eq!(plan.operations[2].needs, [0, 1]);
    assert_eq!(plan.operations[3].needs, [2]);
}

#[test]
fn a_name_that_differs_in_signs_or_accents_is_a_rename() {
    let snapshot = having(vec![of(team("Ops & Tools"), &["carol"]), team("Äpfel")]);
    let file = "ops-tools: {members: [carol]}, Apfel: {}";
    let renamed = [
        "4 edit team Äpfel, name \"Äpfel\" -> \"Apfel\"",
        "4 edit team Ops & Tools, name \"Ops & Tools\" -> \"ops-tools\"",
    ];
    assert_eq!(operations(&teams(file), &snapshot), renamed);
    // A former name is found by the same rule, and a team of the new one goes before it.
    let former = "New: {previously: [ops-tools], members: [carol]}, Apfel: {previously: [old]}";
    let snapshot = having(vec![of(team("Ops & Tools"), &["carol"]), team("Äpfel"), team("Old")]);
    assert_eq!(
        operations(&teams(former), &snapshot),
        [renamed[0], "4 edit team Ops & Tools, name \"Ops & Tools\" -> \"New\"", "11 delete team Old (old)"]
    );
}

#[test]
fn who_frees_an_address_is_renamed_first() {
    let snapshot = having(vec![team("A"), at("b", team("Other"))]);
    let plan = plan_of(&teams("B: {previously: [A]}, C: {previously: [Other]}"), &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        ["4 edit team Other, name \"Other\" -> \"C\"", "4 edit team A, name \"A\" -> \"B\""]
    );
    assert_eq!(plan.operations[1].needs, [0]);
}

#[test]
fn addresses_that_are_exchanged_or_kept_by_others_are_refused() {
    let snapshot = having(vec![at("d", team("A")), at("b", team("C"))]);
    let plan = plan_of(&teams("B: {previously: [A]}, D: {previously: [C]}"), &snapshot, &usual());
    assert!(refusals(&plan)[0].contains("and others exchange their addresses"), "{:?}", refusals(&plan));
    let mut secret = team("Ops & Tools");
    secret.privacy = Privacy::Secret;
    let plan = plan_of(
        &teams("ops-tools: {privacy: closed}"),
        &having(vec![secret]),
        &ignoring(Ignore::SecretTeams),
    );
    assert_eq!(shown(&plan), [""; 0]);
    assert!(refusals(&plan)[0].starts_with("5: `ops-tools` and `Ops & Tools` have one address on GitHub"));
}

#[test]
fn another_case_is_the_same_team_and_a_rename_where_the_file_says_so() {
    let snapshot = having(vec![team("Core")]);
    assert_eq!(operations(&teams("CORE: {}"), &snapshot), [""; 0]);
    assert_eq!(
        operations(&teams("CORE: {previously: [core]}"), &snapshot),
        ["4 edit team Core, name \"Core\" -> \"CORE\""]
    );
}

#[test]
fn teams_that_are_left_alone_are_neither_deleted_nor_taken_over() {
    let mut hidden = team("Hidden");
    hidden.privacy = Privacy::Secret;
    let mut staff = team("Staff");
    staff.managed_by = ManagedBy::Enterprise;
    let snapshot = having(vec![hidden, staff]);
    let scope = ignoring(Ignore::SecretTeams);
    let plan = plan_of(&teams(""), &snapshot, &scope);
    assert_eq!(shown(&plan), [""; 0]);
    assert!(warnings(&plan)[0].starts_with("`Staff` is a team of the enterprise, and can't be deleted here"));
    let both = Scope { ignore: [Ignore::SecretTeams, Ignore::EnterpriseTeams].into(), ..usual() };
    assert_eq!(warnings(&plan_of(&teams(""), &snapshot, &both)), [""; 0]);
    let refused =
        refusals(&plan_of(&teams("Hidden: {privacy: closed}, New: {privacy: secret}"), &snapshot, &both));
    assert!(refused[0].starts_with("5: `Hidden` is one of the teams that are left alone"), "{refused:?}");
    assert!(
        refused[1].starts_with("5: `New` would be secret, and secret teams are left alone"),
        "{refused:?}"
    );
    let refused = refusals(&plan_of(&teams("Staff: {description: New}"), &snapshot, &scope));
    assert!(refused[0].starts_with("5: `Staff` is a team of the enterprise, and can't be changed here"));
    assert_eq!(refusals(&plan_of(&teams("Staff: {}"), &snapshot, &scope)), [""; 0]);
}

#[test]
fn what_is_left_alone_below_is_not_deleted_with_the_team_above() {
    let mut staff = below("old", team("Staff"));
    staff.managed_by = ManagedBy::Enterprise;
    let plan = plan_of(&teams(""), &having(vec![team("Old"), staff]), &ignoring(Ignore::EnterpriseTeams));
    assert_eq!(shown(&plan), [""; 0]);
    assert!(refusals(&plan)[0].starts_with("2: A team that is left alone is below one that is not listed"));
}

#[test]
fn a_move_waits_for_what_it_would_take_away() {
    // Docs needs site from Core now, and from New afterwards: which must come first is not the order of names.
    let snapshot = having(vec![
        reaching(team("Core"), &[("site", Permission::Read)]),
        below("core", team("Docs")),
        below("docs", team("Api")),
        team("New"),
    ]);
    let yaml = teams(
        "Core: {repos: {site: read}}, New: {repos: {site: read}, teams: {Docs: {repos: {site: read}}}}, \
         Api: {repos: {site: read}}",
    );
    let plan = plan_of(&yaml, &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        [
            "7 team Api in site: - -> read since a source goes",
            "7 team New in site: - -> read",
            "8 edit team Api, parent \"Docs\" -> \"\"",
            "8 edit team Docs, parent \"Core\" -> \"New\"",
        ]
    );
    assert_eq!(plan.operations[2].needs, [0]);
}

#[test]
fn what_leaves_a_team_that_moves_leaves_it_before_where_it_would_lose_something() {
    let snapshot = having(vec![
        reaching(team("Core"), &[("site", Permission::Read)]),
        below("core", team("Api")),
        below("api", team("Docs")),
        reaching(team("New"), &[("site", Permission::Read)]),
    ]);
    let yaml = teams("Api: {}, Core: {repos: {site: read}}, New: {repos: {site: read}, teams: {Docs: {}}}");
    // Docs reaches site by Core before, and by New after: not by none in between.
    assert_eq!(
        operations(&yaml, &snapshot),
        ["8 edit team Docs, parent \"Api\" -> \"New\"", "8 edit team Api, parent \"Core\" -> \"\""]
    );
}

#[test]
fn nothing_is_planned_of_teams_that_are_not_managed() {
    let mut scope = everything();
    scope.manage.remove(&Kind::Teams);
    assert_eq!(
        shown(&plan_of(&teams("New: {members: [carol]}"), &having(vec![team("Old")]), &scope)),
        [""; 0]
    );
}
