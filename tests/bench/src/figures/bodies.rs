//! Bodies of 100 MB: how much of them is taken, and what that costs in memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncWriteExt, split},
    net::TcpStream,
};

use crate::{
    delivery::{self, Length, Signed},
    receiver::{Server, local_port},
    support::{ControlPlane, namespace},
    table::{Row, mib},
    wire::answer,
};

const SIZE: usize = 100_000_000;
const CHUNK: usize = 64 << 10;

/// What became of one body.
struct Outcome {
    status: u16,
    /// Bytes that left us before the answer came: at least what was read, at most the sockets' buffers more.
    sent: u64,
    before: u64,
    peak: u64,
}

pub async fn measure(plane: &'static ControlPlane, rows: &mut Vec<Row>) -> Result<()> {
    let namespace = namespace(&plane.client()).await;
    let body = vec![b' '; SIZE];
    for (what, signed, length) in [
        ("100 MB, signed, its length told", Signed::Rightly, Length::Told),
        ("100 MB, signed, in chunks", Signed::Rightly, Length::Chunked),
        ("100 MB, not signed", Signed::Not, Length::Told),
    ] {
        // New ones each time: memory that an earlier body took would hide the peak.
        let receiver = Server::receiver(plane, &namespace, local_port()).await?;
        let handler = Server::handler().await?;
        let ours = send(&receiver, &body, signed, length).await?;
        let floor = send(&handler, &body, signed, length).await?;
        rows.push(Row::new(what, ours.text(), floor.text()));
    }
    Ok(())
}

impl Outcome {
    fn text(&self) -> String {
        format!(
            "{} after at most {}, peak {} (idle {})",
            self.status,
            mib(self.sent),
            mib(self.peak),
            mib(self.before)
        )
    }
}

async fn send(server: &Server, body: &[u8], signed: Signed, length: Length) -> Result<Outcome> {
    let before = server.pid.resident()?;
    server.pid.forget_peak()?;
    let head = delivery::head(body, signed, length);
    let (mut read, mut write) = split(TcpStream::connect(server.address).await?);
    let sent = Arc::new(AtomicU64::new(0));
    let write_all = async {
        write.write_all(head.as_bytes()).await?;
        for chunk in body.chunks(CHUNK) {
            if matches!(length, Length::Chunked) {
                write.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
            }
            write.write_all(chunk).await?;
            if matches!(length, Length::Chunked) {
                write.write_all(b"\r\n").await?;
            }
            sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        }
        if matches!(length, Length::Chunked) {
            write.write_all(b"0\r\n\r\n").await?;
        }
        // The answer ends it; a refused write is no end, for the answer may still be on its way.
        std::future::pending::<std::io::Result<()>>().await
    };
    let read_answer = tokio::time::timeout(Duration::from_secs(30), answer(&mut read));
    tokio::pin!(read_answer);
    let answered = tokio::select! {
        biased;
        answered = &mut read_answer => answered,
        Err(_) = write_all => read_answer.await,
    };
    let status = answered.context("no answer in 30 s")??;
    let sent = sent.load(Ordering::Relaxed);
    Ok(Outcome { status, sent, before, peak: server.pid.peak()? })
}
