//! From a push on GitHub to its TaskRun on the API server, against bare creates of the same TaskRuns.

mod arrivals;
pub mod takeover;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::try_join_all;
use kube::{
    Api, Client,
    api::{DynamicObject, PostParams},
};
use serde_json::{Value, json};

use self::arrivals::{Arrivals, task_runs};
use crate::{
    api_server::served,
    receiver::{Server, local_port},
    support::{ControlPlane, Controller, GitHub, namespace},
    table::{Row, median_and_longest, ms},
    world,
};

/// Pushes one after another.
const ALONE: usize = 12;
/// Pushes at once.
const TOGETHER: usize = 16;
const ROUNDS: usize = 3;
/// The writes of a push that must follow one another: the run; the slot, before its TaskRun is made; the TaskRun.
const IN_A_ROW: usize = 3;

pub async fn measure(plane: &'static ControlPlane, rows: &mut Vec<Row>) -> Result<()> {
    let client = plane.client();
    let namespace = namespace(&client).await;
    let address = local_port();
    let organizations = 1 + ALONE + TOGETHER * ROUNDS;
    let url = format!("http://{address}/webhook");
    // What is measured is work, not waiting for the tokens of a hundred installations at once.
    let more = ["--webhook-url", url.as_str(), "--secondary-limits", "off"];
    let github = GitHub::start(&world::fixture(organizations), &more).await;
    world::install(&client, &namespace, organizations).await?;
    let _receiver = Server::receiver(plane, &namespace, address).await?;
    let _controller =
        Controller::start(plane, &github, &namespace, "bench", &["--max-concurrent-runs", "1000"]).await;
    world::all_ready(&client, &namespace, organizations, Duration::from_mins(1)).await?;

    let mut bench = Bench::new(client, namespace, github);
    // Not counted: the first push of all opens connections. It also shows what a TaskRun looks like.
    bench.pushes(&[world::login(0)]).await?;
    let spec = bench.arrivals.last_spec().context("the first TaskRun has no spec")?;

    let (mut pushes, mut creates, mut rows_of_creates) = (Vec::new(), Vec::new(), Vec::new());
    let before = writes(&bench.client).await?;
    for n in 1..=ALONE {
        pushes.extend(bench.pushes(&[world::login(n)]).await?);
        creates.extend(bench.creates(&spec, 1).await?);
        rows_of_creates.push(bench.creates_in_a_row(&spec).await?);
    }
    let bare = 1 + IN_A_ROW as u64;
    let of_a_push = (writes(&bench.client).await? - before) / ALONE as u64 - bare;
    rows.push(row("push to TaskRun, one at a time", pushes.clone(), creates)?);
    rows.push(row(&format!("… beside {IN_A_ROW} bare creates, one after another"), pushes, rows_of_creates)?);
    rows.push(Row::new(
        "… writes to the API server a push (runs, installations, TaskRuns)",
        of_a_push.to_string(),
        "1",
    ));

    let (mut pushes, mut creates) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let first = 1 + ALONE + round * TOGETHER;
        let logins: Vec<String> = (first..first + TOGETHER).map(world::login).collect();
        pushes.extend(bench.pushes(&logins).await?);
        creates.extend(bench.creates(&spec, TOGETHER).await?);
    }
    rows.push(row(&format!("push to TaskRun, {TOGETHER} installations at once"), pushes, creates)?);
    Ok(())
}

fn row(what: &str, pushes: Vec<Duration>, creates: Vec<Duration>) -> Result<Row> {
    let (ours, longest) = median_and_longest(pushes).context("no push")?;
    let (floor, floor_longest) = median_and_longest(creates).context("no create")?;
    let text = |median, longest| format!("{} (longest {})", ms(median), ms(longest));
    let row = Row::new(format!("{what}, median"), text(ours, longest), text(floor, floor_longest));
    Ok(row.ratio(ours.as_secs_f64(), floor.as_secs_f64()))
}

pub(super) struct Bench {
    pub(super) client: Client,
    namespace: String,
    pub(super) github: GitHub,
    arrivals: Arrivals,
    made: usize,
}

impl Bench {
    /// Of the organizations of a GitHub whose installations are in a namespace.
    pub(super) fn new(client: Client, namespace: String, github: GitHub) -> Self {
        Self { arrivals: Arrivals::watch(&client, &namespace), client, namespace, github, made: 0 }
    }

    /// Pushes to all of these at once; how long each had to wait for its TaskRun.
    pub(super) async fn pushes(&mut self, logins: &[String]) -> Result<Vec<Duration>> {
        let begin = Instant::now();
        let files =
            |login: &str| json!({"peribolos.yaml": format!("orgs: {{{login}: {{admins: [alice, bob]}}}}\n")});
        futures::future::join_all(logins.iter().map(|login| self.github.push(login, files(login)))).await;
        self.arrivals.of(logins, begin).await
    }

    /// Makes so many TaskRuns at once; how long each took to be seen.
    async fn creates(&mut self, spec: &Value, number: usize) -> Result<Vec<Duration>> {
        let (logins, objects) = self.bare(spec, number)?;
        let (api, params) = (self.task_runs(), PostParams::default());
        let begin = Instant::now();
        try_join_all(objects.iter().map(|object| api.create(&params, object))).await?;
        self.arrivals.of(&logins, begin).await
    }

    /// Makes TaskRuns, each when the one before is made; how long it took until the last was seen.
    async fn creates_in_a_row(&mut self, spec: &Value) -> Result<Duration> {
        let (logins, objects) = self.bare(spec, IN_A_ROW)?;
        let (api, params) = (self.task_runs(), PostParams::default());
        let begin = Instant::now();
        for object in &objects {
            api.create(&params, object).await?;
        }
        self.arrivals.of(&logins, begin).await?.into_iter().max().context("none was made")
    }

    fn task_runs(&self) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, &task_runs())
    }

    /// TaskRuns like the operator's, and the logins that they are for.
    fn bare(&mut self, spec: &Value, number: usize) -> Result<(Vec<String>, Vec<DynamicObject>)> {
        let logins: Vec<String> = (self.made..self.made + number).map(|n| format!("bare-{n}")).collect();
        self.made += number;
        let objects = logins.iter().map(|login| {
            let mut spec = spec.clone();
            for param in spec["params"].as_array_mut().into_iter().flatten() {
                if param["name"] == "login" {
                    param["value"] = login.as_str().into();
                }
            }
            serde_json::from_value(json!({
                "apiVersion": "tekton.dev/v1", "kind": "TaskRun", "metadata": {"name": login}, "spec": spec,
            }))
        });
        let objects = objects.collect::<Result<_, _>>()?;
        Ok((logins, objects))
    }
}

/// How many writes of our kinds the API server has served.
async fn writes(client: &Client) -> Result<u64> {
    let kinds = ["githubinstallations", "peribolosruns", "taskruns"];
    served(client, &kinds, |verb| ["APPLY", "PATCH", "POST", "PUT"].contains(&verb)).await
}
