//! What an organization's own rules keep out, whatever a token's permissions: addresses that are not on its list, and
//! people's tokens that were not authorized for its single sign-on.

use axum::response::{IntoResponse, Response};
use http::HeaderValue;

use super::Actor;
use crate::{
    http::Refusal,
    state::{Login, Org, World},
};

/// Why a token does not get in.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Barrier {
    #[error(
        "Although you appear to have the correct authorization credentials, the `{0}` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."
    )]
    IpAllowList(Login),
    #[error(
        "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization."
    )]
    Saml {
        /// Where a person authorizes the token.
        url: String,
    },
}

impl Barrier {
    /// What keeps this actor out of an organization, if anything does. Nothing keeps the App's own requests out.
    pub(crate) fn of(world: &World, actor: &Actor, org: &Org) -> Option<Self> {
        let person = matches!(actor, Actor::User(_));
        if person && org.rules.saml {
            let url = world.urls.html(&format!("orgs/{}/sso?authorization_request=SIM", org.login));
            return Some(Self::Saml { url });
        }
        let token = person || matches!(actor, Actor::Installation(_));
        (token && org.rules.ip_allow_list).then(|| Self::IpAllowList(org.login.clone()))
    }

    /// The same for the organization that a path of the REST API is about: the one it names, else the token's own.
    pub(crate) fn at(world: &World, actor: &Actor, path: &str) -> Option<Self> {
        let mut parts = path.split('/').skip(1);
        let org = match (parts.next(), parts.next()) {
            (Some("orgs" | "repos"), Some(login)) => world.orgs.get(&login.into()),
            (Some("installation"), _) => actor.installation().and_then(|id| world.installed_on(id)),
            _ => None,
        };
        Self::of(world, actor, org?)
    }

    /// The header that leads a person to the organization's single sign-on.
    pub(crate) fn sso(&self) -> Option<HeaderValue> {
        match self {
            Self::Saml { url } => HeaderValue::from_str(&format!("required; url={url}")).ok(),
            Self::IpAllowList(_) => None,
        }
    }
}

impl IntoResponse for Barrier {
    fn into_response(self) -> Response {
        let mut response = Refusal::Forbidden(self.to_string()).into_response();
        if let Some(value) = self.sso() {
            response.headers_mut().insert("x-github-sso", value);
        }
        response
    }
}
