//! The socket: HTTP/1.1 with keep-alive, until the listener's task is dropped.

use std::{convert::Infallible, io, net::SocketAddr};

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{Request, Uri};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::{Refusal, gate::Drop};
use crate::{Sim, api, hooks::worker};

/// Why the simulator stopped serving.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener has no address.
    #[error("the listening socket has no address")]
    Address(#[source] io::Error),
    /// Somebody else serves this simulator already.
    #[error("this simulator is served already: serve each once")]
    Twice,
    /// No connection can be accepted any more.
    #[error("no connection can be accepted")]
    Accept(#[source] io::Error),
}

/// Answers on `listener` and sends the deliveries, until an error or until it is dropped.
pub async fn serve(listener: TcpListener, sim: Sim) -> Result<(), ServeError> {
    let address: SocketAddr = listener.local_addr().map_err(ServeError::Address)?;
    let outbox = sim.take_outbox().ok_or(ServeError::Twice)?;
    sim.world().urls.set_base(&format!("http://{address}"), sim.api_prefix());
    let router = api::router(&sim);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(worker::run(sim.clone(), outbox));
    loop {
        let (stream, _) = listener.accept().await.map_err(ServeError::Accept)?;
        tasks.spawn(connection(stream, sim.clone(), router.clone()));
        while tasks.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, sim: Sim, router: Router) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = hyper::service::service_fn(move |request| answer(sim.clone(), router.clone(), request));
    let served = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(error, "connection ended");
    }
}

async fn answer(sim: Sim, router: Router, mut request: Request<Incoming>) -> Result<Response, io::Error> {
    if let Some(uri) = rewritten(&sim, request.uri()) {
        *request.uri_mut() = uri;
    } else if sim.is_outside_api(request.uri().path()) {
        return Ok(Refusal::NotFound.into_response());
    }
    let response = router.oneshot(request.map(Body::new)).await.unwrap_or_else(|e: Infallible| match e {});
    if response.extensions().get::<Drop>().is_some() {
        return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "a fault closes this connection"));
    }
    Ok(response)
}

/// What no repository is called: the owner is no login.
const NOBODY: &str = "-/-";

/// Other ways to write a path: GitHub Enterprise Server's prefix, and numbers in place of names.
fn rewritten(sim: &Sim, uri: &Uri) -> Option<Uri> {
    let asked = uri.path();
    let path = match asked.strip_prefix("/api/v3") {
        Some(rest) if rest.starts_with('/') => rest,
        _ if asked == "/api/graphql" => "/graphql",
        _ if sim.is_outside_api(asked) => return None,
        _ => asked,
    };
    let named = by_number(sim, path);
    if named.is_none() && path == asked {
        return None;
    }
    let path = named.as_deref().unwrap_or(path);
    let query = uri.query().map(|q| format!("?{q}")).unwrap_or_default();
    format!("{path}{query}").parse().ok()
}

fn by_number(sim: &Sim, path: &str) -> Option<String> {
    let mut parts = path.splitn(4, '/').skip(1);
    let (kind, id, rest) = (parts.next()?, parts.next()?.parse::<u64>().ok()?, parts.next());
    let world = sim.world();
    let rest = rest.map(|r| format!("/{r}")).unwrap_or_default();
    match kind {
        "repositories" => {
            let found = world.orgs.values().find_map(|o| o.repos.get(&id).map(|r| (o, r)));
            let name = found.map(|(org, repo)| format!("{}/{}", org.login, repo.name));
            Some(format!("/repos/{}{rest}", name.as_deref().unwrap_or(NOBODY)))
        }
        "organizations" => {
            let org = world.orgs.values().find(|o| o.id == id)?;
            let team = rest.strip_prefix("/team/").and_then(|t| {
                let (id, rest) = t.split_once('/').map_or((t, String::new()), |(i, r)| (i, format!("/{r}")));
                Some(format!("/teams/{}{rest}", org.teams.get(&id.parse().ok()?)?.slug))
            });
            Some(format!("/orgs/{}{}", org.login, team.unwrap_or(rest)))
        }
        "teams" => {
            let (org, team) = world.orgs.values().find_map(|o| o.teams.get(&id).map(|t| (o, t)))?;
            Some(format!("/orgs/{}/teams/{}{rest}", org.login, team.slug))
        }
        _ => None,
    }
}
