//! The state of the organization after an apply, compared with the plan and the outcomes of its operations.

use peribolos_org::plan::{Change, Operation, Outcome, Plan};

/// The operations that GitHub took and that are planned again: GitHub does not show them yet, or they do not hold. An
/// invitation that waits is not planned again; one that was cancelled is.
pub fn missed(plan: &Plan, outcomes: &[Outcome], remaining: &[Operation]) -> Vec<usize> {
    plan.operations
        .iter()
        .zip(outcomes)
        .enumerate()
        .filter(|(_, (operation, outcome))| {
            outcome.is_shown(&operation.change) && is_left(&operation.change, remaining)
        })
        .map(|(index, _)| index)
        .collect()
}

/// Whether a change is planned again.
fn is_left(change: &Change, remaining: &[Operation]) -> bool {
    remaining.iter().any(|operation| is_about_the_same(change, &operation.change))
}

/// How many operations wait for somebody to accept an invitation without GitHub showing it: their change is planned again.
pub fn invited(plan: &Plan, outcomes: &[Outcome], remaining: &[Operation]) -> usize {
    let all = plan.operations.iter().map(|operation| &operation.change).zip(outcomes);
    all.filter(|(change, outcome)| outcome.is_hidden_until_accepted(change) && is_left(change, remaining))
        .count()
}

/// Whether something remains that no operation of the plan is about: GitHub shows now what it did not show before, as what a
/// team has of its own once the team above has lost it, or somebody changed the organization meanwhile.
pub fn is_unplanned(plan: &Plan, remaining: &[Operation]) -> bool {
    let is_planned = |left: &Operation| {
        plan.operations.iter().any(|operation| is_about_the_same(&operation.change, &left.change))
    };
    !remaining.iter().all(is_planned)
}

/// Whether one operation would do again what another has done, all of it or a part.
fn is_about_the_same(one: &Change, other: &Change) -> bool {
    use Change::{
        CancelInvitation, CancelRepoInvitation, ChangeRole, CreateRepo, CreateTeam, DeleteTeam, EditOrg,
        EditRepo, EditRepoInvitation, EditTeam, RemoveCollaborator, RemoveMember, RemoveTeamMember,
        RemoveTeamRepo, RenameRepo, SetCollaborator, SetTeamMember, SetTeamRepo, SetTopics,
    };
    if one.invitee().is_some() || other.invitee().is_some() {
        return one.invitee() == other.invitee();
    }
    match (one, other) {
        (EditOrg { changes: one }, EditOrg { changes: other }) => {
            one.iter().any(|one| other.iter().any(|other| one.setting == other.setting))
        }
        (EditRepo { name: a, changes: one }, EditRepo { name: b, changes: other }) => {
            a == b && one.iter().any(|one| other.iter().any(|other| one.setting == other.setting))
        }
        (EditTeam { name: a, changes: one, .. }, EditTeam { name: b, changes: other, .. }) => {
            a == b && one.iter().any(|one| other.iter().any(|other| one.setting == other.setting))
        }
        (ChangeRole { login: a, .. }, ChangeRole { login: b, .. })
        | (RemoveMember { login: a, .. }, RemoveMember { login: b, .. }) => a == b,
        (CancelInvitation { id: a, .. }, CancelInvitation { id: b, .. })
        | (EditRepoInvitation { id: a, .. }, EditRepoInvitation { id: b, .. })
        | (CancelRepoInvitation { id: a, .. }, CancelRepoInvitation { id: b, .. }) => a == b,
        (CreateRepo { name: a, .. }, CreateRepo { name: b, .. })
        | (RenameRepo { from: a, .. }, RenameRepo { from: b, .. })
        | (SetTopics { name: a, .. }, SetTopics { name: b, .. }) => a == b,
        (SetCollaborator { repo: a, login: one, .. }, SetCollaborator { repo: b, login: other, .. })
        | (
            RemoveCollaborator { repo: a, login: one, .. },
            RemoveCollaborator { repo: b, login: other, .. },
        ) => a == b && one == other,
        (CreateTeam { name: a, .. }, CreateTeam { name: b, .. })
        | (DeleteTeam { name: a, .. }, DeleteTeam { name: b, .. }) => a == b,
        (SetTeamMember { team: a, login: one, .. }, SetTeamMember { team: b, login: other, .. })
        | (RemoveTeamMember { team: a, login: one, .. }, RemoveTeamMember { team: b, login: other, .. }) => {
            a == b && one == other
        }
        (SetTeamRepo { team: a, repo: one, .. }, SetTeamRepo { team: b, repo: other, .. })
        | (RemoveTeamRepo { team: a, repo: one, .. }, RemoveTeamRepo { team: b, repo: other, .. }) => {
            a == b && one == other
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use peribolos_org::plan::{OrgSetting, Place, SettingChange, TeamRole};
    use peribolos_org::{Login, OrgRole, TeamName};

    use super::*;

    fn invite(login: &str) -> Change {
        Change::InviteMember { login: Login::new(login), role: OrgRole::Member }
    }

    fn place(login: &str) -> Change {
        let (team, login) = (TeamName::new("Core"), Login::new(login));
        Change::SetTeamMember { team, login, from: None, to: TeamRole::Member }
    }

    fn settings(list: &[OrgSetting]) -> Change {
        let change =
            |setting: &OrgSetting| SettingChange { setting: *setting, from: None, to: "x".to_owned() };
        Change::EditOrg { changes: list.iter().map(change).collect() }
    }

    fn operations(changes: Vec<Change>) -> Vec<Operation> {
        let place = Place::People;
        let operation = |change| Operation {
            place,
            change,
            line: None,
            needs: Vec::new(),
            because: None,
            awaits_acceptance: false,
        };
        changes.into_iter().map(operation).collect()
    }

    fn plan(changes: Vec<Change>) -> Plan {
        Plan {
            org: Login::new("acme"),
            operations: operations(changes),
            refusals: Vec::new(),
            warnings: Vec::new(),
            redundant: Vec::new(),
            waiting: Vec::new(),
            left_out: Vec::new(),
        }
    }

    #[test]
    fn what_remains_and_was_not_planned_is_seen() {
        let plan = plan(vec![invite("ann"), place("ann")]);
        assert!(!is_unplanned(&plan, &operations(vec![place("Ann")])));
        assert!(is_unplanned(&plan, &operations(vec![place("Ann"), place("ben")])));
    }

    #[test]
    fn what_is_planned_again_although_it_was_done_is_missed() {
        let names = [OrgSetting::DEFAULT_REPOSITORY_PERMISSION, OrgSetting::HAS_REPOSITORY_PROJECTS];
        let plan = plan(vec![settings(&names), place("ann"), place("ben"), invite("cid")]);
        let outcomes = [Outcome::Done, Outcome::Done, Outcome::NotTried, Outcome::Waiting];
        let remaining = operations(vec![settings(&names[1..]), place("ben"), invite("ann")]);
        assert_eq!(missed(&plan, &outcomes, &remaining), [0]);
        assert_eq!(missed(&plan, &outcomes, &[]), [0_usize; 0]);
        let cancelled = operations(vec![invite("cid")]);
        assert_eq!(missed(&plan, &outcomes, &cancelled), [3], "its invitation is not there any more");
    }

    #[test]
    fn a_member_who_is_still_to_accept_another_role_is_planned_again_and_not_missed() {
        let (from, to) = (OrgRole::Member, OrgRole::Admin);
        let promotion = || vec![Change::ChangeRole { login: Login::new("dan"), from, to }];
        let remaining = operations(promotion());
        assert_eq!(missed(&plan(promotion()), &[Outcome::Waiting], &remaining), [0_usize; 0]);
        assert_eq!(invited(&plan(promotion()), &[Outcome::Waiting], &remaining), 1);
        assert_eq!(invited(&plan(promotion()), &[Outcome::Waiting], &[]), 0, "she has accepted");
        assert_eq!(invited(&plan(promotion()), &[Outcome::Done], &remaining), 0);
        assert_eq!(missed(&plan(promotion()), &[Outcome::Done], &remaining), [0]);
    }
}
