//! What an installation does for its runs: additional tokens, counts, and what it says of their ends.

use kube::api::{Patch, PatchParams, PostParams};
use peribolos_core::names::RunToken;
use peribolos_operator::services::tokens::{self, Need};
use serde_json::{Value, json};

use crate::{
    support::eventually,
    world::{NAME, World, condition, texts},
};

impl World {
    async fn run(&self, name: &str, mode: &str) {
        let run = json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "PeribolosRun", "metadata": {"name": name},
            "spec": {"installationRef": {"name": NAME}, "mode": mode},
        });
        self.runs().create(&PostParams::default(), &serde_json::from_value(run).unwrap()).await.unwrap();
    }

    async fn set(&self, run: &str, status: Value) {
        let patch = Patch::Merge(json!({"status": status}));
        self.runs().patch_status(run, &PatchParams::default(), &patch).await.unwrap();
    }

    async fn until_pending_runs(&self, count: i32) {
        eventually(&format!("{count} pending runs"), async || {
            let status = self.installations().get(NAME).await.unwrap().status.unwrap_or_default();
            if status.pending_runs == Some(count) { Ok(()) } else { Err(status.pending_runs) }
        })
        .await;
    }
}

#[tokio::test]
async fn additional_tokens_are_smaller_and_live_as_long_as_their_runs() {
    let world = World::new("1h").await;
    let running = world.start();
    let object = world.install(json!({})).await;
    assert!(
        tokens::ensure(&running.ctx.tokens, &object, Need::RunStart).await.is_err(),
        "nothing is known of it yet"
    );
    world.ready(NAME, "True", "TokenIssued").await;
    world.run("dump", "Dump").await;
    world.run("preview", "DryRun").await;
    world.until_pending_runs(2).await;
    let repo = "Acme/.github".parse().unwrap();
    let own = texts(&world.secret("acme-token").await);
    let id = running.ctx.app.with_token(own["token"].clone().into()).get_repo(&repo).await.unwrap().id;
    let config = json!({"status": {"config": {"repository": ".github", "repositoryId": id}}});
    let params = PatchParams::default();
    let object = world.installations().patch_status(NAME, &params, &Patch::Merge(config)).await.unwrap();
    for kind in RunToken::ALL {
        let info = tokens::ensure(&running.ctx.tokens, &object, Need::Extra(kind)).await.unwrap();
        assert_eq!(info.secret_name, kind.secret(NAME));
    }
    let file = texts(&world.secret("acme-token-file").await);
    assert_ne!(own["token"], file["token"]);
    assert_eq!(file["login"], "Acme");
    // As GitHub sees it: the file's token may read contents and no members.
    let client = running.ctx.app.with_token(file["token"].clone().into());
    client.get_repo(&repo).await.unwrap();
    let refused = client.membership(&"Acme".parse().unwrap(), &"alice".parse().unwrap()).await.unwrap_err();
    assert!(refused.is_forbidden());

    world.set("preview", json!({"phase": "Succeeded", "reason": "Planned"})).await;
    world.no_secret("acme-token-file").await;
    world.secret("acme-token-read").await;
    world.set("dump", json!({"phase": "Failed", "reason": "PodLost"})).await;
    world.no_secret("acme-token-read").await;
    world.no_secret("acme-token-dump").await;
    world.secret("acme-token").await;
    running.stop().await;
}

#[tokio::test]
async fn the_end_of_the_last_apply_is_published_as_synced() {
    let world = World::new("1h").await;
    let running = world.start();
    world.install(json!({})).await;
    world.ready(NAME, "True", "TokenIssued").await;
    let synced = async |status: &str, reason: &str| {
        eventually(&format!("Synced={status} {reason}"), async || {
            let object = world.installations().get(NAME).await.unwrap();
            let synced = condition(&object, "Synced").map(|c| (c.0, c.1));
            if synced == Some((status.into(), reason.into())) { Ok(()) } else { Err(synced) }
        })
        .await;
    };
    let left = async |last: Value| {
        let patch = Patch::Merge(json!({"status": {"lastApply": last}}));
        world.installations().patch_status(NAME, &PatchParams::default(), &patch).await.unwrap();
    };
    synced("Unknown", "NeverApplied").await;
    left(json!({"run": "first", "phase": "Succeeded", "reason": "NoChanges", "remaining": 0})).await;
    synced("True", "NoChanges").await;
    left(json!({"run": "second", "phase": "Failed", "reason": "ConfigInvalid", "remaining": null})).await;
    synced("False", "ConfigInvalid").await;
    // A mistake in the file is no reason to hold up the run that fixes it.
    world.ready(NAME, "True", "TokenIssued").await;
    running.stop().await;
}
