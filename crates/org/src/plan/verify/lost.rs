//! Places in teams that were lost with an invitation.

use peribolos_vocab::{Kind, Login};
use serde::{Deserialize, Serialize};

use super::Renamed;
use crate::plan::{InvitedTeam, Outcome, Plan};
use crate::snapshot::{Snapshot, SnapshotTeam};

/// Places of somebody whose invitation was cancelled for another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Who was invited.
    pub login: Login,
    /// The teams to which the new invitation was to be, and in which the person is not.
    pub teams: Vec<InvitedTeam>,
}

/// The places that were to be kept and that `after` does not show, whatever GitHub has answered.
pub(super) fn lost(plan: &Plan, outcomes: &[Outcome], after: &Snapshot, renamed: &[Renamed]) -> Vec<Lost> {
    let all = plan.sent_again(outcomes).filter_map(|(index, login, teams)| {
        let called = renamed.iter().find(|renamed| renamed.login == *login).map_or(login, |it| &it.now);
        let has = |team: &SnapshotTeam| {
            [&team.maintainers, &team.members, &team.invitations]
                .into_iter()
                .any(|people| people.contains(called))
        };
        let is_sent = outcomes.get(index).is_some_and(Outcome::is_base);
        let is_lost = |invited: &&InvitedTeam| match after.teams.iter().find(|team| team.id == invited.id) {
            Some(team) => !has(team),
            // The team has gone meanwhile, unless teams can't be read any more.
            None => !is_sent && after.unread.iter().any(|unread| unread.kind == Kind::Teams),
        };
        let teams: Vec<InvitedTeam> = teams.iter().filter(is_lost).cloned().collect();
        (!teams.is_empty()).then(|| Lost { login: login.clone(), teams })
    });
    all.collect()
}
