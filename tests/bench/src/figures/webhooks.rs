//! The receiver under load, against a bare handler that reads the same bodies.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use tokio::net::TcpStream;

use crate::{
    delivery::{self, Signed},
    load::{self, Answered, Connection, Load},
    proc::Pid,
    receiver::{Server, local_port},
    support::{ControlPlane, namespace},
    table::Row,
    wire::exchange,
};

/// Rounds of each server in turn: what else the machine does then troubles both alike.
const ROUNDS: u32 = 3;
const ROUND: Duration = Duration::from_secs(1);

/// Throughput and processors' time.
struct Measured {
    answered: Answered,
    cpu: Duration,
}

pub async fn measure(plane: &'static ControlPlane, rows: &mut Vec<Row>) -> Result<()> {
    let namespace = namespace(&plane.client()).await;
    let receiver = Server::receiver(plane, &namespace, local_port()).await?;
    let (handler, reader) = (Server::handler().await?, Server::reader().await?);
    let push = delivery::irrelevant_push()?;
    for signed in [Signed::Rightly, Signed::Wrongly] {
        // The receiver trusts nobody who signs wrongly with a second request: the floor gets a new connection for each, too.
        let (what, connection) = match signed {
            Signed::Rightly => ("irrelevant push", Connection::Kept),
            Signed::Wrongly | Signed::Not => ("wrongly signed push", Connection::Closed),
        };
        let request: Arc<[u8]> = delivery::request(&push, signed, connection).into();
        let status = exchange(&mut TcpStream::connect(receiver.address).await?, &request).await?;
        let load = Load { request, connection };
        for connections in [1, 16, 64] {
            let mut reading = Measured::nothing();
            let (mut ours, mut floor) = (Measured::nothing(), Measured::nothing());
            for _ in 0..ROUNDS {
                if signed == Signed::Rightly {
                    reading.round(&reader, connections, &load, 202).await?;
                }
                floor.round(&handler, connections, &load, 202).await?;
                ours.round(&receiver, connections, &load, status).await?;
            }
            let what = format!("{what}, {connections} at once (answered {status})");
            rows.push(
                Row::new(
                    &what,
                    format!("{:.0} /s", ours.answered.rate()),
                    format!("{:.0} /s", floor.answered.rate()),
                )
                .ratio(ours.answered.rate(), floor.answered.rate()),
            );
            rows.push(
                Row::new("… CPU a request", ours.cpu_text(), floor.cpu_text())
                    .ratio(ours.cpu_of_one(), floor.cpu_of_one()),
            );
            if signed == Signed::Rightly {
                rows.push(
                    Row::new(
                        "… beside a handler that checks the signature and reads the JSON",
                        format!("{:.0} /s", ours.answered.rate()),
                        format!("{:.0} /s", reading.answered.rate()),
                    )
                    .ratio(ours.answered.rate(), reading.answered.rate()),
                );
            }
        }
    }
    Ok(())
}

impl Measured {
    fn nothing() -> Self {
        Self { answered: Answered::default(), cpu: Duration::ZERO }
    }

    async fn round(&mut self, server: &Server, connections: usize, load: &Load, status: u16) -> Result<()> {
        let pid: Pid = server.pid;
        let before = pid.cpu()?;
        self.answered.add(load::run(server.address, connections, ROUND, load, status).await?);
        self.cpu += pid.cpu()?.saturating_sub(before);
        Ok(())
    }

    /// Microseconds.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
    fn cpu_of_one(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.answered.requests as f64
    }

    fn cpu_text(&self) -> String {
        format!("{:.0} µs", self.cpu_of_one())
    }
}
