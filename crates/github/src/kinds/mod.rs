//! What an organization has, kind by kind: how each is read, and the one request that makes a change of it.
//!
//! [`Client::make`] makes one change. It repeats nothing: the caller knows how long it may wait and what was done before.
//! [`Client::standing`] reads what a change takes away, so that nothing is taken away that is not as it was planned, and
//! [`Client::already`] whether a change that must not be made twice was made. No redirect is followed: a repository that
//! has another name by now is [`Error::Moved`].

mod addresses;
pub(crate) mod collaborators;
pub(crate) mod members;
pub(crate) mod organization;
pub(crate) mod repositories;
pub(crate) mod team_members;
pub(crate) mod team_repositories;
pub(crate) mod teams;
pub(crate) mod words;

use peribolos_org::RepoName;
use peribolos_org::plan::{Change, Expected};
use serde::Deserialize;

pub use self::addresses::{Addresses, TeamAddress};
use crate::call::Call;
use crate::error::Error;
use crate::{Client, Login};

/// What became of a change that GitHub accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It is in force.
    Done,
    /// Somebody was invited, and it is in force when that person accepts.
    Pending,
}

/// How what a change takes away is at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As the plan has it.
    AsPlanned,
    /// There is nothing to take away (any more).
    Gone,
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
            | Change::ChangeRole { .. }
            | Change::RemoveMember { .. }
            | Change::CancelInvitation { .. } => members::make(self, org, change).await,
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

    /// How what the change takes away is at this moment. What takes nothing away is as planned, without a request.
    /// `expected` is the organization as the changes made before have left it.
    ///
    /// # Errors
    /// What GitHub refused, and [`Error::Moved`].
    pub async fn standing(
        &self,
        org: &Login,
        change: &Change,
        expected: &Expected,
        addresses: &Addresses,
    ) -> Result<Standing, Error> {
        let standing = match change {
            Change::EditOrg { .. } => organization::standing(self, org, change).await,
            Change::ChangeRole { .. } | Change::RemoveMember { .. } | Change::CancelInvitation { .. } => {
                members::standing(self, org, change).await
            }
            Change::EditRepo { .. } => repositories::standing(self, org, change).await,
            Change::SetCollaborator { .. }
            | Change::RemoveCollaborator { .. }
            | Change::EditRepoInvitation { .. }
            | Change::CancelRepoInvitation { .. } => {
                collaborators::standing(self, org, change, expected).await
            }
            Change::EditTeam { .. } | Change::DeleteTeam { .. } => {
                teams::standing(self, org, change, expected, addresses).await
            }
            Change::SetTeamMember { .. } | Change::RemoveTeamMember { .. } => {
                team_members::standing(self, org, change, addresses).await
            }
            Change::SetTeamRepo { .. } | Change::RemoveTeamRepo { .. } => {
                team_repositories::standing(self, org, change, expected, addresses).await
            }
            Change::InviteMember { .. }
            | Change::CreateRepo { .. }
            | Change::RenameRepo { .. }
            | Change::SetTopics { .. }
            | Change::CreateTeam { .. } => Ok(Standing::AsPlanned),
        };
        self.or_moved(org, repo_of(change), standing).await
    }

    /// Whether a change that must not be made twice was made: something that is made is looked for by its name, and
    /// what may invite is looked for as a membership or an invitation. `None`: it was not, or making it again does no
    /// harm. What was found is in `addresses`.
    ///
    /// # Errors
    /// What GitHub refused, and [`Error::Moved`].
    pub async fn already(
        &self,
        org: &Login,
        change: &Change,
        addresses: &mut Addresses,
    ) -> Result<Option<Made>, Error> {
        let found = match change {
            Change::InviteMember { .. } => members::already(self, org, change).await,
            Change::CreateRepo { .. } => repositories::already(self, org, change, addresses).await,
            Change::SetCollaborator { .. } => collaborators::already(self, org, change).await,
            Change::CreateTeam { .. } => teams::already(self, org, change, addresses).await,
            Change::SetTeamMember { .. } => team_members::already(self, org, change, addresses).await,
            _ => Ok(None),
        };
        self.or_moved(org, repo_of(change), found).await
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

/// The repository that a change is made in.
fn repo_of(change: &Change) -> Option<&RepoName> {
    match change {
        Change::CreateRepo { name, .. } | Change::EditRepo { name, .. } | Change::SetTopics { name, .. } => {
            Some(name)
        }
        Change::RenameRepo { from, .. } => Some(from),
        Change::SetCollaborator { repo, .. }
        | Change::RemoveCollaborator { repo, .. }
        | Change::EditRepoInvitation { repo, .. }
        | Change::CancelRepoInvitation { repo, .. }
        | Change::SetTeamRepo { repo, .. }
        | Change::RemoveTeamRepo { repo, .. } => Some(repo),
        _ => None,
    }
}
