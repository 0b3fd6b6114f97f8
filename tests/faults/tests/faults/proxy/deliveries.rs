//! Between GitHub and the receiver: webhooks, in order or not.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use http_body_util::BodyExt;
use tokio::net::TcpListener;

use super::Upstream;

/// How deliveries reach the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As GitHub sends them.
    AsSent,
    /// Each three times, up to two seconds late, as this seed has it.
    TripledAndShuffled(u64),
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsSent => f.write_str("deliveries come as they are sent"),
            Self::TripledAndShuffled(seed) => {
                write!(f, "every delivery comes three times, in a shuffled order (seed {seed})")
            }
        }
    }
}

/// The latest that a shuffled copy comes.
const LATEST: Duration = Duration::from_secs(2);
/// How long a delivery that was not taken is sent again.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the handler needs.
struct Way {
    receiver: Upstream,
    order: Order,
    random: Mutex<fastrand::Rng>,
}

/// Serves a proxy before the receiver until the test's runtime ends.
pub fn serve(listener: TcpListener, receiver: SocketAddr, order: Order) {
    let seed = if let Order::TripledAndShuffled(seed) = order { seed } else { 0 };
    let way = Way {
        receiver: Upstream::http(&format!("http://{receiver}")),
        order,
        random: Mutex::new(fastrand::Rng::with_seed(seed)),
    };
    let routes = Router::new().fallback(any(pass)).with_state(Arc::new(way));
    tokio::spawn(async move { axum::serve(listener, routes).await });
}

async fn pass(State(way): State<Arc<Way>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let request = http::Request::from_parts(parts, body);
    let copies = if way.order == Order::AsSent { 1 } else { 3 };
    let mut answers = tokio::task::JoinSet::new();
    for _ in 0..copies {
        let late =
            if copies == 1 { Duration::ZERO } else { LATEST.mul_f64(way.random.lock().unwrap().f64()) };
        let (receiver, request) = (way.receiver.clone(), request.clone());
        answers.spawn(async move {
            tokio::time::sleep(late).await;
            deliver(receiver, request).await
        });
    }
    if copies > 1 {
        // GitHub hears at once, so that the next delivery is under way before this one has come.
        answers.detach_all();
        return Response::builder().status(202).body("".into()).unwrap();
    }
    answers.join_next().await.unwrap().unwrap()
}

/// Sends a delivery until the receiver takes it: in the place of the healer, who asks GitHub for it after minutes.
async fn deliver(receiver: Upstream, request: http::Request<Bytes>) -> Response {
    let begin = std::time::Instant::now();
    loop {
        match receiver.send(request.clone()).await {
            Ok(answer) if !answer.status().is_server_error() || begin.elapsed() > PATIENCE => {
                return answer.map(axum::body::Body::new);
            }
            Err(error) if begin.elapsed() > PATIENCE => panic!("the receiver takes nothing: {error}"),
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}
