//! Teams, their people and their repositories.

use peribolos_vocab::TeamRole;
use serde::Deserialize;

use super::{Client, Invitation};
use crate::Login;
use crate::account::User;
use crate::call::Call;
use crate::error::Error;

/// A team of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Team {
    /// Its number, which survives a rename.
    pub id: u64,
    /// Its name for people.
    pub name: String,
    /// Its name in URLs.
    pub slug: String,
    /// What it is for.
    pub description: Option<String>,
    /// `closed` (members see it) or `secret`.
    pub privacy: Option<String>,
    /// The team it is part of.
    pub parent: Option<TeamParent>,
    /// `organization`, or `enterprise` for a team that an enterprise manages; older servers don't say.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// The team above another one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TeamParent {
    /// Its number.
    pub id: u64,
    /// Its name for people.
    pub name: String,
    /// Its name in URLs.
    pub slug: String,
}

/// A repository as a team may use it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TeamRepository {
    /// Its name without the owner.
    pub name: String,
    /// Its name with the owner.
    pub full_name: String,
    /// Whether only chosen people see it.
    pub private: bool,
    /// Whether it is read-only.
    #[serde(default)]
    pub archived: bool,
    /// The team's role: `read`, `triage`, `write`, `maintain`, `admin`, or one of the organization's own.
    pub role_name: Option<String>,
    /// What that role comes to.
    pub permissions: Option<RepositoryPermissions>,
}

/// What somebody may do with a repository; each includes those below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RepositoryPermissions {
    /// Everything.
    pub admin: bool,
    /// Its settings, without the dangerous ones.
    pub maintain: bool,
    /// Write to it.
    pub push: bool,
    /// Manage issues and pull requests.
    pub triage: bool,
    /// Read it.
    pub pull: bool,
}

impl RepositoryPermissions {
    /// The highest of them, by the names that `peribolos.yaml` uses.
    pub fn highest(self) -> &'static str {
        match self {
            Self { admin: true, .. } => "admin",
            Self { maintain: true, .. } => "maintain",
            Self { push: true, .. } => "write",
            Self { triage: true, .. } => "triage",
            Self { pull: true, .. } => "read",
            _ => "none",
        }
    }
}

impl Client {
    /// Every team of the organization, secret ones too, children beside their parents.
    pub async fn list_teams(&self, org: &Login) -> Result<Vec<Team>, Error> {
        self.all(Call::get("/orgs/{org}/teams", &[org.as_str()])?).await
    }

    /// The members of a team with that role. GitHub counts those of child teams as members of the parent too.
    pub async fn team_members(&self, org: &Login, slug: &str, role: TeamRole) -> Result<Vec<User>, Error> {
        let role = match role {
            TeamRole::Maintainer => "maintainer",
            TeamRole::Member => "member",
        };
        self.all(
            Call::get("/orgs/{org}/teams/{team_slug}/members", &[org.as_str(), slug])?.query("role", role),
        )
        .await
    }

    /// The invitations to a team that wait for an answer.
    pub async fn team_invitations(&self, org: &Login, slug: &str) -> Result<Vec<Invitation>, Error> {
        self.all(Call::get("/orgs/{org}/teams/{team_slug}/invitations", &[org.as_str(), slug])?).await
    }

    /// The repositories of a team, with what it may do there.
    pub async fn team_repos(&self, org: &Login, slug: &str) -> Result<Vec<TeamRepository>, Error> {
        self.all(Call::get("/orgs/{org}/teams/{team_slug}/repos", &[org.as_str(), slug])?).await
    }
}
