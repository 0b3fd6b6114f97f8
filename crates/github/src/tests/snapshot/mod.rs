//! Reading a whole organization: what is done when it changes, when GitHub gives up or refuses, and what is made of what
//! GitHub does not show. That a snapshot is what the organization is, is tested by the operator's tests, on the simulator.

mod access;
mod limits;
mod lists;
mod unknown;

use std::sync::{Arc, Mutex};

use peribolos_org::Snapshot;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::support::{self, json as answer};
use crate::snapshot::{self, Patience, ReadOptions};
use crate::{Error, Login};

/// What a GraphQL request was for, with its variables.
type Received = Arc<Mutex<Vec<(&'static str, Value)>>>;

/// An organization without anything, but what a test says.
struct GitHub {
    server: MockServer,
    received: Received,
}

struct GraphQl<F> {
    answer: F,
    received: Received,
}

impl<F: Fn(&str, &Value) -> Option<ResponseTemplate> + Send + Sync> Respond for GraphQl<F> {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = request.body_json().unwrap();
        let kind = kind(body["query"].as_str().unwrap());
        self.received.lock().unwrap().push((kind, body["variables"].clone()));
        (self.answer)(kind, &body["variables"]).unwrap_or_else(|| {
            let list = |name: &str| of_org(name, &[], None, 0);
            match kind {
                "members" => list("membersWithRole"),
                "teams" | "repositories" => list(kind),
                other => panic!("nobody said what to answer to {other}"),
            }
        })
    }
}

/// Which document it is.
fn kind(query: &str) -> &'static str {
    let marks = [
        ("membersWithRole", "members"),
        ("isTemplate", "repositories"),
        ("nodes(ids:", "collaborators"),
        ("$slug", "team"),
        ("parentTeam", "teams"),
        ("membership: IMMEDIATE", "more members"),
        ("collaborators(", "more collaborators"),
        ("user(", "people"),
        ("nameWithOwner", "names"),
    ];
    marks.into_iter().find(|(mark, _)| query.contains(mark)).unwrap_or_else(|| panic!("{query}?")).1
}

/// A page of one of the organization's lists.
fn of_org(name: &str, items: &[Value], next: Option<&str>, total: usize) -> ResponseTemplate {
    answer(json!({"data": {"organization": {name: page(items, next, total)}}}))
}

fn page(items: &[Value], next: Option<&str>, total: usize) -> Value {
    json!({"totalCount": total, "pageInfo": {"hasNextPage": next.is_some(), "endCursor": next}, "nodes": items})
}

/// A whole list of the organization's.
fn all(name: &str, items: &[Value]) -> ResponseTemplate {
    of_org(name, items, None, items.len())
}

fn member(login: &str, role: &str) -> Value {
    json!({"role": role, "node": {"login": login}})
}

fn team(number: u64, members: &Value) -> Value {
    json!({"id": format!("T_{number}"), "databaseId": number, "name": format!("Team {number}"),
           "slug": format!("team-{number}"), "description": null, "privacy": "VISIBLE", "parentTeam": null,
           "members": members, "repositories": page(&[], None, 0), "invitations": page(&[], None, 0)})
}

fn team_with(number: u64, repositories: &[(&str, &str)]) -> Value {
    let edge = |(name, permission): &(&str, &str)| json!({"permission": permission, "node": {"name": name}});
    let edges: Vec<Value> = repositories.iter().map(edge).collect();
    let mut team = team(number, &page(&[], None, 0));
    team["repositories"] = page(&edges, None, edges.len());
    team
}

fn rest_team(number: u64, kind: &str) -> Value {
    json!({"id": number, "name": format!("Team {number}"), "slug": format!("team-{number}"), "description": null,
           "privacy": "closed", "parent": null, "type": kind})
}

fn repository(number: u64, name: &str) -> Value {
    json!({"id": format!("R_{number}"), "databaseId": number, "name": name, "isEmpty": false,
           "defaultBranchRef": {"name": "main"}, "repositoryTopics": page(&[], None, 0), "visibility": "INTERNAL",
           "description": null, "homepage": null, "archived": false, "has_issues": false, "has_projects": true,
           "is_template": false, "allow_squash_merge": true, "allow_merge_commit": true,
           "allow_rebase_merge": false, "allow_auto_merge": false, "allow_update_branch": false,
           "allow_forking": false, "delete_branch_on_merge": false, "web_commit_signoff_required": false,
           "squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES",
           "merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "PR_TITLE"})
}

fn acme() -> Login {
    "acme".parse().unwrap()
}

/// With pauses of milliseconds.
fn quick() -> ReadOptions {
    ReadOptions { patience: Patience { scale: 1000.0, ..Patience::default() }, ..ReadOptions::default() }
}

impl GitHub {
    async fn start<F>(graphql: F) -> Self
    where
        F: Fn(&str, &Value) -> Option<ResponseTemplate> + Send + Sync + 'static,
    {
        let (server, received) = (MockServer::start().await, Received::default());
        let responder = GraphQl { answer: graphql, received: Arc::clone(&received) };
        Mock::given(method("POST")).and(path("/graphql")).respond_with(responder).mount(&server).await;
        Self { server, received }
    }

    /// The answer to a GET; of those for one path the first that was said.
    async fn rest(&self, at: &str, body: Value) {
        self.answers(at, answer(body)).await;
    }

    async fn answers(&self, at: &str, response: ResponseTemplate) {
        Mock::given(method("GET")).and(path(at)).respond_with(response).mount(&self.server).await;
    }

    async fn read(&self) -> Result<Snapshot, Error> {
        self.read_with(&quick()).await
    }

    async fn read_with(&self, options: &ReadOptions) -> Result<Snapshot, Error> {
        self.rest("/orgs/acme", json!({"login": "Acme", "id": 1, "plan": {"name": "team"}})).await;
        for list in ["public_members", "invitations", "failed_invitations", "teams", "repos"] {
            self.rest(&format!("/orgs/Acme/{list}"), json!([])).await;
        }
        snapshot::read(&support::client(&self.server), &acme(), options).await
    }

    /// The variable of every GraphQL request of that kind, in order.
    fn variables(&self, kind: &str, variable: &str) -> Vec<Value> {
        let all = self.received.lock().unwrap();
        all.iter().filter(|(it, _)| *it == kind).map(|(_, variables)| variables[variable].clone()).collect()
    }

    /// How often this path of the REST API was requested.
    async fn request_count(&self, at: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().filter(|request| request.url.path() == at).count()
    }
}
