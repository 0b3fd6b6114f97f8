//! Load: some connections, each of which sends a request as soon as the one before is answered.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tokio::{net::TcpStream, task::JoinSet};

use crate::wire::exchange;

/// What was answered in which time.
#[derive(Clone, Copy, Default)]
pub struct Answered {
    /// Requests.
    pub requests: u64,
    /// Wall-clock time.
    pub time: Duration,
}

impl Answered {
    /// Adds another round.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.time += other.time;
    }

    /// Requests a second.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
    pub fn rate(self) -> f64 {
        self.requests as f64 / self.time.as_secs_f64()
    }
}

/// What is sent, and what must be answered.
#[derive(Clone)]
pub struct Load {
    /// The request's bytes.
    pub request: Arc<[u8]>,
    /// Whether the server keeps a connection open for the next one.
    pub connection: Connection,
}

/// Whether a connection serves one request or many.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Many.
    Kept,
    /// One: the request, or the server, says so.
    Closed,
}

/// Sends `load` over `connections` for about `time`. Every answer must have that status.
pub async fn run(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    load: &Load,
    status: u16,
) -> Result<Answered> {
    let mut streams = Vec::new();
    for _ in 0..connections {
        streams.push(connect(address).await?);
    }
    let begin = Instant::now();
    let mut workers = JoinSet::new();
    for mut stream in streams {
        let load = load.clone();
        workers.spawn(async move {
            let mut requests = 0_u64;
            while begin.elapsed() < time {
                let answered = exchange(&mut stream, &load.request).await?;
                ensure!(answered == status, "{answered} instead of {status}");
                requests += 1;
                if load.connection == Connection::Closed {
                    stream = connect(address).await?;
                }
            }
            anyhow::Ok(requests)
        });
    }
    let mut all = Answered::default();
    while let Some(worker) = workers.join_next().await {
        all.requests += worker??;
    }
    all.time = begin.elapsed();
    Ok(all)
}

async fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
