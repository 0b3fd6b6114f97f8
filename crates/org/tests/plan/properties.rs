//! What holds for every organization and every file that can be applied to it.

use std::collections::BTreeSet;

use peribolos_org::plan::{Change, Expected, Lookups, Outcome, Place, Plan, Scope, plan, verify, withheld};
use peribolos_org::testing::{Case, case, case_from_bytes, snapshot};
use peribolos_org::{ConfigFile, Login, Own, Snapshot, SnapshotTeamRepo, Team, TeamRepo, dump, parse};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::effect::Effect;
use crate::github::refused;
use crate::support::{change, everything, shown};

fn plan_for(case: &Case, snapshot: &Snapshot) -> Result<Plan, TestCaseError> {
    let parsed = parse(&case.yaml, "peribolos.yaml", Some("acme"))
        .map_err(|findings| TestCaseError::fail(format!("{}\n{findings:#?}", case.yaml)))?;
    Ok(plan(&parsed.file, snapshot, &Lookups::default(), &everything()))
}

/// A team that goes before another one gets its address takes what it has with it.
fn frees_an_address(plan: &Plan) -> bool {
    let is_early = |change: &Change| matches!(change, Change::DeleteTeam { .. });
    plan.operations.iter().any(|operation| operation.place == Place::TeamsMade && is_early(&operation.change))
}

/// What older dumps have: everybody who is in effect in a team, and all access from whatever source.
fn old_dump(snapshot: &Snapshot) -> ConfigFile {
    fn widen(teams: &mut [Team], snapshot: &Snapshot, effect: &Effect) {
        for team in teams {
            let Some(found) = snapshot.teams.iter().find(|found| found.name == team.name.value) else {
                continue;
            };
            let listed: BTreeSet<Login> =
                team.maintainers.iter().chain(&team.members).map(|login| login.value.clone()).collect();
            let places =
                effect.places.keys().filter(|(login, id)| *id == found.id && !listed.contains(login));
            team.members.extend(places.map(|(login, _)| login.clone().into()));
            let repos = found
                .repos
                .iter()
                .map(|repo| TeamRepo { name: repo.name.clone().into(), permission: repo.permission.into() });
            team.repos = repos.collect();
            widen(&mut team.teams, snapshot, effect);
        }
    }
    let mut file = dump(snapshot).file;
    let effect = Effect::of(snapshot);
    widen(&mut file.teams, snapshot, &effect);
    for repo in &mut file.repos {
        let Some(found) = snapshot.repos.iter().find(|found| found.name == repo.name.value) else { continue };
        for person in repo.collaborators.iter_mut().flat_map(|people| &mut people.value) {
            let all = effect.people.get(&(person.login.value.clone(), found.id));
            person.permission.value = all.copied().unwrap_or(person.permission.value);
        }
    }
    file
}

/// What GitHub shows of it: a team's own access does not show where the team above has as much.
fn as_github_shows(mut snapshot: Snapshot) -> Snapshot {
    let teams = snapshot.teams.clone();
    for team in &mut snapshot.teams {
        let above = teams.iter().find(|above| team.parent.as_ref() == Some(&above.slug));
        for repo in &mut team.repos {
            let mut inherited = above.into_iter().flat_map(|above| &above.repos);
            let as_much = |one: &SnapshotTeamRepo| one.name == repo.name && one.permission >= repo.permission;
            if repo.own != Own::None && inherited.any(as_much) {
                repo.own = Own::Unknown;
            }
        }
    }
    snapshot
}

proptest! {
    #[test]
    fn dumps_of_what_github_shows_change_nothing(snapshot in snapshot()) {
        let snapshot = as_github_shows(snapshot);
        for file in [dump(&snapshot).file, old_dump(&snapshot)] {
            let plan = plan(&file, &snapshot, &Lookups::default(), &everything());
            prop_assert_eq!(shown(&plan), Vec::<String>::new());
            prop_assert_eq!(&plan.refusals, &[]);
        }
    }

    #[test]
    fn an_old_dump_changes_nothing(snapshot in snapshot()) {
        let plan = plan(&old_dump(&snapshot), &snapshot, &Lookups::default(), &everything());
        prop_assert_eq!(shown(&plan), Vec::<String>::new());
        prop_assert_eq!(&plan.refusals, &[]);
    }

    #[test]
    fn a_dump_changes_nothing_and_warns_of_nothing(snapshot in snapshot()) {
        let plan = plan(&dump(&snapshot).file, &snapshot, &Lookups::default(), &everything());
        prop_assert_eq!(shown(&plan), Vec::<String>::new());
        prop_assert_eq!(&plan.refusals, &[]);
        prop_assert_eq!(&plan.warnings, &[]);
        prop_assert_eq!(plan.expected(&snapshot), snapshot);
    }

    #[test]
    fn what_was_applied_is_not_planned_again(case in case()) {
        let first = plan_for(&case, &case.snapshot)?;
        prop_assume!(first.refusals.is_empty());
        let after = first.expected(&case.snapshot);
        let second = plan_for(&case, &after)?;
        prop_assert_eq!(&second.refusals, &[], "{:#?}", shown(&first));
        prop_assert_eq!(shown(&second), Vec::<String>::new(), "{:#?}", shown(&first));
    }

    #[test]
    fn every_operation_can_be_made_when_it_comes(case in case()) {
        let plan = plan_for(&case, &case.snapshot)?;
        prop_assume!(plan.refusals.is_empty());
        let mut now = Expected::of(&case.snapshot);
        for operation in &plan.operations {
            let why = refused(&now.snapshot(), &operation.change);
            prop_assert_eq!(why, None, "{} in {:#?}", change(&operation.change), shown(&plan));
            now.make(&operation.change);
        }
    }

    #[test]
    fn nobody_loses_on_the_way_what_they_have_before_and_after(case in case()) {
        let plan = plan_for(&case, &case.snapshot)?;
        prop_assume!(plan.refusals.is_empty() && !frees_an_address(&plan));
        let (before, after) = (Effect::of(&case.snapshot), Effect::of(&plan.expected(&case.snapshot)));
        let owners = before.owners.len().min(after.owners.len());
        let mut now = Expected::of(&case.snapshot);
        for operation in &plan.operations {
            now.make(&operation.change);
            let effect = Effect::of(&now.snapshot());
            let lacks = effect.lacks(&before, &after);
            prop_assert_eq!(lacks, Vec::<String>::new(), "after {} in {:#?}", change(&operation.change), shown(&plan));
            prop_assert!(effect.owners.len() >= owners);
        }
    }

    #[test]
    fn whatever_grants_fail_nothing_is_taken_that_they_were_to_replace(
        case in case(),
        fails in prop::collection::vec(prop::bool::weighted(0.3), 60),
        waits in any::<bool>(),
    ) {
        let plan = plan_for(&case, &case.snapshot)?;
        prop_assume!(plan.refusals.is_empty() && !frees_an_address(&plan));
        let (before, after) = (Effect::of(&case.snapshot), Effect::of(&plan.expected(&case.snapshot)));
        let (now, outcomes) = apply(&plan, &case.snapshot, &fails, waits);
        let lacks = Effect::of(&now.snapshot()).lacks(&before, &after);
        let result: Vec<_> = shown(&plan).into_iter().zip(outcomes).collect();
        prop_assert_eq!(lacks, Vec::<String>::new(), "{:#?}", result);
    }

    #[test]
    fn an_apply_that_did_what_was_planned_lost_nothing_beyond(case in case()) {
        let first = plan_for(&case, &case.snapshot)?;
        prop_assume!(first.refusals.is_empty());
        let after = first.expected(&case.snapshot);
        let outcomes = vec![Outcome::Done; first.operations.len()];
        let verified = verify(&case.snapshot, &first, &after, &plan_for(&case, &after)?, &outcomes);
        prop_assert_eq!(verified.beyond, vec![]);
        let outcomes = vec![Outcome::NotTried; first.operations.len()];
        let idle = verify(&case.snapshot, &first, &case.snapshot, &first, &outcomes);
        prop_assert_eq!(idle.beyond, vec![]);
        prop_assert_eq!(idle.remaining, first.operations);
    }

    #[test]
    fn a_plan_of_nothing_is_empty_and_the_same_input_has_the_same_plan(case in case()) {
        let parsed = parse(&case.yaml, "peribolos.yaml", Some("acme"));
        let file = parsed.map_err(|findings| TestCaseError::fail(format!("{findings:#?}")))?.file;
        let none = plan(&file, &case.snapshot, &Lookups::default(), &Scope::default());
        prop_assert_eq!(&none.operations, &[]);
        let first = serde_json::to_string(&plan_for(&case, &case.snapshot)?);
        let mut shuffled = case.clone();
        shuffled.snapshot.teams.reverse();
        shuffled.snapshot.repos.reverse();
        shuffled.snapshot.members.reverse();
        shuffled.snapshot.invitations.reverse();
        for team in &mut shuffled.snapshot.teams {
            team.repos.reverse();
            team.members.reverse();
        }
        let second = serde_json::to_string(&plan_for(&shuffled, &shuffled.snapshot)?);
        prop_assert_eq!(first.ok(), second.ok());
    }

    #[test]
    fn every_byte_string_is_a_case(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Some(case) = case_from_bytes(&bytes) {
            plan_for(&case, &case.snapshot)?;
        }
    }
}

/// Whether somebody may have to accept a change before it is in force.
fn may_wait(change: &Change) -> bool {
    matches!(
        change,
        Change::InviteMember { .. }
            | Change::InviteAgain { .. }
            | Change::SetTeamMember { .. }
            | Change::SetCollaborator { .. }
    )
}

/// Applies a plan as the engine does, with some grants refused: what it left, and what became of each operation.
fn apply(plan: &Plan, before: &Snapshot, fails: &[bool], waits: bool) -> (Expected, Vec<Outcome>) {
    let mut now = Expected::of(before);
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (index, operation) in plan.operations.iter().enumerate() {
        let missing = operation.needs.iter().find(|needed| !outcomes[**needed].is_base());
        let outcome = if let Some(because) = missing {
            Outcome::Skipped { because: *because }
        } else if let Some(withheld) = withheld(plan, index, &outcomes, &now) {
            Outcome::Withheld(withheld)
        } else if !operation.change.takes_away() && fails[index % fails.len()] {
            if waits && may_wait(&operation.change) { Outcome::Waiting } else { Outcome::NotTried }
        } else {
            now.make(&operation.change);
            Outcome::Done
        };
        outcomes.push(outcome);
    }
    (now, outcomes)
}

/// What is never generated is never tested: every kind of change, in every place, and withheld removals.
#[test]
fn generated_cases_have_everything_in_them() {
    let mut runner = TestRunner::deterministic();
    let (mut kinds, mut places) = (BTreeSet::new(), BTreeSet::new());
    let (mut applicable, mut withholdings) = (0, 0);
    for _ in 0..500 {
        let case = case().new_tree(&mut runner).expect("a case").current();
        let plan = plan_for(&case, &case.snapshot).expect("a plan");
        applicable += usize::from(plan.refusals.is_empty());
        for operation in &plan.operations {
            let change = serde_json::to_value(&operation.change).expect("a value");
            kinds.insert(change["kind"].as_str().expect("a kind").to_owned());
            places.insert(operation.place);
        }
        let (_, outcomes) = apply(&plan, &case.snapshot, &[true, false, false], false);
        withholdings += outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Withheld(_))).count();
    }
    let expected = [
        "cancelInvitation",
        "cancelRepoInvitation",
        "changeRole",
        "createRepo",
        "createTeam",
        "deleteTeam",
        "editOrg",
        "editRepo",
        "editRepoInvitation",
        "editTeam",
        "inviteMember",
        "removeCollaborator",
        "removeMember",
        "removeTeamMember",
        "removeTeamRepo",
        "renameRepo",
        "setCollaborator",
        "setTeamMember",
        "setTeamRepo",
        "setTopics",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(places.into_iter().collect::<Vec<_>>(), Place::ALL);
    assert!(withholdings > 20, "{withholdings} removals are withheld");
    assert!(applicable > 250, "{applicable} of 500 can be applied");
}
