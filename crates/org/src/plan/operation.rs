//! The operations of a plan, and what else a plan says.

use peribolos_vocab::{Kind, Login, RepoName, TeamName};
use serde::{Deserialize, Serialize};

use super::Change;

/// One operation: one request to GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// Its place in the order of applying.
    pub place: Place,
    /// What it changes.
    #[serde(flatten)]
    pub change: Change,
    /// The line of the file it comes from, if it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Earlier operations, by index, without which it can't be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<usize>,
    /// Why it is planned although GitHub has what the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// Whether it is made only once somebody has accepted an invitation: until then it would take from them what the
    /// invitation replaces.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub awaits_acceptance: bool,
}

/// The places in the order of applying: what gives comes before what takes away. A deletion or a rename that frees an
/// address has the place of what needs the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// Repositories are unarchived.
    Unarchive,
    /// Repositories are renamed, made and edited.
    Repositories,
    /// Settings of the organization that give something, or neither give nor take.
    OrganizationGives,
    /// Teams are made, renamed, described, and made visible.
    TeamsMade,
    /// Members become owners, and people are invited.
    People,
    /// People get their places in teams.
    TeamPlaces,
    /// Access to repositories is given and raised.
    AccessGiven,
    /// Teams move, and become secret.
    TeamsMoved,
    /// Owners become members, with their roles in teams.
    Demotions,
    /// Access to repositories and places in teams are lowered and taken.
    AccessTaken,
    /// Teams are deleted.
    TeamsDeleted,
    /// People and invitations are removed from the organization.
    MembersRemoved,
    /// What only works after all that.
    Afterwards,
    /// Settings that take something away, another visibility, archiving.
    SettingsTaken,
}

impl Place {
    /// All places, in their order.
    pub const ALL: [Self; 14] = [
        Self::Unarchive,
        Self::Repositories,
        Self::OrganizationGives,
        Self::TeamsMade,
        Self::People,
        Self::TeamPlaces,
        Self::AccessGiven,
        Self::TeamsMoved,
        Self::Demotions,
        Self::AccessTaken,
        Self::TeamsDeleted,
        Self::MembersRemoved,
        Self::Afterwards,
        Self::SettingsTaken,
    ];

    /// Its number, from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }
}

/// Why an operation is planned although GitHub has what the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Because {
    /// It comes from another source now, such as a team above or below, and this plan takes that source away.
    SourceGoes,
    /// The person leaves the organization in this plan and loses it with that.
    LeavesOrganization,
    /// The person stops being an owner in this plan, and GitHub does not say which role in a team is left.
    Demoted,
}

/// Something that the file asks for and that is not done: with a refusal nothing of the file is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Which kind of thing it is about.
    pub kind: Kind,
    /// Whether a field of the installation could allow it.
    pub class: RefusalClass,
    /// The line of the file, if it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What can't be done: one sentence without a full stop, which begins with a name or a capital letter. Every name
    /// in it is in `about`.
    pub message: String,
    /// What to do about it, likewise, in lower case.
    pub hint: String,
    /// Whose names are in these sentences: they are not published where these may not be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Named>,
}

/// Something that is not planned, or that GitHub does not show: the rest of the file is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// Which kind of thing it is about.
    pub kind: Kind,
    /// The line of the file, if it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is so: one sentence without a full stop, which begins with a name or a capital letter.
    pub message: String,
    /// What to do about it, likewise, in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whose names are in these sentences: they are not published where these may not be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Named>,
}

/// Something with a name that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Named {
    /// A person.
    Person(Login),
    /// A team.
    Team(TeamName),
    /// A repository.
    Repo(RepoName),
    /// Something that no file can name, such as a custom role or a group of an identity provider.
    Other(String),
}

impl Named {
    /// The name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person(login) => login.as_str(),
            Self::Team(name) => name.as_str(),
            Self::Repo(name) => name.as_str(),
            Self::Other(name) => name,
        }
    }
}

impl From<&Login> for Named {
    fn from(login: &Login) -> Self {
        Self::Person(login.clone())
    }
}

impl From<&TeamName> for Named {
    fn from(name: &TeamName) -> Self {
        Self::Team(name.clone())
    }
}

impl From<&RepoName> for Named {
    fn from(name: &RepoName) -> Self {
        Self::Repo(name.clone())
    }
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefusalClass {
    /// GitHub can't do it.
    Impossible,
    /// It is done only when `spec.run.allow` says so.
    NotAllowed,
}

/// Somebody who is invited already and has not accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Who.
    pub login: Login,
    /// To this team. With neither a team nor a repository: to the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamName>,
    /// To this repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
}

impl Waiting {
    /// What kind of thing somebody is invited to.
    pub const fn kind(&self) -> Kind {
        match (&self.team, &self.repo) {
            (Some(_), _) => Kind::TeamMembers,
            (None, Some(_)) => Kind::Collaborators,
            (None, None) => Kind::OrgMembers,
        }
    }
}
