//! The controller is killed at every turn of a short story, which ends as if nothing had happened.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use peribolos_e2e::{Kind, Org, World, operator::kill_controller, say, until, wait::POD};
use serde_json::{Value, json};

struct Story {
    world: World,
    org: Org,
    kills: u32,
}

impl Story {
    /// Awaits a moment and kills the controller in it.
    async fn kill_when(&mut self, moment: &str, probe: impl AsyncFn(&Self) -> Result<bool>) -> Result<()> {
        until(POD, moment, async || Ok(probe(self).await?.then_some(()))).await?;
        // The one that was killed before may have no successor yet. It dies whether it is ready or not.
        until(POD, "the controller is killed", async || kill_controller(&self.world.cluster).await.map(Some))
            .await?;
        self.kills += 1;
        Ok(())
    }

    /// The newest run of a mode.
    async fn run(&self, mode: &str) -> Result<Value> {
        let mut runs = self.org.runs().await?;
        runs.retain(|run| run["spec"]["mode"] == mode);
        runs.pop().context("no such run yet")
    }

    /// The TaskRun of the newest run of a mode.
    async fn task_run(&self, mode: &str) -> Result<Value> {
        let run = self.run(mode).await?;
        let name = run["status"]["taskRunName"].as_str().context("no TaskRun yet")?;
        self.world.cluster.get(Kind::TaskRun, name).await?.context("no TaskRun yet")
    }
}

#[tokio::test]
async fn killing_the_controller_at_any_moment_ends_in_the_same_state() -> Result<()> {
    let world = World::connect().await?;
    let org = Org::new(&world, "survivor").await?;
    org.people(&["dave"]).await?;
    let mut story = Story { world, org, kills: 0 };

    story.org.did("POST", "install", &json!({"sender": "alice"})).await?;
    story
        .kill_when("the installation is there", async |s| Ok(s.org.installations().await?.len() == 1))
        .await?;
    story.kill_when("the token is there", async |s| s.org.token().await.map(|_| true)).await?;
    story
        .kill_when("the Dump has the slot", async |s| {
            Ok(s.org.installation().await?["status"]["activeRun"].is_object())
        })
        .await?;
    story.kill_when("the Dump's TaskRun is there", async |s| s.task_run("Dump").await.map(|_| true)).await?;
    story
        .kill_when("the Dump's pod has ended", async |s| {
            Ok(s.task_run("Dump").await?["status"]["completionTime"].is_string())
        })
        .await?;
    let pull = story.org.onboarding().await?;
    let merged = story.org.merge(pull["number"].as_u64().context("no number")?).await?;
    story.kill_when("the Apply is there", async |s| s.run("Apply").await.map(|_| true)).await?;
    story
        .kill_when(
            "the Apply is Running",
            async |s| Ok(s.run("Apply").await?["status"]["phase"] == "Running"),
        )
        .await?;
    story
        .kill_when("the Apply's pod has ended", async |s| {
            Ok(s.task_run("Apply").await?["status"]["completionTime"].is_string())
        })
        .await?;
    ensure!(story.org.concluded(&merged).await?.0 == "success", "the first apply failed");

    let written = story.org.state().await?["repos"][".github"]["files"]["peribolos.yaml"].clone();
    let text = written.as_str().context("no file")?.replacen("    - carol\n", "    - carol\n    - dave\n", 1);
    story.world.sim.delay("PUT", "/orgs/survivor/memberships/dave", 5000, 1).await?;
    let pushed = story.org.push(&text).await?;
    story.kill_when("the push has its run", async |s| Ok(s.org.apply_of(&pushed).await?.is_some())).await?;
    story.org.applying(&pushed).await?;
    story.kill_when("the change is being applied", async |_| Ok(true)).await?;
    story
        .kill_when("the run has ended", async |s| {
            Ok(s.org.apply_of(&pushed).await?.is_some_and(|run| run["status"]["phase"] == "Succeeded"))
        })
        .await?;
    ensure!(story.org.concluded(&pushed).await?.0 == "success", "the change was not applied");
    story.org.slot_is_free().await?;
    say(&format!("{} kills", story.kills));
    ensure!(story.kills >= 10, "{} kills only", story.kills);

    same_as_ever(&story, &[&merged, &pushed]).await
}

/// What an undisturbed story leaves.
async fn same_as_ever(story: &Story, shas: &[&str]) -> Result<()> {
    let Story { world, org, .. } = story;
    ensure!(org.newcomers().await? == ["dave"], "dave was not invited");
    let changes = org.changes().await?;
    ensure!(changes.len() == 1, "not just dave's invitation: {changes:?}");
    let state = org.state().await?;
    ensure!(state["pulls"].as_array().map(Vec::len) == Some(1), "onboarding opened {}", state["pulls"]);
    for sha in shas {
        let checks = org.checks(sha, "peribolos").await?;
        ensure!(checks.len() == 1, "{} checks of {sha}: {checks:?}", checks.len());
    }
    let runs = org.runs().await?;
    let mut modes = BTreeMap::<&str, u32>::new();
    for run in runs.iter().filter(|run| run["spec"]["mode"] != "DryRun") {
        *modes.entry(run["spec"]["mode"].as_str().unwrap()).or_default() += 1;
        ensure!(run["status"]["phase"] == "Succeeded", "a run did not succeed: {run:#}");
        ensure!(run["status"]["attempts"] == 1, "a run was tried twice: {run:#}");
    }
    ensure!(modes == BTreeMap::from([("Apply", 2), ("Dump", 1)]), "the runs are {modes:?}");
    let name = org.installation().await?["metadata"]["name"].as_str().unwrap().to_owned();
    let task_runs = world
        .cluster
        .list(Kind::TaskRun, &format!("peribolos.dev/installation={name},peribolos.dev/mode!=dryrun"))
        .await?;
    ensure!(task_runs.len() == 3, "{} TaskRuns for 3 runs", task_runs.len());
    Ok(())
}
