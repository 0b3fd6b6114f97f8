//! Caches recent reads that serve many operations: GitHub allows an organization some thousand requests an hour, and a plan may
//! have as many team memberships.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use peribolos_org::plan::{Change, NotSentReason, Outcome};
use peribolos_org::{Login, TeamName};

use super::Run;

/// How long a verified team counts as verified.
const TEAM: Duration = Duration::from_mins(1);
/// How long a verified member and login count as verified.
const PERSON: Duration = Duration::from_mins(5);

/// Objects that were as planned at the last read.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    teams: BTreeMap<TeamName, Timestamp>,
    people: BTreeMap<Login, Timestamp>,
    /// People whose login is still theirs.
    accounts: BTreeMap<Login, Timestamp>,
}

impl Run<'_> {
    /// Why the change must not be made: a team or person was replaced or no longer exists.
    pub(super) async fn subjects_are_there(&mut self, change: &Change) -> Result<(), Outcome> {
        match change {
            Change::SetTeamMember { login, from: None, .. } => self.is_in_organization(change, login).await,
            Change::SetTeamMember { team, .. }
            | Change::RemoveTeamMember { team, .. }
            | Change::SetTeamRepo { team, .. }
            | Change::RemoveTeamRepo { team, .. }
                if change.takes_away() =>
            {
                self.is_same_team(change, team).await?;
                match change {
                    Change::SetTeamMember { login, .. } | Change::RemoveTeamMember { login, .. } => {
                        self.is_same_person(change, login).await
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    async fn is_in_organization(&mut self, change: &Change, login: &Login) -> Result<(), Outcome> {
        let (now, scale) = (self.job.clock.now(), self.job.clock.scale());
        if self.seen.people.get(login).is_some_and(|seen| scale.is_recent(*seen, now, PERSON)) {
            return Ok(());
        }
        let is_there = self.read(change, NotSentReason::Unread, async |run: &mut Self| {
            run.job.client.is_in_organization(run.job.org, login).await
        });
        if !is_there.await? {
            let left = "the person is neither in the organization nor invited any more";
            return Err(Outcome::Left(left.to_owned()));
        }
        self.seen.people.insert(login.clone(), now);
        Ok(())
    }

    /// A place in a team does not show whose it is.
    async fn is_same_person(&mut self, change: &Change, login: &Login) -> Result<(), Outcome> {
        let (now, scale) = (self.job.clock.now(), self.job.clock.scale());
        let is_recent = |seen: &Timestamp| scale.is_recent(*seen, now, PERSON);
        if self.addresses.person(login).is_none() || self.seen.accounts.get(login).is_some_and(is_recent) {
            return Ok(());
        }
        let another = self.read(change, NotSentReason::Unread, async |run: &mut Self| {
            run.job.client.another_person(run.job.org, login, &run.addresses).await
        });
        if let Some(how) = another.await? {
            return Err(Outcome::Left(how));
        }
        self.seen.accounts.insert(login.clone(), now);
        Ok(())
    }

    async fn is_same_team(&mut self, change: &Change, team: &TeamName) -> Result<(), Outcome> {
        let (now, scale) = (self.job.clock.now(), self.job.clock.scale());
        if self.seen.teams.get(team).is_some_and(|seen| scale.is_recent(*seen, now, TEAM)) {
            return Ok(());
        }
        let is_same = self.read(change, NotSentReason::Unread, async |run: &mut Self| {
            run.job.client.is_same_team(run.job.org, team, &run.addresses).await
        });
        if !is_same.await? {
            return Err(Outcome::Left("another team has its name now".to_owned()));
        }
        self.seen.teams.insert(team.clone(), now);
        Ok(())
    }
}
