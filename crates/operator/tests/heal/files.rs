//! Pushes that no webhook told of.

use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use peribolos_api::{
    PeribolosRun,
    run::{Mode, Phase},
};
use peribolos_core::names;
use serde_json::json;

use crate::{
    support::eventually,
    world::{NAME, World},
};

const FILE: &str = "/contents/peribolos.yaml";

/// The status after an Apply of a file.
fn applied(blob: &str) -> serde_json::Value {
    let last =
        json!({"run": "before", "uid": "before", "phase": "Succeeded", "reason": "Applied", "blob": blob});
    json!({"lastAppliedBlob": blob, "lastApply": last})
}

#[tokio::test]
async fn before_the_first_apply_there_is_only_a_dry_run() {
    let world = World::installed(NAME).await;
    let runs = world.runs_are(1).await;
    assert_eq!((runs[0].spec.mode, &*runs[0].spec.trigger.event), (Mode::DryRun, "heal"));
    assert_eq!(runs[0].spec.source.pull_request, None);
    world.passes("GET", FILE).await;
    assert_eq!(world.all_runs().await.len(), 1);
}

#[tokio::test]
async fn nothing_is_made_for_an_installation_that_is_being_deleted() {
    let world = World::installed(NAME).await;
    // It waits for this one, which nobody ends here.
    world.runs_are(1).await;
    world.installations().delete(NAME, &DeleteParams::default()).await.unwrap();
    world.note(NAME, applied("of-before")).await;
    world.passes("GET", "/app/installations").await;
    assert_eq!(world.all_runs().await.len(), 1);
    assert!(world.installations().get(NAME).await.unwrap().metadata.deletion_timestamp.is_some());
}

#[tokio::test]
async fn a_lost_push_is_applied_once() {
    let world = World::installed(NAME).await;
    world.runs_are(1).await;
    world.note(NAME, applied("of-before")).await;
    let first = world.runs_are(2).await.into_iter().find(|run| run.spec.mode == Mode::Apply).unwrap();
    let name = first.metadata.name.clone().unwrap();
    assert_eq!(name, names::healing_run(NAME, 0, &first.spec.source.sha));
    world.passes("GET", FILE).await;
    assert_eq!(world.all_runs().await.len(), 2);

    let head = world.github.push("acme", json!({"peribolos.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    let second = names::healing_run(NAME, 0, &head);
    let made = eventually("the Apply of the new head", async || {
        world.runs().get_opt(&second).await.unwrap().ok_or(world.all_runs().await)
    })
    .await;
    assert_eq!((made.spec.mode, made.spec.source.sha), (Mode::Apply, head));
    assert_eq!(
        (&*made.spec.source.repository, &*made.spec.source.git_ref),
        ("acme/.github", "refs/heads/main")
    );
    let metrics = world.metrics.encode().unwrap();
    assert!(metrics.contains(r#"peribolos_healed_total{kind="apply"} 2"#), "{metrics}");
}

#[tokio::test]
async fn a_run_that_the_watch_does_not_have_yet_is_not_made_twice() {
    let world = World::installed(NAME).await;
    let run = world.runs_are(1).await.remove(0);
    world.runs_go_unseen();
    let push = json!({"metadata": {"name": "push", "labels": run.metadata.labels}, "spec": run.spec});
    let mut push: PeribolosRun = serde_json::from_value(push).unwrap();
    push.spec.mode = Mode::Apply;
    world.runs().create(&PostParams::default(), &push).await.unwrap();
    world.note(NAME, applied("of-before")).await;
    world.passes("GET", FILE).await;
    assert_eq!(world.all_runs().await.len(), 2);
}

#[tokio::test]
async fn the_same_file_is_applied_again_when_that_is_due() {
    let world = World::installed(NAME).await;
    world.runs_are(1).await;
    // The fixture's file, as `git hash-object` names it.
    let mut status = applied("4513f90020b9a47a4164af92b1545a9a627c43db");
    status["lastApply"]["phase"] = json!("Failed");
    status["lastApply"]["reason"] = json!("AccessBlocked");
    status["lastApply"]["retryAt"] = json!("2126-01-01T00:00:00Z");
    world.note(NAME, status.clone()).await;
    world.passes("GET", FILE).await;
    assert_eq!(world.all_runs().await.len(), 1);
    status["lastApply"]["retryAt"] = json!("2026-01-01T00:00:00Z");
    world.note(NAME, status).await;
    let runs = world.runs_are(2).await;
    assert!(runs.iter().any(|run| run.spec.mode == Mode::Apply), "{runs:?}");
}

#[tokio::test]
async fn an_unchanged_file_costs_nothing_of_the_rate_limit() {
    let world = World::installed(NAME).await;
    world.runs_are(1).await;
    world.passes("GET", FILE).await;
    let log = world.github.call("GET", "/_sim/requests", None).await;
    let statuses: Vec<u64> = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|request| request["path"].as_str().is_some_and(|path| path.contains(FILE)))
        .map(|request| request["status"].as_u64().unwrap())
        .collect();
    // Once to choose the repository, and once with an ETag.
    assert_eq!(statuses[..2], [200, 200]);
    assert!(statuses.len() >= 4 && statuses[2..].iter().all(|status| *status == 304), "{statuses:?}");
}

#[tokio::test]
async fn a_file_that_was_applied_costs_one_question_beside_that_for_its_repository() {
    let world = World::installed(NAME).await;
    world.runs_are(1).await;
    // The fixture's file, as `git hash-object` names it.
    let applied = "4513f90020b9a47a4164af92b1545a9a627c43db";
    world.note(NAME, self::applied(applied)).await;
    world.passes("GET", FILE).await;
    let all = async || world.github.call("GET", "/_sim/requests", None).await.as_array().unwrap().clone();
    let before = all().await.len();
    world.passes("GET", FILE).await;
    let of_acme: Vec<String> = all().await[before..]
        .iter()
        .filter_map(|request| request["path"].as_str())
        .map(|path| path.split('?').next().unwrap_or(path).to_owned())
        .filter(|path| path.starts_with("/repos/acme/"))
        .collect();
    assert!(!of_acme.is_empty());
    let usual = |path: &String| path == "/repos/acme/.github" || path.ends_with(FILE);
    assert!(of_acme.iter().all(usual), "{of_acme:?}");
}

#[tokio::test]
async fn a_file_that_is_gone_is_no_empty_organization() {
    let world = World::installed(NAME).await;
    let dry_run = world.runs_are(1).await.remove(0);
    let ended = json!({"status": {"phase": Phase::Succeeded.as_str()}});
    let patch = Patch::Merge(ended);
    world
        .runs()
        .patch_status(&dry_run.metadata.name.unwrap(), &PatchParams::default(), &patch)
        .await
        .unwrap();
    world.note(NAME, applied("of-before")).await;
    world.github.push("acme", json!({"peribolos.yaml": null})).await;
    world.passes("GET", FILE).await;
    let before = world.all_runs().await.len();
    world.passes("GET", FILE).await;
    assert_eq!(world.all_runs().await.len(), before);
}
