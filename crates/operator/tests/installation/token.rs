//! A token's life: minted, written, refreshed, and left alone by a restart.

use k8s_openapi::api::core::v1::ResourceQuota;
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use peribolos_core::token::Refresh;
use peribolos_operator::services::tokens::{self, Need};
use serde_json::json;

use crate::{
    support::eventually,
    world::{NAME, World, condition, texts, version},
};

const SECRET: &str = "acme-token";

#[tokio::test]
async fn an_installation_gets_its_token_and_its_status() {
    let world = World::new("1h").await;
    let running = world.start();
    world.install(json!({})).await;
    let object = world.ready(NAME, "True", "TokenIssued").await;
    let secret = world.secret(SECRET).await;

    let texts = texts(&secret);
    let keys: Vec<&str> = texts.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["expires-at", "installation-id", "issued-at", "login", "password", "token", "username"]
    );
    assert_eq!((texts["login"].as_str(), texts["username"].as_str()), ("Acme", "x-access-token"));
    assert_eq!((&texts["password"], texts["installation-id"].as_str()), (&texts["token"], "1234567"));
    assert!(texts["token"].len() > 80);
    assert_eq!(secret.type_.as_deref(), Some("Opaque"));
    assert_eq!(secret.labels()["app.kubernetes.io/managed-by"], "peribolos-operator");
    assert_eq!(secret.labels()["peribolos.dev/installation"], NAME);
    let owner = &secret.owner_references()[0];
    assert_eq!((Some(owner.uid.clone()), owner.controller), (object.uid(), Some(true)));
    assert_eq!(secret.annotations()["peribolos.dev/issued-at"], texts["issued-at"]);
    assert_eq!(secret.annotations()["peribolos.dev/expires-at"], texts["expires-at"]);

    let status = object.status.clone().unwrap();
    let account = status.account.unwrap();
    assert_eq!((account.login.as_str(), account.id, account.kind.as_str()), ("Acme", 9001, "Organization"));
    let token = status.token.unwrap();
    assert_eq!(token.secret_name, SECRET);
    assert_eq!(token.issued_at.as_deref(), Some(texts["issued-at"].as_str()));
    assert_eq!(token.expires_at.as_deref(), Some(texts["expires-at"].as_str()));
    let seconds = |from: &str, to: &str| {
        let time = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        time(to).duration_since(time(from)).as_secs()
    };
    let due = seconds(&texts["issued-at"], &token.next_refresh_at.unwrap());
    assert!((27 * 60 - 1..=30 * 60).contains(&due), "{due}");
    assert_eq!(status.app_permissions["contents"], "write");
    assert_eq!(status.repository_selection.as_deref(), Some("all"));
    assert_eq!((status.observed_generation, status.pending_runs), (Some(1), Some(0)));
    assert_eq!(condition(&object, "Synced").unwrap().1, "NeverApplied");
    assert_eq!(condition(&object, "Stalled"), None);
    assert_eq!(world.sim.mints().await, [201]);
    running.stop().await;
}

#[tokio::test]
async fn a_restart_asks_github_for_nothing() {
    let world = World::new("1h").await;
    let first = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let before = world.secret(SECRET).await;
    first.stop().await;
    world.sim.forget_requests().await;

    let second = world.start();
    let object = world.reconciled(NAME).await;
    assert_eq!(condition(&object, "Ready").unwrap().1, "TokenIssued");
    assert_eq!(version(&world.secret(SECRET).await), version(&before));
    assert!(world.sim.mints().await.is_empty());
    assert!(world.sim.requests("GET", "1234567").await.is_empty());
    second.stop().await;
}

/// Changes a Secret while no controller runs.
async fn change(world: &World, patch: serde_json::Value) {
    world.secrets().patch(SECRET, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

#[tokio::test]
async fn a_start_reads_no_secret_before_its_token_is_needed() {
    // 40 s: four seconds between mints.
    let world = World::new("40s").await;
    let first = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    first.stop().await;
    change(&world, json!({"stringData": {"token": "spoilt"}})).await;
    let before = version(&world.secret(SECRET).await);

    let second = world.start();
    let object = world.reconciled(NAME).await;
    assert_eq!(condition(&object, "Ready").unwrap().1, "TokenIssued");
    assert_eq!(version(&world.secret(SECRET).await), before, "nobody has looked");
    eventually("a client", async || {
        let client = tokens::client(&second.ctx.tokens, &object).await.map_err(|error| error.to_string())?;
        client.rate_limit().await.map_err(|error| error.to_string())
    })
    .await;
    let repaired = texts(&world.secret(SECRET).await);
    assert_eq!(repaired["token"], repaired["password"]);
    second.stop().await;
}

#[rstest::rstest]
#[case::missing(json!({"peribolos.dev/issued-at": null, "peribolos.dev/expires-at": null}))]
#[case::senseless(json!({"peribolos.dev/expires-at": "soon"}))]
#[case::contradicting(json!({"peribolos.dev/expires-at": "2126-01-01T00:00:00Z"}))]
#[tokio::test]
async fn where_the_annotations_do_not_tell_the_secret_does(#[case] annotations: serde_json::Value) {
    let world = World::new("1h").await;
    let first = world.start();
    world.install(json!({})).await;
    let object = world.ready(NAME, "True", "TokenIssued").await;
    let expires = object.status.unwrap().token.unwrap().expires_at;
    first.stop().await;
    change(&world, json!({"metadata": {"annotations": annotations}})).await;

    let second = world.start();
    let object = world.reconciled(NAME).await;
    assert_eq!(condition(&object, "Ready").unwrap().1, "TokenIssued");
    assert_eq!(object.status.unwrap().token.unwrap().expires_at, expires);
    assert_eq!(world.sim.mints().await, [201]);
    second.stop().await;
}

#[tokio::test]
async fn where_there_are_too_many_a_token_is_minted_when_it_is_needed() {
    // 20 s: two seconds between mints.
    let world = World::new("20s").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    // As with 10,000 installations.
    running.ctx.tokens.pacing.set_refresh(Refresh::OnDemand);
    let object = world.ready(NAME, "True", "OnDemand").await;
    assert_eq!(condition(&object, "TokenIssued").unwrap().0, "False");
    assert_eq!(object.status.as_ref().unwrap().token, None);
    world.sim.forget_requests().await;

    // What the controller itself needs is in its memory alone.
    let before = version(&world.secret(SECRET).await);
    tokens::idle_client(&running.ctx.tokens, &object).await.unwrap().rate_limit().await.unwrap();
    assert_eq!(world.sim.mints().await, [201]);
    assert_eq!(version(&world.secret(SECRET).await), before);
    // A run finds that token, and has it in the Secret.
    let info = tokens::ensure(&running.ctx.tokens, &object, Need::RunStart).await.unwrap();
    assert_eq!(texts(&world.secret(SECRET).await)["expires-at"], info.issued.expires.to_string());
    assert_eq!(world.sim.mints().await, [201]);
    world.ready(NAME, "True", "TokenIssued").await;
    world.ready(NAME, "True", "OnDemand").await;
    running.stop().await;
}

#[tokio::test]
async fn a_token_is_replaced_before_it_ends_and_the_old_one_still_works() {
    // 20 s: due 5 s before the end.
    let world = World::new("20s").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let old = texts(&world.secret(SECRET).await);
    let new = eventually("a new token", async || {
        let new = texts(&world.secret(SECRET).await);
        if new["token"] == old["token"] { Err("still the old one") } else { Ok(new) }
    })
    .await;
    let time = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    assert!(time(&new["issued-at"]) >= time(&old["expires-at"]) - jiff::SignedDuration::from_secs(6));
    assert_eq!(new["password"], new["token"]);
    assert_eq!(world.sim.mints().await, [201, 201]);
    running.stop().await;
}

#[tokio::test]
async fn a_deleted_or_spoilt_secret_is_made_anew() {
    // 20 s: two seconds between mints.
    let world = World::new("20s").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let first = texts(&world.secret(SECRET).await);
    world.delete_secret(SECRET).await;
    let second = texts(&world.secret(SECRET).await);
    assert_ne!(first["token"], second["token"]);
    let spoilt = json!({"stringData": {"token": "spoilt"}, "metadata": {"annotations": {"mine": "stays"}}});
    world.secrets().patch(SECRET, &PatchParams::default(), &Patch::Merge(spoilt)).await.unwrap();
    eventually("a repaired Secret", async || {
        let secret = world.secret(SECRET).await;
        let texts = texts(&secret);
        assert_eq!(secret.annotations()["mine"], "stays");
        if texts["token"] == texts["password"] { Ok(()) } else { Err(texts.keys().count()) }
    })
    .await;
    running.stop().await;
}

#[tokio::test]
async fn the_status_of_others_is_left_alone() {
    let world = World::new("1h").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let theirs = json!({
        "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
        "status": {
            "activeRun": {"name": "acme-x", "uid": "u", "attempt": 1},
            "conditions": [{"type": "Drifted", "status": "False", "reason": "X", "message": "",
                            "lastTransitionTime": "2026-11-23T12:00:00Z"}],
        },
    });
    let params = PatchParams::apply("peribolos-runs");
    world.installations().patch_status(NAME, &params, &Patch::Apply(theirs)).await.unwrap();
    world.patch(NAME, json!({"spec": {"suspend": true}})).await;
    let object = world.ready(NAME, "False", "Suspended").await;
    assert_eq!(condition(&object, "Drifted").unwrap().1, "X");
    assert_eq!(condition(&object, "TokenIssued").unwrap().0, "True");
    assert_eq!(object.status.unwrap().active_run.unwrap().name, "acme-x");
    running.stop().await;
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once_for_all_who_ask() {
    let world = World::new("20s").await;
    let running = world.start();
    world.install(json!({})).await;
    let object = world.ready(NAME, "True", "TokenIssued").await;
    let old = tokens::client(&running.ctx.tokens, &object).await.unwrap();
    old.rate_limit().await.unwrap();
    let refused = async || {
        let fault =
            json!({"path": "/rate_limit", "status": 401, "body": {"message": "Bad credentials"}, "count": 1});
        world.sim.control("POST", "/faults", fault).await;
        old.rate_limit().await.unwrap_err()
    };
    assert!(refused().await.is_unauthorized());
    tokens::invalidate(&running.ctx.tokens, &object);
    eventually("another token", async || {
        let ask = || tokens::client(&running.ctx.tokens, &object);
        futures::future::try_join_all((0..10).map(|_| ask())).await.map(drop)
    })
    .await;
    assert_eq!(world.sim.mints().await, [201, 201]);
    running.stop().await;
}

/// Lets the namespace have so many Secrets. No controller counts them here, so the test does.
async fn allow_secrets(world: &World, count: u32) {
    let quotas: Api<ResourceQuota> = Api::namespaced(world.client.clone(), &world.namespace);
    let hard = json!({"secrets": count.to_string()});
    let quota = json!({"metadata": {"name": "secrets"}, "spec": {"hard": hard}});
    let params = PatchParams::apply("test").force();
    quotas.patch("secrets", &params, &Patch::Apply(with_type(&quota))).await.unwrap();
    let status = json!({"metadata": {"name": "secrets"}, "status": {"hard": hard, "used": {"secrets": "0"}}});
    quotas.patch_status("secrets", &params, &Patch::Apply(with_type(&status))).await.unwrap();
}

fn with_type(quota: &serde_json::Value) -> serde_json::Value {
    let mut quota = quota.clone();
    (quota["apiVersion"], quota["kind"]) = ("v1".into(), "ResourceQuota".into());
    quota
}

#[tokio::test]
async fn a_token_whose_secret_cant_be_written_is_written_when_it_can() {
    let world = World::new("1h").await;
    allow_secrets(&world, 0).await;
    let running = world.start();
    world.install(json!({})).await;
    eventually("a mint", async || match world.sim.mints().await.as_slice() {
        [201] => Ok(()),
        other => Err(other.to_vec()),
    })
    .await;
    allow_secrets(&world, 10).await;
    world.secret("acme-token").await;
    assert_eq!(world.sim.mints().await, [201], "the minted token is used, and not a second one");
    world.ready(NAME, "True", "TokenIssued").await;
    running.stop().await;
}
