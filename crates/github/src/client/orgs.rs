//! Organizations and their people.

use serde::Deserialize;

use super::Client;
use crate::Login;
use crate::account::User;
use crate::call::Call;
use crate::error::Error;

/// An organization with its settings. GitHub shows most of them only to a token with organization administration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// Its name in URLs.
    pub login: Login,
    /// Its number, which survives a rename.
    pub id: u64,
    /// Its name for people.
    pub name: Option<String>,
    /// What it says of itself.
    pub description: Option<String>,
    /// Its company.
    pub company: Option<String>,
    /// Its public address.
    pub email: Option<String>,
    /// Where bills go; hidden from tokens without organization administration.
    pub billing_email: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// What members may do with every repository: `read`, `write`, `admin` or `none`.
    pub default_repository_permission: Option<String>,
    /// Whether members may make repositories.
    pub members_can_create_repositories: Option<bool>,
    /// Whether it may have projects.
    pub has_organization_projects: Option<bool>,
    /// Whether its repositories may have projects.
    pub has_repository_projects: Option<bool>,
    /// What it pays for; hidden from tokens without organization administration.
    pub plan: Option<OrganizationPlan>,
}

/// What an organization pays for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrganizationPlan {
    /// Such as `free`, `team` or `enterprise`.
    pub name: String,
}

/// Which members to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberRole {
    /// Everybody.
    All,
    /// Owners.
    Admin,
    /// Members who are no owners.
    Member,
}

/// What somebody is in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgRole {
    /// An owner.
    Admin,
    /// A member who is no owner.
    #[serde(alias = "direct_member")]
    Member,
    /// Sees bills only.
    BillingManager,
    /// A role this program does not know.
    #[serde(other)]
    Other,
}

/// Whether a membership holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MembershipState {
    /// It holds.
    Active,
    /// Invited, not yet accepted.
    Pending,
}

/// Somebody's place in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Membership {
    /// As what.
    pub role: OrgRole,
    /// Whether it holds already.
    pub state: MembershipState,
}

/// An invitation that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Invitation {
    /// Its number.
    pub id: u64,
    /// Whom, where GitHub knows a login.
    pub login: Option<Login>,
    /// Whom, where only an address is known.
    pub email: Option<String>,
    /// As what.
    pub role: OrgRole,
}

impl Client {
    /// The organization's settings.
    pub async fn get_organization(&self, org: &Login) -> Result<Organization, Error> {
        self.read(Call::get("/orgs/{org}", &[org.as_str()])?).await
    }

    /// Everybody of that role.
    pub async fn list_members(&self, org: &Login, role: MemberRole) -> Result<Vec<User>, Error> {
        let role = match role {
            MemberRole::All => "all",
            MemberRole::Admin => "admin",
            MemberRole::Member => "member",
        };
        self.all(Call::get("/orgs/{org}/members", &[org.as_str()])?.query("role", role)).await
    }

    /// The members who show their membership to everybody.
    pub async fn list_public_members(&self, org: &Login) -> Result<Vec<User>, Error> {
        self.all(Call::get("/orgs/{org}/public_members", &[org.as_str()])?).await
    }

    /// The members who show their membership to members only: all of them but the public ones.
    pub async fn list_concealed_members(&self, org: &Login) -> Result<Vec<User>, Error> {
        let public: std::collections::HashSet<u64> =
            self.list_public_members(org).await?.into_iter().map(|user| user.id).collect();
        let mut members = self.list_members(org, MemberRole::All).await?;
        members.retain(|user| !public.contains(&user.id));
        Ok(members)
    }

    /// The organization's invitations that wait for an answer.
    pub async fn list_invitations(&self, org: &Login) -> Result<Vec<Invitation>, Error> {
        self.all(Call::get("/orgs/{org}/invitations", &[org.as_str()])?).await
    }

    /// The organization's invitations that expired or could not be delivered.
    pub async fn list_failed_invitations(&self, org: &Login) -> Result<Vec<Invitation>, Error> {
        self.all(Call::get("/orgs/{org}/failed_invitations", &[org.as_str()])?).await
    }

    /// Somebody's place in the organization; `None` for whoever has none.
    pub async fn membership(&self, org: &Login, login: &Login) -> Result<Option<Membership>, Error> {
        self.find(Call::get("/orgs/{org}/memberships/{username}", &[org.as_str(), login.as_str()])?).await
    }
}
