//! When Kubernetes does not answer.

use kube::api::ListParams;
use peribolos_operator::{
    kubernetes::outages::Outages,
    receiver::{Installations, Limits},
};
use serde_json::json;

use crate::{
    harness::{receiver, start_with},
    http::delivery,
    payloads::{self, with},
    support::{ControlPlane, eventually, free_port, namespace},
};

#[tokio::test]
async fn a_write_that_fails_is_tried_again_by_a_redelivery() {
    let kubernetes = tokio::task::spawn_blocking(ControlPlane::start).await.unwrap();
    let client = kubernetes.client();
    let namespace = namespace(&client).await;
    let limits = Limits { write_deadline: std::time::Duration::from_secs(2), ..Limits::default() };
    let served = start_with(client.clone(), &namespace, limits, Installations::default()).await;
    let following = served.index.clone();
    tokio::spawn({
        let (client, namespace) = (client.clone(), namespace.clone());
        async move { following.follow(client, &namespace, &Outages::default()).await }
    });
    eventually("the index", async || served.index.is_filled().then_some(()).ok_or("empty")).await;

    kubernetes.stop_api_server();
    let push = delivery("push", "d1", &payloads::push());
    let reply = push.send(served.address).await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(reply.head.contains("retry-after: 10"), "{reply:?}");
    let counted = served.metrics.encode().unwrap();
    assert!(counted.contains(r#"{event="push",result="unavailable"} 1"#), "{counted}");

    kubernetes.start_api_server();
    kubernetes.ready(&client).await;
    let taken = eventually("the redelivery", async || match push.send(served.address).await {
        reply if reply.status == 202 => Ok(reply),
        reply => Err(reply),
    })
    .await;
    assert_eq!(taken.body["results"].as_array().unwrap().len(), 2, "{taken:?}");
    assert_eq!(served.runs().list(&ListParams::default()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn an_irrelevant_push_does_not_ask_kubernetes() {
    let knows = receiver().await;
    knows.acme().await;
    // Nobody answers there: a receiver that asked would fail.
    let mut config = ControlPlane::shared().config();
    config.cluster_url = format!("https://127.0.0.1:{}", free_port()).parse().unwrap();
    let nobody = kube::Client::try_from(config).unwrap();
    let served = start_with(nobody, "nowhere", Limits::default(), knows.index.clone()).await;
    let other = with(payloads::push(), json!({"repository": {"full_name": "acme/site"}}));
    let reply = delivery("push", "d1", &other).send(served.address).await;
    assert_eq!((reply.status, reply.body), (200, json!({"ignored": "OtherRepository"})));
    assert_eq!(delivery("push", "d1", &payloads::push()).send(served.address).await.status, 503);
}
