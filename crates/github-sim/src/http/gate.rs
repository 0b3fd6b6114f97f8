//! What every request to GitHub's own paths goes through, before and after its handler.

use aws_lc_rs::digest;
use axum::{
    body::to_bytes,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, ETAG, IF_NONE_MATCH, LOCATION},
};

use super::{Refusal, call::base_of, log::Entry, rate::Account, refusal::MovedTo};
use crate::{
    Sim,
    auth::{Actor, identify::identify},
    clock::{http_date, rfc3339},
    graphql,
};

/// Marks an answer in whose place the connection is to be closed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drop;

/// Faults, authentication, rate limit, handler, ETag, headers, log.
pub(crate) async fn gate(State(sim): State<Sim>, request: Request, next: Next) -> Response {
    let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let (request, body) = written(request).await;
    let who = identify(&sim, &headers);
    let account = who.as_ref().ok().map(|actor| Account::at(actor, uri.path()));
    let actor = who.as_ref().ok().cloned();

    let effect = sim.world().faults.take(&method, uri.path());
    let mut answer = None;
    if let Some(effect) = effect {
        tokio::time::sleep(effect.delay).await;
        answer = effect.response();
        if effect.drop {
            answer = Some(dropped());
        }
    }
    let response = match answer {
        Some(response) => response,
        None => guarded(&sim, who, request, next).await,
    };
    let response = conditional(&method, &headers, response).await;
    finish(&sim, Asked { method, uri, headers, body, actor, account }, response)
}

/// The largest body that the log keeps, in bytes.
const LOGGED_BODY: usize = 16 << 10;

/// A request and, for the log, the JSON that it writes: none of questions, of GraphQL and of what is longer or no JSON.
async fn written(request: Request) -> (Request, Option<serde_json::Value>) {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let asks = matches!(*request.method(), Method::GET | Method::HEAD) || request.uri().path() == "/graphql";
    if asks || length.is_none_or(|length| length == 0 || length > LOGGED_BODY) {
        return (request, None);
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LOGGED_BODY).await else {
        return (Request::from_parts(parts, axum::body::Body::empty()), None);
    };
    let json = serde_json::from_slice(&bytes).ok();
    (Request::from_parts(parts, axum::body::Body::from(bytes)), json)
}

/// What is left of a request once it was handled.
struct Asked {
    method: Method,
    uri: http::Uri,
    headers: HeaderMap,
    body: Option<serde_json::Value>,
    actor: Option<Actor>,
    account: Option<Account>,
}

fn dropped() -> Response {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    response.extensions_mut().insert(Drop);
    response
}

async fn guarded(sim: &Sim, who: Result<Actor, Refusal>, mut request: Request, next: Next) -> Response {
    let actor = match who {
        Ok(actor) => actor,
        Err(refusal) => return refusal.into_response(),
    };
    let free = request.uri().path() == "/rate_limit";
    let account = Account::at(&actor, request.uri().path());
    let spent = {
        let mut world = sim.world();
        let now = world.now();
        free || world.rates.spend(account, now)
    };
    if !spent {
        return match account {
            Account::Graphql(installation) => graphql::rate_limited(installation),
            _ => Refusal::RateLimited.into_response(),
        };
    }
    request.extensions_mut().insert(actor);
    next.run(request).await
}

/// Gives a 200 to a GET its ETag, and 304 in its place to whoever has that one already.
async fn conditional(method: &Method, asked: &HeaderMap, response: Response) -> Response {
    if *method != Method::GET || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Refusal::Broken("the answer could not be read".into()).into_response();
    };
    let hash = hex::encode(digest::digest(&digest::SHA256, &bytes));
    let tag = format!("\"{hash}\"");
    let has = asked.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(&tag));
    if let Ok(value) = HeaderValue::from_str(&format!("W/{tag}")) {
        parts.headers.insert(ETAG, value);
    }
    if has {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(http::header::CONTENT_TYPE);
        parts.headers.remove(http::header::CONTENT_LENGTH);
        return Response::from_parts(parts, axum::body::Body::empty());
    }
    Response::from_parts(parts, axum::body::Body::from(bytes))
}

fn finish(sim: &Sim, asked: Asked, mut response: Response) -> Response {
    let mut world = sim.world();
    let now = world.now();
    let id = world.new_id();
    let unmodified = response.status() == StatusCode::NOT_MODIFIED;
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().entry(HeaderName::from_static(name)).or_insert(value);
        }
    };
    put("date", http_date(now));
    put("server", "github.com".into());
    put("x-github-request-id", format!("SIM0:{id:X}"));
    put("x-github-media-type", "github.v3; format=json".into());
    put("x-github-api-version-selected", "2022-11-28".into());
    if let Some(account) = asked.account {
        if unmodified {
            world.rates.refund(account, now);
        }
        let window = *world.rates.window(account, now);
        put("x-ratelimit-limit", window.limit.to_string());
        put("x-ratelimit-remaining", window.remaining().to_string());
        put("x-ratelimit-used", window.used.to_string());
        put("x-ratelimit-reset", window.reset.as_second().to_string());
        put("x-ratelimit-resource", account.resource().into());
    }
    if let Some(MovedTo(repo)) = response.extensions().get() {
        let rest = asked.uri.path().splitn(5, '/').nth(4).map(|r| format!("/{r}")).unwrap_or_default();
        let query = asked.uri.query().map(|q| format!("?{q}")).unwrap_or_default();
        let to = format!("{}/repositories/{repo}{rest}{query}", base_of(&asked.headers));
        if asked.method != Method::GET && asked.method != Method::HEAD {
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
        }
        if let Ok(value) = HeaderValue::from_str(&to) {
            response.headers_mut().insert(LOCATION, value);
        }
    }
    if response.status() == StatusCode::NOT_IMPLEMENTED {
        *world.log.unknown.entry(format!("{} {}", asked.method, asked.uri.path())).or_default() += 1;
    }
    world.log.entries.push(Entry {
        time: rfc3339(now),
        method: asked.method.to_string(),
        path: asked.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        status: response.status().as_u16(),
        actor: match &asked.actor {
            Some(Actor::App) => "app",
            Some(Actor::Installation(_)) => "installation",
            _ => "anonymous",
        },
        installation: asked.actor.as_ref().and_then(Actor::installation),
        body: asked.body,
    });
    response
}
