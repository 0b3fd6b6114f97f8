//! Installations of the App, and the permissions they and their tokens carry.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Login;

/// How much of a permission.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Read,
    Write,
    Admin,
}

impl Level {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// The permissions that the simulated endpoints ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scope {
    Administration,
    Checks,
    Contents,
    Issues,
    Members,
    Metadata,
    OrganizationAdministration,
    OrganizationCustomOrgRoles,
    OrganizationCustomRoles,
    OrganizationPlan,
    PullRequests,
}

impl Scope {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Administration => "administration",
            Self::Checks => "checks",
            Self::Contents => "contents",
            Self::Issues => "issues",
            Self::Members => "members",
            Self::Metadata => "metadata",
            Self::OrganizationAdministration => "organization_administration",
            Self::OrganizationCustomOrgRoles => "organization_custom_org_roles",
            Self::OrganizationCustomRoles => "organization_custom_roles",
            Self::OrganizationPlan => "organization_plan",
            Self::PullRequests => "pull_requests",
        }
    }
}

/// Permissions by GitHub's names. Names that no endpoint here asks for are kept and shown.
pub(crate) type Permissions = BTreeMap<String, Level>;

/// Whether `have` covers `scope` at `level`.
pub(crate) fn allows(have: &Permissions, scope: Scope, level: Level) -> bool {
    have.get(scope.as_str()).is_some_and(|l| *l >= level)
}

/// Which repositories an installation was given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Selection {
    All,
    /// By repository id.
    Selected(BTreeSet<u64>),
}

impl Selection {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Selected(_) => "selected",
        }
    }

    pub(crate) fn includes(&self, repo: u64) -> bool {
        match self {
            Self::All => true,
            Self::Selected(ids) => ids.contains(&repo),
        }
    }
}

/// The App, installed on one organization.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    pub(crate) id: u64,
    pub(crate) selection: Selection,
    pub(crate) permissions: Permissions,
    /// Since when and by whom; `None` when at work.
    pub(crate) suspended: Option<(Timestamp, Login)>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}
