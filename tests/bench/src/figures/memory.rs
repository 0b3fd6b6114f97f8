//! Memory when idle and with many installations, and what a restart with them costs.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::Value;

use crate::{
    proc::Pid,
    receiver::{Server, local_port},
    support::{ControlPlane, Controller, GitHub, namespace, operator::forget_lease},
    table::{Row, mib, seconds},
    world,
};

const INSTALLATIONS: usize = 1000;
/// How long making so many tokens may take.
const LIMIT: Duration = Duration::from_mins(2);
/// GitHub counts as left alone when nothing was asked of it for that long.
const QUIET: Duration = Duration::from_secs(3);
/// Longer than this is not waited for.
const SETTLED: Duration = Duration::from_secs(40);

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
    rows.push(Row::new(
        format!("{all}: until all have a token and are Ready"),
        seconds(begin.elapsed()),
        "–",
    ));
    settle(&github).await;
    drop(controller);
    forget_lease(&client, &namespace).await;

    let receiver = Server::receiver(plane, &namespace, local_port()).await?;
    let watch = Server::watch(plane, &namespace).await?;
    github.call("DELETE", "/_sim/requests", None).await;
    let begin = Instant::now();
    let _controller = Controller::start(plane, &github, &namespace, "second", &[]).await;
    let ready = begin.elapsed();
    let requests = settle(&github).await;
    rows.push(memory(&format!("receiver, {all}"), receiver.pid, ("bare watch", watch.pid))?);
    rows.push(memory(
        &format!("controller, {all}, after a restart"),
        pid(&namespace)?,
        ("bare watch", watch.pid),
    )?);
    rows.push(started("receiver", receiver.ready_after, &watch));
    rows.push(started("controller", ready, &watch));
    rows.push(Row::new("… its requests to GitHub until it is quiet", told(&requests), "0"));
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

fn started(what: &str, ours: Duration, watch: &Server) -> Row {
    let floor = watch.ready_after;
    Row::new(
        format!("{what} started with {INSTALLATIONS} installations, until ready"),
        seconds(ours),
        format!("{} (bare watch)", seconds(floor)),
    )
    .ratio(ours.as_secs_f64(), floor.as_secs_f64())
}

fn pid(namespace: &str) -> Result<Pid> {
    Pid::find("peribolos-operator", &["controller", namespace])
}

/// Waits until nobody asks GitHub for anything; what was asked.
async fn settle(github: &GitHub) -> Vec<Value> {
    let begin = Instant::now();
    let (mut requests, mut since) = (Vec::new(), Instant::now());
    while since.elapsed() < QUIET && begin.elapsed() < SETTLED {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let log = github.call("GET", "/_sim/requests", None).await;
        let now = log.as_array().or_else(|| log["requests"].as_array()).cloned().unwrap_or_default();
        if now.len() != requests.len() {
            (requests, since) = (now, Instant::now());
        }
    }
    requests
}

/// Requests by route, for people; mints always.
fn told(requests: &[Value]) -> String {
    let mut routes = BTreeMap::from([("POST /app/installations/{}/access_tokens".to_owned(), 0)]);
    for request in requests {
        let text = |key: &str| request[key].as_str().unwrap_or_default();
        let path = text("path").split('?').next().unwrap_or_default();
        let is_one_of_many = |word: &str| word.starts_with("org0") || word.parse::<u64>().is_ok();
        let words = path.split('/').map(|word| if is_one_of_many(word) { "{}" } else { word });
        let route = format!("{} {}", text("method"), words.collect::<Vec<_>>().join("/"));
        *routes.entry(route).or_insert(0) += 1;
    }
    let routes: Vec<_> = routes.iter().map(|(route, count)| format!("{count} `{route}`")).collect();
    format!("{}: {}", requests.len(), routes.join(", "))
}
