//! An invitation that replaces another one. What it needs is read before the other one is cancelled, because GitHub then
//! forgets the teams of that one.

use std::borrow::Cow;
use std::collections::BTreeSet;

use peribolos_org::Login;
use peribolos_org::plan::{Change, InvitedTeam, NotSentReason, Outcome};

use super::Run;

impl Run<'_> {
    /// Reads what the replacing invitation needs: the invited person, and which of the teams still exist.
    pub(super) async fn can_be_replaced(&mut self, index: usize, change: &Change) -> Result<(), Outcome> {
        let Change::CancelInvitation { id, login: invited, failed: false, .. } = change else {
            return Ok(());
        };
        let later = self.job.plan.operations.get(index..).unwrap_or_default();
        let mut changes = later.iter().map(|operation| &operation.change);
        let Some(next) = changes.find(|change| change.invitee() == Some(invited)) else { return Ok(()) };
        if let Change::InviteAgain { teams, .. } = next {
            let find = async |run: &mut Self| run.job.client.find_person(invited, &mut run.addresses).await;
            let is_found = self.read_until_shown(change, NotSentReason::Unread, |found: &bool| *found, find);
            if !is_found.await? {
                return Err(Outcome::Left("GitHub does not show whose login it is".to_owned()));
            }
            self.note_gone(change, teams).await?;
        }
        self.is_to_no_more_teams(change, (*id, invited)).await
    }

    /// Leaves an invitation that is to more teams than the plan knows of: it would take these places with it, and nothing has
    /// shown that.
    async fn is_to_no_more_teams(
        &mut self,
        change: &Change,
        (id, invited): (u64, &Login),
    ) -> Result<(), Outcome> {
        let find = async |run: &mut Self| run.job.client.teams_of_invitation(run.job.org, id).await;
        let teams = self.read(change, NotSentReason::Unread, find).await?;
        let known = self.job.before.teams.iter().filter(|team| team.invitations.contains(invited));
        let known: BTreeSet<u64> = known.map(|team| team.id).collect();
        if teams.iter().all(|team| known.contains(team)) {
            Ok(())
        } else {
            Err(Outcome::Left("the invitation is to another team, too, now".to_owned()))
        }
    }

    /// Whether a team of this invitation was deleted since the teams were read, which may be why GitHub refuses it.
    pub(super) async fn loses_teams(&mut self, change: &Change) -> bool {
        let Change::InviteAgain { teams, .. } = change else { return false };
        let known = self.gone_teams.len();
        self.note_gone(change, teams).await.is_ok() && self.gone_teams.len() > known
    }

    /// The same invitation without deleted teams, because of which GitHub would refuse it completely.
    pub(super) fn without_teams_that_are_gone<'c>(&self, change: &'c Change) -> Cow<'c, Change> {
        let Change::InviteAgain { login, role, teams } = change else { return Cow::Borrowed(change) };
        let (login, role) = (login.clone(), *role);
        let teams = teams.iter().filter(|team| !self.gone_teams.contains(&team.id)).cloned().collect();
        Cow::Owned(Change::InviteAgain { login, role, teams })
    }

    async fn note_gone(&mut self, change: &Change, teams: &[InvitedTeam]) -> Result<(), Outcome> {
        let find = async |run: &mut Self| run.job.client.teams_gone(run.job.org, teams).await;
        let gone = self.read_until_shown(change, NotSentReason::Unread, BTreeSet::is_empty, find).await?;
        self.gone_teams.extend(gone);
        Ok(())
    }
}
