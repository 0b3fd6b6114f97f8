//! What holds for every organization and every file that can be applied to it.

use std::collections::BTreeSet;

use peribolos_org::plan::{Change, Plan, Scope, TeamSetting, plan, verify};
use peribolos_org::testing::{Case, case, case_from_bytes, snapshot};
use peribolos_org::{ConfigFile, Login, Snapshot, Spelling, TeamName, dump, parse, settle};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::fulfilled::fulfilled;
use crate::support::everything;

/// The file as upstream gets it, with GitHub's spelling of this moment.
fn settled(case: &Case, snapshot: &Snapshot) -> Result<ConfigFile, TestCaseError> {
    let parsed = parse(&case.yaml, "peribolos.yaml", Some("acme"))
        .map_err(|findings| TestCaseError::fail(format!("{}\n{findings:#?}", case.yaml)))?;
    Ok(settle(&parsed.file, &Spelling::of_snapshot(snapshot, BTreeSet::new())).file)
}

fn plan_for(case: &Case, snapshot: &Snapshot) -> Result<Plan, TestCaseError> {
    Ok(plan(&settled(case, snapshot)?, &[], snapshot, &everything()))
}

/// What one run of upstream leaves to the next, and why.
///
/// A change of a nested team takes it out of its place; the next run puts it back. And who is listed in a team
/// but was only in one below it, and is not in that any more, is missed in the next run.
fn is_left_to_the_next_run(before: &Snapshot, first: &Plan, change: &Change) -> bool {
    match change {
        Change::EditTeam { changes, .. } => {
            changes.len() == 1
                && changes[0].setting == TeamSetting::Parent
                && first.operations.iter().any(|operation| detaches(&operation.change))
        }
        Change::SetTeamMember { team, login, .. } => was_inherited(before, first, team, login),
        _ => false,
    }
}

fn detaches(change: &Change) -> bool {
    let Change::EditTeam { changes, .. } = change else { return false };
    changes.iter().any(|change| change.setting == TeamSetting::Parent && change.to.is_empty())
}

fn was_inherited(before: &Snapshot, first: &Plan, team: &TeamName, login: &Login) -> bool {
    let old_name = first.operations.iter().find_map(|operation| match &operation.change {
        Change::EditTeam { name, changes } => {
            let renamed = |change: &&_| {
                matches!(change, peribolos_org::plan::SettingChange {
                setting: TeamSetting::Name, to, ..
            } if to == team.as_str())
            };
            changes.iter().find(renamed).map(|_| name.clone())
        }
        _ => None,
    });
    let name = old_name.as_ref().unwrap_or(team);
    before.teams.iter().any(|team| team.name == *name && team.inherited_members.contains(login))
}

fn lasting(plan: &Plan) -> Vec<&Change> {
    plan.operations.iter().filter(|operation| operation.lasting).map(|operation| &operation.change).collect()
}

proptest! {
    #[test]
    fn a_dump_is_a_file_that_changes_nothing(snapshot in snapshot()) {
        let dumped = dump(&snapshot);
        let plan = plan(&dumped.file, &[], &snapshot, &everything());
        prop_assert_eq!(&plan.operations, &[]);
        prop_assert_eq!(&plan.refusals, &[]);
        prop_assert_eq!(plan.removal_delta, 0);
        prop_assert_eq!(plan.expected(&snapshot), snapshot);
    }

    #[test]
    fn what_was_applied_is_not_planned_again(case in case()) {
        let first = plan_for(&case, &case.snapshot)?;
        if !first.refusals.is_empty() {
            return Ok(());
        }
        let after = first.expected(&case.snapshot);
        let second = plan_for(&case, &after)?;
        prop_assert_eq!(&second.refusals, &[], "{:#?}", first.operations);
        for change in lasting(&second) {
            prop_assert!(
                is_left_to_the_next_run(&case.snapshot, &first, change),
                "{change:#?} after {:#?}", first.operations
            );
        }
        let after = second.expected(&after);
        let third = plan_for(&case, &after)?;
        prop_assert_eq!(lasting(&third), Vec::<&Change>::new(), "{:#?}\n{:#?}", first.operations, second.operations);
        prop_assert_eq!(&third.refusals, &[]);
        let missing = fulfilled(&settled(&case, &after)?, &case.snapshot, &after);
        prop_assert_eq!(missing, Vec::<String>::new(), "{:#?}", first.operations);
    }

    #[test]
    fn an_apply_that_did_what_was_planned_lost_nothing_beyond(case in case()) {
        let first = plan_for(&case, &case.snapshot)?;
        if !first.refusals.is_empty() {
            return Ok(());
        }
        let after = first.expected(&case.snapshot);
        let verified = verify(&case.snapshot, &first, &after, &plan_for(&case, &after)?);
        prop_assert_eq!(verified.beyond, vec![]);
        let idle = verify(&case.snapshot, &first, &case.snapshot, &first);
        prop_assert_eq!(idle.beyond, vec![]);
        prop_assert_eq!(idle.remaining.len(), lasting(&first).len());
        prop_assert_eq!(idle.applied, first.operations.len() - idle.remaining.len());
    }

    #[test]
    fn a_plan_of_nothing_is_empty_and_the_same_input_has_the_same_plan(case in case()) {
        let file = settled(&case, &case.snapshot)?;
        let none = plan(&file, &[], &case.snapshot, &Scope::default());
        prop_assert_eq!(&none.operations, &[]);
        let first = serde_json::to_string(&plan_for(&case, &case.snapshot)?);
        let mut shuffled = case.clone();
        shuffled.snapshot.teams.reverse();
        shuffled.snapshot.repos.reverse();
        shuffled.snapshot.members.reverse();
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

/// What is never generated is never tested: every kind of write, and of those that do not last.
#[test]
fn generated_cases_have_everything_in_them() {
    let mut runner = TestRunner::deterministic();
    let mut kinds = BTreeSet::new();
    let mut applicable = 0;
    for _ in 0..500 {
        let case = case().new_tree(&mut runner).expect("a case").current();
        let plan = plan_for(&case, &case.snapshot).expect("a plan");
        applicable += usize::from(plan.refusals.is_empty());
        for operation in &plan.operations {
            let change = serde_json::to_value(&operation.change).expect("a value");
            let lasting = if operation.lasting { "" } else { " in vain" };
            kinds.insert(format!("{}{lasting}", change["kind"].as_str().expect("a kind")));
        }
    }
    let expected = [
        "cancelInvitation",
        "changeRole",
        "clearFailedInvitation",
        "createRepo",
        "createTeam",
        "deleteTeam",
        "editOrg",
        "editRepo",
        "editTeam",
        "inviteMember",
        "removeCollaborator",
        "removeMember",
        "removeTeamMember",
        "removeTeamMember in vain",
        "removeTeamRepo",
        "removeTeamRepo in vain",
        "setCollaborator",
        "setTeamMember",
        "setTeamMember in vain",
        "setTeamRepo",
        "setTeamRepo in vain",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    assert!(applicable > 300, "{applicable} of 500 can be applied");
}
