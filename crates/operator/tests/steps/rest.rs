//! An organization by plain calls of REST, one thing at a time, as upstream peribolos reads it: what a snapshot must say.

use http_body_util::{BodyExt, Empty};
use hyper_util::{client::legacy, rt::TokioExecutor};
use peribolos_org::Snapshot;
use peribolos_org::plan::{OrgSetting, RepoSettingName};
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
        let everybody = self.all(&format!("/orgs/{ORG}/members")).await;
        let mut accounts = numbers(&everybody);
        let everybody = logins(&everybody);
        let concealed: Vec<&String> = everybody.iter().filter(|it| !public.contains(it)).collect();
        let mut invitations = Vec::new();
        for (list, state) in [("invitations", "Pending"), ("failed_invitations", "Failed")] {
            for it in self.all(&format!("/orgs/{ORG}/{list}")).await {
                let role = if it["role"] == "direct_member" { json!("member") } else { it["role"].clone() };
                invitations.push(json!({"id": it["id"], "login": it["login"], "role": role, "state": state}));
            }
        }
        let state = self.bench.github.org(ORG).await;
        let mut teams = Vec::new();
        for team in self.all(&format!("/orgs/{ORG}/teams")).await {
            teams.push(self.team(&team, &state).await);
        }
        let mut repos = Vec::new();
        for repo in self.all(&format!("/orgs/{ORG}/repos")).await {
            let name = text(&repo["name"]);
            let people = if collaborators {
                Some(self.all(&format!("/repos/{ORG}/{name}/collaborators?affiliation=direct")).await)
            } else {
                None
            };
            accounts.extend(numbers(people.as_deref().unwrap_or_default()));
            repos.push(self.repo(&name, people.as_deref(), &state).await);
        }
        let snapshot = json!({
            "org": org["login"],
            "settings": settings(OrgSetting::all(), |key| (key.key(), key.from_json(&org[key.key()]))),
            "admins": logins(&self.all(&format!("/orgs/{ORG}/members?role=admin")).await),
            "members": logins(&self.all(&format!("/orgs/{ORG}/members?role=member")).await),
            "concealed": concealed,
            "accounts": accounts,
            "invitations": invitations,
            "teams": teams,
            "repos": repos,
        });
        serde_json::from_value(snapshot).unwrap()
    }

    /// What a team has by itself REST does not tell, so it is taken from the simulator's `state`.
    async fn team(&self, team: &Value, state: &Value) -> Value {
        let slug = team["slug"].as_str().unwrap();
        let at = format!("/orgs/{ORG}/teams/{slug}");
        let of = |slug: &str| {
            let all = state["teams"].as_array().unwrap();
            all.iter().find(|it| it["slug"] == slug).unwrap().clone()
        };
        let own = of(slug);
        let mut people = [Vec::new(), Vec::new()];
        for (list, role) in people.iter_mut().zip(["maintainer", "member"]) {
            let listed = logins(&self.all(&format!("{at}/members?role={role}")).await);
            list.extend(listed.into_iter().filter(|it| !own["members"][it.as_str()].is_null()));
        }
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
            let permission = permission(&repo["role_name"]);
            let by_itself = rank(&own["repos"][name]);
            let own = match by_itself {
                Some(_) if above < by_itself => json!({"is": permission}),
                // GitHub lists it, and does not say whether the team has it by itself.
                _ => json!("unknown"),
            };
            repos.push(json!({"name": name, "permission": permission, "own": own}));
        }
        let [maintainers, members] = people;
        json!({
            "id": team["id"],
            "name": team["name"],
            "slug": slug,
            "parent": team["parent"]["slug"],
            "description": team["description"].as_str().unwrap_or_default(),
            "privacy": team["privacy"],
            "managedBy": "organization",
            "maintainers": maintainers,
            "members": members,
            "invitations": logins(&self.all(&format!("{at}/invitations")).await),
            "repos": repos,
        })
    }

    /// A repository, with the people who have access to it by themselves if they are wanted.
    async fn repo(&self, name: &str, people: Option<&[Value]>, state: &Value) -> Value {
        let at = format!("/repos/{ORG}/{name}");
        let repo = self.one(&at).await;
        let state = &state["repos"][name];
        let mut snapshot = json!({
            "id": repo["id"],
            "name": name,
            "settings": settings(RepoSettingName::all(), |key| (key.key(), key.from_json(&repo[key.key()]))),
            "isEmpty": state["files"].as_object().is_none_or(serde_json::Map::is_empty),
            "selected": true,
            "collaborators": null,
            "invitations": [],
        });
        if let Some(people) = people {
            let person = |it: &Value| {
                let own = permission(&state["collaborators"][it["login"].as_str().unwrap()]);
                json!({"login": it["login"], "permission": permission(&it["role_name"]), "own": {"is": own}})
            };
            snapshot["collaborators"] = people.iter().map(person).collect();
            let invited = self.all(&format!("{at}/invitations")).await;
            let invitation = |it: &Value| {
                json!({"id": it["id"], "login": it["invitee"]["login"], "permission": permission(&it["permissions"]),
                       "expired": it["expired"]})
            };
            snapshot["invitations"] = invited.iter().map(invitation).collect();
        }
        snapshot
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

/// GitHub's number of each.
fn numbers(users: &[Value]) -> serde_json::Map<String, Value> {
    users.iter().map(|user| (user["login"].as_str().unwrap().to_owned(), user["id"].clone())).collect()
}

/// Settings that GitHub shows, as the file writes them.
fn settings<'k, K>(keys: impl Iterator<Item = K>, read: impl Fn(K) -> (&'k str, Option<String>)) -> Value {
    let known = keys.filter_map(|key| match read(key) {
        (key, Some(value)) => Some((key.to_owned(), json!(value))),
        (_, None) => None,
    });
    Value::Object(known.collect())
}

/// A permission as the file writes it.
fn permission(role: &Value) -> Value {
    match role.as_str() {
        Some("pull") => json!("read"),
        Some("push") => json!("write"),
        _ => role.clone(),
    }
}
