//! Deliveries: signed, in order, recorded, sent again.

use aws_lc_rs::hmac;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{SECRET, acme, each, jwt};

fn push(text: &str) -> Value {
    json!({"branch": "main", "files": {"peribolos.yaml": text}, "message": "Change", "sender": "alice"})
}

#[tokio::test]
async fn a_push_arrives_signed_and_shaped_as_githubs() {
    let sim = acme().await;
    let made = sim.control(Method::POST, "/orgs/acme/repos/.github/push", push("orgs: {}\n")).await;
    let delivery = sim.delivery("push").await;
    let signature = delivery.headers["x-hub-signature-256"].to_str().expect("text");
    let signature = hex::decode(signature.strip_prefix("sha256=").expect("a prefix")).expect("hex");
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    hmac::verify(&key, &delivery.body, &signature).expect("a good signature");
    assert!(delivery.headers["user-agent"].to_str().is_ok_and(|v| v.starts_with("GitHub-Hookshot/")));
    assert_eq!(delivery.headers["x-github-hook-installation-target-id"], "12345");
    assert_eq!(delivery.headers["x-github-delivery"].len(), 36);
    let body = delivery.json();
    assert_eq!(body["ref"], "refs/heads/main");
    assert_eq!(body["after"], made["sha"]);
    assert_eq!(body["commits"][0]["added"], json!(["peribolos.yaml"]));
    assert_eq!(body["head_commit"]["id"], made["sha"]);
    assert_eq!(body["forced"], false);
    assert_eq!(body["installation"]["id"], 1_234_567);
    assert_eq!(body["repository"]["full_name"], "acme/.github");
    assert_eq!(body["organization"]["login"], "acme");
    assert_eq!(body["sender"]["login"], "alice");
}

#[tokio::test]
async fn pushes_of_one_organization_arrive_in_order() {
    let sim = acme().await;
    let mut made = Vec::new();
    for n in 0..10 {
        let path = "/orgs/acme/repos/.github/push";
        made.push(sim.control(Method::POST, path, push(&format!("# {n}\n"))).await["sha"].clone());
    }
    for sha in made {
        assert_eq!(sim.delivery("push").await.json()["after"], sha);
    }
}

#[tokio::test]
async fn forced_and_modified_and_removed_are_told() {
    let sim = acme().await;
    let path = "/orgs/acme/repos/.github/push";
    sim.control(Method::POST, path, json!({"files": {"a": "1"}})).await;
    sim.control(Method::POST, path, json!({"files": {"a": "2", "README.md": null}})).await;
    sim.control(Method::POST, path, json!({"files": {"a": "3"}, "force": true})).await;
    sim.delivery("push").await;
    let second = sim.delivery("push").await.json();
    assert_eq!(second["commits"][0]["modified"], json!(["a"]));
    assert_eq!(second["commits"][0]["removed"], json!(["README.md"]));
    let third = sim.delivery("push").await.json();
    assert_eq!(third["forced"], true);
    assert_eq!(third["before"], second["after"]);
}

#[tokio::test]
async fn a_failed_delivery_is_recorded_and_redelivered_under_its_guid() {
    let sim = acme().await;
    *sim.answer.lock().expect("no panic") = StatusCode::SERVICE_UNAVAILABLE;
    sim.control(Method::POST, "/orgs/acme/uninstall", json!({})).await;
    let first = sim.delivery("installation").await;
    let jwt = jwt();
    let path = "/app/hook/deliveries";
    let listed = sim.until(&jwt, path, |l| l.as_array().is_some_and(|l| l.len() == 1)).await;
    assert_eq!(listed[0]["status_code"], 503);
    assert_eq!((&listed[0]["event"], &listed[0]["action"]), (&json!("installation"), &json!("deleted")));
    *sim.answer.lock().expect("no panic") = StatusCode::ACCEPTED;
    let id = &listed[0]["id"];
    sim.ask(&jwt, Method::POST, &format!("{path}/{id}/attempts"), None).await.expect(202);
    let second = sim.delivery("installation").await;
    assert_eq!(first.headers["x-github-delivery"], second.headers["x-github-delivery"]);
    assert_eq!(first.body, second.body);
    let listed = sim.until(&jwt, path, |l| l.as_array().is_some_and(|l| l.len() == 2)).await;
    assert_eq!(listed[0]["redelivery"], true);
    assert_eq!(listed[0]["guid"], listed[1]["guid"]);
    let shown = sim.get(&jwt, &format!("{path}/{}", listed[0]["id"])).await.expect(200);
    assert_eq!(shown["request"]["payload"]["action"], "deleted");
    assert_eq!(shown["request"]["headers"]["X-GitHub-Event"], "installation");
}

#[tokio::test]
async fn switched_off_webhooks_fail_without_a_code() {
    let sim = acme().await;
    sim.control(Method::POST, "/webhooks", json!({"enabled": false})).await;
    sim.control(Method::POST, "/orgs/acme/repos/.github/push", push("lost\n")).await;
    let ended = |l: &Value| l.as_array().is_some_and(|l| l.iter().any(|d| d["event"] == "push"));
    let listed = sim.until(&jwt(), "/app/hook/deliveries", ended).await;
    assert!(listed.as_array().expect("a list").iter().all(|d| d["status_code"] == 0), "{listed}");
    sim.control(Method::POST, "/webhooks", json!({"enabled": true})).await;
    sim.control(Method::POST, "/orgs/acme/repos/.github/push", push("found\n")).await;
    let arrived = sim.delivery("push").await.json();
    assert_eq!(arrived["before"], {
        let lost =
            listed.as_array().expect("a list").iter().find(|d| d["event"] == "push").expect("the push");
        let path = format!("/app/hook/deliveries/{}", lost["id"]);
        sim.get(&jwt(), &path).await.expect(200)["request"]["payload"]["after"].clone()
    });
}

#[tokio::test]
async fn a_cursor_leads_through_the_list_newest_first() {
    let sim = acme().await;
    for n in 0..5 {
        let file = json!({"files": {"n": n.to_string()}});
        sim.control(Method::POST, "/orgs/acme/repos/site/push", file).await;
    }
    let jwt = jwt();
    // Each push brings its check suite.
    sim.until(&jwt, "/app/hook/deliveries", |l| l.as_array().is_some_and(|l| l.len() == 10)).await;
    let mut guids = Vec::new();
    let mut next = Some("/app/hook/deliveries?per_page=3".to_owned());
    while let Some(url) = next {
        let reply = sim.get(&jwt, &url).await;
        next = reply.link("next");
        guids.extend(each(&reply.json(), "guid").into_iter().map(str::to_owned));
    }
    let whole = sim.get(&jwt, "/app/hook/deliveries").await.expect(200);
    assert_eq!(guids, each(&whole, "guid"));
}
