//! A namespace that was lost, with what was in it, and made again.

use kube::{
    ResourceExt,
    api::{DeleteParams, ListParams},
};
use peribolos_api::run::Mode;
use peribolos_core::adopt::{Marker, Origin};
use serde_json::json;

use crate::{
    support::eventually,
    world::{ACME, World},
};

#[tokio::test]
async fn what_was_applied_is_known_again_after_all_objects_were_lost() {
    let world = World::start(&[]).await;
    let sha = world.github.push("acme", json!({"org.yaml": "orgs: {acme: {admins: [alice, bob]}}"})).await;
    world.create("r", "Apply", json!({})).await;
    world.task_run("r-1").await;
    world.applied("r-1").await;
    let run = world.reaches("r", "Succeeded", "Applied").await;
    assert_eq!(world.conclusion(&run).await, "success");
    let text = world.check(&run).await.unwrap()["output"]["text"].as_str().unwrap().to_owned();
    let marker = Marker::parse(&text).unwrap();
    assert_eq!((marker.path.as_str(), marker.manage.len()), ("org.yaml", 6), "{text}");
    let repository = world.change("GET", "/repos/acme/.github", None).await["id"].as_i64().unwrap();
    assert_eq!(marker.origin, Some(Origin { account: 9001, repository }));
    world.slot_is_free().await;
    let before = world.installation_status().await;

    world.installations().delete(ACME, &DeleteParams::default()).await.unwrap();
    eventually("the installation is gone", async || {
        let found = world.installations().get_opt(ACME).await.unwrap();
        found.map_or(Ok(()), |there| Err(format!("{there:?}\n{}", world.said())))
    })
    .await;
    // Nobody collects what belonged to it here.
    world.runs().delete_collection(&DeleteParams::default(), &ListParams::default()).await.unwrap();
    world.install(ACME, 1_234_567).await;
    let trigger =
        json!({"event": "push", "deliveryId": "d", "sender": "alice", "at": "2026-01-01T00:00:00Z"});
    world.create_with("backup", json!({"mode": "Apply", "source": {}, "trigger": trigger}), json!({})).await;

    let restored = world.reaches("backup", "Skipped", "Restored").await;
    assert_eq!(world.check(&restored).await, None);
    let status = eventually("what was applied is known", async || {
        let status = world.installation_status().await;
        if status["lastAppliedSha"] == json!(sha) {
            Ok(status)
        } else {
            Err(format!("{status}\n{}", world.said()))
        }
    })
    .await;
    assert_eq!(status["lastAppliedShortSha"], before["lastAppliedShortSha"]);
    eventually("the organization is compared with its file", async || {
        let runs = world
            .runs()
            .list(&ListParams::default().labels(&format!("peribolos.dev/installation={ACME}")))
            .await;
        let runs: Vec<_> = runs.unwrap().into_iter().map(|run| (run.name_any(), run.spec.mode)).collect();
        let made: Vec<Mode> =
            runs.iter().filter(|(name, _)| name != "backup").map(|(_, mode)| *mode).collect();
        if made == [Mode::DryRun] { Ok(()) } else { Err(runs) }
    })
    .await;
}
