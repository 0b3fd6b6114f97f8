//! What is said on pull requests: each comment once in the end, whatever happens in between.

use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use peribolos_vocab::report::{CheckOutput, StepExit, StepName, StepReport};
use serde_json::{Value, json};

use crate::{
    support::eventually,
    world::{ACME, World, apply},
};

const FILE: &str = "orgs: {acme: {admins: [alice, bob], members: [carol], description: new}}";

/// Opens a pull request that changes the file, and gives its number.
async fn pull(world: &World, sender: &str, branch: &str) -> i64 {
    let pull = json!({"title": "Change", "branch": branch, "sender": sender, "draft": false, "files": {"org.yaml": FILE}});
    let pull = world.github.call("POST", "/_sim/orgs/acme/repos/.github/pulls", Some(pull)).await;
    pull["number"].as_i64().unwrap()
}

async fn merge(world: &World, number: i64) {
    let path = format!("/_sim/orgs/acme/repos/.github/pulls/{number}/merge");
    world.github.call("POST", &path, Some(json!({"sender": "bob"}))).await;
}

async fn comment(world: &World, number: i64, sender: &str, body: &str) -> i64 {
    let path = format!("/_sim/orgs/acme/repos/.github/issues/{number}/comments");
    let comment = world.github.call("POST", &path, Some(json!({"body": body, "sender": sender}))).await;
    comment["id"].as_i64().unwrap()
}

/// A run that a comment requests.
async fn ask(world: &World, name: &str, mode: &str, source: Value, (issue, id): (i64, i64)) {
    let trigger = json!({"event": "issue_comment", "comment": {"id": id, "issue": issue}});
    world.create_with(name, json!({"mode": mode, "source": source, "trigger": trigger}), json!({})).await;
}

fn report(step: StepName, title: &str) -> StepReport {
    let summary = format!("The summary of {title}");
    let check = CheckOutput { title: title.to_owned(), summary, annotations: Vec::new() };
    match step {
        StepName::Apply => StepReport { check, ..apply(StepExit::Ok, 1, 1) },
        step => StepReport { check, ..StepReport::new(step, StepExit::Ok) },
    }
}

/// The App's comments on a pull request, oldest first.
async fn said(world: &World, number: i64) -> Vec<String> {
    let org = world.github.org("acme").await;
    let of = |key: &str| org[key].as_array().cloned().unwrap_or_default();
    let all: Vec<Value> = of("pulls").into_iter().chain(of("issues")).collect();
    let on = all.iter().find(|on| on["number"] == number).unwrap_or_else(|| panic!("no {number} in {all:?}"));
    let comments = on["comments"].as_array().cloned().unwrap_or_default();
    let text = |comment: &Value| comment["body"].as_str().unwrap_or_default().to_owned();
    comments.iter().map(text).filter(|body| body.contains("<!-- peribolos-")).collect()
}

async fn previewed(world: &World, name: &str, number: i64, title: &str) {
    world.create(name, "DryRun", json!({"pullRequest": number})).await;
    world.task_run(&format!("{name}-1")).await;
    world.step_ends(&format!("{name}-1"), &report(StepName::Plan, title)).await;
    world.is_over(name).await;
}

#[tokio::test]
async fn a_pull_request_has_one_preview_and_one_result() {
    let world = World::start(&[]).await;
    let number = pull(&world, "alice", "change").await;
    previewed(&world, "first", number, "1 change").await;
    let [preview] = &said(&world, number).await[..] else { panic!("no single comment") };
    assert!(
        preview.contains("Preview: 1 change") && preview.contains("The summary of 1 change"),
        "{preview}"
    );
    previewed(&world, "second", number, "2 changes").await;
    let [preview] = &said(&world, number).await[..] else { panic!("it is not edited") };
    assert!(preview.contains("Preview: 2 changes"), "{preview}");

    merge(&world, number).await;
    world.create("apply", "Apply", json!({})).await;
    world.task_run("apply-1").await;
    let merged = world.run("apply").await.status.unwrap().merged_pull_requests;
    assert_eq!(
        merged.iter().map(|pull| (pull.number, &*pull.merged_by)).collect::<Vec<_>>(),
        [(number, "bob")]
    );
    world.step_ends("apply-1", &report(StepName::Apply, "Applied: 1 of 1")).await;
    world.is_over("apply").await;
    let [_, result] = &said(&world, number).await[..] else { panic!("no result") };
    assert!(result.contains("Applied: 1 of 1"), "{result}");
}

#[tokio::test]
async fn who_merges_and_is_no_owner_reads_that_an_owner_has_to_start_it() {
    let world = World::start(&[]).await;
    let number = pull(&world, "alice", "change").await;
    let path = format!("/_sim/orgs/acme/repos/.github/pulls/{number}/merge");
    world.github.call("POST", &path, Some(json!({"sender": "carol"}))).await;
    let trigger = json!({"event": "push", "deliveryId": "d", "sender": "carol"});
    world.create_with("apply", json!({"mode": "Apply", "trigger": trigger}), json!({})).await;
    world.reaches("apply", "Skipped", "OwnerRequired").await;
    world.is_over("apply").await;
    let [result] = &said(&world, number).await[..] else { panic!("no single result") };
    assert!(result.contains("An owner has to start the first apply"), "{result}");
}

#[tokio::test]
async fn strangers_get_the_check_and_no_comment() {
    let world = World::start(&[]).await;
    let number = pull(&world, "eve", "strange").await;
    world.create("r", "DryRun", json!({"pullRequest": number})).await;
    world.reaches("r", "Skipped", "ApprovalRequired").await;
    world.is_over("r").await;
    assert_eq!(said(&world, number).await, Vec::<String>::new());
}

#[tokio::test]
async fn without_comments_only_commands_are_answered() {
    let world = World::start(&[]).await;
    let patch = Patch::Merge(json!({"spec": {"comments": false}}));
    world.installations().patch(ACME, &PatchParams::default(), &patch).await.unwrap();
    let number = pull(&world, "alice", "change").await;
    previewed(&world, "preview", number, "1 change").await;
    assert_eq!(said(&world, number).await, Vec::<String>::new());

    let id = comment(&world, number, "carol", "/peribolos plan").await;
    ask(&world, "plan", "DryRun", json!({"pullRequest": number}), (number, id)).await;
    world.task_run("plan-1").await;
    world.step_ends("plan-1", &report(StepName::Plan, "1 change")).await;
    world.is_over("plan").await;
    let [answer] = &said(&world, number).await[..] else { panic!("no single answer") };
    assert!(answer.contains("The summary of 1 change") && answer.contains("peribolos-answer"), "{answer}");

    merge(&world, number).await;
    world.create("apply", "Apply", json!({})).await;
    world.task_run("apply-1").await;
    world.applied("apply-1").await;
    world.is_over("apply").await;
    assert_eq!(said(&world, number).await.len(), 1);
}

#[tokio::test]
async fn an_owners_apply_is_answered_with_its_result_where_it_was_requested() {
    let world = World::start(&[]).await;
    let number = pull(&world, "alice", "elsewhere").await;
    world.github.push("acme", json!({"org.yaml": FILE})).await;
    let id = comment(&world, number, "alice", "/peribolos apply").await;
    ask(&world, "apply", "Apply", json!({}), (number, id)).await;
    world.task_run("apply-1").await;
    world.step_ends("apply-1", &report(StepName::Apply, "Applied: 1 of 1")).await;
    world.is_over("apply").await;
    let [answer] = &said(&world, number).await[..] else { panic!("no single answer") };
    assert!(answer.contains("Applied: 1 of 1") && answer.contains("`/peribolos apply`"), "{answer}");
}

#[rstest::rstest]
#[case("/peribolos", "carol")]
#[case("/peribolos plann", "alice")]
#[tokio::test]
async fn help_is_given_once_and_starts_nothing(#[case] body: &str, #[case] sender: &str) {
    let world = World::start(&["--docs-url", "https://docs.example/owners"]).await;
    let number = pull(&world, "alice", "change").await;
    let id = comment(&world, number, sender, body).await;
    ask(&world, "help", "DryRun", json!({"pullRequest": number}), (number, id)).await;
    world.reaches("help", "Skipped", "HelpShown").await;
    let run = world.is_over("help").await;
    let [help] = &said(&world, number).await[..] else { panic!("no single answer") };
    assert!(help.contains("`/peribolos plan`") && help.contains("https://docs.example/owners"), "{help}");
    assert_eq!(world.check(&run).await, None);
    assert_eq!(world.task_run_names().await, Vec::<String>::new());
    assert_eq!(world.installation_status().await.get("lastDriftCheck"), None, "it compares nothing");
}

/// GitHub takes a request and its answer is lost, or neither; or a gateway answers; or the process dies there.
#[rstest::rstest]
#[case::the_answer_is_lost(json!({"drop": true, "when": "after"}), false)]
#[case::a_gateway_answers(json!({"status": 502, "when": "after"}), false)]
#[case::it_is_not_taken(json!({"status": 502}), false)]
#[case::and_the_process_dies(json!({"delayMs": 3_600_000, "when": "after"}), true)]
#[tokio::test]
async fn each_comment_is_there_once_in_the_end(#[case] fault: Value, #[case] dies: bool) {
    let short = ["--lease-duration", "3s"];
    let mut world = World::start(&short).await;
    let number = pull(&world, "alice", "change").await;
    let mut meet = fault;
    meet["method"] = json!("POST");
    meet["path"] = json!("/repos/acme/.github/issues/*/comments");
    meet["count"] = json!(1);
    world.github.call("POST", "/_sim/faults", Some(meet.clone())).await;
    world.create("preview", "DryRun", json!({"pullRequest": number})).await;
    world.task_run("preview-1").await;
    world.step_ends("preview-1", &report(StepName::Plan, "1 change")).await;
    if dies {
        die(&mut world, "a").await;
    }
    world.is_over("preview").await;
    assert_eq!(said(&world, number).await.len(), 1, "{:?}", said(&world, number).await);

    merge(&world, number).await;
    world.github.call("DELETE", "/_sim/faults", None).await;
    world.github.call("POST", "/_sim/faults", Some(meet)).await;
    let id = comment(&world, number, "alice", "/peribolos apply").await;
    ask(&world, "apply", "Apply", json!({}), (number, id)).await;
    world.task_run("apply-1").await;
    world.step_ends("apply-1", &report(StepName::Apply, "Applied: 1 of 1")).await;
    if dies {
        die(&mut world, "b").await;
    }
    world.is_over("apply").await;
    let said = said(&world, number).await;
    let of = |kind: &str| said.iter().filter(|body| body.contains(&format!("peribolos-{kind} "))).count();
    assert_eq!((of("preview"), of("answer"), of("result")), (1, 1, 0), "{said:?}");
}

/// The process is killed while its request for a comment is under way.
async fn die(world: &mut World, name: &str) {
    eventually("a request for a comment", async || {
        let faults = world.github.call("GET", "/_sim/faults", None).await;
        let taken = faults.as_array().is_some_and(|faults| faults.iter().any(|fault| fault["taken"] == 1));
        if taken { Ok(()) } else { Err(faults.to_string()) }
    })
    .await;
    world.kill();
    world.restart(name).await;
}

#[tokio::test]
async fn a_comment_that_is_there_twice_is_deleted_once() {
    let world = World::start(&["--lease-duration", "3s"]).await;
    let number = pull(&world, "alice", "change").await;
    // The first request is answered by a gateway, takes effect, and the second one does not see it yet.
    previewed(&world, "first", number, "1 change").await;
    let run = world.run("first").await;
    let marker = format!("<!-- peribolos-preview {} -->", run.metadata.uid.unwrap());
    let comments = said(&world, number).await;
    assert!(comments[0].contains(&marker), "{comments:?}");
    let secrets: Api<Secret> = Api::namespaced(world.client.clone(), &world.namespace);
    let secret = secrets.get(&format!("{ACME}-token")).await.unwrap();
    let token = String::from_utf8(secret.data.unwrap()["token"].0.clone()).unwrap();
    let late = json!({"body": format!("late\n\n{marker}")});
    let path = format!("/repos/acme/.github/issues/{number}/comments");
    world.github.call_by(&token, "POST", &path, Some(late)).await;
    previewed(&world, "second", number, "2 changes").await;
    let [preview] = &said(&world, number).await[..] else { panic!("one is left over") };
    assert!(preview.contains("2 changes"), "{preview}");
}

/// GitHub lets no App comment on a locked conversation.
#[tokio::test]
async fn a_locked_conversation_keeps_no_run_from_its_end() {
    let world = World::start(&[]).await;
    let number = pull(&world, "alice", "change").await;
    let locked = json!({"method": "POST", "path": "/repos/acme/.github/issues/*/comments", "status": 403, "count": 1000,
        "body": {"message": "Unable to create comment because issue is locked."}});
    world.github.call("POST", "/_sim/faults", Some(locked)).await;
    previewed(&world, "first", number, "1 change").await;
    let run = world.run("first").await;
    assert_eq!(world.conclusion(&run).await, "success");
    world.github.call("DELETE", "/_sim/faults", None).await;
    previewed(&world, "second", number, "2 changes").await;
    let [preview] = &said(&world, number).await[..] else { panic!("no single comment") };
    assert!(preview.contains("2 changes"), "{preview}");
}
