//! How runs end: the table of outcomes, checks, cancel, deletion, history.

use kube::api::{ListParams, Patch, PatchParams, PostParams};
use peribolos_vocab::report::{Cause, ContentWrites, Progress, StepExit};
use serde_json::{Value, json};

use crate::{
    support::eventually,
    world::{World, apply, args, succeeded},
};

/// Rows that end a run: name, mode, Tekton's reason, exit codes, phase, reason, the check's conclusion.
type Row =
    (&'static str, &'static str, &'static [(&'static str, i32)], &'static str, &'static str, &'static str);

const FINAL: &[Row] = &[
    ("oom", "StepOOM", &[("apply", 137)], "Failed", "OutOfMemory", "failure"),
    ("timeout", "TaskRunTimeout", &[], "Failed", "TimedOut", "timed_out"),
    ("cancelled", "TaskRunCancelled", &[], "Cancelled", "Cancelled", "cancelled"),
    ("no-task", "TaskRunResolutionFailed", &[], "Failed", "TaskInvalid", "failure"),
    ("silent", "Succeeded", &[("apply", 0)], "Failed", "StepFailed", "failure"),
];

/// The same where the step has left a report: name, its exit, phase, reason, the check's conclusion.
type Reported = (&'static str, StepExit, &'static str, &'static str, &'static str);

const REPORTED: &[Reported] = &[
    ("invalid", StepExit::ConfigInvalid, "Failed", "ConfigInvalid", "failure"),
    ("missing", StepExit::ConfigMissing, "Failed", "ConfigMissing", "failure"),
    ("guard", StepExit::GuardTripped, "Failed", "GuardTripped", "failure"),
    ("blocked", StepExit::AccessBlocked, "Failed", "AccessBlocked", "failure"),
    ("permission", StepExit::PermissionsMissing, "Failed", "PermissionsMissing", "failure"),
    ("other", StepExit::Failed, "Failed", "StepFailed", "failure"),
    ("good", StepExit::Ok, "Succeeded", "Applied", "success"),
];

/// Rows after which the run is tried again: name, Tekton's reason, exit codes, reason.
type Retried = (&'static str, &'static str, &'static [(&'static str, i32)], &'static str);

const RETRIED: &[Retried] = &[
    ("image", "TaskRunImagePullFailed", &[], "ImageUnavailable"),
    ("pod", "PodCreationFailed", &[], "PodFailed"),
    ("lost", "Failed", &[("apply", 255)], "PodLost"),
    ("unavailable", "Failed", &[("apply", 20)], "GitHubUnavailable"),
    ("limited", "Failed", &[("apply", 21)], "RateLimited"),
    ("incomplete", "Failed", &[("apply", 14)], "Incomplete"),
];

#[tokio::test]
async fn every_row_of_the_table_ends_the_run_as_it_says() {
    let world = World::start(&[]).await;
    for (name, tekton, exits, phase, reason, conclusion) in FINAL {
        world.create(name, "Apply", json!({})).await;
        world.task_run(&format!("{name}-1")).await;
        let run = world.reaches(name, "Running", "Running").await;
        world.check_is(&run, "in_progress").await;
        world.tekton_ends(&format!("{name}-1"), tekton, exits).await;
        let run = world.reaches(name, phase, reason).await;
        assert_eq!(world.conclusion(&run).await, *conclusion, "{name}");
        assert_eq!(succeeded(&run), if *phase == "Succeeded" { "True" } else { "False" }, "{name}");
        world.slot_is_free().await;
        let left = world.installation_status().await;
        assert_eq!(left["lastRun"]["name"], *name);
        let last = &left["lastApply"];
        assert_eq!(
            (&last["run"], &last["phase"], &last["reason"]),
            (&json!(name), &json!(phase), &json!(reason))
        );
        let is_unknown = !matches!(*name, "no-task");
        assert_eq!(last.get("outcomeUnknown").is_some(), is_unknown, "{name}");
    }
    for (name, exit, phase, reason, conclusion) in REPORTED {
        world.create(name, "Apply", json!({})).await;
        world.task_run(&format!("{name}-1")).await;
        let mut report = apply(*exit, 2, 2);
        report.check.title = format!("the report of {name}");
        world.step_ends(&format!("{name}-1"), &report).await;
        let run = world.reaches(name, phase, reason).await;
        assert_eq!(world.conclusion(&run).await, *conclusion, "{name}");
        assert_eq!(world.check(&run).await.unwrap()["output"]["title"], report.check.title, "{name}");
        assert_eq!(run.status.unwrap().changes.unwrap().summary, "2 planned, 2 applied", "{name}");
        world.slot_is_free().await;
        let last = &world.installation_status().await["lastApply"];
        assert_eq!((&last["run"], &last["remaining"]), (&json!(name), &json!(0)));
        assert_eq!(last.get("outcomeUnknown"), None, "{name}");
        assert_eq!(last.get("retryAt").is_some(), *name == "blocked", "{name}");
    }
    let status = world.installation_status().await;
    assert_eq!(status["lastAppliedSha"], json!(world.run("good").await.status.unwrap().sha));
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_the_slot_is_free_meanwhile() {
    let world = World::start(&[]).await;
    for (name, tekton, exits, reason) in RETRIED {
        world.create(name, "Apply", json!({})).await;
        world.task_run(&format!("{name}-1")).await;
        world.tekton_ends(&format!("{name}-1"), tekton, exits).await;
        let run = world.reaches(name, "Queued", reason).await;
        let status = run.status.clone().unwrap();
        assert!(status.retry_at.is_some(), "{name}");
        assert_eq!(succeeded(&run), "Unknown", "{name}");
        world.check_is(&run, "queued").await;
        world.slot_is_free().await;
        world.cancel(name).await;
        world.reaches(name, "Cancelled", "Cancelled").await;
    }
}

#[tokio::test]
async fn a_deleted_task_run_counts_as_lost_and_the_next_attempt_has_a_name_of_its_own() {
    let world = World::start(&[]).await;
    world.create("gone", "Apply", json!({})).await;
    world.task_run("gone-1").await;
    world.reaches("gone", "Running", "Running").await;
    world.task_runs().delete("gone-1", &kube::api::DeleteParams::default()).await.unwrap();
    world.reaches("gone", "Queued", "PodLost").await;
    // A minute is long for a test: the status is what the wait is read from.
    let past = Patch::Merge(json!({"status": {"retryAt": "2026-01-01T00:00:00Z"}}));
    world.runs().patch_status("gone", &PatchParams::default(), &past).await.unwrap();
    world.task_run("gone-2").await;
    world.applied("gone-2").await;
    let run = world.reaches("gone", "Succeeded", "Applied").await;
    assert_eq!(run.status.unwrap().attempts, Some(2));
}

#[tokio::test]
async fn after_the_fourth_attempt_a_run_has_failed() {
    let world = World::start(&[]).await;
    world.create("four", "Apply", json!({})).await;
    for attempt in 1..=4 {
        let task_run = format!("four-{attempt}");
        world.task_run(&task_run).await;
        world.tekton_ends(&task_run, "Failed", &[("apply", 20)]).await;
        if attempt < 4 {
            eventually("the wait", async || {
                let status = world.run("four").await.status.unwrap();
                if status.retry_at.is_some() && status.attempts == Some(attempt) {
                    Ok(())
                } else {
                    Err(status)
                }
            })
            .await;
            let past = Patch::Merge(json!({"status": {"retryAt": "2026-01-01T00:00:00Z"}}));
            world.runs().patch_status("four", &PatchParams::default(), &past).await.unwrap();
        }
    }
    let run = world.reaches("four", "Failed", "GitHubUnavailable").await;
    assert_eq!(world.conclusion(&run).await, "failure");
}

#[tokio::test]
async fn cancelling_a_run_at_work_cancels_its_task_run() {
    let world = World::start(&[]).await;
    world.create("stop", "Apply", json!({})).await;
    world.task_run("stop-1").await;
    world.cancel("stop").await;
    eventually("the TaskRun is told to stop", async || {
        let spec = world.task_runs().get("stop-1").await.unwrap().spec;
        if spec.status.as_deref() == Some("TaskRunCancelled") { Ok(()) } else { Err(spec.status) }
    })
    .await;
    world.tekton_ends("stop-1", "TaskRunCancelled", &[]).await;
    let run = world.reaches("stop", "Cancelled", "Cancelled").await;
    assert_eq!(world.conclusion(&run).await, "cancelled");
}

#[tokio::test]
async fn a_deleted_run_completes_its_check_and_frees_the_slot() {
    let world = World::start(&[]).await;
    world.create("first", "Apply", json!({})).await;
    world.task_run("first-1").await;
    let run = world.reaches("first", "Running", "Running").await;
    world.delete("first").await;
    assert_eq!(world.conclusion(&run).await, "cancelled");
    eventually("the run is gone", async || match world.runs().get_opt("first").await.unwrap() {
        None => Ok(()),
        Some(run) => Err(run.metadata.finalizers),
    })
    .await;
    world.create("second", "Apply", json!({})).await;
    world.task_run("second-1").await;
}

#[tokio::test]
async fn a_source_that_is_not_the_installations_fails_at_once() {
    let world = World::start(&[]).await;
    let sources: &[(&str, &str, Value)] = &[
        ("repository", "Apply", json!({"repository": "globex/.github"})),
        ("branch", "Apply", json!({"ref": "refs/heads/other"})),
        ("pull", "DryRun", json!({"pullRequest": 99})),
    ];
    for (name, mode, source) in sources {
        world.create(name, mode, source.clone()).await;
        world.reaches(name, "Failed", "SourceNotAllowed").await;
    }
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_suspended_installation_starts_nothing_and_goes_on_afterwards() {
    let world = World::start(&[]).await;
    let suspend = |suspend: bool| Patch::Merge(json!({"spec": {"suspend": suspend}}));
    world.installations().patch("acme-1234567", &PatchParams::default(), &suspend(true)).await.unwrap();
    world.create("waits", "Apply", json!({})).await;
    world.reaches("waits", "Pending", "Suspended").await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
    world.installations().patch("acme-1234567", &PatchParams::default(), &suspend(false)).await.unwrap();
    world.task_run("waits-1").await;
}

#[tokio::test]
async fn a_pod_that_finds_no_node_is_stopped_and_tried_again_not_cancelled() {
    let world = World::start(&[]).await;
    world.create("nodeless", "Apply", json!({})).await;
    world.task_run("nodeless-1").await;
    let pods: kube::Api<k8s_openapi::api::core::v1::Pod> =
        kube::Api::namespaced(world.client.clone(), &world.namespace);
    let pod = serde_json::from_value(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "nodeless-1-pod"},
        "spec": {"containers": [{"name": "step-apply", "image": "none.invalid/none"}]},
    }))
    .unwrap();
    pods.create(&PostParams::default(), &pod).await.unwrap();
    let since = "2026-01-01T00:00:00Z";
    let unscheduled = json!({"status": {"phase": "Pending", "conditions": [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": since}]}});
    pods.patch_status("nodeless-1-pod", &PatchParams::default(), &Patch::Merge(unscheduled)).await.unwrap();
    let pending = json!({"podName": "nodeless-1-pod", "conditions":
        [{"type": "Succeeded", "status": "Unknown", "reason": "Pending", "message": "no node"}]});
    world.tekton_says("nodeless-1", pending).await;
    world.reaches("nodeless", "Queued", "PodFailed").await;
    eventually("the TaskRun is told to stop", async || {
        let spec = world.task_runs().get("nodeless-1").await.unwrap().spec;
        if spec.status.as_deref() == Some("TaskRunCancelled") { Ok(()) } else { Err(spec.status) }
    })
    .await;
    pods.delete("nodeless-1-pod", &kube::api::DeleteParams::default().grace_period(0)).await.unwrap();
    world.tekton_ends("nodeless-1", "TaskRunCancelled", &[]).await;
    world.slot_is_free().await;
    let run = world.reaches("nodeless", "Queued", "PodFailed").await;
    assert_eq!(run.status.unwrap().attempts, Some(1));
}

#[tokio::test]
async fn a_permission_that_is_missing_at_the_start_ends_the_run_and_says_so() {
    let world = World::start(&[]).await;
    let fault = json!({"method": "GET", "path": "/repos/acme/.github/commits", "status": 403,
        "body": {"message": "Resource not accessible by integration"}, "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
    world.create("denied", "Apply", json!({})).await;
    let run = world.reaches("denied", "Failed", "PermissionsMissing").await;
    assert!(
        run.status.as_ref().unwrap().message.as_ref().unwrap().contains("not accessible"),
        "{:?}",
        run.status
    );
    assert_eq!(world.conclusion(&run).await, "failure");
    world.slot_is_free().await;
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_deleted_run_is_let_go_though_github_asks_to_wait_for_long() {
    let world = World::start(&[]).await;
    world.create("leaving", "Apply", json!({})).await;
    world.task_run("leaving-1").await;
    world.reaches("leaving", "Running", "Running").await;
    let fault = json!({"method": "PATCH", "path": "/repos/acme/.github/check-runs/*", "status": 429,
        "headers": {"retry-after": "3000"}, "body": {"message": "slow down"}, "count": 1000});
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
    world.delete("leaving").await;
    eventually("the run is gone", async || match world.runs().get_opt("leaving").await.unwrap() {
        None => Ok(()),
        Some(run) => Err(run.metadata.finalizers),
    })
    .await;
}

#[tokio::test]
async fn the_file_that_was_applied_is_known_though_the_report_does_not_name_it() {
    let world = World::start(&[]).await;
    let sha = world.github.push("acme", json!({"org.yaml": "orgs: {acme: {admins: [alice, bob]}}"})).await;
    world.create("r", "Apply", json!({"sha": sha})).await;
    world.task_run("r-1").await;
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    world.slot_is_free().await;
    let installation = world.installation_status().await;
    assert_eq!(installation["lastAppliedSha"], sha);
    assert!(installation["lastAppliedBlob"].is_string(), "{installation}");
    assert_eq!(installation["lastAppliedBlob"].as_str(), run.status.unwrap().blob.as_deref());
}

#[tokio::test]
async fn a_task_run_that_may_not_be_made_is_a_failed_attempt() {
    let world = World::start(&[]).await;
    let quotas: kube::Api<k8s_openapi::api::core::v1::ResourceQuota> =
        kube::Api::namespaced(world.client.clone(), &world.namespace);
    let none = json!({"count/taskruns.tekton.dev": "0"});
    let quota =
        serde_json::from_value(json!({"metadata": {"name": "none"}, "spec": {"hard": none}})).unwrap();
    quotas.create(&kube::api::PostParams::default(), &quota).await.unwrap();
    // There is no controller of quotas here.
    let counted = kube::api::Patch::Merge(json!({"status": {"hard": none, "used": none}}));
    quotas.patch_status("none", &kube::api::PatchParams::default(), &counted).await.unwrap();
    world.create("r", "Apply", json!({})).await;
    let run = world.reaches("r", "Queued", "PodFailed").await;
    assert!(run.status.unwrap().message.unwrap().contains("quota"), "it says why");
    world.slot_is_free().await;
}

#[tokio::test]
async fn a_check_that_may_not_be_written_for_a_while_is_completed_afterwards() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    let archived = json!({"method": "PATCH", "path": "/repos/acme/.github/check-runs/*", "status": 403, "count": 3,
        "body": {"message": "Repository was archived so is read-only."}});
    world.github.call("POST", "/_sim/faults", Some(archived)).await;
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
}

/// What is waited for is due: a minute is long for a test, and the status is what the wait is read from.
async fn is_due(world: &World, run: &str) {
    let past = Patch::Merge(json!({"status": {"retryAt": "2026-01-01T00:00:00Z"}}));
    world.runs().patch_status(run, &PatchParams::default(), &past).await.unwrap();
}

#[tokio::test]
async fn an_apply_that_runs_out_of_time_goes_on_and_counts_no_retry() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    assert!(args(&world.task_run("r-1").await).contains(&"--deadline=7080s".to_owned()));
    let minute: jiff::Timestamp = jiff::Timestamp::now().round(jiff::Unit::Minute).unwrap();
    let mut report = apply(StepExit::OutOfTime, 10, 6);
    report.content_writes = vec![ContentWrites { at: minute, count: 6 }];
    world.step_ends("r-1", &report).await;
    let second = world.task_run("r-2").await;
    assert!(args(&second).contains(&format!("--content-write={minute}=6")), "{:?}", args(&second));
    let status = world.run("r").await.status.unwrap();
    assert_eq!((status.attempts, status.retries), (Some(2), None));
    world.step_ends("r-2", &apply(StepExit::Ok, 4, 4)).await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
    let changes = run.status.unwrap().changes.unwrap();
    assert_eq!((changes.planned, changes.applied, changes.remaining), (10, 10, 0));
}

#[tokio::test]
async fn a_limit_is_waited_out_without_the_slot() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    let until = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_mins(50)).unwrap();
    let until = jiff::Timestamp::from_second(until.as_second()).unwrap();
    let mut report = apply(StepExit::RateLimited, 10, 6);
    report.until = Some(until);
    world.step_ends("r-1", &report).await;
    let run = world.reaches("r", "Queued", "RateLimited").await;
    let status = run.status.clone().unwrap();
    assert_eq!((status.retry_at, status.retries), (Some(until.to_string()), None));
    world.check_is(&run, "queued").await;
    world.slot_is_free().await;
    is_due(&world, "r").await;
    world.task_run("r-2").await;
}

#[tokio::test]
async fn what_github_refused_is_left_until_the_next_day() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    let mut report = apply(StepExit::Incomplete, 5, 4);
    report.cause = Some(Cause::Refused);
    report.list = vec!["invite flagged: failed".to_owned()];
    report.reviewed = true;
    world.step_ends("r-1", &report).await;
    let run = world.reaches("r", "Failed", "Incomplete").await;
    let status = run.status.unwrap();
    assert_eq!(status.changes.unwrap().list, report.list);
    world.slot_is_free().await;
    let left = world.installation_status().await;
    let time = |name: &str| left["lastApply"][name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    // Both are read from the clock, one after the other.
    let waits = time("retryAt").duration_since(time("finishedAt"));
    assert_eq!(waits.round(jiff::Unit::Hour).unwrap().as_hours(), 24);
    assert_eq!((&left["lastReviewedSha"], &left["lastAppliedSha"]), (&json!(status.sha), &Value::Null));
    synced(&world, "False", "Incomplete").await;
}

#[tokio::test]
async fn an_apply_that_waits_for_people_succeeds_and_is_not_in_sync() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    let mut report = apply(StepExit::Ok, 3, 2);
    (report.waiting, report.reviewed) = (1, true);
    world.step_ends("r-1", &report).await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
    world.slot_is_free().await;
    let left = world.installation_status().await;
    assert_eq!(left["lastReviewedSha"], Value::Null, "what waits may yet be declined");
    assert!(left["lastApply"]["retryAt"].is_string(), "{left}");
    synced(&world, "False", "Waiting").await;
}

/// Waits until the installation's condition `Synced` is so.
async fn synced(world: &World, status: &str, reason: &str) {
    eventually(&format!("Synced is {status}, {reason}"), async || {
        let left = world.installation_status().await;
        let conditions = left["conditions"].as_array().unwrap().clone();
        let synced = conditions.into_iter().find(|condition| condition["type"] == "Synced").unwrap();
        if (&synced["status"], &synced["reason"]) == (&json!(status), &json!(reason)) {
            Ok(())
        } else {
            Err(synced)
        }
    })
    .await;
}

#[tokio::test]
async fn after_the_head_moved_a_run_for_it_goes_on_even_back_to_what_was_applied_before() {
    let world = World::start(&[]).await;
    let file = |admins: &str| json!({"org.yaml": format!("orgs: {{acme: {{admins: [{admins}]}}}}")});
    let before = world.github.push("acme", file("alice, bob")).await;
    world.create("before", "Apply", json!({"sha": before})).await;
    world.task_run("before-1").await;
    world.applied("before-1").await;
    world.reaches("before", "Succeeded", "Applied").await;
    world.slot_is_free().await;
    let wrong = world.github.push("acme", file("alice")).await;
    world.create("wrong", "Apply", json!({"sha": wrong})).await;
    world.task_run("wrong-1").await;
    let reverted = world.github.push("acme", file("alice, bob")).await;
    world.step_ends("wrong-1", &apply(StepExit::HeadMoved, 3, 1)).await;
    let run = world.reaches("wrong", "Superseded", "HeadMoved").await;
    assert_eq!(world.conclusion(&run).await, "cancelled");
    eventually("a run for the head is there", async || {
        let runs = world.runs().list(&ListParams::default()).await.unwrap().items;
        let found = runs
            .iter()
            .any(|run| run.spec.source.sha == reverted && run.spec.mode == peribolos_api::run::Mode::Apply);
        if found { Ok(()) } else { Err(runs.len()) }
    })
    .await;
}

#[tokio::test]
async fn a_running_apply_shows_how_far_it_has_come() {
    let world = World::start(&[]).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    let run = world.reaches("r", "Running", "Running").await;
    let log = format!("x\n{}\n", Progress { done: 12, of: 40 }.to_line());
    world.kubelet.pod(&world.pods(), "r-1-pod", "step-apply", "Running", &log).await;
    let step =
        json!({"name": "apply", "container": "step-apply", "running": {"startedAt": "2026-01-01T00:00:00Z"}});
    let condition = json!({"type": "Succeeded", "status": "Unknown", "reason": "Running", "message": ""});
    world.tekton_says("r-1", json!({"podName": "r-1-pod", "steps": [step], "conditions": [condition]})).await;
    // It runs longer than the 20 s after which that is shown first.
    eventually("the check shows it", async || {
        let title = world.check(&run).await.unwrap()["output"]["title"].clone();
        if title == "Applying: 12 of 40" { Ok(()) } else { Err(title) }
    })
    .await;
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
}

#[tokio::test]
async fn a_task_of_the_users_own_is_used_and_compared_with_afterwards() {
    let world = World::start(&[]).await;
    let patch = Patch::Merge(json!({"spec": {"run": {"taskRef": "peribolos-upstream"}}}));
    world.installations().patch("acme-1234567", &PatchParams::default(), &patch).await.unwrap();
    for (name, tekton, code, phase, reason) in
        [("bad", "Failed", 1, "Failed", "ApplyFailed"), ("good", "Succeeded", 0, "Succeeded", "Applied")]
    {
        world.create(name, "Apply", json!({})).await;
        let task_run = world.task_run(&format!("{name}-1")).await;
        assert_eq!(task_run.spec.task_ref.unwrap().name, "peribolos-upstream");
        world.tekton_ends(&format!("{name}-1"), tekton, &[("plan", 0), ("apply", code)]).await;
        world.reaches(name, phase, reason).await;
        world.slot_is_free().await;
    }
    eventually("one DryRun compares", async || {
        let runs = world.runs().list(&ListParams::default()).await.unwrap().items;
        let of = runs.iter().filter(|run| run.spec.trigger.event == "after-apply").count();
        if of == 1 { Ok(()) } else { Err(of) }
    })
    .await;
}
