//! Deliveries that nobody took.

use std::sync::Arc;

use peribolos_core::{accounts::Accounts, event::Decider, names};
use peribolos_operator::{
    defaults,
    kubernetes::outages::Outages,
    metrics::Metrics,
    receiver::{Installations, Limits, Receiver, WebhookSecrets, create_app, serve},
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    support::{
        ControlPlane, GitHub, eventually,
        github::{APP_ID, WEBHOOK_SECRET},
        namespace,
    },
    world::{FIXTURE, NAME, World},
};

const ATTEMPTS: &str = "/attempts";

async fn three_attempts_and_no_more(world: &World) {
    eventually("three attempts", async || match world.github.requests("POST", ATTEMPTS).await {
        3 => Ok(()),
        other => Err(other),
    })
    .await;
    world.passes("GET", "/app/hook/deliveries").await;
    assert_eq!(world.github.requests("POST", ATTEMPTS).await, 3);
}

#[tokio::test]
async fn a_delivery_is_asked_for_three_times_and_no_more() {
    // Nobody listens where the webhooks go.
    let world = World::start().await;
    world.github.push("acme", json!({"peribolos.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    three_attempts_and_no_more(&world).await;
}

#[tokio::test]
async fn a_lost_delivery_comes_again_and_becomes_the_run_it_would_have_been() {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let stop = CancellationToken::new();
    let address = receiver(&client, &namespace, &stop).await;
    let github = GitHub::start(FIXTURE, &["--webhook-url", &format!("http://{address}/webhook")]).await;
    github.call("POST", "/_sim/webhooks", Some(json!({"enabled": false}))).await;
    github.push("acme", json!({"peribolos.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    github.call("POST", "/_sim/webhooks", Some(json!({"enabled": true}))).await;
    let world = World::at(client, namespace, github);
    let run = eventually("the push's run", async || {
        let runs = world.all_runs().await;
        runs.iter().find(|run| run.spec.trigger.event == "push").cloned().ok_or(runs)
    })
    .await;
    let guid = run.spec.trigger.delivery_id.clone();
    assert_eq!(run.metadata.name.unwrap(), names::run(NAME, &[&guid]));
    // Taken once, it is not asked for again.
    let asked = world.github.requests("POST", ATTEMPTS).await;
    world.passes("GET", "/app/hook/deliveries").await;
    assert_eq!(world.github.requests("POST", ATTEMPTS).await, asked);
    stop.cancel();
}

#[tokio::test]
async fn a_lost_delivery_comes_again_if_it_is_the_first_of_all() {
    // Nobody listens where the webhooks go.
    let world = World::start().await;
    world.passes("GET", "/app/hook/deliveries").await;
    world.github.push("acme", json!({"peribolos.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    eventually("a redelivery", async || match world.github.requests("POST", ATTEMPTS).await {
        0 => Err("none was requested"),
        _ => Ok(()),
    })
    .await;
}

#[tokio::test]
async fn of_an_uninstalled_organization_only_its_end_is_asked_for() {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    // Nobody listens where the webhooks go.
    let github = GitHub::start(FIXTURE, &[]).await;
    github.push("acme", json!({"peribolos.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    github.call("POST", "/_sim/orgs/acme/uninstall", None).await;
    let world = World::at(client, namespace, github);
    three_attempts_and_no_more(&world).await;
}

#[tokio::test]
async fn only_what_is_new_is_read_again() {
    let github = GitHub::start(FIXTURE, &[]).await;
    for n in 0..130 {
        let body =
            json!({"branch": "main", "files": {"x": n.to_string()}, "message": "m", "sender": "alice"});
        github.call("POST", "/_sim/orgs/globex/repos/.github/push", Some(body)).await;
    }
    // Longer ago than a delivery may take.
    github.call("POST", "/_sim/clock", Some(json!({"advance": "20m"}))).await;
    // It is not there any more, so that none of these is asked for again.
    github.call("POST", "/_sim/orgs/globex/uninstall", None).await;
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let world = World::at(client, namespace, github);
    world.passes("GET", "/app/hook/deliveries").await;
    let further = async || {
        let log = world.github.call("GET", "/_sim/requests", None).await;
        let paths = log.as_array().unwrap().iter().filter_map(|request| request["path"].as_str());
        paths.filter(|path| path.contains("/app/hook/deliveries") && path.contains("cursor=")).count()
    };
    let at_the_start = further().await;
    assert!(at_the_start >= 1, "the older ones are read once");
    world.passes("GET", "/app/hook/deliveries").await;
    assert_eq!(further().await, at_the_start);
}

#[tokio::test]
async fn one_that_github_does_not_repeat_is_passed_over() {
    let github = GitHub::start(FIXTURE, &[]).await;
    let fault = json!({"method": "POST", "path": "/app/hook/deliveries/*/attempts", "status": 400, "count": 1,
        "body": {"message": "Bad Request"}});
    github.call("POST", "/_sim/faults", Some(fault)).await;
    github.push("acme", json!({"peribolos.yaml": "orgs: {acme: {admins: [bob]}}"})).await;
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let world = World::at(client, namespace, github);
    eventually("the request", async || match world.github.requests("POST", ATTEMPTS).await {
        1 => Ok(()),
        other => Err(other),
    })
    .await;
    world.passes("GET", "/app/hook/deliveries").await;
    world.passes("GET", "/app/hook/deliveries").await;
    assert_eq!(world.github.requests("POST", ATTEMPTS).await, 1);
}

/// A receiver, as the other half of the operator.
async fn receiver(client: &kube::Client, namespace: &str, stop: &CancellationToken) -> std::net::SocketAddr {
    let secrets = tempfile::tempdir().unwrap();
    std::fs::write(secrets.path().join("webhook-secret"), WEBHOOK_SECRET).unwrap();
    let index = Installations::default();
    let decider = Decider {
        app_id: APP_ID,
        accounts: Accounts::parse(&["acme"]).unwrap(),
        defaults: defaults::load(None).unwrap(),
    };
    let secrets = WebhookSecrets::load(secrets.path()).unwrap();
    let (to, limits) = ((client.clone(), namespace), Limits::default());
    let receiver = Receiver::new(secrets, decider, index.clone(), to, Metrics::new(), limits);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, create_app(Arc::new(receiver)), limits, stop.clone()));
    let (client, namespace, filled) = (client.clone(), namespace.to_owned(), index.clone());
    tokio::spawn(async move { index.follow(client, &namespace, &Outages::default()).await });
    eventually("the index", async || filled.is_filled().then_some(()).ok_or("empty")).await;
    address
}
