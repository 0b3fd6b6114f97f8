//! A restart with many installations, with and without the history of their runs: time, memory, processors, requests.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use kube::Client;
use serde_json::Value;

use super::latency::Bench;
use crate::{
    api_server::served,
    proc::Pid,
    receiver::{Server, local_port},
    seed::{self, Seed},
    support::{ControlPlane, Controller, GitHub, namespace, operator::forget_lease},
    table::{Row, bytes, median_and_longest, mib, ms, seconds},
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

/// Pushes right after the restart, and as many when it is over.
const PUSHES: usize = 5;

/// What is compared with the same without history.
#[derive(Clone, Copy)]
struct Measured {
    /// The median wait of a push right after the restart, and later.
    pushes: [Duration; 2],
    resident: u64,
}

pub async fn measure(plane: &'static ControlPlane, rows: &mut Vec<Row>) -> Result<()> {
    let mut without = None;
    for (installations, runs) in SIZES {
        let floor = without.filter(|_| runs > 0);
        without = Some(one(plane, rows, (installations, runs), floor).await?);
    }
    Ok(())
}

async fn one(
    plane: &'static ControlPlane,
    rows: &mut Vec<Row>,
    (installations, runs): (usize, usize),
    without: Option<Measured>,
) -> Result<Measured> {
    let client = plane.client();
    let namespace = namespace(&client).await;
    let address = local_port();
    let url = format!("http://{address}/webhook");
    let more = ["--webhook-url", url.as_str(), "--secondary-limits", "off"];
    let github = GitHub::start(&world::fixture(installations), &more).await;
    world::install(&client, &namespace, 1).await?;
    // What the operator writes about one of them holds for the others.
    let controller = Controller::start(plane, &github, &namespace, "one", &["--accounts", "org0000"]).await;
    let sample = seed::sample(&client, &namespace, &world::name(0)).await?;
    drop(controller);
    forget_lease(&client, &namespace).await;
    let seed = Seed { client: &client, namespace: &namespace, github: &github, sample: &sample };
    seed.all(installations, runs).await?;

    let receiver = Server::receiver(plane, &namespace, address).await?;
    let watch = Server::watch(plane, &namespace).await?;
    github.call("DELETE", "/_sim/requests", None).await;
    let asked = requests_served(&client).await?;
    let begin = Instant::now();
    let _controller = Controller::start(plane, &github, &namespace, "restarted", &[]).await;
    let ready = begin.elapsed();
    let pid = Pid::find("peribolos-operator", &["controller", &namespace])?;
    let mut bench = Bench::new(client, namespace, github);
    // The first ones have tokens; the receiver has its connections after the first push of all.
    bench.pushes(&[world::login(0)]).await?;
    let soon = one_by_one(&mut bench, 1).await?;
    tokio::time::sleep(START.saturating_sub(begin.elapsed())).await;
    let at_first = pid.cpu()?;
    tokio::time::sleep(MINUTE.saturating_sub(begin.elapsed())).await;
    let requests = bench.github.call("GET", "/_sim/requests", None).await;
    let asked = requests_served(&bench.client).await? - asked;
    let before = pid.cpu()?;
    tokio::time::sleep(MINUTE).await;
    let peace = pid.cpu()?.saturating_sub(before);
    let resident = pid.resident()?;
    let later = one_by_one(&mut bench, 1 + PUSHES).await?;

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
    let mut measured = Measured { pushes: [Duration::ZERO; 2], resident };
    for (n, (when, waits)) in [("right after it", soon), ("two minutes later", later)].into_iter().enumerate()
    {
        let (median, longest) = median_and_longest(waits).context("no push")?;
        measured.pushes[n] = median;
        let row = |floor: String| {
            let figure = format!("{} (longest {})", ms(median), ms(longest));
            Row::new(format!("… push to TaskRun {when}, median of {PUSHES}"), figure, floor)
        };
        rows.push(match without {
            None => row("–".to_owned()),
            Some(Measured { pushes, .. }) => row(format!("{} (without history)", ms(pushes[n])))
                .ratio(median.as_secs_f64(), pushes[n].as_secs_f64()),
        });
    }
    rows.push(Row::new("… processors' time in the first 10 s, with these pushes", seconds(at_first), "–"));
    rows.push(Row::new("… processors' time in the second minute", seconds(peace), "–"));
    rows.push(Row::new("… its requests to GitHub in the first minute", told(&requests), "0"));
    rows.push(Row::new("… requests to the API server in the first minute", asked.to_string(), "–"));
    let now = format!("{}, {}", mib(resident), mib(pid.peak()?));
    let (what, bare) = ("… its resident memory after two minutes, and at its peak", watch.pid.resident()?);
    rows.push(match without {
        None => Row::new(what, now, format!("{} (bare watch)", mib(bare))),
        Some(without) => {
            let floor = format!("{} (without history), {} (bare watch)", mib(without.resident), mib(bare));
            Row::new(what, now, floor).ratio(bytes(resident), bytes(without.resident))
        }
    });
    rows.push(Row::new("… resident memory of the receiver", mib(receiver.pid.resident()?), "–"));
    Ok(measured)
}

/// Pushes to organizations from this one on, one after another; how long each waited for its TaskRun.
async fn one_by_one(bench: &mut Bench, first: usize) -> Result<Vec<Duration>> {
    let mut waits = Vec::new();
    for n in first..first + PUSHES {
        waits.extend(bench.pushes(&[world::login(n)]).await?);
    }
    Ok(waits)
}

/// How many requests of the operator the API server has served, but for watches.
async fn requests_served(client: &Client) -> Result<u64> {
    let all = ["githubinstallations", "peribolosruns", "taskruns", "tasks", "secrets", "leases", "events"];
    served(client, &all, |verb| verb != "WATCH").await
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
