//! Every row of the table of answers, but 503: see `outage`.

use kube::api::ListParams;
use peribolos_operator::receiver::Limits;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    harness::{receiver, start},
    http::{Request, delivery, raw_delivery, sign},
    payloads::{self, with},
    support::{ControlPlane, namespace},
};

fn ping() -> Request {
    delivery("ping", "d1", &json!({"zen": "Design for failure."}))
}

#[tokio::test]
async fn a_ping_is_answered() {
    let reply = ping().send(receiver().await.address).await;
    assert_eq!((reply.status, reply.body), (200, json!({"ignored": "Ping"})));
}

#[rstest]
#[case::other_path(Request { path: "/", ..ping() }, 404)]
#[case::other_method(Request { method: "GET", ..ping() }, 405)]
#[case::no_signature(ping().with("x-hub-signature-256", None), 401)]
#[case::no_signature_comes_before_all_else(
    raw_delivery("", "", b"{".to_vec()).with("x-hub-signature-256", None).with("content-type", None), 401)]
#[case::wrong_signature(ping().with("x-hub-signature-256", Some(&sign("guess", &ping().body))), 401)]
#[case::half_a_signature(ping().with("x-hub-signature-256", Some("sha256=00")), 401)]
#[case::a_signature_of_another_body(ping().with("x-hub-signature-256", Some(&sign("previous", b"other"))), 401)]
#[case::wrong_signature_of_other_type(ping().with("content-type", None).with("x-hub-signature-256", Some("x")), 401)]
#[case::form(ping().with("content-type", Some("application/x-www-form-urlencoded")), 415)]
#[case::no_type(ping().with("content-type", None), 415)]
#[case::no_json(raw_delivery("push", "d1", b"{\"ref\":".to_vec()), 400)]
#[case::no_json_of_unknown_event(raw_delivery("star", "d1", b"nope".to_vec()), 400)]
#[case::another_shape(delivery("push", "d1", &json!({"ref": 5})), 400)]
#[case::an_empty_body(raw_delivery("push", "d1", vec![]), 400)]
#[case::no_event(ping().with("x-github-event", None), 400)]
#[case::no_delivery(ping().with("x-github-delivery", None), 400)]
#[case::a_delivery_that_is_no_id(ping().with("x-github-delivery", Some("../../x")), 400)]
#[case::an_endless_event(ping().with("x-github-event", Some(&"x".repeat(101))), 400)]
#[tokio::test]
async fn what_is_refused_says_why(#[case] request: Request, #[case] status: u16) {
    let reply = request.send(receiver().await.address).await;
    assert_eq!(reply.status, status, "{reply:?}");
    assert!(reply.body["error"].as_str().is_some_and(|sentence| sentence.len() > 15), "{reply:?}");
}

#[tokio::test]
async fn the_previous_secret_still_signs_and_a_charset_does_no_harm() {
    let served = receiver().await;
    let old = ping().with("x-hub-signature-256", Some(&sign("previous", &ping().body)));
    assert_eq!(old.send(served.address).await.status, 200);
    let utf8 = ping().with("content-type", Some("application/json; charset=utf-8"));
    assert_eq!(utf8.send(served.address).await.status, 200);
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let reply = Request { method: "DELETE", ..ping() }.send(receiver().await.address).await;
    assert!(reply.head.contains("allow: post"), "{reply:?}");
}

#[tokio::test]
async fn before_the_index_is_filled_nothing_is_decided() {
    let client = ControlPlane::shared().client();
    let namespace = namespace(&client).await;
    let served = start(client, &namespace, Limits::default()).await;
    let reply = delivery("push", "d1", &payloads::push()).send(served.address).await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(reply.head.contains("retry-after: 10"), "{reply:?}");
}

fn elsewhere() -> Value {
    json!({"repository": {"full_name": "acme/site"}})
}

#[rstest]
#[case("ping", json!({}), "Ping")]
#[case("star", json!({"action": "created"}), "UnknownEvent")]
#[case("pull_request", payloads::pull_request("labeled"), "UnknownAction")]
#[case("push", with(payloads::push(), json!({"installation": null})), "NoInstallation")]
#[case("pull_request", with(payloads::pull_request("opened"), json!({"installation": {"id": 2}})), "NoInstallation")]
#[case("installation", with(payloads::installation("created", 1), json!({"installation": {"account": {"type": "User"}}})), "UserAccount")]
#[case("installation", with(payloads::installation("created", 1), json!({"installation": {"account": {"login": "evil"}}})), "AccountNotAllowed")]
#[case("push", with(payloads::push(), elsewhere()), "OtherRepository")]
#[case("push", with(payloads::push(), json!({"ref": "refs/heads/other"})), "OtherBranch")]
#[case("push", with(payloads::push(), json!({"ref": "refs/tags/v1"})), "Tag")]
#[case("push", with(payloads::push(), json!({"deleted": true})), "BranchDeleted")]
#[case("push", with(payloads::push(), json!({"commits": [{"modified": ["README.md"]}]})), "PathUntouched")]
#[case("pull_request", with(payloads::pull_request("opened"), json!({"pull_request": {"draft": true}})), "Draft")]
#[case("issue_comment", payloads::comment("thanks"), "NotACommand")]
#[case("issue_comment", with(payloads::comment("/peribolos apply"), json!({"sender": {"type": "Bot"}})), "NotACommand")]
#[case("issue_comment", with(payloads::comment("/peribolos help"), json!({"comment": {"author_association": "NONE"}})), "NotACommand")]
#[case("issue_comment", with(payloads::comment("/peribolos help"), json!({"sender": {"type": "Bot"}})), "NotACommand")]
#[case("check_run", with(payloads::check_run("x"), json!({"check_run": {"app": {"id": 5}}})), "OtherApp")]
#[case("issue_comment", with(payloads::comment("/peribolos plan"), json!({"comment": {"performed_via_github_app": {"id": 99}}})), "OwnBot")]
#[tokio::test]
async fn what_is_ignored_says_why(#[case] event: &str, #[case] payload: Value, #[case] reason: &str) {
    let served = receiver().await;
    served.acme().await;
    let reply = delivery(event, "d1", &payload).send(served.address).await;
    assert_eq!((reply.status, reply.body), (200, json!({"ignored": reason})));
    assert!(served.runs().list(&ListParams::default()).await.unwrap().items.is_empty());
    let counted = served.metrics.encode().unwrap();
    let label = if event == "star" { "other" } else { event };
    let line = format!("peribolos_webhook_deliveries_total{{event=\"{label}\",result=\"ignored\"}} 1");
    assert!(counted.contains(&line), "{counted}");
}
