//! GitHub's own examples of every event, from npm's @octokit/webhooks-examples.

use std::{collections::BTreeMap, sync::Arc};

use peribolos_api::{GitHubInstallation, GitHubInstallationSpec};
use peribolos_core::{
    accounts::Accounts,
    defaults::InstallationDefaults,
    event::{Decider, Decision, Delivery, IgnoreReason, Index},
};
use peribolos_github::webhook::Webhook;
use peribolos_operator::receiver::event;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Examples {
    name: String,
    examples: Vec<Value>,
}

fn examples() -> Vec<(String, Value)> {
    let directory =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/contract/node_modules/@octokit/webhooks-examples");
    let mut all = vec![];
    for version in ["api.github.com", "ghes-35"] {
        let path = format!("{directory}/{version}/index.json");
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}; run `make deps`"));
        let events: Vec<Examples> = serde_json::from_str(&text).unwrap();
        all.extend(
            events.into_iter().flat_map(|e| e.examples.into_iter().map(move |body| (e.name.clone(), body))),
        );
    }
    all
}

/// Every installation is known, with the config in a repository that all have.
struct Everywhere(GitHubInstallationSpec);

impl Index for Everywhere {
    fn installations(&self, id: i64) -> Vec<Arc<GitHubInstallation>> {
        let spec = GitHubInstallationSpec { installation_id: id, ..self.0.clone() };
        vec![Arc::new(GitHubInstallation::new("known", spec))]
    }

    fn on_account(&self, _: &str) -> Vec<Arc<GitHubInstallation>> {
        vec![]
    }
}

fn decide(name: &str, body: &Value, config: &str) -> Decision {
    let spec: GitHubInstallationSpec = serde_json::from_str(config).unwrap();
    let decider = Decider {
        app_id: 99,
        accounts: Accounts::parse(&["*"]).unwrap(),
        defaults: InstallationDefaults::new(spec.clone()),
    };
    let delivery =
        Delivery { id: "d1".into(), event: name.into(), at: "2026-01-01T00:00:00Z".parse().unwrap() };
    let webhook =
        Webhook::parse(name, body.to_string().as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
    decider.decide(&Everywhere(spec), &delivery, &event(webhook))
}

const TAKEN: [&str; 11] = [
    "ping",
    "installation",
    "installation_repositories",
    "installation_target",
    "organization",
    "push",
    "pull_request",
    "merge_group",
    "issue_comment",
    "check_run",
    "check_suite",
];

#[test]
fn every_example_is_decided_with_or_without_a_reason() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, body) in examples() {
        let decision = decide(&name, &body, r#"{"installationId":1}"#);
        let action = body["action"].as_str().unwrap_or_default();
        match decision {
            Decision::Ignored(reason) => {
                let taken = TAKEN.contains(&name.as_str());
                assert_eq!(!taken, reason == IgnoreReason::UnknownEvent, "{name}.{action}: {reason:?}");
                *counts.entry(reason.as_str()).or_default() += 1;
            }
            Decision::Actions(actions) => {
                assert!(TAKEN.contains(&name.as_str()), "{name}.{action}: {actions:?}");
                *counts.entry("taken").or_default() += 1;
            }
            Decision::BeingDeleted => panic!("{name}.{action}: nothing is being deleted"),
        }
    }
    for kind in
        ["taken", "Ping", "UnknownEvent", "UnknownAction", "NoInstallation", "UserAccount", "OtherApp"]
    {
        assert!(counts.get(kind).is_some_and(|count| *count > 0), "no example is {kind}: {counts:?}");
    }
}

#[test]
fn an_invented_action_is_ignored_with_a_reason() {
    for (name, mut body) in examples().into_iter().filter(|(name, _)| TAKEN.contains(&name.as_str())) {
        if body["action"].is_string() && name != "installation_repositories" {
            body["action"] = "invented".into();
            let decision = decide(&name, &body, r#"{"installationId":1}"#);
            assert_eq!(decision, Decision::Ignored(IgnoreReason::UnknownAction), "{name}");
        }
    }
}

#[test]
fn the_official_push_is_applied_where_it_touches_the_file() {
    let mut pushes: Vec<Value> =
        examples().into_iter().filter(|(name, _)| name == "push").map(|(_, body)| body).collect();
    pushes.retain(|body| {
        body["ref"].as_str().is_some_and(|r| r.starts_with("refs/heads/")) && body["deleted"] == false
    });
    assert!(!pushes.is_empty());
    for mut push in pushes {
        push["installation"] = serde_json::json!({"id": 1});
        push["repository"]["owner"]["type"] = "Organization".into();
        push["forced"] = true.into();
        let branch = push["ref"].as_str().unwrap().trim_start_matches("refs/heads/");
        let config = serde_json::json!({"repository": push["repository"]["name"], "branch": branch});
        let spec = serde_json::json!({"installationId": 1, "config": config});
        let decision = decide("push", &push, &spec.to_string());
        assert!(matches!(&decision, Decision::Actions(actions) if actions.len() == 1), "{decision:?}");
    }
}
