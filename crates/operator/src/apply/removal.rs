//! Checks before a removal: whether the file at the head is still the one that is applied, whether what replaces it
//! is in force, and whether enough owners would be left.

use peribolos_core::apply::owners;
use peribolos_github::FileAnswer;
use peribolos_github::client::MemberRole;
use peribolos_org::plan::{Change, NotSentReason, Outcome, withheld};
use peribolos_org::{Login, OrgRole};

use super::Run;
use super::head::Watch;

impl Run<'_> {
    /// Whether the change may be made now; if not, its outcome.
    pub(super) async fn may_be_made(&mut self, index: usize, change: &Change) -> Result<(), Outcome> {
        if let Some(withheld) = withheld(self.job.plan, index, &self.outcomes, &self.expected) {
            return Err(Outcome::Withheld(withheld));
        }
        if change.takes_away() {
            self.head_is_as_applied(change).await?;
        }
        self.subjects_are_there(change).await?;
        self.can_be_replaced(index, change).await?;
        if let Some(login) = owner_taken(change) {
            self.owner_may_go(change, login).await?;
        }
        Ok(())
    }

    async fn head_is_as_applied(&mut self, change: &Change) -> Result<(), Outcome> {
        let clock = self.job.clock;
        let Some(watch) = &self.head else { return Ok(()) };
        if !watch.is_fresh(clock.now(), clock.scale()) {
            let watch = watch.clone();
            let answer = self.head(change, &watch).await?;
            if let Some(watch) = &mut self.head {
                watch.note(answer, clock.now());
            }
        }
        if self.head.as_ref().is_some_and(Watch::has_moved) { Err(Outcome::NotTried) } else { Ok(()) }
    }

    /// The newest version of the file. If GitHub does not show it, it is read again before it counts as removed.
    async fn head(&mut self, change: &Change, watch: &Watch) -> Result<FileAnswer, Outcome> {
        let is_shown = |answer: &FileAnswer| !matches!(answer, FileAnswer::Missing);
        let read = async |run: &mut Self| watch.read(run.job.client).await;
        self.read_until_shown(change, NotSentReason::HeadUnread, is_shown, read).await
    }

    async fn owner_may_go(&mut self, change: &Change, login: &Login) -> Result<(), Outcome> {
        let active = self
            .read(change, NotSentReason::Unread, async |run: &mut Self| {
                run.job.client.list_members(run.job.org, MemberRole::Admin).await
            })
            .await?;
        let active: Vec<Login> = active.iter().map(|owner| Login::new(owner.login.as_str())).collect();
        let limits = self.job.limits;
        match owners::kept(login, &active, &limits.required_admins, limits.minimum_admins) {
            Some(withheld) => Err(Outcome::Withheld(withheld)),
            None => Ok(()),
        }
    }
}

/// The owner whom the change removes or demotes.
fn owner_taken(change: &Change) -> Option<&Login> {
    match change {
        Change::RemoveMember { login, role: OrgRole::Admin }
        | Change::ChangeRole { login, from: OrgRole::Admin, .. } => Some(login),
        _ => None,
    }
}
