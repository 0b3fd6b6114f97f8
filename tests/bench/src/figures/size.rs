//! A restart with many installations, with and without the history of their runs: time, memory, processors, requests.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::Value;

use crate::{
    proc::Pid,
    receiver::{Server, local_port},
    seed::{self, Seed},
    support::{ControlPlane, Controller, GitHub, namespace, operator::forget_lease},
    table::{Row, mib, seconds},
    world,
};

/// So long after the start it should be quiet.
const START: Duration = Duration::from_secs(10);
/// So long requests are counted, and so long is the peace after it.
const MINUTE: Duration = Duration::from_mins(1);
/// What each installation keeps of its runs: ten Applies, five DryRuns, a Dump.
const HISTORY: usize = 16;

/// Many installations, and how many ended runs each has.
const SIZES: [(usize, usize); 4] = [(1_000, 0), (1_000, HISTORY), (10_000, 0), (10_000, HISTORY)];

pub async fn measure(plane: &'static ControlPlane, rows: &mut Vec<Row>) -> Result<()> {
    for (installations, runs) in SIZES {
        one(plane, rows, installations, runs).await?;
    }
    Ok(())
}

async fn one(
    plane: &'static ControlPlane,
    rows: &mut Vec<Row>,
    installations: usize,
    runs: usize,
) -> Result<()> {
    let client = plane.client();
    let namespace = namespace(&client).await;
    let github = GitHub::start(&world::fixture(installations), &["--secondary-limits", "off"]).await;
    world::install(&client, &namespace, 1).await?;
    // What the operator writes about one of them holds for the others.
    let controller = Controller::start(plane, &github, &namespace, "one", &["--accounts", "org0000"]).await;
    let sample = seed::sample(&client, &namespace, &world::name(0)).await?;
    drop(controller);
    forget_lease(&client, &namespace).await;
    let seed = Seed { client: &client, namespace: &namespace, github: &github, sample: &sample };
    seed.all(installations, runs).await?;

    let receiver = Server::receiver(plane, &namespace, local_port()).await?;
    let watch = Server::watch(plane, &namespace).await?;
    github.call("DELETE", "/_sim/requests", None).await;
    let begin = Instant::now();
    let _controller = Controller::start(plane, &github, &namespace, "restarted", &[]).await;
    let ready = begin.elapsed();
    let pid = Pid::find("peribolos-operator", &["controller", &namespace])?;
    tokio::time::sleep(START.saturating_sub(begin.elapsed())).await;
    let at_first = pid.cpu()?;
    tokio::time::sleep(MINUTE.saturating_sub(begin.elapsed())).await;
    let requests = github.call("GET", "/_sim/requests", None).await;
    let before = pid.cpu()?;
    tokio::time::sleep(MINUTE).await;
    let peace = pid.cpu()?.saturating_sub(before);

    let with = if runs == 0 { "no history".to_owned() } else { format!("{runs} ended runs each") };
    let all = format!("{installations} installations, {with}");
    let floor = watch.ready_after;
    rows.push(
        Row::new(
            format!("{all}: controller restarted, until ready"),
            seconds(ready),
            format!("{} (bare watch)", seconds(floor)),
        )
        .ratio(ready.as_secs_f64(), floor.as_secs_f64()),
    );
    rows.push(Row::new("… processors' time in the first 10 s", seconds(at_first), "–"));
    rows.push(Row::new("… processors' time in the second minute", seconds(peace), "–"));
    rows.push(Row::new("… its requests to GitHub in the first minute", told(&requests), "0"));
    let now = mib(pid.resident()?);
    rows.push(Row::new(
        "… its resident memory after two minutes, and at its peak",
        format!("{now}, {}", mib(pid.peak()?)),
        format!("{} (bare watch)", mib(watch.pid.resident()?)),
    ));
    rows.push(Row::new("… resident memory of the receiver", mib(receiver.pid.resident()?), "–"));
    Ok(())
}

/// Requests by route, for people; mints always.
fn told(requests: &Value) -> String {
    let requests =
        requests.as_array().or_else(|| requests["requests"].as_array()).cloned().unwrap_or_default();
    let mut routes = BTreeMap::from([("POST /app/installations/{}/access_tokens".to_owned(), 0)]);
    for request in &requests {
        let text = |key: &str| request[key].as_str().unwrap_or_default();
        let path = text("path").split('?').next().unwrap_or_default();
        let is_one_of_many = |word: &str| {
            let number = word.strip_prefix("org").unwrap_or(word);
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        };
        let words = path.split('/').map(|word| if is_one_of_many(word) { "{}" } else { word });
        let route = format!("{} {}", text("method"), words.collect::<Vec<_>>().join("/"));
        *routes.entry(route).or_insert(0) += 1;
    }
    let routes: Vec<_> = routes.iter().map(|(route, count)| format!("{count} `{route}`")).collect();
    format!("{}: {}", requests.len(), routes.join(", "))
}
