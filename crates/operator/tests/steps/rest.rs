//! An organization by plain calls of REST, one thing at a time, as upstream peribolos reads it: what a snapshot must say.

use http_body_util::{BodyExt, Empty};
use hyper_util::{client::legacy, rt::TokioExecutor};
use peribolos_org::Snapshot;
use serde_json::{Value, json};

use crate::bench::{Bench, ORG};

/// REST with a token that sees everything.
pub struct Rest<'a> {
    bench: &'a Bench,
    token: String,
}

impl<'a> Rest<'a> {
    pub async fn new(bench: &'a Bench) -> Self {
        let token = std::fs::read_to_string(bench.token().await).unwrap().trim().to_owned();
        Self { bench, token }
    }

    /// The organization, with collaborators of all repositories if wanted.
    pub async fn snapshot(&self, collaborators: bool) -> Snapshot {
        let org = self.one(&format!("/orgs/{ORG}")).await;
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let public = logins(&self.all(&format!("/orgs/{ORG}/public_members")).await);
        let everybody = logins(&self.all(&format!("/orgs/{ORG}/members")).await);
        let concealed: Vec<&String> = everybody.iter().filter(|it| !public.contains(it)).collect();
        let mut invitations = Vec::new();
        for (list, state) in [("invitations", "Pending"), ("failed_invitations", "Failed")] {
            for it in self.all(&format!("/orgs/{ORG}/{list}")).await {
                let role = if it["role"] == "direct_member" { json!("member") } else { it["role"].clone() };
                invitations.push(json!({"login": it["login"], "role": role, "state": state}));
            }
        }
        let state = self.bench.github.org(ORG).await;
        let mut teams = Vec::new();
        for team in self.all(&format!("/orgs/{ORG}/teams")).await {
            teams.push(self.team(&team, &state).await);
        }
        let mut repos = Vec::new();
        for repo in self.all(&format!("/orgs/{ORG}/repos")).await {
            repos.push(self.repo(&text(&repo["name"]), collaborators).await);
        }
        let snapshot = json!({
            "org": org["login"],
            "name": text(&org["name"]),
            "description": text(&org["description"]),
            "company": text(&org["company"]),
            "email": text(&org["email"]),
            "billing_email": org["billing_email"],
            "location": text(&org["location"]),
            "default_repository_permission": org["default_repository_permission"],
            "members_can_create_repositories": org["members_can_create_repositories"],
            "has_organization_projects": org["has_organization_projects"],
            "has_repository_projects": org["has_repository_projects"],
            "admins": logins(&self.all(&format!("/orgs/{ORG}/members?role=admin")).await),
            "members": logins(&self.all(&format!("/orgs/{ORG}/members?role=member")).await),
            "concealed": concealed,
            "invitations": invitations,
            "teams": teams,
            "repos": repos,
        });
        serde_json::from_value(snapshot).unwrap()
    }

    /// What comes from other teams REST does not tell, so it is taken from the simulator's `state`.
    async fn team(&self, team: &Value, state: &Value) -> Value {
        let slug = team["slug"].as_str().unwrap();
        let at = format!("/orgs/{ORG}/teams/{slug}");
        let members = logins(&self.all(&format!("{at}/members?role=member")).await);
        let of = |slug: &str| {
            let all = state["teams"].as_array().unwrap();
            all.iter().find(|it| it["slug"] == slug).unwrap().clone()
        };
        let own = of(slug);
        let below: Vec<&String> = members.iter().filter(|it| own["members"][it.as_str()].is_null()).collect();
        let rank =
            |role: &Value| ["pull", "triage", "push", "maintain", "admin"].iter().position(|it| role == it);
        let mut repos = Vec::new();
        for repo in self.all(&format!("{at}/repos")).await {
            let name = repo["name"].as_str().unwrap();
            let mut above = None;
            let mut parent = own["parent"].as_str().unwrap_or_default().to_owned();
            while !parent.is_empty() {
                let team = of(&parent);
                above = above.max(rank(&team["repos"][name]));
                team["parent"].as_str().unwrap_or_default().clone_into(&mut parent);
            }
            let inherited = above.is_some() && above >= rank(&own["repos"][name]);
            let permission = &repo["role_name"];
            repos.push(
                json!({"name": name, "permission": permission, "inherited": inherited, "custom_role": null}),
            );
        }
        json!({
            "name": team["name"],
            "slug": slug,
            "parent": team["parent"]["slug"],
            "description": team["description"].as_str().unwrap_or_default(),
            "privacy": team["privacy"],
            "kind": team["type"],
            "maintainers": logins(&self.all(&format!("{at}/members?role=maintainer")).await),
            "members": members,
            "inherited_members": below,
            "invitations": logins(&self.all(&format!("{at}/invitations")).await),
            "repos": repos,
        })
    }

    async fn repo(&self, name: &str, collaborators: bool) -> Value {
        let at = format!("/repos/{ORG}/{name}");
        let mut repo = self.one(&at).await;
        for text in ["description", "homepage"] {
            repo[text] = json!(repo[text].as_str().unwrap_or_default());
        }
        (repo["collaborators"], repo["invitations"]) = (json!(null), json!([]));
        if collaborators {
            let people = self.all(&format!("{at}/collaborators?affiliation=direct")).await;
            repo["collaborators"] = people.iter().map(|it| json!([it["login"], it["role_name"]])).collect();
            let invited = self.all(&format!("{at}/invitations")).await;
            repo["invitations"] =
                invited.iter().map(|it| json!([it["invitee"]["login"], it["permissions"]])).collect();
        }
        repo
    }

    async fn one(&self, path: &str) -> Value {
        self.get(path).await.0
    }

    /// All pages of a list.
    async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for page in 1.. {
            let mark = if path.contains('?') { '&' } else { '?' };
            let (list, more) = self.get(&format!("{path}{mark}per_page=100&page={page}")).await;
            items.extend(list.as_array().unwrap_or_else(|| panic!("{path}: {list}")).iter().cloned());
            if !more {
                break;
            }
        }
        items
    }

    /// The answer, and whether there is a next page.
    async fn get(&self, path: &str) -> (Value, bool) {
        let request = http::Request::get(format!("{}{path}", self.bench.github.url()))
            .header("authorization", format!("Bearer {}", self.token))
            .header("user-agent", "peribolos-tests")
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Empty<bytes::Bytes>>();
        let answer = client.request(request).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let more =
            answer.headers().get("link").is_some_and(|it| it.to_str().unwrap().contains(r#"rel="next""#));
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (serde_json::from_slice(&body).unwrap(), more)
    }
}

fn logins(users: &[Value]) -> Vec<String> {
    users.iter().map(|user| user["login"].as_str().unwrap().to_owned()).collect()
}
