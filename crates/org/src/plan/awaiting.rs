//! Removals of a plan that wait for somebody to accept an invitation, so that the plan says so before it is applied.

use std::collections::BTreeSet;

use peribolos_vocab::Login;

use super::model::Model;
use super::{Change, Expected, Outcome, Plan, withheld};

/// Marks the operations that an apply of this plan withholds because somebody has yet to accept an invitation, if GitHub
/// takes everything else.
pub(super) fn mark(plan: &mut Plan, before: &Model) {
    let invited: BTreeSet<&Login> = plan
        .operations
        .iter()
        .filter_map(|operation| invites(&operation.change, before))
        .chain(plan.waiting.iter().map(|waiting| &waiting.login))
        .collect();
    let may_wait: BTreeSet<usize> = (0..plan.operations.len())
        .filter(|index| loser(&plan.operations[*index].change).is_some_and(|login| invited.contains(login)))
        .collect();
    if may_wait.is_empty() {
        return;
    }
    let mut now = Expected { model: before.clone() };
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(plan.operations.len());
    for index in 0..plan.operations.len() {
        let reason = may_wait.contains(&index).then(|| withheld(plan, index, &outcomes, &now)).flatten();
        let change = &plan.operations[index].change;
        let outcome = if let Some(reason) = reason.filter(|reason| reason.awaits_acceptance(&outcomes)) {
            Outcome::Withheld(reason)
        } else {
            now.make(change);
            if invites(change, before).is_some() { Outcome::Waiting } else { Outcome::Done }
        };
        plan.operations[index].awaits_acceptance = matches!(outcome, Outcome::Withheld(_));
        outcomes.push(outcome);
    }
}

/// Who has to accept something before the change is in force.
fn invites<'c>(change: &'c Change, before: &Model) -> Option<&'c Login> {
    match change {
        Change::InviteMember { login, .. }
        | Change::InviteAgain { login, .. }
        | Change::SetTeamMember { login, .. }
        | Change::SetCollaborator { login, from: None, .. }
        | Change::EditRepoInvitation { login, .. } => {
            Some(login).filter(|login| before.role(login).is_none())
        }
        _ => None,
    }
}

/// Who loses something by a change that somebody who is no member can lose.
const fn loser(change: &Change) -> Option<&Login> {
    match change {
        Change::RemoveCollaborator { login, .. } | Change::SetCollaborator { login, from: Some(_), .. } => {
            Some(login)
        }
        _ => None,
    }
}
