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
    header::{AUTHORIZATION, CONTENT_LENGTH, ETAG, IF_NONE_MATCH, LOCATION},
};

use super::{
    Refusal,
    call::base_of,
    content::creates,
    fault::When,
    log::Entry,
    rate::{Account, Resource},
    refusal::MovedTo,
    secondary::{InFlight, Weight},
};
use crate::{
    Sim,
    auth::{Actor, barrier::Barrier, identify::identify, person::Person},
    clock::{http_date, rfc3339},
    ghes::lacks,
    graphql,
    state::World,
};

/// Marks an answer in whose place the connection is to be closed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drop;

/// Authentication, faults, limits, the organization's own rules, handler, ETag, headers, log.
pub(crate) async fn gate(State(sim): State<Sim>, request: Request, next: Next) -> Response {
    let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let (request, body) = written(request).await;
    let who = identify(&sim, &headers);
    let limited = sim.world().ghes.is_none();
    let account = who.as_ref().ok().filter(|_| limited).map(|actor| Account::at(actor, uri.path()));
    let actor = who.as_ref().ok().cloned();
    let _in_flight = account.map(|account| InFlight::begin(&sim, account.owner));

    let effect = sim.world().faults.take(&method, uri.path());
    let (mut before, mut after) = (None, None);
    if let Some(effect) = effect {
        tokio::time::sleep(effect.delay).await;
        let failed = if effect.drop { Some(dropped()) } else { effect.response() };
        match effect.when {
            When::Before => before = failed,
            When::After => after = failed,
        }
    }
    let response = match before {
        Some(response) => response,
        None => guarded(&sim, who, request, next).await,
    };
    let response = after.unwrap_or(response);
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
    if let Some(refusal) = refused(sim, &actor, request.method(), request.uri().path()) {
        return refusal;
    }
    request.extensions_mut().insert(actor);
    next.run(request).await
}

/// The answer to a request that passes a limit, or that the organization's own rules keep out.
fn refused(sim: &Sim, actor: &Actor, method: &Method, path: &str) -> Option<Response> {
    let mut world = sim.world();
    if world.ghes.is_some() {
        if path == "/rate_limit" {
            return Some(Refusal::NoRateLimits.into_response());
        }
        if lacks(method, path) {
            return Some(Refusal::NotFound.into_response());
        }
    } else if path != "/rate_limit" {
        let (now, account) = (world.now(), Account::at(actor, path));
        let weight = Weight::of(method, account.resource, creates(&world, method, path));
        if let Err(passed) = world.secondary.take(account.owner, weight, now) {
            return Some(passed.into_response());
        }
        if !world.rates.spend(account, now) {
            return Some(match account.resource {
                Resource::Graphql => graphql::rate_limited(account.owner),
                Resource::Core => Refusal::RateLimited.into_response(),
            });
        }
    }
    Barrier::at(&world, actor, path).map(IntoResponse::into_response)
}

/// Gives a 200 to a GET its ETag, and 304 in its place to whoever has that one already. It is another for each token.
async fn conditional(method: &Method, asked: &HeaderMap, response: Response) -> Response {
    if *method != Method::GET || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Refusal::Broken("the answer could not be read".into()).into_response();
    };
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(asked.get(AUTHORIZATION).map_or(&[], HeaderValue::as_bytes));
    hash.update(&bytes);
    let tag = format!("\"{}\"", hex::encode(hash.finish()));
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

/// Where a path of a repository that moved leads: by its number; in a team's path, by its present name.
fn moved(world: &World, path: &str, repo: u64) -> String {
    if let Some((team, _)) = path.split_once("/repos/").filter(|(team, _)| !team.is_empty()) {
        let found = world.orgs.values().find_map(|org| Some((&org.login, &org.repos.get(&repo)?.name)));
        return found.map_or_else(|| path.to_owned(), |(owner, name)| format!("{team}/repos/{owner}/{name}"));
    }
    let rest = path.splitn(5, '/').nth(4).map(|rest| format!("/{rest}")).unwrap_or_default();
    format!("/repositories/{repo}{rest}")
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
    put("vary", "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, X-Requested-With".into());
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
        put("x-ratelimit-resource", account.resource.as_str().into());
    }
    if let Some(ghes) = world.ghes {
        put("x-github-enterprise-version", ghes.to_string());
    }
    if let Some(Actor::User(Person { scopes: Some(scopes), .. })) = &asked.actor {
        put("x-oauth-scopes", scopes.header());
    }
    if let Some(MovedTo(repo)) = response.extensions().get() {
        let query = asked.uri.query().map(|q| format!("?{q}")).unwrap_or_default();
        let to = format!("{}{}{query}", base_of(sim, &asked.headers), moved(&world, asked.uri.path(), *repo));
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
            Some(Actor::User(_)) => "user",
            _ => "anonymous",
        },
        installation: asked.actor.as_ref().and_then(Actor::installation),
        body: asked.body,
    });
    response
}
