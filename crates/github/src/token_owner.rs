//! Whose token a client has, what the token is for, and what that person is in an organization. Asked before anything else,
//! and as patiently as an organization is read.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::call::Call;
use crate::client::Membership;
use crate::error::Error;
use crate::snapshot::Patience;
use crate::snapshot::reader::Reader;
use crate::{Client, Login};

/// The person whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOwner {
    /// Who that is.
    pub login: Login,
    /// What the token is for. None: GitHub does not say it, as of fine-grained tokens. Of tokens that an App has from a
    /// person GitHub may say that they have no scopes, and it means nothing there.
    pub scopes: Option<Scopes>,
}

/// The scopes of a classic token, or of one that an OAuth app such as `gh` was given.
/// <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// From the header `X-OAuth-Scopes`. It is empty for a token without any.
    fn parse(header: &str) -> Self {
        let scopes = header.split(',').map(str::trim).filter(|scope| !scope.is_empty());
        Self(scopes.map(str::to_owned).collect())
    }

    /// Whether this scope is among them.
    pub fn have(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }
}

/// Whose token it is; none: an App's.
///
/// # Errors
/// Where GitHub does not say it, or not within the patience.
pub async fn token_owner(
    client: &Client,
    org: &Login,
    patience: Patience,
) -> Result<Option<TokenOwner>, Error> {
    #[derive(Deserialize)]
    struct Person {
        login: Login,
    }
    let reader = Reader::new(client, org, patience, None);
    let answer = match reader.ask(async || client.send(Call::get("/user", &[])?).await).await {
        Ok(answer) => answer,
        // Apps are nobody: GitHub refuses them. What keeps everybody out is no answer to the question.
        Err(error) if error.is_forbidden() && !error.is_access_blocked() => return Ok(None),
        Err(error) => return Err(error),
    };
    let scopes = answer.header("x-oauth-scopes").map(Scopes::parse);
    Ok(Some(TokenOwner { login: answer.json::<Person>()?.login, scopes }))
}

/// The membership of the token's owner in an organization; none: GitHub says that there is none.
///
/// # Errors
/// Where GitHub does not say it, or not within the patience. 404: there is no such organization, or the token may not see it.
pub async fn own_membership(
    client: &Client,
    org: &Login,
    owner: &TokenOwner,
    patience: Patience,
) -> Result<Option<Membership>, Error> {
    let reader = Reader::new(client, org, patience, None);
    let path = [org.as_str(), owner.login.as_str()];
    let membership = reader.ask(async || {
        client.read::<Membership>(Call::get("/orgs/{org}/memberships/{username}", &path)?).await
    });
    match membership.await {
        Ok(membership) => Ok(Some(membership)),
        // Only members may ask who is one.
        Err(error) if error.is_for_members() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::Scopes;

    #[test]
    fn an_empty_header_has_no_scopes() {
        let scopes = Scopes::parse("admin:org,repo, workflow");
        assert!(scopes.have("admin:org") && scopes.have("workflow") && !scopes.have("admin"));
        for empty in ["", " , "] {
            assert!(!Scopes::parse(empty).have("") && !Scopes::parse(empty).have("repo"), "{empty:?}");
        }
    }
}
