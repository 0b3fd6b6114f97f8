//! Payloads: GitHub's own examples, the rules that decisions rest on, and anything at all.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{AccountType, AppId, InstallationId};

const SHA: &str = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";
const EXAMPLES_FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/contract/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
);

fn parse(name: &str, payload: &Value) -> Webhook {
    Webhook::parse(name, &serde_json::to_vec(payload).unwrap()).unwrap()
}

/// Every example of GitHub's, by the name of its event.
static EXAMPLES: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let text =
        std::fs::read(EXAMPLES_FILE).expect("GitHub's example payloads are not installed: run `make deps`");
    let events: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let named = events.iter().flat_map(|event| {
        let name = event["name"].as_str().unwrap();
        event["examples"].as_array().unwrap().iter().map(move |example| (name.to_owned(), example.clone()))
    });
    named.collect()
});

#[test]
fn every_example_of_githubs_is_read() {
    let mut read = std::collections::BTreeMap::<String, usize>::new();
    for (name, payload) in EXAMPLES.iter() {
        let webhook = Webhook::parse(name, &serde_json::to_vec(payload).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}\n{payload:#}"));
        let known = !matches!(webhook.event, WebhookEvent::Unknown(_));
        if known {
            *read.entry(name.clone()).or_default() += 1;
            let installation = payload["installation"]["id"].as_u64().map(InstallationId);
            assert_eq!(webhook.installation, installation, "{name}");
        }
        if known && payload["repository"].is_object() {
            let account = webhook.account.unwrap_or_else(|| panic!("{name} has no account: {payload:#}"));
            let owner = &payload["repository"]["owner"];
            // Some examples name another owner, or say `User` of it, beside the organization they are of.
            let organization = payload["organization"]["login"].as_str();
            let login = organization.or(owner["login"].as_str()).unwrap();
            assert_eq!(account.login.as_str(), login, "{name}");
            let person = organization.is_none() && owner["type"] == "User";
            assert_eq!(account.kind == AccountType::User, person, "{name}");
        }
    }
    let events: Vec<&str> = read.keys().map(String::as_str).collect();
    assert_eq!(
        events,
        [
            "check_run",
            "check_suite",
            "installation",
            "installation_repositories",
            "issue_comment",
            "merge_group",
            "organization",
            "ping",
            "pull_request",
            "push"
        ]
    );
}

#[test]
fn octocrab_reads_the_same_sender() {
    let mut compared = 0;
    for (name, payload) in EXAMPLES.iter() {
        let body = serde_json::to_vec(payload).unwrap();
        let ours = Webhook::parse(name, &body).unwrap();
        if matches!(ours.event, WebhookEvent::Unknown(_)) {
            continue;
        }
        let theirs =
            octocrab::models::webhook_events::WebhookEvent::try_from_header_and_body(name, &body).unwrap();
        assert_eq!(ours.sender.map(|sender| sender.login.to_string()), theirs.sender.map(|user| user.login));
        compared += 1;
    }
    assert!(compared > 50, "only {compared} examples were compared");
}

fn push(change: impl FnOnce(&mut Value)) -> PushEvent {
    let mut payload = json!({
        "ref": "refs/heads/main", "before": SHA, "after": SHA, "created": false, "deleted": false, "forced": false,
        "commits": [
            {"id": SHA, "added": ["a"], "modified": ["b/c"], "removed": []},
            {"id": SHA, "added": [], "modified": ["a"], "removed": ["d"]},
        ],
        "repository": {"full_name": "acme/.github", "default_branch": "main", "owner": {"login": "acme", "id": 1}},
        "organization": {"login": "acme", "id": 1}, "installation": {"id": 7},
        "sender": {"login": "ada", "id": 2, "type": "User"},
    });
    change(&mut payload);
    match parse("push", &payload).event {
        WebhookEvent::Push(push) => push,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_push_names_the_files_it_touches() {
    let push = push(|_| ());
    assert_eq!(push.touched, Touched::Paths(["a", "b/c", "d"].map(String::from).into()));
    assert_eq!(push.commits, 2);
    assert!(push.touched.may_include("b/c") && !push.touched.may_include("b"));
}

#[rstest::rstest]
#[case::forced(|push: &mut Value| push["forced"] = json!(true))]
#[case::created_of_what_is_there(|push: &mut Value| { push["created"] = json!(true); push["commits"] = json!([]); })]
#[case::empty(|push: &mut Value| push["commits"] = json!([]))]
#[case::full(|push: &mut Value| push["commits"] = json!(vec![json!({"added": ["x"]}); 2_048]))]
fn a_push_that_cannot_tell(#[case] change: fn(&mut Value)) {
    assert_eq!(push(change).touched, Touched::Unknown);
}

#[test]
fn the_first_push_of_a_branch_can_tell_by_its_commits() {
    let push = push(|push| push["created"] = json!(true));
    assert_eq!(push.touched, Touched::Paths(["a", "b/c", "d"].map(String::from).into()));
}

#[test]
fn a_push_of_one_commit_less_can_tell() {
    let push = push(|push| push["commits"] = json!(vec![json!({"added": ["x"]}); 2_047]));
    assert_eq!(push.touched, Touched::Paths(["x".to_owned()].into()));
}

#[test]
fn an_enterprise_has_a_slug_for_a_login() {
    let webhook = parse(
        "installation",
        &json!({"action": "invented", "installation": {"id": 7, "app_id": 3, "account": {"slug": "big", "id": 5}}}),
    );
    let account = webhook.account.unwrap();
    assert_eq!((account.login.as_str(), account.kind), ("big", AccountType::Enterprise));
    let event =
        InstallationEvent { action: "invented".into(), id: InstallationId(7), app_id: Some(AppId(3)) };
    assert_eq!(webhook.event, WebhookEvent::Installation(event));
}

#[test]
fn a_command_is_the_first_line_of_a_comment() {
    let webhook = parse(
        "issue_comment",
        &json!({
            "action": "created",
            "issue": {"number": 3, "pull_request": {"url": "x"}},
            "comment": {"id": 9, "body": " /peribolos plan \r\nplease", "author_association": "COLLABORATOR",
                        "performed_via_github_app": {"id": 42}},
        }),
    );
    let expected = CommentEvent {
        action: "created".into(),
        comment_id: 9,
        first_line: "/peribolos plan".into(),
        is_pull_request: true,
        issue_number: 3,
        performed_via: Some(AppId(42)),
        by_insider: true,
    };
    assert_eq!(webhook.event, WebhookEvent::IssueComment(expected));
}

#[test]
fn a_pull_request_says_whether_its_base_changed() {
    let side = json!({"ref": "main", "sha": SHA, "repo": {"full_name": "acme/.github"}});
    let gone = json!({"ref": "x", "sha": SHA, "repo": null});
    let mut payload = json!({
        "action": "edited", "number": 4, "changes": {"title": {"from": "x"}},
        "pull_request": {"draft": false, "merged": null, "base": side, "head": gone},
    });
    for expected in [false, true] {
        let WebhookEvent::PullRequest(pull) = parse("pull_request", &payload).event else { panic!() };
        assert_eq!((pull.base_changed, pull.merged, pull.head.repo), (expected, false, None));
        payload["changes"]["base"] = json!({"ref": {"from": "dev"}});
    }
}

#[test]
fn an_unknown_event_is_only_checked_to_be_json() {
    let webhook = parse("star", &json!({"installation": "odd"}));
    assert_eq!(webhook.event, WebhookEvent::Unknown("star".into()));
    assert!(Webhook::parse("star", b"{").is_err());
}

#[rstest::rstest]
#[case("push", "{\"ref\": \"hunter2", "the body is no JSON: see line 1, column 16")]
#[case(
    "push",
    r#"{"ref": {"hunter2": 1}}"#,
    "the payload of this push event is not as GitHub documents it: see line 1, column 8"
)]
#[case("push", r#"{"ref": "refs/heads/hunter2"}"#, "the payload of this push event has no repository")]
#[case("check_run", r#"{"action": "created"}"#, "the payload of this check_run event has no check_run")]
#[case(
    "issue_comment",
    "[]",
    "the payload of this issue_comment event is not as GitHub documents it: see line 1, column 2"
)]
fn errors_are_sentences_without_the_payload(#[case] name: &str, #[case] body: &str, #[case] sentence: &str) {
    let error = Webhook::parse(name, body.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), sentence);
}

fn event_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "ping",
        "installation",
        "installation_repositories",
        "installation_target",
        "organization",
        "push",
        "pull_request",
        "issue_comment",
        "check_run",
        "check_suite",
        "star",
        "",
    ])
}

proptest! {
    #[test]
    fn no_bytes_panic(name in event_name(), body: Vec<u8>) {
        let _ = Webhook::parse(name, &body);
    }

    /// Real payloads with one value replaced reach further into the parser than noise does.
    #[test]
    fn no_changed_example_panics(
        which: prop::sample::Index,
        place: prop::sample::Index,
        value in prop::sample::select(vec![json!(null), json!(-1), json!("x"), json!([]), json!({}), json!(1e300)]),
    ) {
        let (name, mut payload) = EXAMPLES[which.index(EXAMPLES.len())].clone();
        let mut places = Vec::new();
        collect(&payload, String::new(), &mut places);
        if let Some(slot) = payload.pointer_mut(&places[place.index(places.len())]) {
            *slot = value;
        }
        let _ = Webhook::parse(&name, &serde_json::to_vec(&payload).unwrap());
    }
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    if let Value::Object(fields) = value {
        for (key, field) in fields {
            collect(field, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), places);
        }
    }
    places.push(at);
}
