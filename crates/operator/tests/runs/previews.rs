//! Previews and the base that they are made with: one of another file is made again, and its check is not green meanwhile.

use kube::{ResourceExt, api::ListParams};
use peribolos_api::PeribolosRun;
use peribolos_vocab::report::{Changes, StepExit, StepName, StepReport};
use serde_json::json;

use crate::{support::eventually, world::World};

const FILE: &str = "orgs:\n  acme:\n    admins: [alice, bob]\n";

fn planned() -> StepReport {
    StepReport {
        changes: Some(Changes { planned: 1, applied: None, failed: 0, remaining: 1 }),
        ..StepReport::new(StepName::Plan, StepExit::Ok)
    }
}

/// Opens a pull request that changes the file.
async fn open(world: &World) -> u64 {
    let files = json!({"org.yaml": format!("{FILE}    description: new\n")});
    let body = json!({"title": "x", "branch": "topic", "files": files, "sender": "carol"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(body)).await;
    pull["number"].as_u64().unwrap()
}

/// The previews that were made because the base has another file.
async fn again(world: &World) -> Vec<PeribolosRun> {
    let mut runs = world.runs().list(&ListParams::default()).await.unwrap().items;
    runs.retain(|run| run.spec.trigger.event == "base");
    runs
}

#[tokio::test]
async fn a_preview_is_made_again_once_when_the_base_has_another_file() {
    let world = World::start(&[]).await;
    world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let number = open(&world).await;
    world.create("first", "DryRun", json!({"pullRequest": number})).await;
    world.task_run("first-1").await;
    world.step_ends("first-1", &planned()).await;
    let first = world.reaches("first", "Succeeded", "Planned").await;
    assert_eq!(world.conclusion(&first).await, "success");
    let of_first = first.status.unwrap().base_blob.expect("the base is recorded");

    let head = world.push("alice", ".github", json!({"org.yaml": format!("{FILE}    company: x\n")})).await;
    world.create("push", "Apply", json!({"sha": head})).await;
    world.task_run("push-1").await;
    let made = eventually("a new preview", async || again(&world).await.pop().ok_or("none")).await;
    let name = made.name_any();
    let waits = world.reaches(&name, "Queued", "WaitingForRun").await;
    world.check_is(&waits, "queued").await;
    world.applied("push-1").await;
    world.reaches("push", "Succeeded", "Applied").await;
    world.task_run(&format!("{name}-1")).await;
    world.step_ends(&format!("{name}-1"), &planned()).await;
    let second = world.reaches(&name, "Succeeded", "Planned").await;
    assert_ne!(second.status.unwrap().base_blob, Some(of_first));

    // Another Apply of the same file, as one that an owner requests, finds that it was previewed.
    world.create("once-more", "Apply", json!({"sha": head})).await;
    world.task_run("once-more-1").await;
    world.applied("once-more-1").await;
    let ended = world.reaches("once-more", "Succeeded", "Applied").await;
    eventually("everything that follows is done", async || {
        let run = world.run(&ended.name_any()).await;
        if run.labels().contains_key("peribolos.dev/ended") { Ok(()) } else { Err("not labelled") }
    })
    .await;
    assert_eq!(again(&world).await.len(), 1);
}

#[tokio::test]
async fn a_base_that_moves_while_a_preview_runs_makes_another_attempt() {
    let world = World::start(&[]).await;
    world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let number = open(&world).await;
    world.create("p", "DryRun", json!({"pullRequest": number})).await;
    world.task_run("p-1").await;
    let before = world.run("p").await.status.unwrap().base_blob;
    world.push("alice", ".github", json!({"org.yaml": format!("{FILE}    company: x\n")})).await;
    world.step_ends("p-1", &StepReport::new(StepName::Plan, StepExit::HeadMoved)).await;
    world.task_run("p-2").await;
    let run = world.run("p").await;
    assert_ne!(run.status.clone().unwrap().base_blob, before);
    assert_eq!(run.status.unwrap().retries, None, "it is no failure");
}
