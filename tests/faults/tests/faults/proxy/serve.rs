//! The proxies themselves.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::{
    Route, Sender, Server, Switchboard, Upstream,
    forward::{Body, Broken},
    refusal::Refusal,
    switchboard::Act,
    watch,
};
use crate::{
    fault::Moment,
    world::{Plane, Scale},
};

/// From whom to whom.
#[derive(Clone)]
pub struct Link {
    pub sender: Sender,
    pub server: Server,
    pub upstream: Upstream,
    pub switchboard: Arc<Switchboard>,
    pub plane: Plane,
}

/// Serves a proxy on loopback until the test's runtime ends; its address.
pub async fn serve(link: Link) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let link = link.clone();
            let service = service_fn(move |request| pass(link.clone(), request));
            // A connection that is broken is what this is for.
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

/// Passes a request on, or what the switchboard says. An error ends the connection without an answer.
async fn pass(link: Link, request: Request<Incoming>) -> Result<Response<Body>, Broken> {
    let (parts, body) = request.into_parts();
    // A sender that was killed in mid-request has sent none.
    let request = Request::from_parts(parts, body.collect().await?.to_bytes());
    let route = Route::of(link.sender, link.server, request.method(), request.uri());
    match link.switchboard.decide(&route, request.uri().path()) {
        Act::Pass => send(&link, request).await,
        Act::Refuse(refusal) => refuse(&link, refusal, request).await,
        Act::Kill(program, Moment::Before) => {
            program.restart().await;
            Err("killed before".into())
        }
        Act::Kill(program, Moment::After) => {
            let answer = send(&link, request).await?;
            // The effect is there when the head of the answer is.
            drop(answer);
            program.restart().await;
            Err("killed after".into())
        }
        Act::KillAndDeliverLate(program) => {
            program.restart().await;
            tokio::spawn(async move {
                tokio::time::sleep(Scale::LATE).await;
                // Nobody is there to hear the answer.
                send(&link, request).await.map(drop).ok();
            });
            Err("killed, and its request comes late".into())
        }
        Act::Pause(program) => {
            program.signal("STOP");
            let pause = link.switchboard.scale.pause();
            tokio::spawn(async move {
                tokio::time::sleep(pause).await;
                program.signal("CONT");
            });
            send(&link, request).await
        }
        Act::TakeAway(away) => {
            link.plane.take_away(away, link.switchboard.scale.minute()).await;
            send(&link, request).await
        }
        Act::Disturb(disturbance) => Ok(watch::disturb(send(&link, request).await?, disturbance)),
    }
}

/// Sends on in a task of its own: what was sent takes effect, whatever becomes of the sender.
async fn send(link: &Link, request: Request<Bytes>) -> Result<Response<Body>, Broken> {
    let upstream = link.upstream.clone();
    tokio::spawn(async move { upstream.send(request).await }).await?
}

async fn refuse(link: &Link, refusal: Refusal, request: Request<Bytes>) -> Result<Response<Body>, Broken> {
    match refusal {
        Refusal::DropAfter => {
            send(link, request).await?;
        }
        Refusal::Silence => tokio::time::sleep(link.switchboard.scale.silence()).await,
        _ => {}
    }
    let Some(refused) = refusal.answer(link.server) else {
        return Err("a fault of the test".into());
    };
    let mut answer = Response::builder().status(refused.status).header(header::CONTENT_TYPE, refused.kind);
    if refused.retry_after {
        answer = answer.header(header::RETRY_AFTER, "1");
    }
    Ok(answer.body(Full::from(refused.body).map_err(|never| match never {}).boxed_unsync())?)
}
