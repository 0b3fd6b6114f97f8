//! Organizations and their people.

use serde::Deserialize;

use super::Client;
use crate::Login;
use crate::account::User;
use crate::call::Call;
use crate::error::Error;

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

impl Client {
    /// Everybody of that role.
    pub async fn list_members(&self, org: &Login, role: MemberRole) -> Result<Vec<User>, Error> {
        let role = match role {
            MemberRole::All => "all",
            MemberRole::Admin => "admin",
            MemberRole::Member => "member",
        };
        self.all(Call::get("/orgs/{org}/members", &[org.as_str()])?.query("role", role)).await
    }

    /// Somebody's place in the organization; `None` for whoever has none.
    pub async fn membership(&self, org: &Login, login: &Login) -> Result<Option<Membership>, Error> {
        self.find(Call::get("/orgs/{org}/memberships/{username}", &[org.as_str(), login.as_str()])?).await
    }
}
