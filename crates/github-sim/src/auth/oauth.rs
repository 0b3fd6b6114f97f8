//! The scopes of people's classic tokens: what such a token may do of what the person may.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Actor;
use crate::{
    http::Refusal,
    state::{Level, Scope},
};

/// The scopes of a classic token.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct OauthScopes(BTreeSet<String>);

impl Default for OauthScopes {
    /// What the program needs.
    fn default() -> Self {
        Self(["admin:org", "repo"].map(str::to_owned).into())
    }
}

impl OauthScopes {
    /// Whether one of them is this scope or includes it.
    pub(crate) fn cover(&self, scope: &str) -> bool {
        let including: &[&str] = match scope {
            "read:org" => &["read:org", "write:org", "admin:org"],
            "write:org" => &["write:org", "admin:org"],
            "public_repo" => &["public_repo", "repo"],
            other => &[other],
        };
        including.iter().any(|it| self.0.contains(*it))
    }

    /// As the header `X-OAuth-Scopes` has them.
    pub(crate) fn header(&self) -> String {
        self.0.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// A request whose token has none of the scopes that it needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct MissingScope {
    /// The scopes one of which is needed.
    pub(crate) accepted: &'static [&'static str],
    /// The sentence of GitHub's 403; none: it answers 404, as if there were nothing.
    pub(crate) sentence: Option<&'static str>,
}

impl MissingScope {
    /// As the header `X-Accepted-OAuth-Scopes` has them.
    pub(crate) fn header(&self) -> String {
        self.accepted.join(", ")
    }
}

/// The scopes one of which a request about an organization needs.
///
/// GitHub's pages name those for the settings, the roles and new repositories. For the rest: its page about scopes, and
/// what people report of `X-Accepted-OAuth-Scopes`.
pub(super) fn accepted(scope: Scope, level: Level) -> &'static [&'static str] {
    match (scope, level) {
        (Scope::Members, Level::Read) => &["read:org", "repo", "user"],
        (Scope::Administration, _) => &["public_repo", "repo"],
        (Scope::OrganizationAdministration, _) => &["admin:org", "repo"],
        _ => &["admin:org"],
    }
}

impl Actor {
    /// Whether the token has this scope, if it is of a kind that has scopes.
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        match self {
            Self::User(person) => person.has_scope(scope),
            _ => true,
        }
    }

    /// 404 unless the token has a scope that owners need and members don't.
    pub(crate) fn need_admin_org(&self) -> Result<(), Refusal> {
        let missing = MissingScope { accepted: &["admin:org"], sentence: None };
        if self.has_scope("admin:org") { Ok(()) } else { Err(missing.into()) }
    }
}
