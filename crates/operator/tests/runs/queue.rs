//! Whose turn it is, and what is applied: only the head, one at a time, the newest.

use kube::{
    ResourceExt,
    api::{ListParams, Patch, PatchParams, PostParams},
};
use peribolos_api::{GitHubInstallation, run::Mode};
use peribolos_operator::kubernetes::tekton::TaskRun;
use serde_json::json;

use crate::{support::eventually, world::World};

#[tokio::test]
async fn the_newest_push_wins_while_one_runs() {
    let world = World::start(&[]).await;
    world.create("a", "Apply", json!({})).await;
    world.task_run("a-1").await;
    world
        .create_with("b", json!({"mode": "Apply", "trigger": {"at": "2126-01-01T00:00:01Z"}}), json!({}))
        .await;
    world.reaches("b", "Queued", "WaitingForRun").await;
    world
        .create_with("c", json!({"mode": "Apply", "trigger": {"at": "2126-01-01T00:00:02Z"}}), json!({}))
        .await;
    let older = world.reaches("b", "Superseded", "Superseded").await;
    assert_eq!(world.conclusion(&older).await, "skipped");
    assert_eq!(world.task_run_names().await, ["a-1"]);
    world.applied("a-1").await;
    world.task_run("c-1").await;
}

#[tokio::test]
async fn an_old_commit_is_never_applied_and_the_head_is() {
    let world = World::start(&[]).await;
    world.apply_once().await;
    let old = world.github.push("acme", json!({"README.md": "one"})).await;
    let head = world.github.push("acme", json!({"README.md": "two"})).await;
    world.create("late", "Apply", json!({"sha": old})).await;
    world.reaches("late", "Superseded", "Superseded").await;
    let healed = eventually("a run for the head", async || {
        let runs = world.runs().list(&ListParams::default()).await.unwrap();
        runs.into_iter().find(|run| run.spec.source.sha == head).ok_or("none")
    })
    .await;
    let name = healed.metadata.name.unwrap();
    let task_run = world.task_run(&format!("{name}-1")).await;
    assert!(serde_json::to_string(&task_run.spec.params).unwrap().contains(&head));
    assert!(!world.task_run_names().await.contains(&"late-1".to_owned()));
}

#[tokio::test]
async fn a_head_that_moves_while_a_start_is_slow_is_seen() {
    let world = World::start(&[]).await;
    let old = world.github.push("acme", json!({"README.md": "one"})).await;
    // Longer than an answer about the head counts.
    let slow = json!({"method": "GET", "path": "/repos/acme/.github/commits", "delayMs": 6_000, "count": 1});
    world.github.call("POST", "/_sim/faults", Some(slow)).await;
    world.create("slow", "Apply", json!({"sha": old})).await;
    world.reaches("slow", "Running", "Starting").await;
    eventually("the head was read with the slot in hand", async || {
        let requests = world.github.call("GET", "/_sim/requests", None).await.to_string();
        if requests.contains("/git/ref/heads/main") { Ok(()) } else { Err(requests) }
    })
    .await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    world.reaches("slow", "Superseded", "Superseded").await;
    assert!(!world.task_run_names().await.contains(&"slow-1".to_owned()));
}

#[tokio::test]
async fn late_deliveries_of_an_old_push_do_not_lose_the_head() {
    let world = World::start(&[]).await;
    world.apply_once().await;
    let old = world.github.push("acme", json!({"README.md": "one"})).await;
    let head = world.github.push("acme", json!({"README.md": "two"})).await;
    let mut late = Vec::new();
    for number in 0..3 {
        let name = format!("late-{number}");
        let trigger = json!({"event": "push", "at": jiff::Timestamp::now().to_string()});
        let spec = json!({"mode": "Apply", "source": {"sha": old}, "trigger": trigger});
        world.create_with(&name, spec, json!({})).await;
        late.push(name);
    }
    for name in &late {
        world.reaches(name, "Superseded", "Superseded").await;
    }
    let healed = eventually("a run for the head at work", async || {
        let runs = world.runs().list(&ListParams::default()).await.unwrap().items;
        let at_work = runs.iter().find(|run| {
            let status = run.status.clone().unwrap_or_default();
            run.spec.source.sha == head && status.reason.as_deref() == Some("Running")
        });
        at_work.cloned().ok_or_else(|| runs.iter().map(|run| format!("{:?}", run.status)).collect::<Vec<_>>())
    })
    .await;
    let task_run = format!("{}-1", healed.metadata.name.unwrap());
    let mut names = world.task_run_names().await;
    names.sort();
    assert_eq!(names, [task_run, "before-1".to_owned()]);
    let of_head: Vec<_> = world.runs().list(&ListParams::default()).await.unwrap().items;
    assert_eq!(of_head.iter().filter(|run| run.spec.source.sha == head).count(), 1, "made once");
}

#[tokio::test]
async fn a_late_delivery_of_an_old_push_takes_no_place_in_the_line() {
    let world = World::start(&[]).await;
    let old = world.github.push("acme", json!({"README.md": "one"})).await;
    let head = world.github.push("acme", json!({"README.md": "two"})).await;
    world.create("working", "Apply", json!({})).await;
    world.task_run("working-1").await;
    let at = |second: u8| json!({"at": format!("2126-01-01T00:00:0{second}Z")});
    let spec = json!({"mode": "Apply", "source": {"sha": head}, "trigger": at(1)});
    world.create_with("head", spec, json!({})).await;
    world.reaches("head", "Queued", "WaitingForRun").await;
    let spec = json!({"mode": "Apply", "source": {"sha": old}, "trigger": at(2)});
    world.create_with("late", spec, json!({})).await;
    world.reaches("late", "Superseded", "Superseded").await;
    world.applied("working-1").await;
    world.task_run("head-1").await;
    assert_eq!(world.task_run_names().await.len(), 2);
}

#[tokio::test]
async fn a_late_delivery_of_an_old_push_applies_no_head_twice() {
    let world = World::start(&[]).await;
    let old = world.github.push("acme", json!({"org.yaml": "orgs: {acme: {admins: [alice]}}"})).await;
    let head = world.github.push("acme", json!({"README.md": "two"})).await;
    world.create("pushed", "Apply", json!({"sha": head})).await;
    world.task_run("pushed-1").await;
    world.applied("pushed-1").await;
    world.reaches("pushed", "Succeeded", "Applied").await;
    world.slot_is_free().await;
    world.create("late", "Apply", json!({"sha": old})).await;
    world.reaches("late", "Superseded", "Superseded").await;
    world.slot_is_free().await;
    let runs = world.runs().list(&ListParams::default()).await.unwrap();
    let applies: Vec<_> =
        runs.iter().filter(|run| run.spec.mode == Mode::Apply).map(ResourceExt::name_any).collect();
    assert_eq!(applies, ["late", "pushed"]);
}

#[tokio::test]
async fn a_rerequested_check_of_an_old_commit_ends_without_a_check() {
    let world = World::start(&[]).await;
    let old = world.github.push("acme", json!({"README.md": "one"})).await;
    world.github.push("acme", json!({"README.md": "two"})).await;
    let annotated = json!({"annotations": {"peribolos.dev/rerequest": "true"}});
    world.create_with("again", json!({"mode": "Apply", "source": {"sha": old}}), annotated).await;
    let run = world.reaches("again", "Skipped", "NotHead").await;
    assert_eq!(world.check(&run).await, None);
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_cap_holds_over_all_installations_and_nobody_is_forgotten() {
    let world = World::start(&["--max-concurrent-runs=1"]).await;
    world.create("a", "Apply", json!({})).await;
    world.task_run("a-1").await;
    let other = json!({"mode": "Apply", "installationRef": {"name": "globex-7654321"}});
    world.create_with("g", other, json!({})).await;
    world.reaches("g", "Queued", "WaitingForCapacity").await;
    world.applied("a-1").await;
    let task_run = world.task_run("g-1").await;
    let workspaces = serde_json::to_string(&task_run.spec.workspaces).unwrap();
    assert!(workspaces.contains("globex-7654321-token") && !workspaces.contains("acme"), "{workspaces}");
}

#[tokio::test]
async fn a_task_run_of_somebody_else_is_told_and_holds_nobody_up() {
    let world = World::start(&[]).await;
    let foreign = json!({"apiVersion": "tekton.dev/v1", "kind": "TaskRun", "metadata": {"name": "r-1"},
        "spec": {"taskRef": {"name": "theirs", "kind": "Task"}}});
    let foreign: TaskRun = serde_json::from_value(foreign).unwrap();
    let foreign = world.task_runs().create(&PostParams::default(), &foreign).await.unwrap();
    world.create("r", "Apply", json!({})).await;
    let run = world.reaches("r", "Queued", "PodFailed").await;
    let message = run.status.unwrap().message.unwrap();
    assert!(message.starts_with("a TaskRun r-1 exists that does not belong to this run"), "{message}");
    world.slot_is_free().await;
    world
        .create_with("s", json!({"mode": "Apply", "trigger": {"at": "2126-01-01T00:00:01Z"}}), json!({}))
        .await;
    world.task_run("s-1").await;
    world.reaches("r", "Superseded", "Superseded").await;
    let there = world.task_runs().get("r-1").await.unwrap();
    assert_eq!(there.metadata.resource_version, foreign.metadata.resource_version, "it is left alone");
}

#[tokio::test]
async fn of_two_objects_of_one_organization_only_one_has_a_run_at_a_time() {
    let world = World::start(&[]).await;
    // One that people made owns the installation.
    let another: GitHubInstallation = serde_json::from_value(json!({
        "metadata": {"name": "another", "labels": {"peribolos.dev/created-by": "operator"}},
        "spec": {"installationId": 1_234_567},
    }))
    .unwrap();
    world.installations().create(&PostParams::default(), &another).await.unwrap();
    let slot = |active: serde_json::Value| Patch::Merge(json!({"status": {"activeRun": active}}));
    let taken = slot(json!({"name": "theirs", "uid": "u", "attempt": 1}));
    world.installations().patch_status("another", &PatchParams::default(), &taken).await.unwrap();
    world.create("r", "Apply", json!({})).await;
    let waiting = world.reaches("r", "Queued", "WaitingForRun").await.status.unwrap();
    assert!(waiting.message.unwrap().contains("GitHubInstallation another"));
    assert_eq!(waiting.attempts, None);
    let freed = slot(json!(null));
    world.installations().patch_status("another", &PatchParams::default(), &freed).await.unwrap();
    world.task_run("r-1").await;
}

#[tokio::test]
async fn a_run_that_is_cancelled_between_attempts_says_so() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    world.tekton_ends("r-1", "TaskRunImagePullFailed", &[]).await;
    world.reaches("r", "Queued", "ImageUnavailable").await;
    world.cancel("r").await;
    let run = world.reaches("r", "Cancelled", "Cancelled").await;
    assert_eq!(run.status.unwrap().message.unwrap(), "the run was cancelled before its next attempt started");
}

#[tokio::test]
async fn owner_references_lead_from_the_task_run_to_the_installation() {
    let world = World::start(&[]).await;
    world.create("owned", "Apply", json!({})).await;
    let task_run = world.task_run("owned-1").await;
    let run = world.run("owned").await;
    let owner = |references: Option<Vec<k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference>>| {
        references.and_then(|all| {
            all.into_iter().find(|reference| reference.controller == Some(true)).map(|owner| owner.uid)
        })
    };
    assert_eq!(owner(task_run.metadata.owner_references), run.metadata.uid);
    let installation = world.installations().get("acme-1234567").await.unwrap();
    assert_eq!(owner(run.metadata.owner_references), installation.metadata.uid);
}

#[tokio::test]
async fn a_rate_limit_is_obeyed_whatever_events_come() {
    let world = World::start(&[]).await;
    let fault = json!({"method": "GET", "path": "/repos/acme/.github", "status": 429,
        "headers": {"retry-after": "300"}, "body": {"message": "slow down"}, "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
    world.create("limited", "Apply", json!({})).await;
    world.reaches("limited", "Pending", "RateLimited").await;
    for number in 0..10 {
        let patch = Patch::Merge(json!({"metadata": {"annotations": {"test": number.to_string()}}}));
        world.runs().patch("limited", &PatchParams::default(), &patch).await.unwrap();
    }
    // Another organization's run comes and goes meanwhile: what the events above bring has come by then.
    let other = json!({"mode": "Apply", "installationRef": {"name": "globex-7654321"}});
    world.create_with("free", other, json!({})).await;
    world.task_run("free-1").await;
    let asked = world.github.requests("GET", "/repos/acme/.github").await;
    assert!((1..=2).contains(&asked), "GitHub was asked {asked} times");
}

/// Section 4: on "Re-run" GitHub puts the suite back to queued until a check of it is written, so the old check is written once more.
#[tokio::test]
async fn a_rerequested_check_of_an_old_commit_is_written_once_more_as_it_was() {
    let world = World::start(&[]).await;
    let old = world.github.push("acme", json!({"org.yaml": "orgs: {acme: {admins: [alice]}}"})).await;
    world.create("first", "Apply", json!({"sha": old})).await;
    world.task_run("first-1").await;
    world.applied("first-1").await;
    let first = world.reaches("first", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&first).await, "success");
    world.github.push("acme", json!({"README.md": "two"})).await;
    world.github.call("DELETE", "/_sim/requests", None).await;
    let annotated = json!({"annotations": {"peribolos.dev/rerequest": "true"}});
    world.create_with("again", json!({"mode": "Apply", "source": {"sha": old}}), annotated).await;
    let run = world.reaches("again", "Skipped", "NotHead").await;
    world.is_over(&run.name_any()).await;
    let requests = world.github.call("GET", "/_sim/requests", None).await;
    let is_written = |request: &serde_json::Value| {
        let is_check = request["path"].as_str().is_some_and(|path| path.contains("/check-runs"));
        is_check && request["method"] != "GET"
    };
    assert!(
        requests.as_array().unwrap().iter().any(is_written),
        "the suite of {old} stays queued: {requests}"
    );
}
