//! Every row of the table of events, to the objects that are there afterwards.

use kube::{
    ResourceExt,
    api::{ListParams, Patch, PatchParams},
};
use peribolos_api::run::{Mode, Phase};
use peribolos_core::{event::Index, names};
use serde_json::{Value, json};

use crate::{
    harness::{Served, receiver},
    http::delivery,
    payloads::{self, SHA, with},
    support::eventually,
};

/// Sends a delivery that is taken, and gives the results.
async fn persisted(served: &Served, event: &str, id: &str, payload: &Value) -> Vec<(String, String)> {
    let reply = delivery(event, id, payload).send(served.address).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let results = reply.body["results"].as_array().unwrap();
    results.iter().map(|one| (text(&one["resource"]), text(&one["result"]))).collect()
}

fn results<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(resource, result)| (resource.to_owned(), result.to_owned())).into()
}

#[tokio::test]
async fn an_installation_is_onboarded_and_a_redelivery_changes_nothing() {
    let served = receiver().await;
    let run = names::run("acme-1", &["d1"]);
    let (object, dump) = ("githubinstallations/acme-1", format!("peribolosruns/{run}"));
    let created = payloads::installation("created", 1);
    let first = persisted(&served, "installation", "d1", &created).await;
    assert_eq!(first, results([(object, "created"), (&dump, "created")]));
    let again = persisted(&served, "installation", "d1", &created).await;
    assert_eq!(again, results([(object, "exists"), (&dump, "exists")]));

    let installation = served.installations().get("acme-1").await.unwrap();
    assert_eq!(installation.spec.installation_id, 1);
    assert_eq!(installation.labels()["peribolos.dev/created-by"], "operator");
    let run = served.runs().get(&run).await.unwrap();
    assert_eq!((run.spec.mode, &*run.spec.trigger.event), (Mode::Dump, "installation"));
    assert_eq!(run.owner_references()[0].uid, installation.uid().unwrap());
}

#[tokio::test]
async fn an_uninstalled_object_of_the_operators_goes() {
    let served = receiver().await;
    served.acme().await;
    let gone = persisted(&served, "installation", "d1", &payloads::installation("deleted", 1)).await;
    assert_eq!(gone, results([("githubinstallations/acme-1", "deleted")]));
    assert!(served.installations().get_opt("acme-1").await.unwrap().is_none());
}

#[tokio::test]
async fn while_an_object_is_deleted_its_events_are_to_be_sent_again() {
    let served = receiver().await;
    served.acme().await;
    let kept = Patch::Merge(json!({"metadata": {"finalizers": ["peribolos.dev/runs"]}}));
    served.installations().patch("acme-1", &PatchParams::default(), &kept).await.unwrap();
    let uninstalled = payloads::installation("deleted", 1);
    let resource = ("githubinstallations/acme-1", "deleted");
    assert_eq!(persisted(&served, "installation", "d1", &uninstalled).await, results([resource]));
    let knows = || served.index.installations(1).iter().all(|one| one.metadata.deletion_timestamp.is_some());
    eventually("the deletion in the index", async || knows().then_some(()).ok_or("unknown")).await;
    for (event, id, payload) in
        [("push", "d2", payloads::push()), ("installation", "d3", payloads::installation("created", 1))]
    {
        let reply = delivery(event, id, &payload).send(served.address).await;
        assert_eq!(reply.status, 503, "{reply:?}");
        assert!(reply.head.contains("retry-after: 10"), "{reply:?}");
    }
    assert_eq!(served.runs().list(&ListParams::default()).await.unwrap().items.len(), 0);
    assert_eq!(persisted(&served, "installation", "d1", &uninstalled).await, results([resource]), "again");
}

#[tokio::test]
async fn an_uninstalled_object_of_a_persons_is_rechecked() {
    let served = receiver().await;
    served.installation("mine", json!({}), json!({"installationId": 1})).await;
    let result = persisted(&served, "installation", "d1", &payloads::installation("deleted", 1)).await;
    assert_eq!(result, results([("githubinstallations/mine", "updated")]));
    let object = served.installations().get("mine").await.unwrap();
    assert_eq!(object.annotations()["peribolos.dev/recheck"], "d1");
}

#[rstest::rstest]
#[case("installation", payloads::installation("suspend", 1))]
#[case("installation", payloads::installation("unsuspend", 1))]
#[case("installation", payloads::installation("new_permissions_accepted", 1))]
#[case("installation_repositories", payloads::change("added"))]
#[case("installation_repositories", payloads::change("removed"))]
#[case("installation_target", payloads::change("renamed"))]
#[case("organization", payloads::change("renamed"))]
#[tokio::test]
async fn a_change_is_rechecked(#[case] event: &str, #[case] payload: Value) {
    let served = receiver().await;
    served.acme().await;
    let result = persisted(&served, event, "d1", &payload).await;
    assert_eq!(result, results([("githubinstallations/acme-1", "updated")]));
    let object = served.installations().get("acme-1").await.unwrap();
    assert_eq!(object.annotations()["peribolos.dev/recheck"], "d1");
}

#[tokio::test]
async fn a_reinstall_waits_for_a_person() {
    let served = receiver().await;
    served.installation("mine", json!({}), json!({"installationId": 1})).await;
    let account = json!({"status": {"account": {"login": "Acme", "id": 9, "type": "Organization"}}});
    let patch = Patch::Merge(account);
    served.installations().patch_status("mine", &PatchParams::default(), &patch).await.unwrap();
    let shown = || !served.index.on_account("acme").is_empty();
    eventually("the account in the index", async || shown().then_some(()).ok_or("unknown")).await;
    persisted(&served, "installation", "d1", &payloads::installation("created", 2)).await;
    assert!(served.installations().get("acme-2").await.unwrap().spec.suspend);
}

#[tokio::test]
async fn a_push_is_applied_once() {
    let served = receiver().await;
    let installation = served.acme().await;
    let name = names::run("acme-1", &["72d3162e-cc78-11e3-81ab-4c9367dc0958"]);
    let resource = format!("peribolosruns/{name}");
    for result in ["created", "exists"] {
        let got = persisted(&served, "push", "72d3162e-cc78-11e3-81ab-4c9367dc0958", &payloads::push()).await;
        assert_eq!(got, results([(&resource, result)]));
    }
    let run = served.runs().get(&name).await.unwrap();
    let (source, trigger) = (&run.spec.source, &run.spec.trigger);
    assert_eq!((run.spec.mode, &*run.spec.installation_ref.name), (Mode::Apply, "acme-1"));
    assert_eq!(
        (&*source.repository, &*source.git_ref, &*source.sha),
        ("acme/.github", "refs/heads/main", SHA)
    );
    assert_eq!((&*trigger.event, &*trigger.sender), ("push", "alice"));
    assert_eq!(run.labels()["peribolos.dev/sha"], SHA);
    assert_eq!(run.owner_references()[0].uid, installation.uid().unwrap());
    assert_eq!(run.finalizers(), ["peribolos.dev/check"], "it is kept until its check is completed");
}

#[tokio::test]
async fn a_push_may_be_the_first_that_is_heard_of_an_installation() {
    let served = receiver().await;
    let resource = format!("peribolosruns/{}", names::run("acme-1", &["d1"]));
    let got = persisted(&served, "push", "d1", &payloads::push()).await;
    assert_eq!(got, results([("githubinstallations/acme-1", "created"), (&resource, "created")]));
}

#[tokio::test]
async fn fifty_duplicates_at_once_make_one_run() {
    let served = receiver().await;
    served.acme().await;
    let request = delivery("push", "d1", &payloads::push());
    let sent = futures::future::join_all((0..50).map(|_| request.send(served.address))).await;
    assert!(sent.iter().all(|reply| reply.status == 202), "{sent:?}");
    let created = sent.iter().filter(|reply| reply.body["results"][0]["result"] == "created").count();
    assert_eq!(created, 1);
    assert_eq!(served.runs().list(&ListParams::default()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_pull_request_is_previewed_until_it_is_closed() {
    let served = receiver().await;
    served.acme().await;
    let names: Vec<String> = ["d1", "d2", "d3"].map(|id| names::run("acme-1", &[id])).into();
    let actions = [("d1", "opened"), ("d2", "synchronize"), ("d3", "ready_for_review")];
    for ((id, action), name) in actions.into_iter().zip(&names) {
        let got = persisted(&served, "pull_request", id, &payloads::pull_request(action)).await;
        assert_eq!(got, results([(&format!("peribolosruns/{name}"), "created")]));
    }
    let ended = json!({"status": {"phase": Phase::Succeeded.as_str()}});
    served.runs().patch_status(&names[0], &PatchParams::default(), &Patch::Merge(ended)).await.unwrap();

    let merged = with(payloads::pull_request("closed"), json!({"pull_request": {"merged": true}}));
    assert_eq!(persisted(&served, "pull_request", "d4", &merged).await, []);
    let mut closed = persisted(&served, "pull_request", "d5", &payloads::pull_request("closed")).await;
    let mut expected: Vec<_> =
        names[1..].iter().map(|name| (format!("peribolosruns/{name}"), "updated".into())).collect();
    closed.sort();
    expected.sort();
    assert_eq!(closed, expected);
    for (name, cancelled) in names.iter().zip([false, true, true]) {
        assert_eq!(served.runs().get(name).await.unwrap().spec.cancel, cancelled);
    }
    let other = with(payloads::pull_request("closed"), json!({"number": 8}));
    assert_eq!(persisted(&served, "pull_request", "d6", &other).await, []);
}

#[tokio::test]
async fn a_command_becomes_a_run_that_knows_its_comment() {
    let served = receiver().await;
    served.acme().await;
    persisted(&served, "issue_comment", "plan", &payloads::comment("/peribolos plan\r\nplease")).await;
    persisted(&served, "issue_comment", "apply", &payloads::comment("/peribolos apply")).await;
    let run = async |id| served.runs().get(&names::run("acme-1", &[id])).await.unwrap();
    let (plan, apply) = (run("plan").await, run("apply").await);
    assert_eq!((plan.spec.mode, plan.spec.source.pull_request), (Mode::DryRun, Some(7)));
    assert_eq!((apply.spec.mode, &*apply.spec.source.sha), (Mode::Apply, ""));
    assert_eq!(plan.annotations()["peribolos.dev/comment-id"], "5");
    for run in [&plan, &apply] {
        let comment = run.spec.trigger.comment.map(|comment| (comment.id, comment.issue));
        assert_eq!(comment, Some((5, 7)));
    }
    persisted(&served, "issue_comment", "help", &payloads::comment("/peribolos plann")).await;
    let help = run("help").await;
    assert_eq!((help.spec.mode, help.spec.source.pull_request), (Mode::DryRun, Some(7)));
}

#[tokio::test]
async fn checks_are_run_again() {
    let served = receiver().await;
    served.acme().await;
    persisted(&served, "push", "d1", &payloads::push()).await;
    persisted(&served, "pull_request", "d2", &payloads::pull_request("opened")).await;
    let apply = served.runs().get(&names::run("acme-1", &["d1"])).await.unwrap();
    let name = names::run("acme-1", &["d3", "Apply", ""]);
    let got = persisted(&served, "check_run", "d3", &payloads::check_run(&apply.uid().unwrap())).await;
    assert_eq!(got, results([(&format!("peribolosruns/{name}"), "created")]));
    let again = served.runs().get(&name).await.unwrap();
    assert_eq!((again.spec.mode, &*again.spec.source.sha), (Mode::Apply, SHA));
    assert_eq!(again.annotations()["peribolos.dev/rerequest"], "true");

    let suite = persisted(&served, "check_suite", "d4", &payloads::check_suite()).await;
    let kinds = [names::run("acme-1", &["d4", "Apply", ""]), names::run("acme-1", &["d4", "DryRun", "7"])];
    let kinds = kinds.map(|name| format!("peribolosruns/{name}"));
    assert_eq!(suite, results([(&kinds[0], "created"), (&kinds[1], "created")]));
    assert_eq!(persisted(&served, "check_run", "d5", &payloads::check_run("gone")).await, []);
}

#[tokio::test]
async fn the_check_of_a_run_that_has_ended_is_run_again() {
    let served = receiver().await;
    served.acme().await;
    persisted(&served, "push", "d1", &payloads::push()).await;
    let name = names::run("acme-1", &["d1"]);
    // No watch has it any more.
    let ended = json!({"metadata": {"labels": {"peribolos.dev/ended": "true"}, "finalizers": null}});
    served.runs().patch(&name, &PatchParams::default(), &Patch::Merge(ended)).await.unwrap();
    let uid = served.runs().get(&name).await.unwrap().uid().unwrap();
    let again = format!("peribolosruns/{}", names::run("acme-1", &["d3", "Apply", ""]));
    let got = persisted(&served, "check_run", "d3", &payloads::check_run(&uid)).await;
    assert_eq!(got, results([(&again, "created")]));
}

#[tokio::test]
async fn the_check_of_a_merge_group_is_run_again_as_that() {
    let served = receiver().await;
    served.acme().await;
    let group = "refs/heads/gh-readonly-queue/main/pr-7-0123";
    persisted(&served, "merge_group", "d1", &payloads::merge_group(group)).await;
    let first = served.runs().get(&names::run("acme-1", &["d1"])).await.unwrap();
    assert_eq!(first.spec.source.git_ref, group);
    persisted(&served, "check_run", "d2", &payloads::check_run(&first.uid().unwrap())).await;
    let again = served.runs().list(&ListParams::default()).await.unwrap().items;
    let again = again.into_iter().find(|run| run.annotations().contains_key("peribolos.dev/rerequest"));
    assert_eq!(again.unwrap().spec.source.git_ref, group);
}

/// Deliveries may come late, or again after hours: what was closed before it was opened again is open.
#[tokio::test]
async fn a_closing_that_is_told_late_cancels_no_preview_of_the_pull_request_that_was_opened_again() {
    let served = receiver().await;
    served.acme().await;
    let reopened = with(
        payloads::pull_request("reopened"),
        json!({"pull_request": {"updated_at": jiff::Timestamp::now()}}),
    );
    persisted(&served, "pull_request", "reopened", &reopened).await;
    let long_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let closed = json!({"pull_request": {"state": "closed", "closed_at": long_ago, "updated_at": long_ago}});
    let closed = with(payloads::pull_request("closed"), closed);
    persisted(&served, "pull_request", "closed", &closed).await;
    let run = served.runs().get(&names::run("acme-1", &["reopened"])).await.unwrap();
    assert!(!run.spec.cancel, "its check would stand as cancelled on an open pull request");
}
