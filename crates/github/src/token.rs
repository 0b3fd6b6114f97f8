//! Installation tokens: what to ask for, and what GitHub gives.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::InstallationId;
use crate::account::{Permissions, RepositorySelection};
use crate::call::Call;
use crate::credential::Credential;
use crate::error::Error;
use crate::transport::{Answer, Transport};

/// The route by which a token is made.
pub(crate) const ROUTE: &str = "/app/installations/{installation_id}/access_tokens";

/// How much less than the whole installation a token may do. The default is the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct TokenScope {
    /// Names (without owner) of the only repositories it covers; `None`: all of the installation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repositories: Option<Vec<String>>,
    /// Numbers of the only repositories it covers: a number survives renames, and another repository under the old name is
    /// not covered; `None`: all of the installation's, or those of `repositories`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_ids: Option<Vec<u64>>,
    /// The only permissions it has, such as `contents: read`; `None`: all of the installation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<BTreeMap<String, String>>,
}

/// A token fresh from GitHub. Debug does not print it.
#[derive(Clone)]
pub struct MintedToken {
    /// The token itself; nothing may be assumed of its form or length.
    pub token: SecretString,
    /// When it was made, by GitHub's clock (its `Date` header).
    pub issued_at: Timestamp,
    /// When it ends, by GitHub's clock.
    pub expires_at: Timestamp,
    /// Its scope.
    pub permissions: Permissions,
    /// Which repositories it covers.
    pub repository_selection: RepositorySelection,
}

impl fmt::Debug for MintedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintedToken")
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .field("permissions", &self.permissions)
            .field("repository_selection", &self.repository_selection)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Body {
    token: SecretString,
    expires_at: Timestamp,
    #[serde(default)]
    permissions: Permissions,
    #[serde(default = "all")]
    repository_selection: RepositorySelection,
}

fn all() -> RepositorySelection {
    RepositorySelection::All
}

/// Asks GitHub for one token.
pub(crate) async fn mint(
    transport: &Transport,
    jwt: &Credential,
    id: InstallationId,
    scope: &TokenScope,
) -> Result<MintedToken, Error> {
    let id = id.to_string();
    let call = Call::new(http::Method::POST, ROUTE, &[&id])?;
    let answer = transport.rest(jwt, &call.body(scope)?).await?;
    let issued_at = date(&answer)?;
    let body: Body = answer.secret_json()?;
    Ok(MintedToken {
        token: body.token,
        issued_at,
        expires_at: body.expires_at,
        permissions: body.permissions,
        repository_selection: body.repository_selection,
    })
}

/// When GitHub answered, by its own clock: ours is not compared with `expires_at`.
fn date(answer: &Answer) -> Result<Timestamp, Error> {
    let date = answer.header(http::header::DATE).ok_or_else(|| answer.unreadable("it has no Date header"))?;
    DateTimeParser::new()
        .parse_timestamp(date)
        .map_err(|error| answer.unreadable(&format!("its Date header is no date: {error}")))
}
