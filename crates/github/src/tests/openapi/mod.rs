//! Every call against GitHub's own descriptions of its API, of github.com, GitHub Enterprise Cloud and the oldest to the
//! newest GitHub Enterprise Server: the path and method exist (or their absence is listed here, and handled), parameters
//! and fields of bodies are known, none that is required is missing, and the example answer is read.

mod calls;
mod changes;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::support;
use crate::{Client, Error};

const DESCRIPTIONS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/contract/node_modules/@octokit/openapi/generated");

/// Answers as the description's examples do, and keeps what does not fit the description.
#[derive(Clone)]
struct Described {
    api: Arc<Value>,
    faults: Arc<Mutex<Vec<String>>>,
    called: Arc<Mutex<BTreeSet<String>>>,
    absent: Arc<Mutex<BTreeSet<String>>>,
}

impl Described {
    fn read(name: &str) -> Self {
        let text = std::fs::read(format!("{DESCRIPTIONS}/{name}.json"))
            .expect("GitHub's API descriptions are not installed: run `make deps`");
        let api = Arc::new(serde_json::from_slice(&text).unwrap());
        Self { api, faults: Arc::default(), called: Arc::default(), absent: Arc::default() }
    }

    /// The result of a call; not found is one where the description has no such call.
    fn unless_absent<T>(&self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) if error.is_not_found() && !self.absent.lock().unwrap().is_empty() => None,
            Err(error) => panic!("{error}: {:?}", self.faults.lock().unwrap()),
        }
    }

    /// The value behind a `$ref`, or the value itself.
    fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(at) => self.api.pointer(at.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }

    /// The most literal template that the path fits.
    fn template(&self, path: &str) -> Option<&str> {
        let paths = self.api["paths"].as_object().unwrap().keys();
        paths
            .filter(|template| fits(template, path))
            .min_by_key(|template| (template.matches('{').count(), usize::MAX - template.len()))
            .map(|t| &**t)
    }

    fn check(&self, operation: &Value, request: &Request) -> Vec<String> {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let parameters: Vec<&str> = parameters.filter_map(|one| self.follow(one)["name"].as_str()).collect();
        let mut faults: Vec<String> = request
            .url
            .query_pairs()
            .filter(|(name, _)| !parameters.contains(&&**name))
            .map(|(name, _)| format!("unknown parameter {name}"))
            .collect();
        if let Ok(Value::Object(body)) = request.body_json::<Value>() {
            let schema = self.follow(&operation["requestBody"]["content"]["application/json"]["schema"]);
            let known = |name: &str| !schema["properties"][name].is_null();
            faults
                .extend(body.keys().filter(|name| !known(name)).map(|name| format!("unknown field {name}")));
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            faults.extend(
                required.filter(|name| !body.contains_key(*name)).map(|name| format!("no field {name}")),
            );
        }
        faults
    }

    /// An example of a success (of a file, where there are several), with its status.
    fn example(&self, operation: &Value) -> Option<(u16, Option<Value>)> {
        let (status, response) =
            operation["responses"].as_object()?.iter().find(|(status, _)| status.starts_with('2'))?;
        let status = status.parse().unwrap();
        let content = self.follow(response)["content"].as_object();
        let example = content.and_then(|content| {
            let kind =
                content.get("application/vnd.github.object").or_else(|| content.get("application/json"))?;
            let examples = kind["examples"].as_object()?;
            let file =
                examples.iter().find(|(name, _)| name.contains("is-a-file")).map(|(_, example)| example);
            file.or_else(|| examples.values().next())
        });
        Some((status, example.map(|example| self.follow(example)["value"].clone())))
    }
}

impl Respond for Described {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let method = request.method.as_str().to_lowercase();
        let template = self.template(request.url.path()).unwrap_or("");
        let operation = &self.api["paths"][template][&method];
        let what = format!("{method} {template} ({})", request.url.path());
        let Some((status, example)) = self.example(operation) else {
            self.absent.lock().unwrap().insert(format!("{method} {}", request.url.path()));
            return ResponseTemplate::new(404).set_body_json(json!({"message": "Not Found"}));
        };
        let faults = self.check(operation, request);
        self.faults.lock().unwrap().extend(faults.into_iter().map(|fault| format!("{what}: {fault}")));
        self.called.lock().unwrap().insert(format!("{method} {template}"));
        let mut body = example.unwrap_or(Value::Null);
        more(template, &mut body);
        ResponseTemplate::new(status).set_body_json(body)
    }
}

fn fits(template: &str, path: &str) -> bool {
    let mut template = template.split('/');
    let mut path = path.split('/');
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some("{path}" | "{ref}"), Some(_)) if template.clone().next().is_none() => return true,
            (Some(name), Some(_)) if name.starts_with('{') => {}
            (Some(name), Some(segment)) if name == segment => {}
            _ => return false,
        }
    }
}

/// Makes examples of what leads to further calls: an enterprise, a role that gives access, a selection.
fn more(template: &str, body: &mut Value) {
    match template {
        "/orgs/{org}" if body.is_object() => body["plan"]["name"] = json!("enterprise"),
        "/orgs/{org}/organization-roles" => body["roles"][0]["name"] = json!("security_manager"),
        "/installation/repositories" => body["repository_selection"] = json!("selected"),
        _ => {}
    }
}

/// Lists of nothing, for queries: `tests/contract` holds those against GitHub's schema.
fn nothing(request: &Request) -> ResponseTemplate {
    let body: Value = request.body_json().unwrap();
    let list = json!({"totalCount": 0, "pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": []});
    let query = body["query"].as_str().unwrap();
    let organization = json!({"membersWithRole": list, "teams": list, "repositories": list, "team": null});
    let full_name = format!("{}/{}", body["variables"]["owner"], body["variables"]["name"]).replace('"', "");
    let repository = json!({"databaseId": 1, "nameWithOwner": full_name, "collaborators": list});
    let data = if query.contains("user(") {
        json!({"u0": {"login": "octocat"}})
    } else {
        json!({"organization": organization, "repository": repository})
    };
    support::json(json!({"data": data}))
}

const OF_ENTERPRISES: [&str; 3] =
    ["get /orgs/github/custom-repository-roles", "get /orgs/github/external-groups", SYNCHRONIZED];
const SYNCHRONIZED: &str = "get /orgs/github/team-sync/groups";
const OF_INVITATIONS: [&str; 6] = [
    "delete /orgs/github/invitations/1",
    "get /orgs/github/failed_invitations",
    "get /orgs/github/invitations",
    SYNCHRONIZED,
    "get /orgs/github/teams/justice-league/invitations",
    "post /orgs/github/invitations",
];

/// What a description lacks of our calls is handled: on github.com only enterprises have some of it, and GitHub
/// Enterprise Server has no invitations and no team synchronization.
#[rstest::rstest]
#[case("api.github.com", &OF_ENTERPRISES, 76)]
#[case("ghec", &[], 81)]
#[case("ghes-3.17", &OF_INVITATIONS, 74)]
#[case("ghes-3.18", &OF_INVITATIONS, 74)]
#[case("ghes-3.19", &OF_INVITATIONS, 74)]
#[tokio::test]
async fn every_call_is_as_github_describes_it(
    #[case] description: &str,
    #[case] absent: &[&str],
    #[case] calls: usize,
) {
    let server = MockServer::start().await;
    let described = Described::read(description);
    Mock::given(wiremock::matchers::path("/graphql")).respond_with(nothing).mount(&server).await;
    Mock::given(wiremock::matchers::any()).respond_with(described.clone()).mount(&server).await;
    let app = support::app(&server);
    let client: Client = app.with_token(support::token());
    let outcome = async {
        calls::as_app(&app).await?;
        calls::organization(&client).await?;
        calls::repository(&client).await?;
        calls::git(&client).await?;
        calls::conversation(&client).await
    };
    let outcome: Result<(), Error> = outcome.await;
    changes::all(&client, &described).await;
    let mut faults = described.faults.lock().unwrap();
    // The servers' descriptions have it where a repository is made, not where it is edited. A server that does not take
    // it refuses or ignores this one field, which the engine tries alone.
    faults.retain(|fault| {
        !(description.starts_with("ghes") && fault.ends_with("unknown field allow_auto_merge"))
    });
    assert!(faults.is_empty(), "{faults:#?}");
    outcome.unwrap();
    assert_eq!(described.absent.lock().unwrap().iter().collect::<Vec<_>>(), absent);
    let called = described.called.lock().unwrap();
    assert_eq!(called.len(), calls, "{called:#?}");
    // Asked only of a server without organization roles.
    assert!(described.template("/orgs/github/security-managers").is_some());
}
