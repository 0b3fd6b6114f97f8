//! How long nothing starts where one controller takes over from another: after a crash of the leader, after a clean stop, and
//! after the API server was away for longer than a Lease.

use std::{process::Command, time::Duration};

use anyhow::{Context, Result, ensure};

use super::Bench;
use crate::{
    receiver::{Server, local_port},
    support::{ControlPlane, Controller, GitHub, namespace},
    table::{Row, seconds},
    world,
};

const INSTALLATIONS: usize = 1000;
/// How long making so many tokens may take.
const LIMIT: Duration = Duration::from_mins(2);
/// How long the API server is away.
const AWAY: Duration = Duration::from_secs(20);

pub async fn measure(plane: &'static ControlPlane, rows: &mut Vec<Row>) -> Result<()> {
    let client = plane.client();
    let namespace = namespace(&client).await;
    let address = local_port();
    let url = format!("http://{address}/webhook");
    let more = ["--webhook-url", url.as_str(), "--secondary-limits", "off"];
    let github = GitHub::start(&world::fixture(INSTALLATIONS), &more).await;
    world::install(&client, &namespace, INSTALLATIONS).await?;
    let _receiver = Server::receiver(plane, &namespace, address).await?;
    let first = Controller::start(plane, &github, &namespace, "first", &[]).await;
    world::all_ready(&client, &namespace, INSTALLATIONS, LIMIT).await?;
    let second = Controller::start(plane, &github, &namespace, "second", &[]).await;
    let mut bench = Bench::new(client, namespace, github);
    bench.pushes(&[world::login(0)]).await?;

    drop(first);
    let crash = bench.pushes(&[world::login(1)]).await?;
    let third = Controller::start(plane, &bench.github, &bench.namespace, "third", &[]).await;
    let pid = second.pid().context("the second controller has ended")?;
    ensure!(Command::new("kill").args(["-TERM", &pid.to_string()]).status()?.success(), "no signal was sent");
    let stop = bench.pushes(&[world::login(2)]).await?;
    let before = third.pid();
    plane.stop_api_server();
    tokio::time::sleep(AWAY).await;
    plane.start_api_server();
    plane.ready(&bench.client).await;
    let away = bench.pushes(&[world::login(3)]).await?;
    ensure!(before.is_some() && third.pid() == before, "the controller has ended");
    let outage = format!("{} s without an API server", AWAY.as_secs());
    let causes = [("kill -9 of the leader", crash), ("a clean stop of the leader", stop), (&outage, away)];
    for (what, waits) in causes {
        let wait = waits.into_iter().max().context("no push")?;
        rows.push(Row::new(
            format!("{INSTALLATIONS} installations: {what} to the next TaskRun"),
            seconds(wait),
            "–",
        ));
    }
    Ok(())
}
