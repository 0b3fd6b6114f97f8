//! Previews and the base that they are made with: one of another file is made again, and its check is not green meanwhile.

use kube::{ResourceExt, api::ListParams};
use peribolos_api::PeribolosRun;
use peribolos_vocab::report::{Changes, StepExit, StepName, StepReport};
use serde_json::json;

use kube::api::{Patch, PatchParams};

use crate::{
    support::eventually,
    world::{ACME, World, args},
};

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
    world.is_over(&ended.name_any()).await;
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

/// Whoever proposes a commit again that somebody else has proposed gets no check in the place of theirs.
#[rstest::rstest]
#[case::red_stays_red("Everyone", StepExit::GuardTripped, "failure")]
#[case::green_stays_green("Members", StepExit::Ok, "success")]
#[tokio::test]
async fn a_strangers_pull_request_of_the_same_commit_changes_no_members_check(
    #[case] preview: &str,
    #[case] exit: StepExit,
    #[case] expected: &str,
) {
    let world = World::start(&[]).await;
    let patch = Patch::Merge(json!({"spec": {"preview": preview}}));
    world.installations().patch(ACME, &PatchParams::default(), &patch).await.unwrap();
    world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let number = open(&world).await;
    world.create("members", "DryRun", json!({"pullRequest": number})).await;
    world.task_run("members-1").await;
    world.step_ends("members-1", &StepReport { exit, ..planned() }).await;
    let run = world.is_over("members").await;
    let head = run.status.clone().unwrap().sha.unwrap();
    assert_eq!(world.conclusion(&run).await, expected);

    let copy = json!({"ref": "refs/heads/copy", "sha": head});
    world.change("POST", "/repos/acme/.github/git/refs", Some(copy)).await;
    let body = json!({"title": "x", "branch": "copy", "sender": "eve"});
    let copy = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(body)).await;
    world.create("strangers", "DryRun", json!({"pullRequest": copy["number"]})).await;
    if preview == "Everyone" {
        world.task_run("strangers-1").await;
        world.step_ends("strangers-1", &StepReport::new(StepName::Plan, StepExit::Ok)).await;
    }
    world.is_over("strangers").await;
    let org = world.github.org("acme").await;
    let on_head = |check: &&serde_json::Value| check["head_sha"] == head.as_str();
    let checks = org["checks"].as_array().unwrap().iter().filter(on_head);
    let newest = checks.max_by_key(|check| check["id"].as_u64()).unwrap();
    assert_eq!(newest["conclusion"], expected, "GitHub counts the newest of a name: {newest}");
}

/// A pull request that leaves the file alone, as long as what it changes has another name.
#[tokio::test]
async fn a_base_that_gives_a_changed_file_the_name_of_the_file_needs_a_preview() {
    let world = World::start(&[]).await;
    world.push("alice", ".github", json!({"old.yaml": FILE})).await;
    let files = json!({"old.yaml": format!("{FILE}    description: new\n")});
    let body = json!({"title": "x", "branch": "topic", "files": files, "sender": "carol"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(body)).await;
    of_delivery(&world, "first", &pull["number"]).await;
    world.reaches("first", "Skipped", "FileUnchanged").await;
    world.is_over("first").await;
    let head = world.push("alice", ".github", json!({"old.yaml": null, "org.yaml": FILE})).await;
    world.create("push", "Apply", json!({"sha": head})).await;
    world.task_run("push-1").await;
    world.applied("push-1").await;
    world.is_over("push").await;
    assert_eq!(again(&world).await.len(), 1, "its check still says that the file is not changed");
    // Git carries the change over to the new name, so this one is not skipped.
    let made = again(&world).await.pop().unwrap().name_any();
    world.task_run(&format!("{made}-1")).await;
}

/// A preview as the receiver makes it for a delivery.
async fn of_delivery(world: &World, name: &str, number: &serde_json::Value) {
    let labels = json!({"peribolos.dev/installation": ACME, "peribolos.dev/mode": "dryrun",
        "peribolos.dev/pull-request": number.to_string()});
    let spec = json!({"mode": "DryRun", "source": {"pullRequest": number}});
    world.create_with(name, spec, json!({"labels": labels})).await;
}

/// Applies the head, and waits until everything that follows is done.
async fn applied(world: &World, name: &str, head: &str) {
    world.create(name, "Apply", json!({"sha": head})).await;
    world.task_run(&format!("{name}-1")).await;
    world.applied(&format!("{name}-1")).await;
    world.is_over(name).await;
}

/// It has no labels but those that the controller gives it.
#[tokio::test]
async fn a_preview_that_a_person_has_made_is_not_made_again_for_the_same_base() {
    let world = World::start(&[]).await;
    let head = world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let number = open(&world).await;
    world.create("by-hand", "DryRun", json!({"pullRequest": number})).await;
    world.task_run("by-hand-1").await;
    world.step_ends("by-hand-1", &planned()).await;
    let run = world.is_over("by-hand").await;
    applied(&world, "same", &head).await;
    assert_eq!(again(&world).await.len(), 0, "{:?}", run.labels());
}

/// The hourly sweep keeps the newest five DryRuns; there may be more open pull requests.
#[tokio::test]
async fn a_preview_that_is_no_longer_kept_is_not_made_again_for_the_same_base() {
    let world = World::start(&[]).await;
    let head = world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    // Before anything was applied, a pull request without a preview may have been opened before the App was installed.
    applied(&world, "before", &head).await;
    let number = open(&world).await;
    of_delivery(&world, "first", &json!(number)).await;
    world.task_run("first-1").await;
    world.step_ends("first-1", &planned()).await;
    world.is_over("first").await;
    world.delete("first").await;
    applied(&world, "same", &head).await;
    assert_eq!(again(&world).await.len(), 0);
}

async fn suspend(world: &World, is: bool) {
    let patch = Patch::Merge(json!({"spec": {"suspend": is}}));
    world.installations().patch(ACME, &PatchParams::default(), &patch).await.unwrap();
}

/// It was admitted for the branch that is applied, and what it would be merged into by now is another one.
#[tokio::test]
async fn a_pull_request_that_was_directed_at_another_branch_meanwhile_is_not_previewed() {
    let world = World::start(&[]).await;
    let base = world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let number = open(&world).await;
    suspend(&world, true).await;
    world.create("p", "DryRun", json!({"pullRequest": number})).await;
    world.reaches("p", "Pending", "Suspended").await;
    let dev = json!({"ref": "refs/heads/dev", "sha": base});
    world.change("POST", "/repos/acme/.github/git/refs", Some(dev)).await;
    world.change("PATCH", &format!("/repos/acme/.github/pulls/{number}"), Some(json!({"base": "dev"}))).await;
    suspend(&world, false).await;
    let run = eventually("its end, or its TaskRun", async || {
        let run = world.run("p").await;
        let is_over =
            run.status.clone().unwrap_or_default().phase.is_some_and(peribolos_api::run::Phase::is_final);
        let made = world.task_run_names().await;
        if is_over || !made.is_empty() { Ok((run, made)) } else { Err(run.status) }
    })
    .await;
    assert_eq!(run.1, Vec::<String>::new(), "{:?}", run.0.status);
}

/// What reads nothing but the file of its commit does not depend on the base.
#[tokio::test]
async fn a_preview_that_only_reads_the_file_is_not_made_again() {
    let world = World::start(&[]).await;
    let patch = Patch::Merge(json!({"spec": {"preview": "Everyone"}}));
    world.installations().patch(ACME, &PatchParams::default(), &patch).await.unwrap();
    let head = world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let files = json!({"org.yaml": format!("{FILE}    description: new\n")});
    let body = json!({"title": "x", "branch": "topic", "files": files, "sender": "eve"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(body)).await;
    of_delivery(&world, "strangers", &pull["number"]).await;
    world.task_run("strangers-1").await;
    world.step_ends("strangers-1", &StepReport::new(StepName::Plan, StepExit::Ok)).await;
    world.is_over("strangers").await;
    applied(&world, "same", &head).await;
    assert_eq!(again(&world).await.len(), 0);
}

/// A required check that is never written hangs, and owners look nowhere else.
#[tokio::test]
async fn a_preview_that_fails_before_it_is_admitted_says_so_on_its_commit() {
    let world = World::start(&[]).await;
    world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let number = open(&world).await;
    let pull = world.change("GET", &format!("/repos/acme/.github/pulls/{number}"), None).await;
    let refused = json!({"method": "GET", "path": "/orgs/acme/memberships/*", "status": 403, "count": 1000,
        "body": {"message": "Resource not accessible by integration"}});
    world.github.call("POST", "/_sim/faults", Some(refused)).await;
    world.create("r", "DryRun", json!({"pullRequest": number, "sha": pull["head"]["sha"]})).await;
    let run = world.reaches("r", "Failed", "PermissionsMissing").await;
    assert_eq!(world.conclusion(&run).await, "failure");
}

/// Whoever may push to the branch of a member's pull request learns nothing by names that they put into the file.
#[rstest::rstest]
#[case::by_its_author("carol", true)]
#[case::by_another_member("bob", true)]
#[case::by_a_stranger("eve", false)]
#[tokio::test]
async fn names_of_the_file_may_be_posted_if_a_member_pushed_it(#[case] sender: &str, #[case] posted: bool) {
    let world = World::start(&[]).await;
    world.push("alice", ".github", json!({"org.yaml": FILE})).await;
    let number = open(&world).await;
    let files = json!({"org.yaml": format!("{FILE}    description: newer\n")});
    let pushed = json!({"branch": "topic", "files": files, "sender": sender});
    world.github.call("POST", "/_sim/orgs/acme/repos/.github/push", Some(pushed)).await;
    world.create("p", "DryRun", json!({"pullRequest": number})).await;
    let args = args(&world.task_run("p-1").await);
    assert_eq!(args.iter().any(|arg| arg == "--disclose-file"), posted, "{args:?}");
}

/// A check that says "the file is not changed here" passes where it is required: it must not outlive the path that it is about.
#[tokio::test]
async fn what_did_not_change_the_file_is_previewed_again_when_the_file_has_another_path() {
    let world = World::start(&[]).await;
    world.push("alice", ".github", json!({"org.yaml": FILE, "new.yaml": FILE})).await;
    let files = json!({"new.yaml": format!("{FILE}    description: new\n")});
    let body = json!({"title": "x", "branch": "topic", "files": files, "sender": "carol"});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(body)).await;
    world.create("p", "DryRun", json!({"pullRequest": pull["number"]})).await;
    let run = world.reaches("p", "Skipped", "FileUnchanged").await;
    assert_eq!(world.conclusion(&run).await, "skipped");
    let patch = Patch::Merge(json!({"spec": {"config": {"path": "new.yaml"}}}));
    world.installations().patch(ACME, &PatchParams::default(), &patch).await.unwrap();
    world.create("moved", "Apply", json!({})).await;
    world.task_run("moved-1").await;
    world.applied("moved-1").await;
    let ended = world.reaches("moved", "Succeeded", "Applied").await;
    world.is_over(&ended.name_any()).await;
    assert_eq!(again(&world).await.len(), 1, "it changes the file that is applied now");
}
