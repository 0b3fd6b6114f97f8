//! From a push to its green check, with real pods, against a bare TaskRun with the same spec.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{Kind, OBJECTS, Org, World, until, wait::POD};
use serde_json::{Value, json};

use crate::table::{Row, median_and_longest, seconds};

const LOGIN: &str = "bench";
/// Pairs of a push and a bare TaskRun; fewer when the time is up.
const PAIRS: usize = 3;
const LIMIT: Duration = Duration::from_secs(100);

pub async fn measure(rows: &mut Vec<Row>) -> Result<()> {
    let what = "push to green check, with pods, median";
    if std::env::var_os("SIM").is_none() {
        rows.push(Row::new(what, "needs pods: run after `make demo`", "–"));
        return Ok(());
    }
    let world = World::connect().await?;
    let org = Org::adopted(&world, LOGIN, json!({})).await?;
    let measured = pairs(&world, &org).await;
    // Nothing of ours is left behind, whatever came of it.
    for object in org.installations().await? {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        world.cluster.delete(OBJECTS, Kind::Installation, name, false).await?;
    }
    org.did("POST", "uninstall", &Value::Null).await?;

    let (ours, floor) = measured?;
    let number = ours.len();
    let (ours, longest) = median_and_longest(ours).context("no push")?;
    let (floor, floor_longest) = median_and_longest(floor).context("no TaskRun")?;
    let text = |median, longest| format!("{} (longest of {number} {})", seconds(median), seconds(longest));
    let row = Row::new(what, text(ours, longest), text(floor, floor_longest));
    rows.push(row.ratio(ours.as_secs_f64(), floor.as_secs_f64()));
    Ok(())
}

async fn pairs(world: &World, org: &Org) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    for n in 0..PAIRS {
        if n > 0 && begin.elapsed() > LIMIT {
            break;
        }
        // Another file that says the same: both must do the same work.
        let text = format!("{}# {n}\n", org.file(&[]));
        let pushed = Instant::now();
        let sha = org.push(&text).await?;
        let (conclusion, check) = org.concluded(&sha).await?;
        ours.push(pushed.elapsed());
        ensure!(conclusion == "success", "the check is not green: {check:#}");
        let run = org.apply_is(&sha, "Succeeded").await?;
        let name = run["status"]["taskRunName"].as_str().context("the run has no TaskRun")?;
        let task_run = world.cluster.get(Kind::TaskRun, name).await?.context("the TaskRun is gone")?;
        floor.push(bare(world, &format!("{LOGIN}-bare-{n}"), &task_run["spec"]).await?);
    }
    Ok((ours, floor))
}

/// Runs a TaskRun of that spec to its end.
async fn bare(world: &World, name: &str, spec: &Value) -> Result<Duration> {
    world.cluster.delete(OBJECTS, Kind::TaskRun, name, true).await?;
    let begin = Instant::now();
    world.cluster.create(Kind::TaskRun, json!({"metadata": {"name": name}, "spec": spec})).await?;
    let succeeded = until(POD, &format!("{name} has ended"), async || {
        let task_run = world.cluster.get(Kind::TaskRun, name).await?.context("it is not there")?;
        let conditions = task_run["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let succeeded = conditions.iter().find(|c| c["type"] == "Succeeded").map(|c| c["status"].clone());
        Ok(succeeded.filter(|status| status != "Unknown"))
    })
    .await?;
    let time = begin.elapsed();
    world.cluster.delete(OBJECTS, Kind::TaskRun, name, true).await?;
    ensure!(succeeded == "True", "the bare TaskRun failed");
    Ok(time)
}
