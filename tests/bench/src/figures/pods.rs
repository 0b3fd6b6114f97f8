//! With real pods: from a push to its green check, against a bare TaskRun with the same spec; and that TaskRun, against one
//! with a single step that only exits.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{Kind, OBJECTS, Org, World, until, wait::POD};
use serde_json::{Value, json};

use crate::table::{Row, median_and_longest, seconds};

const LOGIN: &str = "bench";
/// Rounds of a push and two bare TaskRuns; fewer when the time is up.
const ROUNDS: usize = 3;
const LIMIT: Duration = Duration::from_secs(100);

pub async fn measure(rows: &mut Vec<Row>) -> Result<()> {
    let what = "push to green check, with pods, median";
    if std::env::var_os("SIM").is_none() {
        rows.push(Row::new(what, "needs pods: run after `make demo`", "–"));
        return Ok(());
    }
    let world = World::connect().await?;
    let org = Org::adopted(&world, LOGIN, json!({})).await?;
    let measured = rounds(&world, &org).await;
    // Nothing of ours is left behind, whatever came of it.
    for object in org.installations().await? {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        world.cluster.delete(OBJECTS, Kind::Installation, name, false).await?;
    }
    org.did("POST", "uninstall", &Value::Null).await?;

    let Times { pushes, same, exits } = measured?;
    rows.push(row(what, &pushes, &same)?);
    rows.push(row(
        "TaskRun of an Apply with nothing to change, beside one whose step only exits, median",
        &same,
        &exits,
    )?);
    Ok(())
}

/// What was measured, one of each a round.
#[derive(Default)]
struct Times {
    /// From the push to its green check.
    pushes: Vec<Duration>,
    /// TaskRuns of the very spec that the push had.
    same: Vec<Duration>,
    /// TaskRuns of one step that only exits.
    exits: Vec<Duration>,
}

fn row(what: &str, figures: &[Duration], floors: &[Duration]) -> Result<Row> {
    let number = figures.len();
    let (figure, longest) = median_and_longest(figures.to_vec()).context("nothing was measured")?;
    let (floor, floor_longest) = median_and_longest(floors.to_vec()).context("no TaskRun")?;
    let text = |median, longest| format!("{} (longest of {number} {})", seconds(median), seconds(longest));
    let row = Row::new(what, text(figure, longest), text(floor, floor_longest));
    Ok(row.ratio(figure.as_secs_f64(), floor.as_secs_f64()))
}

async fn rounds(world: &World, org: &Org) -> Result<Times> {
    let mut times = Times::default();
    let begin = Instant::now();
    for n in 0..ROUNDS {
        if n > 0 && begin.elapsed() > LIMIT {
            break;
        }
        // Another file that says the same: both must do the same work.
        let text = format!("{}# {n}\n", org.file(&[]));
        let pushed = Instant::now();
        let sha = org.push(&text).await?;
        let (conclusion, check) = org.concluded(&sha).await?;
        times.pushes.push(pushed.elapsed());
        ensure!(conclusion == "success", "the check is not green: {check:#}");
        let run = org.apply_is(&sha, "Succeeded").await?;
        let name = run["status"]["taskRunName"].as_str().context("the run has no TaskRun")?;
        let task_run = world.cluster.get(Kind::TaskRun, name).await?.context("the TaskRun is gone")?;
        times.same.push(bare(world, &format!("{LOGIN}-bare-{n}"), &task_run["spec"]).await?);
        let exits = only_exits(world, &task_run["spec"]).await?;
        times.exits.push(bare(world, &format!("{LOGIN}-exits-{n}"), &exits).await?);
    }
    Ok(times)
}

/// The same TaskRun (image, security, resources) with one step, which does nothing: no params, and no token.
async fn only_exits(world: &World, spec: &Value) -> Result<Value> {
    let name = spec["taskRef"]["name"].as_str().context("the TaskRun names no Task")?;
    let task = world.cluster.get(Kind::Task, name).await?.context("the Task is gone")?;
    let task = &task["spec"];
    let mut spec = spec.as_object().context("a TaskRun without a spec")?.clone();
    for key in ["taskRef", "params", "workspaces"] {
        spec.remove(key);
    }
    let step = json!({
        "name": "exit",
        "image": task["steps"][0]["image"],
        "imagePullPolicy": task["steps"][0]["imagePullPolicy"],
        "command": ["peribolos-operator", "--version"],
    });
    let mut alone = json!({"steps": [step]});
    for key in ["stepTemplate", "volumes"] {
        if let Some(value) = task.get(key) {
            alone[key] = value.clone();
        }
    }
    spec.insert("taskSpec".to_owned(), alone);
    Ok(Value::Object(spec))
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
