//! Memory when idle, and how long many new installations take.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    proc::Pid,
    receiver::{Server, local_port},
    support::{ControlPlane, Controller, GitHub, namespace, operator::forget_lease},
    table::{Row, mib, seconds},
    world,
};

const INSTALLATIONS: usize = 1000;
/// How long that may take.
const LIMIT: Duration = Duration::from_mins(2);
pub async fn measure(plane: &'static ControlPlane, rows: &mut Vec<Row>) -> Result<()> {
    let client = plane.client();
    let namespace = namespace(&client).await;
    let github = GitHub::start(&world::fixture(INSTALLATIONS), &["--secondary-limits", "off"]).await;

    let handler = Server::handler().await?;
    let receiver = Server::receiver(plane, &namespace, local_port()).await?;
    let watch = Server::watch(plane, &namespace).await?;
    // Of nobody's concern: else it would make the installations that it finds on GitHub.
    let controller = Controller::start(plane, &github, &namespace, "idle", &["--accounts", "nobody"]).await;
    rows.push(memory("receiver, idle", receiver.pid, ("bare handler", handler.pid))?);
    rows.push(memory("controller, idle", pid(&namespace)?, ("bare watch", watch.pid))?);
    drop((handler, receiver, watch, controller));
    forget_lease(&client, &namespace).await;

    world::install(&client, &namespace, INSTALLATIONS).await?;
    let begin = Instant::now();
    let controller = Controller::start(plane, &github, &namespace, "first", &[]).await;
    world::all_ready(&client, &namespace, INSTALLATIONS, LIMIT).await?;
    let all = format!("{INSTALLATIONS} installations");
    rows.push(Row::new(format!("{all}: until all are Ready"), seconds(begin.elapsed()), "–"));
    drop(controller);
    Ok(())
}

/// A process's resident memory beside another's.
fn memory(what: &str, ours: Pid, (name, floor): (&str, Pid)) -> Result<Row> {
    let (ours, floor) = (ours.resident()?, floor.resident()?);
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 bytes")]
    let (a, b) = (ours as f64, floor as f64);
    Ok(Row::new(format!("resident memory: {what}"), mib(ours), format!("{} ({name})", mib(floor)))
        .ratio(a, b))
}

fn pid(namespace: &str) -> Result<Pid> {
    Pid::find("peribolos-operator", &["controller", namespace])
}
