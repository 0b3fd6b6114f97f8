//! Runs that end otherwise than by themselves.

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{
    Kind, OBJECTS, Org, World, until,
    wait::{POD, SOON},
};
use serde_json::{Value, json};

/// Holds one request of the apply, the invitation of dave, back for that long.
async fn with_slow_invitation(login: &str, spec: Value, seconds: u64) -> Result<(World, Org, String)> {
    let world = World::connect().await?;
    let org = Org::adopted(&world, login, spec).await?;
    org.people(&["dave"]).await?;
    world.sim.delay("PUT", &format!("/orgs/{login}/memberships/dave"), seconds * 1000, 1).await?;
    let sha = org.push(&org.file(&["dave"])).await?;
    Ok((world, org, sha))
}

fn name(run: &Value) -> &str {
    run["metadata"]["name"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_cancelled_run_ends_at_once() -> Result<()> {
    let (world, org, sha) = with_slow_invitation("cancelled", json!({}), 100).await?;
    let run = org.applying(&sha).await?;
    world.cluster.patch(Kind::Run, name(&run), &json!({"spec": {"cancel": true}})).await?;
    let run = org.apply_is(&sha, "Cancelled").await?;
    ensure!(run["status"]["reason"] == "Cancelled", "{run:#}");
    ensure!(org.concluded(&sha).await?.0 == "cancelled", "the check says otherwise");
    org.slot_is_free().await
}

/// Makes a Task of the user's own: that of the operator, but for what its step is.
async fn own_task(world: &World, name: &str, change: impl Fn(&mut Value)) -> Result<()> {
    world.cluster.delete(OBJECTS, Kind::Task, name, false).await?;
    let mut task = world.cluster.get(Kind::Task, "peribolos-apply").await?.context("no Task")?;
    task["metadata"] = json!({"name": name});
    change(&mut task["spec"]["steps"][0]);
    until(SOON, "the Task is made", async || world.cluster.create(Kind::Task, task.clone()).await.map(Some))
        .await
}

#[tokio::test]
async fn a_run_over_its_time_is_ended_and_compared_with_the_file() -> Result<()> {
    let world = World::connect().await?;
    own_task(&world, "endless", |step| {
        step["image"] = json!("dev.invalid/busybox:dev");
        step["command"] = json!(["sleep", "600"]);
        step["args"] = json!([]);
    })
    .await?;
    let org = Org::adopted(&world, "late", json!({"run": {"timeout": "1m", "taskRef": "endless"}})).await?;
    let sha = org.push(&org.file(&[])).await?;
    let run = org.apply_is(&sha, "Failed").await?;
    ensure!(run["status"]["reason"] == "TimedOut", "{run:#}");
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "timed_out", "the check says {conclusion}");
    let said = check["output"].to_string();
    ensure!(said.contains("unknown"), "the check does not say that what was applied is unknown: {said}");
    until(POD, "a DryRun tells what is left", async || {
        let runs = org.runs().await?;
        Ok(runs
            .iter()
            .any(|run| run["spec"]["mode"] == "DryRun" && run["status"]["phase"] == "Succeeded")
            .then_some(()))
    })
    .await?;
    org.slot_is_free().await
}

#[tokio::test]
async fn a_run_past_its_deadline_goes_on_in_another_pod() -> Result<()> {
    // A quarter of the time is kept for the pod's start and the report: no invitation begins later than 135 s after the
    // step has started, and all of them take longer.
    let people = ["d01", "d02", "d03", "d04", "d05", "d06", "d07", "d08", "d09", "d10", "d11"];
    let world = World::connect().await?;
    let org = Org::adopted(&world, "lengthy", json!({"run": {"timeout": "3m"}})).await?;
    org.people(&people).await?;
    world.sim.delay("PUT", "/orgs/lengthy/memberships/*", 14_000, 11).await?;
    let sha = org.push(&org.file(&people)).await?;
    org.applying(&sha).await?;
    let run = org.apply_is(&sha, "Succeeded").await?;
    let attempts = run["status"]["attempts"].as_u64().unwrap_or_default();
    ensure!(attempts >= 2, "one pod had the time for it all: {run:#}");
    ensure!(run["status"]["retries"].as_u64().unwrap_or_default() == 0, "it counts as a retry: {run:#}");
    ensure!(
        run["status"]["changes"]["summary"] == "11 planned, 11 applied, 11 waiting to be accepted",
        "{run:#}"
    );
    ensure!(org.newcomers().await? == people, "not all were invited: {:?}", org.newcomers().await?);
    let changes = org.changes().await?;
    ensure!(changes.len() == 11, "something was done twice: {changes:?}");
    ensure!(org.concluded(&sha).await?.0 == "success", "the check says otherwise");
    ensure!(org.checks(&sha, "peribolos").await?.len() == 1, "each pod wrote a check of its own");
    Ok(())
}

#[tokio::test]
async fn a_run_whose_task_run_was_deleted_is_tried_again() -> Result<()> {
    let (world, org, sha) = with_slow_invitation("lost", json!({}), 100).await?;
    let run = org.applying(&sha).await?;
    // Its pod goes with it. A pod alone is made again by Tekton itself where no step has failed by then.
    world.cluster.delete(OBJECTS, Kind::TaskRun, &format!("{}-1", name(&run)), false).await?;
    let run = org.apply_is(&sha, "Queued").await?;
    ensure!(run["status"]["reason"] == "PodLost", "{run:#}");
    ensure!(run["status"]["retryAt"].is_string(), "it does not say when it is tried again: {run:#}");
    org.slot_is_free().await?;
    until(SOON, "the check is queued", async || {
        let check = org.checks(&sha, "peribolos").await?.pop().context("no check")?;
        ensure!(check["status"] != "completed", "the check ended: {check:#}");
        Ok((check["status"] == "queued").then_some(()))
    })
    .await?;
    let run = org.apply_is(&sha, "Succeeded").await?;
    ensure!(run["status"]["attempts"] == 2, "{run:#}");
    ensure!(org.concluded(&sha).await?.0 == "success", "the check says otherwise");
    ensure!(org.newcomers().await? == ["dave"], "dave was not invited");
    Ok(())
}

#[tokio::test]
async fn a_run_whose_image_is_not_there_gives_its_place_up() -> Result<()> {
    let world = World::connect().await?;
    own_task(&world, "imageless", |step| step["image"] = json!("dev.invalid/nobody/pushed:this")).await?;
    let org = Org::adopted(&world, "imageless", json!({"run": {"taskRef": "imageless"}})).await?;
    org.people(&["dave"]).await?;
    let sha = org.push(&org.file(&["dave"])).await?;
    let run = until(POD, "the image is missed", async || {
        Ok(org.apply_of(&sha).await?.filter(|run| run["status"]["retryAt"].is_string()))
    })
    .await?;
    ensure!(run["status"]["reason"] == "ImageUnavailable", "{run:#}");
    ensure!(run["status"]["phase"] == "Queued", "{run:#}");
    org.slot_is_free().await?;

    let back = json!({"spec": {"run": {"taskRef": ""}}});
    world.cluster.patch(Kind::Installation, "imageless", &back).await?;
    let newer = org.push(&org.file(&["dave"]).replace("lights", "lamps")).await?;
    ensure!(org.concluded(&newer).await?.0 == "success", "the newer push was not applied");
    org.apply_is(&sha, "Superseded").await?;
    Ok(())
}

#[tokio::test]
async fn upstream_applies_in_place_of_the_operator_and_is_compared_with_the_file() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::adopted(&world, "upstreamed", json!({"run": {"taskRef": "peribolos-upstream"}})).await?;
    org.people(&["dave"]).await?;
    let sha = org.push(&org.file(&["dave"])).await?;
    let (conclusion, check) = org.concluded(&sha).await?;
    ensure!(conclusion == "success", "{check:#}");
    ensure!(org.newcomers().await? == ["dave"], "dave was not invited");
    let compared = until(POD, "a DryRun tells what is left", async || {
        let runs = org.runs().await?;
        let compares = |run: &Value| run["spec"]["trigger"]["event"] == "after-apply";
        Ok(runs.into_iter().find(|run| compares(run) && run["status"]["phase"] == "Succeeded"))
    })
    .await?;
    ensure!(compared["status"]["changes"]["planned"] == 0, "{compared:#}");
    Ok(())
}
