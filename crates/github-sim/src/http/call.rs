//! What handlers take: the caller, and a body in GitHub's manner.

use std::collections::HashMap;
use std::sync::MutexGuard;

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use http::{HeaderMap, request::Parts};
use serde::de::DeserializeOwned;

use super::Refusal;
use crate::{Sim, auth::Actor, state::World};

/// One request: who asks, and the parts of it that most handlers need.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) sim: Sim,
    pub(crate) actor: Actor,
    pub(crate) query: HashMap<String, String>,
    pub(crate) headers: HeaderMap,
    /// Path and query as asked, for links to other pages.
    pub(crate) uri: http::Uri,
}

impl Call {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.sim.world()
    }

    /// A query parameter, if given and not empty.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Whether the Accept header asks for this media type of GitHub's, as `raw`.
    pub(crate) fn accepts(&self, media: &str) -> bool {
        let accept = self.headers.get(http::header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("");
        accept.split(',').any(|a| {
            let a = a.trim().strip_prefix("application/vnd.github.").unwrap_or("");
            let a = a.split(['+', ';']).next().unwrap_or("");
            a.trim_start_matches("v3.") == media
        })
    }

    /// The base that the caller knows this GitHub by.
    pub(crate) fn base(&self) -> String {
        base_of(&self.sim, &self.headers)
    }
}

/// `http://` and the Host header, and on an Enterprise Server the prefix of its API.
pub(crate) fn base_of(sim: &Sim, headers: &HeaderMap) -> String {
    let host = headers.get(http::header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}{}", sim.api_prefix())
}

impl FromRequestParts<Sim> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Refusal> {
        let actor = parts.extensions.get::<Actor>().cloned().unwrap_or(Actor::Anonymous);
        let Query(query) = Query::try_from_uri(&parts.uri).unwrap_or_default();
        let uri = parts.uri.clone();
        Ok(Self { sim: sim.clone(), actor, query, headers: parts.headers.clone(), uri })
    }
}

/// A JSON body; none counts as `{}`.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

/// Largest body that is read, in bytes: blobs of git are the largest things posted.
const LIMIT: usize = 64 << 20;

impl<T: DeserializeOwned> FromRequest<Sim> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Sim) -> Result<Self, Refusal> {
        let bytes = axum::body::to_bytes(request.into_body(), LIMIT).await.map_err(|_| Refusal::NotJson)?;
        let bytes: &[u8] = if bytes.trim_ascii().is_empty() { b"{}" } else { &bytes };
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| Refusal::NotJson)?;
        serde_json::from_value(value).map(Self).map_err(|e| Refusal::WrongBody(e.to_string()))
    }
}
