//! What an organization has, kind by kind: how each is read, and the one request that makes a change of it.
//!
//! [`Client::make`] makes one change. It repeats nothing: the caller knows how long it may wait and what was done before.
//! [`Client::standing`] reads what a change is about before it is made, so that nothing is taken away that is not as it was
//! planned, and nothing is made twice. No redirect is followed: a repository that has another name by now is
//! [`Error::Moved`].

mod addresses;
pub(crate) mod collaborators;
pub(crate) mod members;
pub(crate) mod organization;
mod persons;
pub(crate) mod repositories;
pub(crate) mod team_members;
pub(crate) mod team_repositories;
pub(crate) mod teams;
pub(crate) mod words;

use std::collections::BTreeSet;

use peribolos_org::plan::{Change, Expected, InvitedTeam};
use peribolos_org::{RepoName, TeamName};
use serde::Deserialize;

pub use self::addresses::{Addresses, TeamAddress};
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::reader::unless_gone;
use crate::{Client, Login};

/// What became of a change that GitHub accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It is in force.
    Done,
    /// Somebody was invited, and it is in force when that person accepts.
    Pending,
}

/// How what a change is about is at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As the plan has it, or so that making the change takes nothing away that the plan does not take away.
    AsPlanned,
    /// As the change would make it.
    Already(Made),
    /// GitHub does not show what is to be taken away or changed, and nothing else has its name. It may show it again a moment
    /// later, so nothing counts as taken away because of this.
    Gone,
    /// A part of what the change would make is there. GitHub may show the rest a moment later, if the change was made;
    /// otherwise it is different: how, as in the next.
    Partly(String),
    /// Otherwise: how, as a sentence without names and without a full stop, such as "the role is `admin` now".
    Different(String),
}

impl Standing {
    /// As planned if what is there is what the plan has.
    fn compare<T: PartialEq>(planned: &T, now: &T, what: &str, word: impl Fn(&T) -> String) -> Self {
        if planned == now {
            Self::AsPlanned
        } else {
            Self::Different(format!("{what} is `{}` now", word(now)))
        }
    }

    /// For something that goes from one value to another. It may be raised by less than was planned, because others have
    /// raised it already; what was raised further, or is not as it was where it is lowered, is left.
    fn between<T: PartialOrd>(
        [from, to]: [Option<T>; 2],
        now: Option<T>,
        what: &str,
        word: impl Fn(&T) -> String,
    ) -> Self {
        let is_lowered = to < from;
        match now {
            _ if now == to => Self::Already(Made::Done),
            _ if now == from || !is_lowered && now < to => Self::AsPlanned,
            None => Self::Gone,
            Some(now) => Self::Different(format!("{what} is `{}` now", word(&now))),
        }
    }

    /// What is to be changed is another thing of the same name.
    fn another(what: &str) -> Self {
        Self::Different(format!("another {what} has its name now"))
    }
}

impl Client {
    /// Makes a change by its one request. `addresses` follow what is made, renamed and deleted.
    ///
    /// # Errors
    /// What GitHub refused, and [`Error::Moved`] where a repository of the change has another name by now.
    pub async fn make(&self, org: &Login, change: &Change, addresses: &mut Addresses) -> Result<Made, Error> {
        let made = match change {
            Change::EditOrg { .. } => organization::make(self, org, change).await,
            Change::InviteMember { .. }
            | Change::InviteAgain { .. }
            | Change::ChangeRole { .. }
            | Change::RemoveMember { .. }
            | Change::CancelInvitation { .. } => members::make(self, org, change, addresses).await,
            Change::CreateRepo { .. }
            | Change::RenameRepo { .. }
            | Change::EditRepo { .. }
            | Change::SetTopics { .. } => repositories::make(self, org, change, addresses).await,
            Change::SetCollaborator { .. }
            | Change::RemoveCollaborator { .. }
            | Change::EditRepoInvitation { .. }
            | Change::CancelRepoInvitation { .. } => collaborators::make(self, org, change).await,
            Change::CreateTeam { .. } | Change::EditTeam { .. } | Change::DeleteTeam { .. } => {
                teams::make(self, org, change, addresses).await
            }
            Change::SetTeamMember { .. } | Change::RemoveTeamMember { .. } => {
                team_members::make(self, org, change, addresses).await
            }
            Change::SetTeamRepo { .. } | Change::RemoveTeamRepo { .. } => {
                team_repositories::make(self, org, change, addresses).await
            }
        };
        self.or_moved(org, repo_of(change), made).await
    }

    /// How what the change is about is at this moment; without a request where making it can't take anything away
    /// and making it twice does no harm. `expected` is the organization as the changes made before have left it. What is
    /// found to be made already is in `addresses`.
    ///
    /// # Errors
    /// What GitHub refused, and [`Error::Moved`].
    pub async fn standing(
        &self,
        org: &Login,
        change: &Change,
        expected: &Expected,
        addresses: &mut Addresses,
    ) -> Result<Standing, Error> {
        let standing = match change {
            Change::EditOrg { .. } => organization::standing(self, org, change).await,
            Change::InviteMember { .. }
            | Change::InviteAgain { .. }
            | Change::ChangeRole { .. }
            | Change::RemoveMember { .. }
            | Change::CancelInvitation { .. } => members::standing(self, org, change, addresses).await,
            Change::CreateRepo { .. }
            | Change::RenameRepo { .. }
            | Change::EditRepo { .. }
            | Change::SetTopics { .. } => repositories::standing(self, org, change, addresses).await,
            Change::SetCollaborator { .. }
            | Change::RemoveCollaborator { .. }
            | Change::EditRepoInvitation { .. }
            | Change::CancelRepoInvitation { .. } => {
                collaborators::standing(self, org, change, expected, addresses).await
            }
            Change::CreateTeam { .. } | Change::EditTeam { .. } | Change::DeleteTeam { .. } => {
                teams::standing(self, org, change, expected, addresses).await
            }
            Change::SetTeamMember { .. } | Change::RemoveTeamMember { .. } => {
                team_members::standing(self, org, change, expected, addresses).await
            }
            Change::SetTeamRepo { .. } | Change::RemoveTeamRepo { .. } => {
                team_repositories::standing(self, org, change, expected, addresses).await
            }
        };
        self.or_moved(org, repo_of(change), standing).await
    }

    /// Whether a team is the one that the plan means, and not another one that has its address by now. A team that is not
    /// there shows by itself.
    ///
    /// # Errors
    /// What GitHub refused.
    pub async fn is_same_team(
        &self,
        org: &Login,
        team: &TeamName,
        addresses: &Addresses,
    ) -> Result<bool, Error> {
        teams::is_same(self, org, team, addresses).await
    }

    /// Reads whose login it is, which is in `addresses` then: an invitation that is sent again is for that person. False where
    /// GitHub shows nobody.
    ///
    /// # Errors
    /// What GitHub refused.
    pub async fn find_person(
        &self,
        login: &peribolos_org::Login,
        addresses: &mut Addresses,
    ) -> Result<bool, Error> {
        let number = members::number(self, login).await?;
        if let Some(number) = number {
            addresses.person_is(login.clone(), number);
        }
        Ok(number.is_some())
    }

    /// The numbers of those of these teams that are not there any more.
    ///
    /// # Errors
    /// What GitHub refused.
    pub async fn teams_gone(&self, org: &Login, teams: &[InvitedTeam]) -> Result<BTreeSet<u64>, Error> {
        teams::gone(self, org, teams).await
    }

    /// The numbers of the teams to which an invitation is; none where GitHub does not show the invitation.
    ///
    /// # Errors
    /// What GitHub refused.
    pub async fn teams_of_invitation(&self, org: &Login, invitation: u64) -> Result<Vec<u64>, Error> {
        Ok(unless_gone(members::teams(self, org, invitation).await)?.unwrap_or_default())
    }

    /// How somebody who loses something is another person than the plan means, as a sentence; `None`: the same, or not known.
    ///
    /// # Errors
    /// What GitHub refused.
    pub async fn another_person(
        &self,
        org: &Login,
        login: &peribolos_org::Login,
        addresses: &Addresses,
    ) -> Result<Option<String>, Error> {
        members::another_person(self, org, login, addresses).await
    }

    /// Whether somebody is in the organization, or invited to it: others would be invited by a place in a team.
    ///
    /// # Errors
    /// What GitHub refused.
    pub async fn is_in_organization(&self, org: &Login, login: &peribolos_org::Login) -> Result<bool, Error> {
        members::is_there(self, org, login).await
    }

    /// The result, with a redirect in place of the repository's name turned into [`Error::Moved`].
    async fn or_moved<T>(
        &self,
        org: &Login,
        repo: Option<&RepoName>,
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        match (result, repo) {
            (Err(error), Some(repo)) if error.status().is_some() && error.is_moved() => {
                let now = self.full_name_now(org, repo).await?;
                Err(now.map_or(error, |now| Error::Moved { name: format!("{org}/{repo}"), now }))
            }
            (result, _) => result,
        }
    }

    /// The full name of the repository that was or is called so; `None` where this token sees none.
    pub(crate) async fn full_name_now(&self, org: &Login, repo: &RepoName) -> Result<Option<String>, Error> {
        #[derive(Deserialize)]
        struct Body {
            repository: Option<Repository>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Repository {
            name_with_owner: String,
        }
        let variables = serde_json::json!({"owner": org, "name": repo});
        let body: Body =
            self.graphql_found(include_str!("queries/repository_now.graphql"), variables).await?;
        Ok(body.repository.map(|repository| repository.name_with_owner))
    }

    /// Sends a call whose answer says nothing that is needed.
    async fn done(&self, call: Call) -> Result<Made, Error> {
        self.send(call).await.map(|_| Made::Done)
    }
}

/// The repository that a change is made in, by its name before.
const fn repo_of(change: &Change) -> Option<&RepoName> {
    match change {
        Change::RenameRepo { from, .. } => Some(from),
        other => other.repo(),
    }
}
