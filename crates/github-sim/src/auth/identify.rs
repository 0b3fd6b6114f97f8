//! From an Authorization header to an [`Actor`].

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use jiff::Timestamp;

use super::{Actor, Grant, jwt, person::Person, token::TokenOf};
use crate::{Sim, http::refusal::Refusal, state::World};

/// The bare token of an Authorization header: `Bearer`, `token`, or the password of `Basic`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(rest.trim().to_owned()),
        "basic" => {
            let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
            decoded.split_once(':').map(|(_, password)| password.to_owned())
        }
        _ => None,
    }
}

/// Who sends these headers, or why GitHub answers 401 or 403.
pub(crate) fn identify(sim: &Sim, headers: &HeaderMap) -> Result<Actor, Refusal> {
    if !headers.contains_key(AUTHORIZATION) {
        return Ok(Actor::Anonymous);
    }
    let token = bearer(headers).ok_or(Refusal::BadCredentials)?;
    // An installation's token has as many dots as a JWT: only its beginning tells them apart.
    if !token.starts_with("ghs_") && token.split('.').count() == 3 {
        jwt::verify(sim.app(), &token, Timestamp::now())?;
        return Ok(Actor::App);
    }
    let world = sim.world();
    if let Some(token) = world.user_tokens.get(&token)
        && let Some(user) = world.users.get(&token.login)
    {
        return Ok(Actor::User(Person::of(&world, user, token)));
    }
    installation(&world, &token)
}

fn installation(world: &World, text: &str) -> Result<Actor, Refusal> {
    let token = world.tokens.get(text).ok_or(Refusal::BadCredentials)?;
    if token.expires_at <= world.now() {
        return Err(Refusal::BadCredentials);
    }
    let (org, installation) = match token.of {
        TokenOf::Installation(id) => (world.installed_on(id), id),
        TokenOf::Workflow { org, installation } => {
            (world.orgs.values().find(|it| it.id == org), installation)
        }
    };
    let org = org.ok_or(Refusal::BadCredentials)?;
    let workflow = matches!(token.of, TokenOf::Workflow { .. });
    if !workflow && org.installation.as_ref().is_some_and(|i| i.suspended.is_some()) {
        return Err(Refusal::Suspended);
    }
    Ok(Actor::Installation(Grant {
        installation,
        org: org.login.clone(),
        permissions: token.permissions.clone(),
        repos: token.repos.clone(),
        workflow,
    }))
}
