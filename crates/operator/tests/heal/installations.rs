//! Installations that came, changed and went while nobody listened.

use kube::{
    ResourceExt,
    api::{ListParams, Patch, PatchParams, PostParams},
};
use peribolos_api::run::Mode;
use serde_json::json;

use crate::{
    support::{ControlPlane, GitHub, eventually, namespace},
    world::{FIXTURE, NAME, World},
};

const LISTING: &str = "/app/installations";

#[tokio::test]
async fn a_lost_installation_is_found_and_onboarded_once() {
    let world = World::start().await;
    world.ready(NAME, "TokenIssued").await;
    let object = world.installations().get(NAME).await.unwrap();
    assert_eq!(object.labels()["peribolos.dev/created-by"], "operator");
    world.passes("GET", LISTING).await;
    let dumps: Vec<_> =
        world.all_runs().await.into_iter().filter(|run| run.spec.mode == Mode::Dump).collect();
    assert_eq!(dumps.len(), 1);
    assert_eq!(dumps[0].spec.trigger.event, "heal");
    // Globex is not among the accounts.
    assert_eq!(world.installations().list(&ListParams::default()).await.unwrap().items.len(), 1);
    let metrics = world.metrics.encode().unwrap();
    assert!(metrics.contains(r#"peribolos_healed_total{kind="installation"} 1"#), "{metrics}");
}

/// A person makes an object for acme.
async fn install(world: &World, name: &str) {
    let object = json!({"apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
        "metadata": {"name": name}, "spec": {"installationId": 1_234_567}});
    let object = serde_json::from_value(object).unwrap();
    world.installations().create(&PostParams::default(), &object).await.unwrap();
}

/// What asks for acme's installation alone.
const ONE: &str = "/app/installations/1234567";

#[tokio::test]
async fn a_change_is_found() {
    let world = World::start().await;
    world.ready(NAME, "TokenIssued").await;
    let asked = world.github.requests("GET", ONE).await;
    world.github.call("POST", "/_sim/orgs/acme/suspend", None).await;
    world.ready(NAME, "InstallationSuspended").await;
    world.github.call("POST", "/_sim/orgs/acme/unsuspend", None).await;
    world.ready(NAME, "TokenIssued").await;
    // The list had it all; a suspended installation is looked at now and then.
    assert!(world.github.requests("GET", ONE).await <= asked + 1);
}

#[tokio::test]
async fn what_the_list_tells_is_not_asked_for_again() {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let github = GitHub::start(FIXTURE, &[]).await;
    // It comes after the object was reconciled first.
    let slow = json!({"method": "GET", "path": "/app/installations", "delayMs": 2000, "count": 1});
    github.call("POST", "/_sim/faults", Some(slow)).await;
    let world = World::at(client, namespace, github);
    install(&world, "mine").await;
    world.ready("mine", "TokenIssued").await;
    let account = world.installations().get("mine").await.unwrap().status.unwrap().account.unwrap();
    assert_eq!((account.login.as_str(), account.id), ("acme", 9001));
    world.passes("GET", LISTING).await;
    assert_eq!(world.github.requests("GET", ONE).await, 0);
}

#[tokio::test]
async fn a_list_that_does_not_come_is_not_waited_for() {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let github = GitHub::start(FIXTURE, &[]).await;
    let fault = json!({"method": "GET", "path": "/app/installations", "status": 502, "count": 1_000_000});
    github.call("POST", "/_sim/faults", Some(fault)).await;
    let world = World::at(client, namespace, github);
    install(&world, "mine").await;
    world.ready("mine", "TokenIssued").await;
    assert!(world.github.requests("GET", ONE).await > 0);
}

#[tokio::test]
async fn a_vanished_installation_loses_the_operators_object() {
    let world = World::start().await;
    world.ready(NAME, "TokenIssued").await;
    world.github.call("POST", "/_sim/orgs/acme/uninstall", None).await;
    // Nobody reconciles runs here: this is how those end that the healer makes until the installation is gone.
    let ended = json!({"metadata": {"labels": {"peribolos.dev/ended": "true"}, "finalizers": null}});
    eventually("the object's end", async || {
        for run in world.all_runs().await {
            // It may be gone with its installation.
            world.runs().patch(&run.name_any(), &PatchParams::default(), &Patch::Merge(&ended)).await.ok();
        }
        match world.installations().get_opt(NAME).await.unwrap() {
            None => Ok(()),
            Some(object) => Err(object.status),
        }
    })
    .await;
}

#[tokio::test]
async fn the_operators_object_goes_even_if_it_says_already_that_it_is_gone() {
    // As a late redelivery leaves it that came after the uninstall.
    let world = World::gone("acme-99").await;
    eventually("the object's end", async || match world.installations().get_opt("acme-99").await.unwrap() {
        None => Ok(()),
        Some(object) => Err(object.status),
    })
    .await;
}

#[tokio::test]
async fn a_vanished_installation_leaves_a_persons_object_and_says_so() {
    let world = World::installed("mine").await;
    world.ready("mine", "TokenIssued").await;
    world.github.call("POST", "/_sim/orgs/acme/uninstall", None).await;
    world.ready("mine", "InstallationNotFound").await;
    world.passes("GET", LISTING).await;
    assert!(world.installations().get_opt("mine").await.unwrap().is_some());
}

#[rstest::rstest]
#[case::a_key_that_is_refused(json!({"method": "GET", "path": "/app*", "status": 401, "body": {"message": "A JSON web token could not be decoded"}}))]
#[case::another_app(json!({"method": "GET", "path": "/app", "status": 200, "body": {"id": 1, "slug": "x", "name": "x"}}))]
#[case::another_github(json!({"method": "GET", "path": "/app/installations*", "status": 404, "body": {"message": "Not Found"}}))]
#[case::a_list_that_lacks_it(json!({"method": "GET", "path": "/app/installations", "status": 200, "body": []}))]
#[tokio::test]
async fn a_wrong_answer_removes_nobody(#[case] mut fault: serde_json::Value) {
    let world = World::start().await;
    world.ready(NAME, "TokenIssued").await;
    fault["count"] = 1_000_000.into();
    let path = if fault["path"] == "/app/installations" { LISTING } else { "/app" };
    world.github.call("POST", "/_sim/faults", Some(fault)).await;
    world.passes("GET", path).await;
    assert!(world.installations().get_opt(NAME).await.unwrap().is_some());
}
