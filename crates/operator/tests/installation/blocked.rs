//! Installations that may have no token, or whose runs may not start.

use kube::{
    ResourceExt,
    api::{DeleteParams, PostParams},
};
use serde_json::{Value, json};

use crate::{
    sim::INSTALLATION,
    support::eventually,
    world::{NAME, World, condition, version},
};

const SECRET: &str = "acme-token";

#[tokio::test]
async fn a_secret_of_somebody_else_is_never_touched() {
    let world = World::new("1h").await;
    let foreign = json!({
        "apiVersion": "v1", "kind": "Secret", "stringData": {"token": "theirs"},
        // Labels prove nothing: anyone may write them.
        "metadata": {"name": SECRET, "labels": {
            "app.kubernetes.io/managed-by": "peribolos-operator", "peribolos.dev/installation": NAME,
        }},
    });
    let foreign = serde_json::from_value(foreign).unwrap();
    let foreign = world.secrets().create(&PostParams::default(), &foreign).await.unwrap();
    let running = world.start();
    world.install(json!({})).await;
    let object = world.ready(NAME, "False", "SecretConflict").await;
    assert_eq!(condition(&object, "Stalled").unwrap().1, "SecretConflict");
    world.reconciled(NAME).await;
    assert_eq!(version(&world.secret(SECRET).await), version(&foreign));
    assert!(world.sim.mints().await.is_empty());
    // Another name is the way out.
    world.patch(NAME, json!({"spec": {"token": {"secretName": "other"}}})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    world.secret("other").await;
    assert_eq!(version(&world.secret(SECRET).await), version(&foreign));
    running.stop().await;
}

#[tokio::test]
async fn the_secret_moves_with_its_name() {
    let world = World::new("20s").await;
    let running = world.start();
    world.install(json!({})).await;
    world.secret(SECRET).await;
    world.patch(NAME, json!({"spec": {"token": {"secretName": "other"}}})).await;
    world.secret("other").await;
    world.no_secret(SECRET).await;
    running.stop().await;
}

#[tokio::test]
async fn a_suspended_installation_has_no_token_until_it_is_unsuspended() {
    let world = World::new("1h").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let before = world.secret(SECRET).await;
    world.sim.control("POST", "/orgs/Acme/suspend", json!({})).await;
    world.recheck(NAME, "suspended").await;
    let object = world.ready(NAME, "False", "InstallationSuspended").await;
    world.no_secret(SECRET).await;
    let status = object.status.unwrap();
    assert!(status.suspended_at.is_some() && status.token.is_none());
    world.sim.control("POST", "/orgs/Acme/unsuspend", json!({})).await;
    world.recheck(NAME, "unsuspended").await;
    // The last mint was a moment ago, and nothing is minted twice a minute.
    let object = world.ready(NAME, "False", "Progressing").await;
    assert_eq!(object.status.unwrap().suspended_at, None);
    running.stop().await;
    let running = world.start();
    world.ready(NAME, "True", "TokenIssued").await;
    assert_ne!(world.secret(SECRET).await.uid(), before.uid());
    running.stop().await;
}

#[tokio::test]
async fn an_uninstalled_app_has_no_token() {
    let world = World::new("1h").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    world.sim.control("POST", "/orgs/Acme/uninstall", json!({})).await;
    world.sim.forget_requests().await;
    world.recheck(NAME, "uninstalled").await;
    world.ready(NAME, "False", "InstallationNotFound").await;
    world.no_secret(SECRET).await;
    assert!(world.sim.requests("GET", &INSTALLATION.to_string()).await.starts_with(&[404, 404]));
    running.stop().await;
}

#[tokio::test]
async fn accounts_outside_the_list_get_nothing() {
    let world = World::new("1h").await;
    let running = world.start_with(&world.key, "other-*");
    world.install(json!({})).await;
    let object = world.ready(NAME, "False", "AccountNotAllowed").await;
    assert_eq!(object.status.unwrap().account.unwrap().login, "Acme");
    assert!(world.sim.mints().await.is_empty());
    running.stop().await;
}

#[tokio::test]
async fn of_two_objects_for_one_installation_one_owns_it() {
    let world = World::new("20s").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    // Creation times have whole seconds only: then the lower uid wins.
    world.install_as("second", json!({})).await;
    let loser = eventually("a loser", async || {
        let all = world.installations().list(&kube::api::ListParams::default()).await.unwrap();
        let loses = |object: &&_| condition(object, "Ready").is_some_and(|c| c.1 == "DuplicateInstallation");
        all.iter().find(loses).map(ResourceExt::name_any).ok_or("both own it")
    })
    .await;
    let owner = if loser == NAME { "second" } else { NAME };
    world.no_secret(&format!("{loser}-token")).await;
    world.secret(&format!("{owner}-token")).await;
    world.installations().delete(owner, &DeleteParams::default()).await.unwrap();
    world.reconciled(&loser).await;
    world.secret(&format!("{loser}-token")).await;
    running.stop().await;
}

#[tokio::test]
async fn missing_permissions_are_named_and_new_ones_get_a_new_token() {
    let world = World::new("20s").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let all = world.installations().get(NAME).await.unwrap().status.unwrap().app_permissions;
    let mut fewer = all.clone();
    fewer.insert("members".into(), "read".into());
    fewer.remove("checks");
    world.sim.control("PUT", "/orgs/Acme/permissions", json!(fewer)).await;
    world.recheck(NAME, "fewer").await;
    let object = world.ready(NAME, "False", "PermissionsMissing").await;
    let message = condition(&object, "Ready").unwrap().2;
    assert!(message.ends_with("checks: write, members: write (granted: read)"), "{message}");
    assert_eq!(condition(&object, "TokenIssued").unwrap().0, "True");
    let before = version(&world.secret(SECRET).await);
    world.sim.control("PUT", "/orgs/Acme/permissions", json!(all)).await;
    world.recheck(NAME, "all").await;
    world.ready(NAME, "True", "TokenIssued").await;
    eventually("a token with the new permissions", async || {
        let after = version(&world.secret(SECRET).await);
        if after == before { Err("still the old one") } else { Ok(()) }
    })
    .await;
    assert_eq!(world.sim.control("GET", "/unknown", Value::Null).await, "[]");
    running.stop().await;
}
