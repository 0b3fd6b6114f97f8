//! Every call against GitHub's own description of its API: the path and method exist, parameters and fields of
//! bodies are known, none that is required is missing, and the example answer is read.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::support;
use crate::client::{
    Annotation, AnnotationLevel, CheckConclusion, CheckOutput, CheckRunId, CheckRunUpdate, CheckStatus,
    IssueFilter, IssueUpdate, MemberRole, NewCheckRun, NewPull, NewRepository, PullFilter, PullState,
    PutFile, Reaction, TeamRole, TreeEntry,
};
use crate::{App, Client, Error, FullName, InstallationId, Sha, TokenScope};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/contract/node_modules/@octokit/openapi/generated/api.github.com.json"
);

/// Answers as the description's examples do, and keeps what does not fit the description.
#[derive(Clone)]
struct Described {
    api: Arc<Value>,
    faults: Arc<Mutex<Vec<String>>>,
    called: Arc<Mutex<BTreeSet<String>>>,
}

impl Described {
    fn read() -> Self {
        let text = std::fs::read(FILE).expect("GitHub's API description is not installed: run `make deps`");
        let api = Arc::new(serde_json::from_slice(&text).unwrap());
        Self { api, faults: Arc::default(), called: Arc::default() }
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
            self.faults.lock().unwrap().push(format!("{what} is not described"));
            return ResponseTemplate::new(404);
        };
        let faults = self.check(operation, request);
        self.faults.lock().unwrap().extend(faults.into_iter().map(|fault| format!("{what}: {fault}")));
        self.called.lock().unwrap().insert(format!("{method} {template}"));
        ResponseTemplate::new(status).set_body_json(example.unwrap_or(Value::Null))
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

#[tokio::test]
async fn every_call_is_as_github_describes_it() {
    let server = MockServer::start().await;
    let described = Described::read();
    Mock::given(wiremock::matchers::any()).respond_with(described.clone()).mount(&server).await;
    let app = support::app(&server);
    let outcome = async {
        as_app(&app).await?;
        let client = app.with_token(support::token());
        organization(&client).await?;
        repository(&client).await?;
        git(&client).await?;
        conversation(&client).await
    };
    let outcome: Result<(), Error> = outcome.await;
    let faults = described.faults.lock().unwrap();
    assert!(faults.is_empty(), "{faults:#?}");
    outcome.unwrap();
    let called = described.called.lock().unwrap();
    assert_eq!(called.len(), 47, "{called:#?}");
}

async fn as_app(app: &App) -> Result<(), Error> {
    let scope = TokenScope {
        repositories: Some(vec!["a".into()]),
        permissions: Some([("contents".into(), "read".into())].into()),
    };
    app.get_app().await?;
    assert!(!app.list_installations().await?.is_empty());
    app.get_installation(InstallationId(1)).await?;
    app.mint(InstallationId(1), &scope).await?;
    assert!(!app.list_deliveries(jiff::Timestamp::UNIX_EPOCH).await?.is_empty());
    app.redeliver(1).await
}

async fn organization(client: &Client) -> Result<(), Error> {
    let org = "github".parse().unwrap();
    client.get_organization(&org).await?;
    assert!(!client.list_members(&org, MemberRole::Admin).await?.is_empty());
    assert!(!client.list_public_members(&org).await?.is_empty());
    assert!(!client.list_invitations(&org).await?.is_empty());
    assert!(!client.list_failed_invitations(&org).await?.is_empty());
    assert!(client.membership(&org, &"ada".parse().unwrap()).await?.is_some());
    assert!(!client.list_teams(&org).await?.is_empty());
    assert!(!client.team_members(&org, "core", TeamRole::Maintainer).await?.is_empty());
    assert!(!client.team_invitations(&org, "core").await?.is_empty());
    assert!(!client.team_repos(&org, "core").await?.is_empty());
    assert!(!client.list_org_repos(&org).await?.is_empty());
    let new =
        NewRepository { name: ".github".into(), private: true, description: String::new(), auto_init: false };
    client.create_org_repo(&org, &new).await?;
    client.rate_limit().await.map(drop)
}

fn repo() -> FullName {
    "github/.github".parse().unwrap()
}

fn sha() -> Sha {
    "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c".parse().unwrap()
}

async fn repository(client: &Client) -> Result<(), Error> {
    let (repo, sha) = (repo(), sha());
    client.get_repo(&repo).await?;
    assert!(!client.repo_invitations(&repo).await?.is_empty());
    let found = client.file(&repo, "a/b.yaml", "main", None).await?;
    assert!(matches!(found, crate::FileAnswer::Found { .. }), "{found:?}");
    client.raw_file(&repo, "a/b.yaml", &sha).await?;
    let file = PutFile { path: "a", content: b"b", message: "m", branch: Some("main"), replaces: Some(&sha) };
    client.put_file(&repo, &file).await?;
    client.get_pull(&repo, 1).await?;
    let filter = PullFilter { head: Some("a:b"), base: Some("main"), state: Some(PullState::Open) };
    assert!(!client.list_pulls(&repo, &filter).await?.is_empty());
    client.create_pull(&repo, &NewPull { title: "t", body: "b", head: "h", base: "main" }).await?;
    assert!(client.compare(&repo, &sha, &sha).await?.is_some());
    assert!(client.commits_touching(&repo, "a/b.yaml", &sha).await?.is_some_and(|found| !found.is_empty()));
    assert!(!client.pulls_closed_lately(&repo).await?.is_empty());
    assert!(!client.pull_files(&repo, 1).await?.is_empty());
    client.pulls_for_commit(&repo, &sha).await.map(drop)
}

async fn git(client: &Client) -> Result<(), Error> {
    let (repo, sha) = (repo(), sha());
    assert!(client.branch_head(&repo, "feature/a").await?.is_some());
    client.create_ref(&repo, "heads/a", &sha).await?;
    client.update_ref(&repo, "heads/feature/a", &sha, false).await?;
    client.get_commit(&repo, &sha).await?;
    client.create_blob(&repo, b"a").await?;
    let entry = TreeEntry { path: "a".into(), blob: None };
    client.create_tree(&repo, Some(&sha), &[entry]).await?;
    client.create_commit(&repo, "m", &sha, std::slice::from_ref(&sha)).await.map(drop)
}

async fn conversation(client: &Client) -> Result<(), Error> {
    let repo = repo();
    let annotation = Annotation {
        path: "a".into(),
        start_line: 1,
        end_line: 1,
        start_column: Some(1),
        end_column: Some(2),
        annotation_level: AnnotationLevel::Warning,
        message: "m".into(),
        title: "t".into(),
    };
    let output = CheckOutput {
        title: "t".into(),
        summary: "s".into(),
        text: Some("t".into()),
        annotations: vec![annotation],
    };
    let state = CheckRunUpdate {
        status: Some(CheckStatus::Completed),
        conclusion: Some(CheckConclusion::Success),
        details_url: Some("https://x".into()),
        started_at: Some(jiff::Timestamp::UNIX_EPOCH),
        completed_at: Some(jiff::Timestamp::UNIX_EPOCH),
        output: Some(output),
    };
    client.update_check_run(&repo, CheckRunId(1), &state).await?;
    let new = NewCheckRun { name: "n".into(), head_sha: sha(), external_id: "e".into(), state };
    client.create_check_run(&repo, &new).await?;
    assert!(!client.find_check_runs(&repo, &sha(), crate::AppId(1), "n").await?.is_empty());
    client.create_issue(&repo, "t", "b").await?;
    client.list_issues(&repo, &IssueFilter { state: None, creator: Some("a") }).await?;
    client.update_issue(&repo, 1, &IssueUpdate { title: Some("t"), ..IssueUpdate::default() }).await?;
    client.create_comment(&repo, 1, "b").await?;
    client.get_comment(&repo, 1).await?;
    assert!(!client.list_comments(&repo, 1).await?.is_empty());
    client.create_reaction(&repo, 1, Reaction::Eyes).await
}
